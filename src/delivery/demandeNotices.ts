/** What the events of a demande tell outside its threads: to responsables in person, to the opener's groupe. */
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Notice } from "../../models/notices.ts";
import type { Thread } from "../../models/thread.ts";
import type { DemandeEvent, DemandeState, EventOf } from "../domain/demande.ts";
import { evolve, nobodyLeft } from "../domain/demande.ts";
import type { GroupeId } from "../domain/ids.ts";
import { formatRef } from "../domain/ids.ts";
import { richText } from "../domain/richtext.ts";
import type { Directory } from "../groupes/directory.ts";
import { button } from "../presentation/buttons.ts";
import { say } from "../presentation/message.ts";
import type { GroupeNames } from "../presentation/names.ts";
import { groupeName, whoIs } from "../presentation/names.ts";
import { escalates, reminderFacts } from "../presentation/news.ts";
import { wipeTexts } from "../texts/donnees.ts";
import { newsTexts, responsableTexts } from "../texts.ts";

/** The same sentence to each responsable of a groupe. */
async function toResponsables(id: string, groupe: GroupeId, sentence: string, directory: Directory): Promise<Notice[]> {
  const responsables = await directory.responsablesOf(groupe);
  return responsables.map((agent) => ({
    id: `${id}.${agent.id}`,
    to: { kind: "agent", agentId: agent.id },
    content: { kind: "message", message: say(richText(sentence), { quiet: false }) },
  }));
}

async function escalations(
  event: EventOf<"reminded">,
  state: DemandeState,
  names: GroupeNames,
  directory: Directory,
): Promise<Notice[]> {
  if (event.about !== "souffrance") return [];
  const notices: Notice[] = [];
  for (const { groupeId, count, late } of event.groupes.filter((g) => escalates(g.count))) {
    const { since } = reminderFacts(state, groupeId, late);
    const sentence = responsableTexts.escalation(formatRef(state.ref), groupeName(names, groupeId) ?? "", since, count);
    notices.push(...(await toResponsables(`${event.id}.${groupeId}`, groupeId, sentence, directory)));
  }
  return notices;
}

/** The last groupe left: the opener's groupe hears of it too, where it does not read the thread itself. */
function abandoned(event: DemandeEvent, before: DemandeState | null, after: DemandeState, names: GroupeNames): Notice[] {
  const groupe = after.opener.groupeId;
  if (event.type !== "declined" || !before || nobodyLeft(before) || !nobodyLeft(after) || after.shared || !groupe) return [];
  const sentence = newsTexts.nobodyLeftElsewhere(formatRef(after.ref), whoIs(after.opener, names));
  const message = say(richText(sentence), { quiet: false, buttons: [button("inviter", { demande: after.id })] });
  return [{ id: `${event.id}.abandoned`, to: { kind: "groupe", groupeId: groupe }, content: { kind: "message", message } }];
}

/** The notices of the events not yet seen to. */
export async function eventNotices(demande: LoadedDemande, names: GroupeNames, directory: Directory): Promise<Notice[]> {
  const notices: Notice[] = [];
  let state: DemandeState | null = null;
  for (const event of demande.events) {
    const before: DemandeState | null = state;
    state = evolve(demande.id, state, event);
    if (event.seq <= demande.noticed) continue;
    if (event.type === "reminded") notices.push(...(await escalations(event, state, names, directory)));
    notices.push(...abandoned(event, before, state, names));
  }
  return notices;
}

function causeOf(code: string): string {
  const { unbound, archived, removed, uninstalled, inactive, refused } = responsableTexts.brokenCauses;
  switch (code) {
    case "account_inactive":
      return inactive;
    case "unbound":
      return unbound;
    case "is_archived":
      return archived;
    case "team_not_installed":
      return uninstalled;
    case "not_in_channel":
    case "channel_not_found":
    case "M_FORBIDDEN":
      return removed;
    default:
      return refused(code);
  }
}

const BROKEN = ".broken.";

/** Of use only while the thread is out of reach: told later, it would be wrong. */
export const isForNow = (noticeId: string): boolean => noticeId.includes(BROKEN);

/**
 * A thread that cannot be shown: its responsables are told how to mend it. For that of an aidant whose account is disabled, those
 * of the aidant's groupe: nobody else would hear of the answers.
 */
export async function brokenNotices(
  state: DemandeState,
  thread: Thread,
  names: GroupeNames,
  directory: Directory,
): Promise<Notice[]> {
  const groupe = thread.groupeId ?? (thread.broken?.code === "account_inactive" ? state.opener.groupeId : null);
  if (!groupe || !thread.broken) return [];
  const told = state.wipedAt === null ? responsableTexts.brokenThread : wipeTexts.notErased;
  const sentence = told(formatRef(state.ref), groupeName(names, groupe) ?? "", causeOf(thread.broken.code));
  return toResponsables(`${thread.id}${BROKEN}${thread.broken.at.getTime()}`, groupe, sentence, directory);
}
