/**
 * How fast each person, and each system, may go on, in the memory of this process: a flood is stopped where it comes in, and costs
 * the database nothing (docs/decisions/0023-floods.md).
 */
import { LRUCache } from "lru-cache";
import { type Pace, type Spent, type Step, step } from "../domain/pace.ts";

/** Of people, who rested if so many others acted since; and of the acts that were taken. */
const MANY = 10_000;
/** How many times the pace of a minute somebody may do at once. */
const AT_ONCE = { acts: 3, openings: 5 } as const;

export class Paces {
  readonly #pace: Pace;
  readonly #now: () => number;
  readonly #spent = new LRUCache<string, Spent>({ max: MANY });
  readonly #taken = new LRUCache<string, true>({ max: MANY });

  private constructor(pace: Pace, now: () => number) {
    this.#pace = pace;
    this.#now = now;
  }

  /** @param perMinute 0: no limit, and null is given */
  static of(kind: keyof typeof AT_ONCE, perMinute: number, now: () => number = Date.now): Paces | null {
    return perMinute === 0 ? null : new Paces({ perMinute, atOnce: perMinute * AT_ONCE[kind] }, now);
  }

  /**
   * Counts an act of theirs, and says whether it is taken.
   * @param act its id, where it has one: an act that comes again (sent again, tried again, found again by the catch-up) counts once
   */
  take(who: string, act?: string): Omit<Step, "spent"> {
    if (act !== undefined && this.#taken.has(act)) return { waitMs: 0, begins: false };
    const now = this.#now();
    const { spent, waitMs, begins } = step(this.#pace, this.#spent.get(who) ?? null, now);
    this.#spent.set(who, spent);
    if (act !== undefined && waitMs === 0) this.#taken.set(act, true);
    return { waitMs, begins };
  }
}
