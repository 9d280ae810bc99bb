/** What the events of a demande tell outside its threads: to responsables in person, to the opener's groupe. */
import type { AgentRecord } from "../../models/agent.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Notice } from "../../models/notices.ts";
import type { Broken, Thread } from "../../models/thread.ts";
import type { DemandeEvent, DemandeState, EventOf } from "../domain/demande.ts";
import { evolve, nobodyLeft } from "../domain/demande.ts";
import type { GroupeId } from "../domain/ids.ts";
import { formatRef } from "../domain/ids.ts";
import type { Identity } from "../domain/place.ts";
import { richText } from "../domain/richtext.ts";
import type { Directory } from "../groupes/directory.ts";
import { button } from "../presentation/buttons.ts";
import { say } from "../presentation/message.ts";
import type { GroupeNames } from "../presentation/names.ts";
import { groupeName, whoIs } from "../presentation/names.ts";
import { escalates, reminderFacts } from "../presentation/news.ts";
import { wipeTexts } from "../texts/donnees.ts";
import { newsTexts, responsableTexts } from "../texts.ts";

/** The same sentence to each of them. */
const toEach = (id: string, agents: readonly AgentRecord[], sentence: string): Notice[] =>
  agents.map((agent) => ({
    id: `${id}.${agent.id}`,
    to: { kind: "agent", agentId: agent.id },
    content: { kind: "message", message: say(richText(sentence), { quiet: false }) },
  }));

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
    notices.push(...toEach(`${event.id}.${groupeId}`, await directory.responsablesOf(groupeId), sentence));
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

/** The notices of the events after this one (`seq`). */
export async function eventNotices(
  demande: LoadedDemande,
  since: number,
  names: GroupeNames,
  directory: Directory,
): Promise<Notice[]> {
  const notices: Notice[] = [];
  let state: DemandeState | null = null;
  for (const event of demande.events) {
    const before: DemandeState | null = state;
    state = evolve(demande.id, state, event);
    if (event.seq <= since) continue;
    if (event.type === "reminded") notices.push(...(await escalations(event, state, names, directory)));
    notices.push(...abandoned(event, before, state, names));
  }
  return notices;
}

function causeOf({ obstacle = "other", code }: Broken): string {
  const causes = responsableTexts.brokenCauses;
  return obstacle === "other" ? causes.refused(code) : causes[obstacle];
}

const BROKEN = ".broken.";

/** Of use only while the thread is out of reach: told later, it would be wrong. */
export const isForNow = (noticeId: string): boolean => noticeId.includes(BROKEN);

/**
 * Nobody of the groupe can be told, all of them being in the workspace that is out of reach: the admins are, once a day for each
 * groupe and without a word of any demande; and whoever waits for an answer, who may ask another groupe.
 */
async function unreachable(
  state: DemandeState,
  { id, platform, workspace }: Thread,
  { at, groupe, name }: { at: Date; groupe: GroupeId; name: string },
  directory: Directory,
): Promise<Notice[]> {
  const outage = `${platform}.${workspace}.${groupe}${BROKEN}${at.toISOString().slice(0, 10)}`;
  const toAdmins = toEach(outage, await directory.admins(), responsableTexts.groupeUnreachable(name));
  const { agentId } = state.opener;
  if (agentId === null) return toAdmins;
  const sentence = richText(responsableTexts.askedUnreachable(formatRef(state.ref), name));
  const message = say(sentence, { quiet: false, buttons: [button("inviter", { demande: state.id })] });
  const toOpener: Notice = {
    id: `${id}${BROKEN}${at.getTime()}.opener`,
    to: { kind: "agent", agentId },
    content: { kind: "message", message },
  };
  return [...toAdmins, toOpener];
}

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
  const { broken } = thread;
  const groupe = thread.groupeId ?? (broken?.obstacle === "reader" ? state.opener.groupeId : null);
  if (!groupe || !broken) return [];
  const name = groupeName(names, groupe) ?? "";
  const responsables = await directory.responsablesOf(groupe);
  const isElsewhere = (one: Identity) => one.platform !== thread.platform || one.workspace !== thread.workspace;
  const isHeard = broken.obstacle !== "workspace" || responsables.some(({ identities }) => identities.some(isElsewhere));
  if (!isHeard && state.wipedAt === null) return unreachable(state, thread, { at: broken.at, groupe, name }, directory);
  const told = state.wipedAt === null ? responsableTexts.brokenThread : wipeTexts.notErased;
  const sentence = told(formatRef(state.ref), name, causeOf(broken));
  return toEach(`${thread.id}${BROKEN}${broken.at.getTime()}`, responsables, sentence);
}
