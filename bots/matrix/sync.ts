/**
 * Reads the account's events, durably: the place reached is saved once all before it is handled, so that what a process had
 * in hand when it died is read again. What was left out of a long timeline is fetched before it is.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { MatrixState } from "../../models/matrixState.ts";
import { faultFields, type Log } from "../log.ts";
import type { MatrixApi } from "./api.ts";
import type { JoinedRoom, MatrixEvent, StrippedState, SyncAnswer } from "./events.ts";
import { isPassing, isTokenFault, MatrixFault, rateLimitMs } from "./faults.ts";
import type { Health } from "./health.ts";
import { Lease } from "./lease.ts";

/** What happened, in the order in which it is to be handled. Each call rejects when it is to be tried again. */
export interface Receiver {
  /** This process reads from here on: what another was told meanwhile is to be asked for. */
  took(): Promise<void>;
  /** Keys and devices, for encrypted rooms; direct conversations. */
  account(answer: SyncAnswer): Promise<void>;
  invited(room: string, state: readonly StrippedState[]): Promise<void>;
  left(room: string): Promise<void>;
  /** The bot is in this room, of which it knew nothing; its state, as far as asked for. `came`: it has just come in. */
  entered(room: string, state: readonly MatrixEvent[], came: boolean): Promise<void>;
  event(room: string, event: MatrixEvent): Promise<void>;
  /** The account is read from here on: what people said before is only in the threads. */
  began(): Promise<void>;
}

export interface SyncOptions {
  readonly api: MatrixApi;
  readonly store: MatrixState;
  /** The bot's own MXID. */
  readonly account: string;
  readonly owner: string;
  readonly receiver: Receiver;
  readonly health: Health;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** How long to wait before the second try of what failed; twice as long before each further one. 500 ms by default. */
  readonly firstPauseMs?: number;
}

const TYPES = [
  "m.room.message",
  "m.room.encrypted",
  "m.reaction",
  "m.room.redaction",
  "m.room.member",
  "m.room.tombstone",
  "m.room.encryption",
];
const TIMELINE = 100;
const TIMELINE_FILTER = { types: TYPES };

/** Nothing is asked for that is not read: presence, receipts, typing. */
const FILTER = {
  presence: { types: [] },
  account_data: { types: ["m.direct"] },
  room: {
    account_data: { types: [] },
    ephemeral: { types: [] },
    state: { types: ["m.room.encryption", "m.room.tombstone"], lazy_load_members: true },
    timeline: { ...TIMELINE_FILTER, limit: TIMELINE },
  },
};

const WAIT_MS = 30_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A page holds 100. Beyond that, a room was away for months, or is under attack. */
const MOST_BACKFILL_PAGES = 100;
const SIDE_BY_SIDE = 8;
/** An event that fails that often, while the database takes writes, never will pass: the others must not wait for it for ever. */
const TRIES = 8;

const isEmpty = ({ rooms, to_device: toDevice, account_data: account }: SyncAnswer): boolean =>
  [rooms.join, rooms.invite, rooms.leave].every((part) => Object.keys(part ?? {}).length === 0) &&
  !toDevice?.events.length &&
  !account?.events.length;

export class SyncLoop {
  readonly #with: SyncOptions;
  readonly #lease: Lease;
  #since: string | null = null;
  #pause = FIRST_PAUSE_MS;
  /** Took the reading, and asked for what another process knew. */
  #ready = false;
  #running: Promise<void> | null = null;

  constructor(options: SyncOptions) {
    this.#with = options;
    this.#lease = new Lease(options);
  }

  /** Whether this process reads the account's events. */
  get reads(): boolean {
    return this.#ready && this.#lease.held;
  }

  /**
   * Begins to read. Resolves once all that happened while nobody read is handled, or at once when another process reads.
   * @throws when the homeserver refuses
   */
  async start(): Promise<void> {
    const reading = await this.#take();
    if (reading) await this.#news(0);
    this.#running = this.#run();
  }

  /** Resolves once what was in hand is handled. */
  async stop(): Promise<void> {
    await this.#running;
    await this.#lease.release();
  }

