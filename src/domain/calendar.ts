/**
 * Working time by territoire: in its own time zone, with its own legal holidays. A working day is a Monday to Friday that is
 * no holiday, and counts whole, from local midnight to local midnight; offices are open from 9:00 to 18:00.
 *
 * The functions take any year from 1960 to 2199 of the territoire, and throw RangeError outside of it, for an invalid date
 * and for an unknown territoire. Each needs a few lookups in tables that are made once a year and a territoire.
 */
import type { RegimeFeries } from "./holidays.ts";
import { territoire as placeOf } from "./territoires.ts";
import type { WorkYear } from "./workyear.ts";
import { at, dayOf, instantOf, workedInAll, workedUntil, workYear } from "./workyear.ts";

const HOUR = 3_600_000;
const OPENS = 9 * HOUR;
const CLOSES = 18 * HOUR;
/** Before, zones were still being set by decree in the middle of a week. */
const FIRST_YEAR = 1960;
/** The computation of Easter is only sure up to there. */
const LAST_YEAR = 2199;

interface LocalCalendar {
  readonly zone: string;
  readonly regime: RegimeFeries;
  readonly years: Map<number, WorkYear>;
}

/** One for all territoires of the same zone and holidays: the départements of the mainland share theirs. */
const shared = new Map<string, LocalCalendar>();
const byCode = new Map<string, LocalCalendar>();

function calendarOf(code: string): LocalCalendar {
  const known = byCode.get(code);
  if (known) return known;
  const place = placeOf(code);
  const key = `${place.timeZone} ${place.feries}`;
  const calendar = shared.get(key) ?? { zone: place.timeZone, regime: place.feries, years: new Map() };
  shared.set(key, calendar);
  // Under the official code only: what people type has no bound.
  byCode.set(place.code, calendar);
  return calendar;
}

function yearOf(calendar: LocalCalendar, year: number): WorkYear {
  let found = calendar.years.get(year);
  if (!found) {
    if (year < FIRST_YEAR || year > LAST_YEAR)
      throw new RangeError(`the calendar goes from ${FIRST_YEAR} to ${LAST_YEAR}, not to ${year}`);
    found = workYear(calendar.zone, calendar.regime, year);
    calendar.years.set(year, found);
  }
  return found;
}

/** The local year in which an instant falls: that of UTC, or the one beside it around the first of January. */
function yearAt(calendar: LocalCalendar, instant: number): WorkYear {
  const year = yearOf(calendar, new Date(instant).getUTCFullYear());
  if (instant < at(year.starts, 0)) return yearOf(calendar, year.year - 1);
  if (instant >= at(year.starts, year.days)) return yearOf(calendar, year.year + 1);
  return year;
}

function instantOfDate(date: Date, name: string): number {
  const instant = date.getTime();
  if (Number.isNaN(instant)) throw new RangeError(`invalid date: ${name}`);
  return instant;
}

/**
 * Whether the day in which `date` falls in the territoire is a working day, at any hour of it.
 * @param date an instant
 * @param territoire INSEE code
 * @throws RangeError see above
 */
export function isWorkingDay(date: Date, territoire: string): boolean {
  const instant = instantOfDate(date, "date");
  const year = yearAt(calendarOf(territoire), instant);
  return at(year.working, dayOf(year, instant)) === 1;
}

/**
 * The working time between two instants, in hours, exact to the millisecond: 24 for a whole working day. Never negative: the
 * two may come in either order.
 * @param territoire INSEE code
 * @throws RangeError see above
 */
export function workingHoursBetween(start: Date, end: Date, territoire: string): number {
  const [a, b] = [instantOfDate(start, "start"), instantOfDate(end, "end")];
  const calendar = calendarOf(territoire);
  const [first, last] = [yearAt(calendar, Math.min(a, b)), yearAt(calendar, Math.max(a, b))];
  let worked = workedUntil(last, Math.max(a, b)) - workedUntil(first, Math.min(a, b));
  for (let year = first.year; year < last.year; year++) worked += workedInAll(yearOf(calendar, year));
  return worked / HOUR;
}

/**
 * The earliest instant at which so many working hours have passed since `start`: `workingHoursBetween` the two is `hours`, to
 * the millisecond. A count that ends with a working day ends at the midnight that closes it, though what follows may be a
 * week-end: three days from Wednesday 0:00 end on Saturday at 0:00, not on Monday. No hours give `start` itself, whatever
 * the day.
 * @param hours 0 or more; rounded to the millisecond
 * @param territoire INSEE code
 * @throws RangeError see above; also when `hours` is negative, NaN or infinite, or the result is past the calendar’s end
 */
export function addWorkingHours(start: Date, hours: number, territoire: string): Date {
  const instant = instantOfDate(start, "start");
  if (!Number.isFinite(hours) || hours < 0) throw new RangeError(`working hours to add must be a number from 0 on, not ${hours}`);
  const calendar = calendarOf(territoire);
  let year = yearAt(calendar, instant);
  const added = Math.round(hours * HOUR);
  if (added === 0) return new Date(instant);
  let worked = workedUntil(year, instant) + added;
  while (worked > workedInAll(year)) {
    worked -= workedInAll(year);
    year = yearOf(calendar, year.year + 1);
  }
  return new Date(instantOf(year, worked));
}

/**
 * `date` itself when it falls within opening hours, Monday to Friday from 9:00 to 18:00 of a working day; else the next 9:00
 * of one. At 9:00:00 offices are open; at 18:00:00 they are closed: what falls then waits for the next day.
 * @param territoire INSEE code
 * @throws RangeError see above
 */
export function nextOpening(date: Date, territoire: string): Date {
  const instant = instantOfDate(date, "date");
  const calendar = calendarOf(territoire);
  let year = yearAt(calendar, instant);
  let day = dayOf(year, instant);
  const passed = instant - at(year.starts, day);
  if (at(year.working, day) === 1 && passed < CLOSES) return new Date(passed < OPENS ? at(year.starts, day) + OPENS : instant);
  do {
    day++;
    if (day === year.days) {
      year = yearOf(calendar, year.year + 1);
      day = 0;
    }
  } while (at(year.working, day) === 0);
  return new Date(at(year.starts, day) + OPENS);
}

/** The date, yyyy-mm-dd, that it is in the territoire at an instant. @throws RangeError see above */
export function localDate(date: Date, territoire: string): string {
  const instant = instantOfDate(date, "date");
  const year = yearAt(calendarOf(territoire), instant);
  return new Date(Date.UTC(year.year, 0, 1 + dayOf(year, instant))).toISOString().slice(0, 10);
}
