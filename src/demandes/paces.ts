/**
 * How fast each person, and each system, may go on, in the memory of this process: a flood is stopped where it comes in, and costs
 * the database nothing (docs/decisions/0023-floods.md).
 */
import { isRested, type Pace, type Spent, type Step, step } from "../domain/pace.ts";

/** Beyond that many, those who rested meanwhile are forgotten; and of the acts that were taken, the oldest. */
const MANY = 10_000;
/** How many times the pace of a minute somebody may do at once. */
const AT_ONCE = { acts: 3, openings: 5 } as const;

export class Paces {
  readonly #pace: Pace;
  readonly #now: () => number;
  readonly #spent = new Map<string, Spent>();
  /** In the order in which they were taken. */
  readonly #taken = new Set<string>();

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
    if (this.#spent.size >= MANY && !this.#spent.has(who)) this.#forget(now);
    this.#spent.set(who, spent);
    if (act !== undefined && waitMs === 0) this.#keep(act);
    return { waitMs, begins };
  }

  #keep(act: string): void {
    this.#taken.add(act);
    for (const oldest of this.#taken) {
      if (this.#taken.size <= MANY) return;
      this.#taken.delete(oldest);
    }
  }

  #forget(now: number): void {
    for (const [who, spent] of this.#spent) if (isRested(this.#pace, spent, now)) this.#spent.delete(who);
  }
}
