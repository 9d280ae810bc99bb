/** The lists of demandes, as the guide defines its tabs, for an agent with all their groupes. */
import type { AgentRecord } from "../../models/agent.ts";
import type { DemandeFilter, DemandeSummary } from "../../models/demandes.ts";
import { actionOf } from "../actions.ts";
import { instructeurGroupes } from "../domain/agent.ts";
import type { GroupeId } from "../domain/ids.ts";
import { formatRef, groupeId, parseRef } from "../domain/ids.ts";
import { maySee } from "../domain/permissions.ts";
import { territoire } from "../domain/territoires.ts";
import { normaliseNom } from "../domain/usager.ts";
import { button } from "../presentation/buttons.ts";
import { formatDay } from "../presentation/dates.ts";
import type { List, ListLine } from "../presentation/list.ts";
import type { Button } from "../presentation/message.ts";
import type { GroupeNames } from "../presentation/names.ts";
import { groupeName } from "../presentation/names.ts";
import { cardTexts, listTexts, statusTexts } from "../texts.ts";
import type { UseCaseContext } from "./context.ts";
import type { Reaction } from "./desk.ts";
import { tell } from "./refusals.ts";

export type BoardId = Exclude<keyof typeof listTexts.titles, "chercher">;

const BOARDS: readonly BoardId[] = ["nouvelles", "en-cours", "en-souffrance", "traitees", "archivees"];
const PAGE = 10;
/** The mark, in a button's value, that it is about a page and not about a demande. */
const PAGE_MARK = "liste";

const isBoard = (text: string): text is BoardId => BOARDS.some((board) => board === text);

/** What a tab holds, on the instructeurs' side; the guide's own words (« Consulter les demandes reçues »). */
function instructeurFilter(board: BoardId, agent: AgentRecord, groupes: readonly GroupeId[], now: Date): DemandeFilter {
  const active = { active: { $in: groupes } };
  const open = { $in: ["nouvelle", "en_cours"] };
  switch (board) {
    case "nouvelles":
      return { ...active, status: open, viewers: { $ne: agent.id } };
    case "en-cours":
      return {
        ...active,
        $or: [{ status: "en_cours" }, { status: "nouvelle", viewers: agent.id }, { status: "nouvelle", overdueAt: { $lt: now } }],
      };
    case "en-souffrance":
      return { ...active, status: open, overdueAt: { $lt: now } };
    case "traitees":
      return { asked: { $in: groupes }, status: "traitee" };
    case "archivees":
      return { asked: { $in: groupes }, status: "archivee" };
  }
}

function aidantFilter(board: BoardId, agent: AgentRecord, now: Date): DemandeFilter {
  const mine = { openerId: agent.id };
  switch (board) {
    case "nouvelles":
      return { ...mine, status: "nouvelle" };
    case "en-cours":
      return { ...mine, status: "en_cours" };
    case "en-souffrance":
      return { ...mine, status: { $in: ["nouvelle", "en_cours"] }, overdueAt: { $lt: now } };
    case "traitees":
      return { ...mine, status: "traitee" };
    case "archivees":
      return { ...mine, status: "archivee" };
  }
}

function boardFilter(board: BoardId, agent: AgentRecord, now: Date): DemandeFilter {
  const groupes = instructeurGroupes(agent);
  const mine = aidantFilter(board, agent, now);
  return groupes.length === 0 ? mine : { $or: [instructeurFilter(board, agent, groupes, now), mine] };
}

function lineOf(demande: DemandeSummary, agent: AgentRecord, names: GroupeNames, now: Date): ListLine {
  const { nom, code, timeZone } = territoire(demande.territoire);
  const own = demande.asked.map(groupeId).find((id) => instructeurGroupes(agent).includes(id)) ?? null;
  const taker = demande.takers[0];
  const late = demande.overdueAt !== null && demande.overdueAt < now;
  return {
    ref: formatRef(demande.ref),
    emoji: statusTexts[demande.status].emoji,
    sujet: demande.sujet,
    details: [
      `${nom} (${code})`,
      listTexts.opened(formatDay(demande.openedAt, timeZone)),
      demande.asked.map((id) => groupeName(names, groupeId(id)) ?? "").join(", "),
      ...(taker ? [cardTexts.takenBy(taker.name)] : []),
      ...(late ? [listTexts.late] : []),
    ].join(" · "),
    buttons: [button("voir", { demande: demande.id, groupe: own })],
  };
}

