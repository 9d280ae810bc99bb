/** The sweep that invites the aidant to archive a processed demande: after a week, then weekly, four times in all. */
import { nextOpening } from "../domain/calendar.ts";
import type { DemandeId } from "../domain/ids.ts";
import { act, commandIdOf } from "./act.ts";
import type { UseCaseContext } from "./context.ts";

const BATCH = 500;

async function invite(context: UseCaseContext, id: DemandeId, now: Date): Promise<void> {
  const demande = await context.db.demandes.load(id);
  if (!demande) return;
  const { state, revision } = demande;
  const opening = nextOpening(now, state.territoire);
  if (opening > now) {
    await context.db.due.postpone(id, revision, "archiveInvitationAt", opening);
    return;
  }
  await act(
    context,
    commandIdOf(`archive-invitation/${id}/${state.processedAt?.getTime()}/${state.archiveInvitations}`),
    () => context.db.demandes.load(id),
    () => ({ command: { type: "inviteToArchive" }, actor: { kind: "system" } }),
  );
}

/** One demande that cannot be read does not keep the others from being seen to. @returns how many were due */
export async function sweepArchiveInvitations(context: UseCaseContext): Promise<number> {
  const { clock, db, log } = context;
  const now = clock.now();
  const seen = new Set<DemandeId>();
  for (;;) {
    const ids = (await db.due.ids("archiveInvitationAt", now, BATCH)).filter((id) => !seen.has(id));
    if (ids.length === 0) return seen.size;
    for (const id of ids) {
      seen.add(id);
      await invite(context, id, now).catch((error) => log.error({ demande: id, error }, "invitation to archive failed"));
    }
  }
}