  async #take(): Promise<boolean> {
    if (this.reads) return true;
    this.#ready = false;
    const claimed = await this.#lease.claim();
    if (claimed === null) return false;
    this.#since = claimed.since;
    await this.#with.receiver.took();
    this.#ready = true;
    return true;
  }

  async #run(): Promise<void> {
    const { signal, health, log } = this.#with;
    while (!signal.aborted) {
      try {
        if (await this.#take()) await this.#news(WAIT_MS);
        else await this.#wait(Lease.askAgainMs);
        health.synced();
        this.#pause = FIRST_PAUSE_MS;
      } catch (error) {
        if (signal.aborted) break;
        health.syncFailed();
        log.warn({ ...faultFields(error), pauseMs: this.#pause }, "No news from the homeserver");
        await this.#wait(this.#nextPause(error));
      }
    }
  }

  /** Its own wait where the homeserver tells one; otherwise longer each time, and never the same for two bots. */
  #nextPause(error: unknown): number {
    const told = rateLimitMs(error);
    const pause = this.#pause;
    this.#pause = Math.min(pause * 2, isTokenFault(error) ? LONGEST_PAUSE_MS / 3 : LONGEST_PAUSE_MS);
    return told ?? pause * (0.75 + Math.random() / 2);
  }

  async #news(waitMs: number): Promise<void> {
    try {
      await this.#round(waitMs);
    } catch (error) {
      const lost = this.#since !== null && error instanceof MatrixFault && error.status === 400;
      if (!lost) throw error;
      // Its database was put back to an older state, or the account's address now leads to another homeserver.
      this.#with.log.error({ code: error.code }, "The homeserver no longer knows the place reached: it is read from the threads");
      this.#since = null;
      await this.#round(0);
    }
  }

  async #round(waitMs: number): Promise<void> {
    const { api, signal } = this.#with;
    const since = this.#since;
    const answer = await api.sync(since, waitMs, FILTER, signal);
    // Read it all again later rather than save a place for nothing: an idle bot asks nothing of the database.
    if (since !== null && isEmpty(answer)) {
      this.#since = answer.next_batch;
      return;
    }
    const last = await this.#handle(answer, since);
    if (last === null) return;
    if (since === null) await this.#patiently("beginning", () => this.#with.receiver.began());
    await this.#save(answer.next_batch, last);
  }

  async #save(next: string, last: ReadonlyMap<string, string>): Promise<void> {
    const { store, account, owner } = this.#with;
    await this.#patiently("advance", async () => {
      if (!(await store.advance(account, owner, next, last))) await this.#lease.release();
    });
    this.#since = next;
  }

  /** The last event of each room; null when the program stops before all is handled. */
  async #handle(answer: SyncAnswer, since: string | null): Promise<Map<string, string> | null> {
    const { receiver, signal } = this.#with;
    const last = new Map<string, string>();
    const pass = (what: string, act: () => Promise<void>) => this.#patiently(what, act);
    await pass("account", () => receiver.account(answer));
    for (const [room, { invite_state: state }] of Object.entries(answer.rooms.invite ?? {}))
      await pass("invitation", () => receiver.invited(room, state.events));
    for (const room of Object.keys(answer.rooms.leave ?? {})) await pass("leave", () => receiver.left(room));
    const rooms = Object.entries(answer.rooms.join ?? {});
    const worker = async () => {
      for (let next = rooms.shift(); next !== undefined; next = rooms.shift()) {
        const [room, content] = next;
        const event = await this.#room(room, content, since);
        if (event !== null) last.set(room, event);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
    return signal.aborted ? null : last;
  }

  /** Handles what happened in a room, in order; the last of it. */
  async #room(room: string, content: JoinedRoom, since: string | null): Promise<string | null> {
    const { receiver, account } = this.#with;
    const timeline = content.timeline?.events ?? [];
    const whole = await this.#patiently("backfill", () => this.#whole(room, content, since));
    const events = whole ?? timeline;
    // What was said before the bot came in was not said to it.
    const own = events.findLastIndex((event) => isEntry(event, account));
    const state = [...(content.state?.events ?? []), ...events.filter((e) => e.state_key !== undefined)];
    if (own >= 0 || since === null || state.some((e) => e.type === "m.room.encryption"))
      await this.#patiently("entering", () => receiver.entered(room, state, own >= 0));
    // The first reading of all: what is there already is history.
    if (since === null) return timeline.at(-1)?.event_id ?? null;
    for (const event of events.slice(own + 1)) {
      if (this.#with.signal.aborted) return null;
      await this.#patiently(event.type, () => receiver.event(room, event), event.event_id);
    }
    return events.at(-1)?.event_id ?? null;
  }

  /** The timeline with what the homeserver left out of it, back to the last event handled. */
  async #whole(room: string, { timeline }: JoinedRoom, since: string | null): Promise<readonly MatrixEvent[]> {
    if (timeline === undefined) return [];
    const { api, store, account, log } = this.#with;
    if (!timeline.limited || since === null || timeline.prev_batch === undefined) return timeline.events;
    const known = await store.lastOf(account, room);
    const found: MatrixEvent[] = [];
    let from: string | null = timeline.prev_batch;
    for (let pages = 0; from !== null && pages < MOST_BACKFILL_PAGES; pages++) {
      const { events, next } = await api.messages(room, from, since, TIMELINE_FILTER);
      const stop = events.findIndex((event) => event.event_id === known || isEntry(event, account));
      found.push(...(stop < 0 ? events : events.slice(0, stop)));
      from = stop < 0 && events.length > 0 ? next : null;
    }
    if (from !== null) log.error({ room, events: found.length }, "A timeline is too long: its beginning is not read");
    return [...found.reverse(), ...timeline.events];
  }

  /**
   * Until it passes. What the database or the homeserver refuses for now is waited for; what fails again and again while they
   * take what is asked of them is logged and left, so that one event does not silence the bot.
   */
  async #patiently<T>(what: string, act: () => Promise<T>, event?: string): Promise<T | null> {
    const { signal, health, log, firstPauseMs = FIRST_PAUSE_MS } = this.#with;
    for (let tries = 1, seen = 1, pause = firstPauseMs; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        const result = await act();
        health.stuck(false);
        return result;
      } catch (error) {
        if (signal.aborted) return null;
        const fields = { what, event, tries, ...faultFields(error) };
        if (tries >= TRIES) {
          log.error(fields, "Given up: what a person did could not be handled");
          return null;
        }
        health.stuck(seen > 2);
        log.warn(fields, "What a person did could not be handled yet");
        await this.#wait(rateLimitMs(error) ?? pause);
        if (!isPassing(error)) {
          seen += 1;
          if (await this.#canBeWritten()) tries += 1;
        }
      }
    }
  }

  /** Asked by a write: a database whose disk is full, or that became a secondary, answers every question all the same. */
  async #canBeWritten(): Promise<boolean> {
    try {
      await this.#lease.claim();
      return true;
    } catch {
      return false;
    }
  }

  async #wait(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#with.signal }).catch(() => undefined);
  }
}

const isEntry = (event: MatrixEvent, account: string): boolean =>
  event.type === "m.room.member" && event.state_key === account && event.content.membership === "join";
