/**
 * How fast the bot writes: so many calls a second, whatever it has to say, and slower still when the homeserver says so.
 * Tchap asks of bots about one call a second, and time between invitations.
 */
import { setTimeout as sleep } from "node:timers/promises";
import PQueue from "p-queue";
import { rateLimitMs } from "./faults.ts";

/** What a person waits for goes before the pills that come with it, and those before what nobody waits for. */
export type Urgency = "now" | "soon" | "later" | "last";

const PRIORITIES: Readonly<Record<Urgency, number>> = { now: 3, soon: 2, later: 1, last: 0 };

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
/** What can wait does, until nothing else has been asked of the homeserver for that long. */
const LULL_MS = 150;
const LONGEST_LULL_MS = 2_000;
const LOOK_AGAIN_MS = 20;

const queueOf = (perCallMs: number): PQueue =>
  perCallMs === 0 ? new PQueue() : new PQueue({ intervalCap: 1, interval: perCallMs, strict: true });

export class Pace {
  /** Whether there is one, other than what the homeserver says. */
  readonly isSet: boolean;
  readonly #calls: PQueue;
  readonly #invitations: PQueue;
  readonly #signal: AbortSignal;
  #heldUntil = 0;
  #urgent = 0;
  #lastUrgent = Number.NEGATIVE_INFINITY;

  constructor({ callsPerSecond, signal }: PaceOptions) {
    const perCallMs = callsPerSecond > 0 ? 1000 / callsPerSecond : 0;
    this.isSet = perCallMs > 0;
    this.#calls = queueOf(perCallMs);
    this.#invitations = queueOf(perCallMs * INVITATION_CALLS);
    this.#signal = signal;
  }

  /**
   * Runs the call in its turn; done again after the wait that the homeserver asked for, if it is short.
   * @throws what the last try threw
   */
  async run<T>(urgency: Urgency, act: () => Promise<T>): Promise<T> {
    const waits = urgency === "later" || urgency === "last";
    // A click comes before what follows from it: the card must not wait behind the tidying of that click.
    if (waits) await this.#lull(urgency === "last" ? performance.now() : Number.NEGATIVE_INFINITY);
    for (let left = TRIES - 1; ; left--) {
      try {
        await this.#turn(this.#calls, urgency);
        return await (waits ? act() : this.#urgently(act));
      } catch (error) {
        const wait = rateLimitMs(error);
        if (wait === null) throw error;
        // The limit is on the account: the other rooms' calls would only be refused too.
        this.#heldUntil = Math.max(this.#heldUntil, performance.now() + wait);
        if (wait > LONGEST_WAIT_MS || left <= 0 || this.#signal.aborted) throw error;
      }
    }
  }

  async #urgently<T>(act: () => Promise<T>): Promise<T> {
    this.#urgent += 1;
    try {
      return await act();
    } finally {
      this.#urgent -= 1;
      this.#lastUrgent = performance.now();
    }
  }

  /** Resolves once nothing urgent was under way for a moment, since then at least. */
  async #lull(since: number): Promise<void> {
    const asked = performance.now();
    const isCalm = () => this.#urgent === 0 && performance.now() - Math.max(since, this.#lastUrgent) > LULL_MS;
    while (!isCalm() && !this.#signal.aborted && performance.now() - asked < LONGEST_LULL_MS) await sleep(LOOK_AGAIN_MS);
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
