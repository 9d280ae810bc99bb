/**
 * Local midnights of a time zone. Intl itself, and not dayjs.tz, which takes 70 to 220 µs a date where this takes 3: a
 * year of midnights is about thirty questions asked of Intl, since offsets are the same but for the changes of hour.
 */

const DAY = 86_400_000;
const MINUTE = 60_000;
/** No zone of a territoire changes its hour twice within so many days. */
const PROBE_DAYS = 28;

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * What local time is ahead of UTC at an instant, in milliseconds.
 * @param zone IANA name
 * @param at milliseconds since 1970
 */
export function offsetAt(zone: string, at: number): number {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    formats.set(zone, format);
  }
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(at)) ?? [];
  if (sign === undefined) return 0;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
}

/**
 * The instant at which a local day begins; `utc` is the midnight of the same date in UTC. The offset asked for is that of the
 * moment before, so that a day whose midnight is skipped by a change of hour begins where the day before ends.
 */
const midnight = (zone: string, utc: number): number => utc - offsetAt(zone, utc - offsetAt(zone, utc) - 1);

/**
 * The instants at which the days of a local year begin, and, last, that at which the next year does: 366 or 367 of them, in
 * milliseconds since 1970.
 */
export function midnightsOf(zone: string, year: number): Float64Array {
  const first = Date.UTC(year, 0, 1);
  const days = (Date.UTC(year + 1, 0, 1) - first) / DAY;
  const starts = new Float64Array(days + 1);
  const offset = (day: number): number => first + day * DAY - midnight(zone, first + day * DAY);
  /** Fills the days from `from` to before `to`, whose offsets are known; halves the span while a change is within it. */
  const fill = (from: number, fromOffset: number, to: number, toOffset: number): void => {
    if (fromOffset === toOffset || to - from === 1) {
      for (let day = from; day < to; day++) starts[day] = first + day * DAY - fromOffset;
      return;
    }
    const middle = (from + to) >> 1;
    const middleOffset = offset(middle);
    fill(from, fromOffset, middle, middleOffset);
    fill(middle, middleOffset, to, toOffset);
  };
  let from = 0;
  let fromOffset = offset(0);
  while (from < days) {
    const to = Math.min(from + PROBE_DAYS, days);
    const toOffset = offset(to);
    fill(from, fromOffset, to, toOffset);
    from = to;
    fromOffset = toOffset;
  }
  starts[days] = first + days * DAY - fromOffset;
  return starts;
}

/** The instant at which that day, yyyy-mm-dd, begins in the zone. @throws RangeError when it is no day */
export function beginningOf(date: string, zone: string): Date {
  const utc = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(utc)) throw new RangeError(`not a day: ${date}`);
  return new Date(midnight(zone, utc));
}

/** The day, yyyy-mm-dd, that it is in the zone at that instant. */
export const dayIn = (zone: string, instant: Date): string =>
  new Date(instant.getTime() + offsetAt(zone, instant.getTime())).toISOString().slice(0, 10);

/** The day so many days after that one, both yyyy-mm-dd. */
export const dayAfter = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
