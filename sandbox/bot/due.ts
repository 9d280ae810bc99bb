/** What the jobs would do one after the other, done now. */
import { sweepArchiveInvitations } from "../../src/demandes/inviteToArchive.ts";
import { sweepCards } from "../../src/demandes/refreshCards.ts";
import { sweepReminders } from "../../src/demandes/remind.ts";
import { sweepWipes } from "../../src/demandes/wipe.ts";
import { planDigests } from "../../src/groupes/digest/plan.ts";
import type { Runtime } from "../../src/runtime.ts";

/** Everything that is due now, delivered. */
export async function runDue(runtime: Runtime): Promise<void> {
  const { useCases, delivery, reports } = runtime.jobs;
  await delivery.idle();
  await sweepCards(useCases);
  await sweepReminders(useCases);
  await sweepArchiveInvitations(useCases);
  await sweepWipes(useCases);
  await delivery.sweep();
  await delivery.notices.sweep();
  await planDigests(useCases);
  await reports.digest.sweep();
  await reports.report.sweep();
}
