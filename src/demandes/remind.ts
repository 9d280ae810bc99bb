/** The sweep of reminders: each demande whose date has come, once, however many processes sweep. */
import { nextOpening } from "../domain/calendar.ts";
import type { DemandeId, GroupeId } from "../domain/ids.ts";
import { remindersDue } from "../domain/overdue.ts";
import type { UseCaseContext } from "./context.ts";
import type { DueDemande } from "./reminderLists.ts";
import { finishLists, remind, startLists } from "./reminderLists.ts";

const BATCH = 500;

/** What is due in an opening hour; the rest is put off until there is something to do. */
async function load(context: UseCaseContext, id: DemandeId, now: Date): Promise<DueDemande | null> {
  const demande = await context.db.demandes.load(id);
  if (!demande) return null;
  const reminders = remindersDue(demande.state, now);
  if (reminders.length > 0) return { demande, reminders };
  const opening = nextOpening(now, demande.state.territoire);
  // Outside opening hours (the process was down when it was due): at the next opening.
  if (opening > now) await context.db.due.postpone(id, demande.revision, "remindAt", opening);
  return null;
}

/** Those lists that tell of this demande. */
const listedIn = ({ reminders }: DueDemande, lists: ReadonlyMap<GroupeId, string>): ReadonlyMap<GroupeId, string> =>
  new Map([...lists].filter(([groupe]) => reminders.some((r) => r.groupeId === groupe)));

/**
 * Reminds of all that is due at this moment of the demandes' world. One demande that cannot be read does not keep the
 * others from being reminded of.
 * @returns how many demandes were looked at: those that are due, never those that are merely open
 */
export async function sweepReminders(context: UseCaseContext): Promise<number> {
  const { db, clock, log } = context;
  await finishLists(context);
  const now = clock.now();
  const seen = new Set<DemandeId>();
  const failed = (demande: DemandeId) => (error: unknown) => {
    log.error({ demande, error }, "reminder failed");
    return null;
  };
  for (;;) {
    const ids = (await db.due.ids("remindAt", now, BATCH)).filter((id) => !seen.has(id));
    if (ids.length === 0) return seen.size;
    const due: DueDemande[] = [];
    for (const id of ids) {
      seen.add(id);
      const one = await load(context, id, now).catch(failed(id));
      if (one) due.push(one);
    }
    const lists = await startLists(context, due);
    for (const one of due) {
      const { id, revision } = one.demande;
      await remind(context, id, revision, listedIn(one, lists)).catch(failed(id));
    }
    if (lists.size > 0) await finishLists(context);
  }
}
