/** How long demandes take, in working hours of their own territoire, and what is said of many of them at once. */
import { workingHoursBetween } from "./calendar.ts";
import type { DemandeState } from "./demande.ts";
import { FIRST_ANSWER_HOURS } from "./overdue.ts";

export type Course = Pick<DemandeState, "territoire" | "openedAt" | "firstAnswerAt" | "processedAt" | "archivedAt">;

export interface Delays {
  /** From the opening to the first thing from an instructeur that the aidant could see; null until then. */
  readonly firstAnswer: number | null;
  /** To the last « Traitée »; null while it is not. */
  readonly processing: number | null;
  /** To the archiving, by which the aidant's side closes it (« clôture » in Administration+); null until then. */
  readonly closing: number | null;
}

/** Working hours, a working day counting 24. @throws RangeError for an unknown territoire */
export function delaysOf(course: Course): Delays {
  const until = (at: Date | null): number | null =>
    at === null ? null : workingHoursBetween(course.openedAt, at, course.territoire);
  return {
    firstAnswer: until(course.firstAnswerAt),
    processing: until(course.processedAt),
    closing: until(course.archivedAt),
  };
}

/** Whether the first answer came within the three jours ouvrés after which a demande falls en souffrance. */
export const answeredInTime = ({ firstAnswer }: Delays): boolean => firstAnswer !== null && firstAnswer <= FIRST_ANSWER_HOURS;

/**
 * The value below which that share of them lies, in between two of them where it falls so: as CENTILE of spreadsheets does, so
 * that the same is found from the export. Null for none.
 * @param sorted in rising order
 * @param share 0 to 1
 */
export function quantile(sorted: ArrayLike<number>, share: number): number | null {
  if (sorted.length === 0) return null;
  const place = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  if (low === undefined || high === undefined) throw new RangeError(`no share ${share} of them`);
  return low + (high - low) * (place - Math.floor(place));
}

export interface Spread {
  readonly count: number;
  readonly median: number | null;
  readonly ninth: number | null;
  readonly mean: number | null;
}

/** Of values in any order. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  const sum = sorted.reduce((total, value) => total + value, 0);
  const mean = sorted.length === 0 ? null : sum / sorted.length;
  return { count: sorted.length, median: quantile(sorted, 0.5), ninth: quantile(sorted, 0.9), mean };
}
