/** Moves the clock of the world, stopping at each moment when something falls due, so that it happens at its own time. */

import dayjs from "dayjs";
import duration from "dayjs/plugin/duration.js";
import type { DueField } from "../models/due.ts";
import { sweepNotices } from "../src/delivery/notices.ts";
import { sweepArchiveInvitations } from "../src/demandes/inviteToArchive.ts";
import { sweepCards } from "../src/demandes/refreshCards.ts";
import { sweepReminders } from "../src/demandes/remind.ts";
import type { Runtime } from "../src/runtime.ts";
import type { MovableClock } from "./clock.ts";

dayjs.extend(duration);

const SWEPT: readonly DueField[] = ["refreshAt", "remindAt", "archiveInvitationAt"];
const ISO_DURATION = /^P(?=.)(?:\d+W|(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/;
const LONGEST_MS = 400 * 86_400_000;

/** « P4D », « PT90M », « P2W » in ms; null for anything else, months and years (of no fixed length) included. */
export const durationMs = (text: string): number | null =>
  ISO_DURATION.test(text) ? dayjs.duration(text).asMilliseconds() : null;

/** Whether the clock may be put there: forwards, and by little more than a year at most. */
export const mayMoveTo = (target: Date, now: Date): boolean => target >= now && target.getTime() - now.getTime() <= LONGEST_MS;

async function nextDue(runtime: Runtime): Promise<Date | null> {
  const { due } = runtime.jobs.useCases.db;
  const dates = await Promise.all(SWEPT.map((field) => due.next(field)));
  const times = dates.flatMap((date) => (date ? [date.getTime()] : []));
  return times.length > 0 ? new Date(Math.min(...times)) : null;
}

/** Everything that is due now, delivered. */
export async function runDue(runtime: Runtime): Promise<void> {
  const { useCases, deliveries, delivery } = runtime.jobs;
  await delivery.idle();
  await sweepCards(useCases);
  await sweepReminders(useCases);
  await sweepArchiveInvitations(useCases);
  await delivery.sweep();
  await sweepNotices(deliveries);
}

/** Brings the world to that moment. What falls due on the way has happened, and is delivered, when it resolves. */
export async function moveTo(target: Date, clock: MovableClock, runtime: Runtime): Promise<void> {
  await runDue(runtime);
  let last: Date | null = null;
  for (;;) {
    const next = await nextDue(runtime);
    // The same date again: it is due but not for now (outside opening hours); what comes later goes on from the target.
    if (!next || next > target || (last && next <= last)) break;
    last = next;
    // The rule is « after the due date », strictly.
    const at = new Date(Math.min(target.getTime(), next.getTime() + 1));
    if (at > clock.now()) await clock.set(at);
    await runDue(runtime);
  }
  if (target > clock.now()) await clock.set(target);
  await runDue(runtime);
}