const pageButton = (board: BoardId, page: number, label: string): Button => ({
  action: "lister",
  label,
  emoji: actionOf("lister").emoji,
  style: "default",
  value: `${PAGE_MARK}|${board}|${page}`,
});

async function listOf(
  context: UseCaseContext,
  agent: AgentRecord,
  found: { demandes: readonly DemandeSummary[]; total: number },
  title: string,
  now: Date,
): Promise<List> {
  const names = await context.directory.groupeNames(found.demandes.flatMap((d) => d.asked.map(groupeId)));
  return {
    title: `${title} (${found.total})`,
    lines: found.demandes.map((demande) => lineOf(demande, agent, names, now)),
    empty: listTexts.empty,
    footer: null,
    pages: [],
  };
}

/** One page of a board. `page` counts from 0; one too far shows the last. */
export async function board(context: UseCaseContext, agent: AgentRecord, id: BoardId, page: number): Promise<List> {
  const now = context.clock.now();
  const filter = boardFilter(id, agent, now);
  const skip = Math.max(0, page) * PAGE;
  const found = await context.db.demandes.page(filter, skip, PAGE);
  if (found.demandes.length === 0 && skip > 0) return board(context, agent, id, Math.ceil(found.total / PAGE) - 1);
  const list = await listOf(context, agent, found, listTexts.titles[id], now);
  if (found.total <= PAGE) return list;
  const last = skip + found.demandes.length;
  return {
    ...list,
    footer: listTexts.footer(skip + 1, last, found.total),
    pages: [
      ...(page > 0 ? [pageButton(id, page - 1, listTexts.previous)] : []),
      ...(last < found.total ? [pageButton(id, page + 1, listTexts.next)] : []),
    ],
  };
}

/** By number, or by words of the usager's name; only what the agent may see. */
async function search(context: UseCaseContext, agent: AgentRecord, text: string, sign: string): Promise<Reaction> {
  const ref = parseRef(text);
  if (ref === undefined && normaliseNom(text).trim() === "") return tell(listTexts.searchHint(sign));
  const groupes = instructeurGroupes(agent);
  const mine = { $or: [{ asked: { $in: groupes } }, { openerId: agent.id }] };
  const filter = ref === undefined ? { ...context.db.demandes.nameFilter(text), ...mine } : { ref };
  const now = context.clock.now();
  const found = await context.db.demandes.page(filter, 0, PAGE);
  if (ref !== undefined) {
    const demande = await context.db.demandes.loadByRef(ref);
    if (!demande || !maySee(agent, "conversation", demande.state))
      return { kind: "list", list: await listOf(context, agent, { demandes: [], total: 0 }, listTexts.titles.chercher, now) };
  }
  return { kind: "list", list: await listOf(context, agent, found, listTexts.titles.chercher, now) };
}

/** `/demandes …` */
export async function demandesCommand(
  context: UseCaseContext,
  agent: AgentRecord,
  text: string,
  sign: string,
): Promise<Reaction> {
  const [word = "", ...rest] = text.trim().split(/\s+/);
  const asked = word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
  if (asked === "chercher") return search(context, agent, rest.join(" "), sign);
  if (asked === "") return { kind: "list", list: await board(context, agent, "en-cours", 0) };
  if (isBoard(asked)) return { kind: "list", list: await board(context, agent, asked, 0) };
  return tell(listTexts.unknownFilter(word.slice(0, 50)));
}

/** The button of another page; null for a value that is none. */
export function decodePage(value: string): { board: BoardId; page: number } | null {
  const [mark, name = "", page = ""] = value.split("|");
  return mark === PAGE_MARK && isBoard(name) && /^\d{1,5}$/.test(page) ? { board: name, page: Number(page) } : null;
}
