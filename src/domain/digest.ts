/**
 * When the week is told: on Monday at 9:00 where the addressee works; where that Monday is a holiday, at 9:00 of the next
 * working day. Who was unreachable then is told until 18:00 of the day after, and not later: the news would be stale.
 */
import { localDate, nextOpening } from "./calendar.ts";
import { territoire } from "./territoires.ts";
import { beginningOf, dayAfter } from "./zone.ts";

const HOUR = 3_600_000;
/** From 9:00 to 18:00 of the next day. No clock is changed on the days that follow a Monday. */
const LATE_HOURS = 33;

export interface Digest {
  /** The Monday, yyyy-mm-dd: one digest a week, whatever the day on which it is given. */
  readonly week: string;
  readonly at: Date;
  readonly until: Date;
}

/** The digest of the week that begins on that Monday. @param code INSEE code */
export function digestOf(week: string, code: string): Digest {
  const at = nextOpening(beginningOf(week, territoire(code).timeZone), code);
  return { week, at, until: new Date(at.getTime() + LATE_HOURS * HOUR) };
}

const mondayOf = (day: string): string => dayAfter(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));

/** The Monday of the week of that moment, there. @throws RangeError as `calendar.ts` */
export const weekOf = (at: Date, code: string): string => mondayOf(localDate(at, code));

/** That which is to be given now; null outside its hours. @throws RangeError as `calendar.ts` */
export function digestDue(now: Date, code: string): Digest | null {
  const digest = digestOf(weekOf(now, code), code);
  return digest.at <= now && now < digest.until ? digest : null;
}

/** The moment of the first one that is still to come. */
export function nextDigestAt(now: Date, code: string): Date {
  const week = weekOf(now, code);
  const { at } = digestOf(week, code);
  return at > now ? at : digestOf(dayAfter(week, 7), code).at;
}
