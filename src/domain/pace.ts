/** How fast somebody may go on: a store of acts that fills again by the minute, and a pause once it is empty. */

export interface Pace {
  /** Acts a minute, on and on. */
  readonly perMinute: number;
  /** Acts at once, after a rest. */
  readonly atOnce: number;
}

export interface Spent {
  /** How many acts are left, as of `at` (ms). */
  readonly left: number;
  readonly at: number;
  /** Nothing is taken before (ms); null outside a pause. */
  readonly pausedUntil: number | null;
}

/** Long enough for a store that fills again to be worth something, short enough to wait for. */
export const PAUSE_MS = 30_000;
const MINUTE_MS = 60_000;

export interface Step {
  readonly spent: Spent;
  /** 0: the act is taken; otherwise how long until acts are again. */
  readonly waitMs: number;
  /** This act began the pause: whoever goes on is told once. */
  readonly begins: boolean;
}

/** @param spent null for somebody who has done nothing yet @param now ms; a clock set back fills nothing */
export function step({ perMinute, atOnce }: Pace, spent: Spent | null, now: number): Step {
  if (spent?.pausedUntil != null && now < spent.pausedUntil)
    return { spent, waitMs: Math.min(PAUSE_MS, spent.pausedUntil - now), begins: false };
  const since = Math.max(0, now - (spent?.at ?? now));
  const left = Math.min(atOnce, (spent?.left ?? atOnce) + (since * perMinute) / MINUTE_MS);
  if (left >= 1) return { spent: { left: left - 1, at: now, pausedUntil: null }, waitMs: 0, begins: false };
  return { spent: { left, at: now, pausedUntil: now + PAUSE_MS }, waitMs: PAUSE_MS, begins: true };
}
