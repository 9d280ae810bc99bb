/** `/groupe demandes`: what the groupe received and sent, as numbers, dates and states; the sujet only to who may read the conversation. */
import type { AgentRecord } from "../../../models/agent.ts";
import type { LoadedDemande } from "../../../models/demandes.ts";
import type { Groupe } from "../../../models/groupe.ts";
import type { GroupeStatus } from "../../../models/groupeDemandes.ts";
import { wantedOfGroupe } from "../../../models/groupeDemandes.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import { tell } from "../../demandes/refusals.ts";
import { localDate, workingHoursBetween } from "../../domain/calendar.ts";
import type { DemandeState } from "../../domain/demande.ts";
import { groupeStateOf } from "../../domain/demande.ts";
import { fold } from "../../domain/folding.ts";
import { formatRef } from "../../domain/ids.ts";
import { isOverdue } from "../../domain/overdue.ts";
import { maySee } from "../../domain/permissions.ts";
import { parseSince } from "../../domain/sinceDate.ts";
import { territoire } from "../../domain/territoires.ts";
import { formatDay } from "../../presentation/dates.ts";
import type { List, ListLine } from "../../presentation/list.ts";
import { listTexts } from "../../texts/boards.ts";
import { groupeDemandesTexts, groupeHelp } from "../../texts/groupes.ts";
import { statusTexts } from "../../texts.ts";
import { PAGE, pageTurns, pageWithin } from "../pages.ts";
import type { GroupeCommand } from "./request.ts";

/** How each status is typed, folded; singular and plural. */
const STATUSES: Readonly<Record<string, GroupeStatus>> = {
  nouvelle: "nouvelles",
  nouvelles: "nouvelles",
  "en cours": "en-cours",
  "en souffrance": "en-souffrance",
  traitee: "traitees",
  traitees: "traitees",
  archivee: "archivees",
  archivees: "archivees",
};

/** The newest; whoever wants more gives a status or a day, or exports. */
const MOST_LISTED = 1000;

/** What is asked of the list; `since` is a day, yyyy-mm-dd. */
interface Asked {
  readonly status: GroupeStatus | null;
  readonly since: string | null;
}

export type Read = { readonly ok: true; readonly asked: Asked } | { readonly ok: false; readonly sentence: string };

const LONGEST_SHOWN = 50;

/** « en-cours depuis 01/09/2026 », « depuis 30 jours », « traitées », or nothing. */
export function readDemandesText(text: string, today: string): Read {
  const [, before = "", after] = /^(.*?)(?:\bdepuis\s+(?:le\s+)?(.*))?$/isu.exec(text.trim()) ?? [];
  const typed = before.trim();
  const word = fold(typed);
  const status = word === "" || word === "toutes" ? null : Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined;
  if (status === undefined) return { ok: false, sentence: groupeDemandesTexts.unknownFilter(typed.slice(0, LONGEST_SHOWN)) };
  const since = after === undefined ? null : parseSince(after, today);
  if (since === undefined) return { ok: false, sentence: groupeDemandesTexts.badDate((after ?? "").slice(0, LONGEST_SHOWN)) };
  return { ok: true, asked: { status, since } };
}

/** As they travel in the button of a page. */
const encodeAsked = ({ status, since }: Asked): string => `${status ?? ""},${since ?? ""}`;

function decodeAsked(text: string): Asked {
  const [status = "", since = ""] = text.split(",");
  const known = Object.values(STATUSES).find((one) => one === status) ?? null;
  return { status: known, since: /^\d{4}-\d{2}-\d{2}$/.test(since) ? since : null };
}

function delays(state: DemandeState, now: Date): string[] {
  const hours = (end: Date) => Math.round(workingHoursBetween(state.openedAt, end, state.territoire));
  if (state.firstAnswerAt) {
    const closed = state.processedAt ?? state.archivedAt;
    return [
      groupeDemandesTexts.firstAnswer(hours(state.firstAnswerAt)),
      ...(closed && state.status !== "en_cours" ? [groupeDemandesTexts.closed(hours(closed))] : []),
    ];
  }
  return state.status === "nouvelle" || state.status === "en_cours" ? [groupeDemandesTexts.noAnswer(hours(now))] : [];
}

/** What does not identify the usager; the sujet is words of people, shown to who may read the conversation. */
function lineOf({ state }: LoadedDemande, agent: AgentRecord, groupe: Groupe, now: Date): ListLine {
  const { nom, code, timeZone } = territoire(state.territoire);
  const own = groupeStateOf(state, groupe.id);
  const holder = own ? own.takenBy : (state.groupes.find((g) => g.takenBy)?.takenBy ?? null);
  const { label, emoji } = statusTexts[state.status];
  return {
    ref: formatRef(state.ref),
    emoji,
    sujet: maySee(agent, "conversation", state) ? `${label} · ${state.sujet}` : label,
    details: [
      `${nom} (${code})`,
      own ? groupeDemandesTexts.received : groupeDemandesTexts.sent,
      listTexts.opened(formatDay(state.openedAt, timeZone)),
      holder ? groupeDemandesTexts.holder(holder.name) : groupeDemandesTexts.nobody,
      ...delays(state, now),
      ...(isOverdue(state, now) ? [listTexts.late] : []),
    ].join(" · "),
    buttons: [],
  };
}

const frenchDay = (day: string): string => day.split("-").reverse().join("/");

/** @param page from 0; one too far shows the last */
export async function groupeDemandesList(
  { db, clock }: UseCaseContext,
  agent: AgentRecord,
  groupe: Groupe,
  asked: Asked,
  page: number,
): Promise<List> {
  const now = clock.now();
  const since = asked.since === null ? null : new Date(`${asked.since}T00:00:00Z`);
  const wanted = wantedOfGroupe(groupe.id, asked.status, since, now);
  const [counted, highest] = await Promise.all([db.demandes.countUpTo(wanted, MOST_LISTED), db.lastRef()]);
  const total = Math.min(counted, MOST_LISTED);
  const within = pageWithin(page, total);
  const found = await db.demandes.walk(wanted, { order: -1, beyond: null, limit: within.skip + PAGE, highest });
  const demandes = found.slice(within.skip, Math.min(within.skip + PAGE, MOST_LISTED));
  const loaded = await Promise.all(demandes.map(({ id }) => db.demandes.load(id)));
  return {
    title: `${groupeDemandesTexts.title(groupe.name, asked.status, asked.since && frenchDay(asked.since))} (${listTexts.count(counted, MOST_LISTED)})`,
    lines: loaded.flatMap((demande) => (demande ? [lineOf(demande, agent, groupe, now)] : [])),
    empty: groupeDemandesTexts.empty,
    ...pageTurns({ list: "demandes", groupe: groupe.id, page: within.page, more: encodeAsked(asked) }, total),
  };
}

/** @param more as the button of a page bears it */
export const groupeDemandesPage = (
  context: UseCaseContext,
  agent: AgentRecord,
  groupe: Groupe,
  more: string,
  page: number,
): Promise<List> => groupeDemandesList(context, agent, groupe, decodeAsked(more), page);

export const groupeDemandesCommand: GroupeCommand = {
  name: "demandes",
  usage: "[nouvelles | en-cours | en-souffrance | traitees | archivees] [depuis <date>]",
  ...groupeHelp.demandes,
  capability: "demandes",
  async run({ context, agent, groupe, text }) {
    const read = readDemandesText(text, localDate(context.clock.now(), groupe.territoires[0] ?? "75"));
    if (!read.ok) return tell(read.sentence);
    return { kind: "list", list: await groupeDemandesList(context, agent, groupe, read.asked, 0) };
  },
};
