/**
 * More than three reminders at once for one groupe become one list in its channel. The list is first written down as a draft,
 * which any process can finish; then its demandes are marked as told in it; then it is made of those that bear its mark, so
 * that of two sweeps at the same moment none tells what the other has told.
 */
import type { LoadedDemande } from "../../models/demandes.ts";
import { UnknownKey } from "../../models/sealing.ts";
import type { GroupeReminder } from "../domain/demande.ts";
import type { DemandeId, GroupeId } from "../domain/ids.ts";
import { demandeId, formatRef, groupeId } from "../domain/ids.ts";
import type { PlannedReminder } from "../domain/overdue.ts";
import { territoire } from "../domain/territoires.ts";
import { PermanentError } from "../errors.ts";
import { button } from "../presentation/buttons.ts";
import { formatMoment } from "../presentation/dates.ts";
import type { List, ListLine } from "../presentation/list.ts";
import { listTexts } from "../texts/boards.ts";
import { cardTexts, responsableTexts, statusTexts } from "../texts.ts";
import { act, commandIdOf } from "./act.ts";
import type { UseCaseContext } from "./context.ts";

/** More reminders than this for one groupe in one sweep become a list. */
const MOST_SINGLE = 3;
/** Slack shows 50 blocks in a message. */
const MOST_LINES = 40;

export interface DueDemande {
  readonly demande: LoadedDemande;
  readonly reminders: readonly PlannedReminder[];
}

/** Marks the demande as reminded of, once for each of its revisions; a list among `listed` tells it in place of its thread. */
export async function remind(
  context: UseCaseContext,
  id: DemandeId,
  revision: number,
  listed: ReadonlyMap<GroupeId, string>,
): Promise<void> {
  await act(
    context,
    commandIdOf(`reminder/${id}/${revision}`),
    () => context.db.demandes.load(id),
    () => ({ command: { type: "remind", listed }, actor: { kind: "system" } }),
  );
}

/** What a draft keeps so that any process can finish it. */
interface Draft extends Record<string, unknown> {
  readonly groupe: string;
  readonly demandes: readonly { readonly id: string; readonly revision: number }[];
}

const isDraft = (draft: Record<string, unknown>): draft is Draft =>
  typeof draft.groupe === "string" && Array.isArray(draft.demandes);

/** The groupes with more than a few demandes due now, each with the id of its list, written down as a draft. */
export async function startLists(context: UseCaseContext, due: readonly DueDemande[]): Promise<Map<GroupeId, string>> {
  const lists = new Map<GroupeId, string>();
  const groupes = new Set(due.flatMap(({ reminders }) => reminders.map((r) => r.groupeId)));
  for (const groupe of groupes) {
    const own = due.filter(({ reminders }) => reminders.some((r) => r.groupeId === groupe));
    if (own.length <= MOST_SINGLE) continue;
    const demandes = own.map(({ demande }) => ({ id: demande.id, revision: demande.revision }));
    const id = `rappels.${groupe}.${commandIdOf(demandes.map((d) => `${d.id}.${d.revision}`).join("|"))}`;
    const draft: Draft = { groupe, demandes };
    await context.db.notices.addDraft(id, { kind: "groupe", groupeId: groupe }, draft, new Date());
    lists.set(groupe, id);
  }
  return lists;
}

function lineOf({ id, state }: LoadedDemande, { groupeId: groupe, late }: GroupeReminder): ListLine {
  const { timeZone } = territoire(state.territoire);
  const holder = state.groupes.find((g) => g.groupeId === groupe)?.takenBy;
  const since = cardTexts.overdueSince(formatMoment(late, timeZone));
  return {
    ref: formatRef(state.ref),
    emoji: statusTexts[state.status].emoji,
    sujet: state.sujet,
    details: [since, ...(holder ? [cardTexts.takenBy(holder.name)] : [])].join(" · "),
    buttons: [button(holder ? "voir" : "prendre", { demande: id, groupe })],
  };
}

const markOf = ({ events }: LoadedDemande, list: string): GroupeReminder | undefined =>
  events
    .flatMap((event) => (event.type === "reminded" && event.about === "souffrance" ? event.groupes : []))
    .find((reminder) => reminder.listed === list);

/** The demande's line, after it was marked as told in the list; null when it was answered meanwhile, or told elsewhere. */
async function tellIn(context: UseCaseContext, list: string, groupe: GroupeId, one: Draft["demandes"][number]) {
  const id = demandeId(one.id);
  let demande = await context.db.demandes.load(id);
  if (demande && !markOf(demande, list)) {
    await remind(context, id, one.revision, new Map([[groupe, list]]));
    demande = await context.db.demandes.load(id);
  }
  const mark = demande && markOf(demande, list);
  return demande && mark ? lineOf(demande, mark) : null;
}

async function finishList(context: UseCaseContext, id: string, draft: Draft): Promise<List | null> {
  const groupe = groupeId(draft.groupe);
  const lines: ListLine[] = [];
  for (const one of draft.demandes) {
    try {
      const line = await tellIn(context, id, groupe, one);
      if (line) lines.push(line);
    } catch (error) {
      // What a person must mend keeps only itself out of the list.
      if (!(error instanceof PermanentError || error instanceof UnknownKey)) throw error;
      context.log.error({ demande: one.id, error }, "reminder failed");
    }
  }
  if (lines.length === 0) return null;
  const names = await context.directory.groupeNames([groupe]);
  return {
    title: `${responsableTexts.reminderList(names.get(groupe) ?? "")} (${lines.length})`,
    lines: lines.slice(0, MOST_LINES),
    empty: listTexts.empty,
    footer: lines.length > MOST_LINES ? listTexts.footer(1, MOST_LINES, lines.length) : null,
    pages: [],
  };
}

/** Finishes the lists begun, by this process or by one that died: each is posted, unless it has nothing left to tell. */
export async function finishLists(context: UseCaseContext): Promise<void> {
  for (const { id, draft } of await context.db.notices.drafts()) {
    const list = isDraft(draft) ? await finishList(context, id, draft) : null;
    await context.db.notices.finishDraft(id, list && { kind: "list", list }, new Date());
  }
}
