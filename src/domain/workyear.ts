/** One year of a territoire, day by day: when each begins, and how much working time there is before it. */
import type { RegimeFeries } from "./holidays.ts";
import { joursFeries } from "./holidays.ts";
import { midnightsOf } from "./zone.ts";

const DAY = 86_400_000;
const SUNDAY = 0;
const SATURDAY = 6;

export interface WorkYear {
  readonly year: number;
  /** 365 or 366 */
  readonly days: number;
  /** Instants at which its days begin, and, at `days`, that at which the next year does. */
  readonly starts: Float64Array;
  /** Milliseconds of working time from its beginning to each of these instants. */
  readonly worked: Float64Array;
  /** 1 for a working day, Monday to Friday and no holiday; else 0. */
  readonly working: Uint8Array;
}

/** 9 kB a year. */
export function workYear(zone: string, regime: RegimeFeries, year: number): WorkYear {
  const starts = midnightsOf(zone, year);
  const days = starts.length - 1;
  const january = Date.UTC(year, 0, 1);
  const holidays = new Set(joursFeries(regime, year).map(({ date }) => Math.round((Date.parse(date) - january) / DAY)));
  const firstWeekday = new Date(january).getUTCDay();
  const worked = new Float64Array(days + 1);
  const working = new Uint8Array(days);
  for (let day = 0; day < days; day++) {
    const weekday = (firstWeekday + day) % 7;
    const works = weekday !== SATURDAY && weekday !== SUNDAY && !holidays.has(day);
    working[day] = works ? 1 : 0;
    worked[day + 1] = at(worked, day) + (works ? at(starts, day + 1) - at(starts, day) : 0);
  }
  return { year, days, starts, worked, working };
}

/**
 * An element that is known to be there.
 * @throws RangeError when it is not: a fault of the program, which must not pass for a date.
 */
export function at(array: Float64Array | Uint8Array, index: number): number {
  const value = array[index];
  if (value === undefined) throw new RangeError(`no element ${index} in ${array.length}`);
  return value;
}

/** The day of the year, from 0, in which an instant of that year falls. */
export function dayOf({ starts }: WorkYear, instant: number): number {
  let day = Math.min(Math.floor((instant - at(starts, 0)) / DAY), starts.length - 2);
  // Where a change of hour lies between, the guess is one day off at most.
  while (at(starts, day) > instant) day--;
  while (at(starts, day + 1) <= instant) day++;
  return day;
}

/** Milliseconds of working time from the beginning of the year to an instant of that year. */
export function workedUntil(year: WorkYear, instant: number): number {
  const day = dayOf(year, instant);
  return at(year.worked, day) + (at(year.working, day) === 1 ? instant - at(year.starts, day) : 0);
}

/** All of its working time, in milliseconds. */
export const workedInAll = (year: WorkYear): number => at(year.worked, year.days);

/**
 * The earliest instant of the year by which so much working time has passed.
 * @param worked milliseconds, more than 0, at most `workedInAll`
 */
export function instantOf(year: WorkYear, worked: number): number {
  // The last day before which less than that was worked: it is a working day, and it ends with enough.
  let low = 0;
  let high = year.days - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (at(year.worked, middle) < worked) low = middle;
    else high = middle - 1;
  }
  return at(year.starts, low) + (worked - at(year.worked, low));
}
