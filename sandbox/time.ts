/** Moves the clock of the world, stopping at each moment when something falls due, so that it happens at its own time. */

import dayjs from "dayjs";
import duration from "dayjs/plugin/duration.js";
import type { Database } from "../models/database.ts";
import type { Due, DueField } from "../models/due.ts";
import { nextDigest } from "../src/groupes/digest/plan.ts";
import type { FollowedBot } from "./bot/followed.ts";
import type { MovableClock } from "./clock.ts";

dayjs.extend(duration);

const SWEPT: readonly DueField[] = ["refreshAt", "remindAt", "archiveInvitationAt", "wipeAt"];
const ISO_DURATION = /^P(?=.)(?:\d+W|(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/;
const LONGEST_MS = 400 * 86_400_000;

/** « P4D », « PT90M », « P2W » in ms; null for anything else, months and years (of no fixed length) included. */
export const durationMs = (text: string): number | null =>
  ISO_DURATION.test(text) ? dayjs.duration(text).asMilliseconds() : null;

/** Whether the clock may be put there: forwards, and by little more than a year at most. */
export const mayMoveTo = (target: Date, now: Date): boolean => target >= now && target.getTime() - now.getTime() <= LONGEST_MS;

/** When the next thing falls due, whatever it is: a card to show anew, a reminder, an invitation to archive, a wipe; null for nothing. */
export async function nextDue(due: Due, after = new Date(0)): Promise<Date | null> {
  const dates = await Promise.all(SWEPT.map((field) => due.next(field, after)));
  const times = dates.flatMap((date) => (date ? [date.getTime()] : []));
  return times.length > 0 ? new Date(Math.min(...times)) : null;
}

/** Brings the world to that moment. What falls due on the way has happened, and is delivered, when it resolves. */
export async function moveTo(target: Date, clock: MovableClock, bot: FollowedBot, db: Database): Promise<void> {
  await bot.runDue();
  for (;;) {
    const now = clock.now();
    // Only what comes later: what is due already but not for now (outside opening hours) is looked at again at each stop.
    const [demande, digest] = await Promise.all([nextDue(db.due, now), nextDigest(db, now)]);
    const next = demande && digest ? new Date(Math.min(demande.getTime(), digest.getTime())) : (demande ?? digest);
    if (!next || next > target) break;
    // The rule is « after the due date », strictly.
    const at = new Date(Math.min(target.getTime(), next.getTime() + 1));
    if (at > clock.now()) await clock.set(at);
    await bot.runDue();
  }
  if (target > clock.now()) await clock.set(target);
  await bot.runDue();
}
