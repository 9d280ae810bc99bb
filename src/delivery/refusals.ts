/** How long a removal that a platform refuses for good is tried again: somebody may mend it, and nothing is tried for ever. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HOURLY_FOR_MS = 2 * DAY_MS;
/** By then whoever could mend it has been told, and `aplus doctor` has said it for a month. */
const TRIED_FOR_MS = 30 * DAY_MS;

/** @returns ms until the next try: an hour, then a day; null once it is given up */
export function retryAfter(since: Date, now: Date): number | null {
  const lasted = now.getTime() - since.getTime();
  if (lasted >= TRIED_FOR_MS) return null;
  return lasted < HOURLY_FOR_MS ? HOUR_MS : DAY_MS;
}
