/**
 * How fast the bot writes: so many calls a second, whatever it has to say, and slower still when the homeserver says so.
 * Tchap asks of bots about one call a second, and time between invitations.
 */
import { setTimeout as sleep } from "node:timers/promises";
import PQueue from "p-queue";
import { rateLimitMs } from "./faults.ts";

/** What a person waits for goes before the pills that come with it. */
export type Urgency = "now" | "soon" | "later";

const PRIORITIES: Readonly<Record<Urgency, number>> = { now: 2, soon: 1, later: 0 };

/** An invitation takes the place of so many calls. */
const INVITATION_CALLS = 5;

export interface PaceOptions {
  /** 0: as fast as the homeserver takes them. */
  readonly callsPerSecond: number;
  readonly signal: AbortSignal;
}

/** Within the queue of a room, or while a person looks on. */
const LONGEST_WAIT_MS = 5_000;
const TRIES = 4;

const queueOf = (perCallMs: number): PQueue =>
  perCallMs === 0 ? new PQueue() : new PQueue({ intervalCap: 1, interval: perCallMs, strict: true });

export class Pace {
  readonly #calls: PQueue;
  readonly #invitations: PQueue;
  readonly #signal: AbortSignal;
  #heldUntil = 0;

  constructor({ callsPerSecond, signal }: PaceOptions) {
    const perCallMs = callsPerSecond > 0 ? 1000 / callsPerSecond : 0;
    this.#calls = queueOf(perCallMs);
    this.#invitations = queueOf(perCallMs * INVITATION_CALLS);
    this.#signal = signal;
  }

  /**
   * Runs the call in its turn; done again after the wait that the homeserver asked for, if it is short.
   * @throws what the last try threw
   */
  async run<T>(urgency: Urgency, act: () => Promise<T>): Promise<T> {
    for (let left = TRIES - 1; ; left--) {
      try {
        await this.#turn(this.#calls, urgency);
        return await act();
      } catch (error) {
        const wait = rateLimitMs(error);
        if (wait === null) throw error;
        // The limit is on the account: the other rooms' calls would only be refused too.
        this.#heldUntil = Math.max(this.#heldUntil, performance.now() + wait);
        if (wait > LONGEST_WAIT_MS || left <= 0 || this.#signal.aborted) throw error;
      }
    }
  }

  /** As `run`, for what brings a person or the bot into a room. */
  async invite<T>(act: () => Promise<T>): Promise<T> {
    await this.#turn(this.#invitations, "now");
    return this.run("now", act);
  }

  /** @throws the signal's reason when the program stops: what has not begun never will, and is done at the next start */
  async #turn(queue: PQueue, urgency: Urgency): Promise<void> {
    await queue.add(() => undefined, { priority: PRIORITIES[urgency], signal: this.#signal });
    await this.#held();
  }

  async #held(): Promise<void> {
    const wait = this.#heldUntil - performance.now();
    if (wait > 0 && wait <= LONGEST_WAIT_MS) await sleep(wait, undefined, { signal: this.#signal });
  }
}
