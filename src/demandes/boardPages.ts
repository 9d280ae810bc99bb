/** One page of demandes, wherever in a list it begins: its lines, and the way to the pages before and after. */
import type { AgentRecord } from "../../models/agent.ts";
import type { DemandeSummary } from "../../models/demandes.ts";
import type { Wanted } from "../../models/shelves.ts";
import { instructeurGroupes } from "../domain/agent.ts";
import { formatRef, groupeId } from "../domain/ids.ts";
import { territoire } from "../domain/territoires.ts";
import type { Cursor } from "../presentation/board.ts";
import { button } from "../presentation/buttons.ts";
import { formatDay } from "../presentation/dates.ts";
import type { ListLine } from "../presentation/list.ts";
import type { GroupeNames } from "../presentation/names.ts";
import { groupeName } from "../presentation/names.ts";
import { listTexts } from "../texts/boards.ts";
import { cardTexts, statusTexts } from "../texts.ts";
import type { UseCaseContext } from "./context.ts";

const PAGE = 10;

/** Which demandes, in which order of their numbers. */
export interface Walk {
  readonly wanted: readonly Wanted[];
  readonly order: 1 | -1;
}

export interface Page {
  readonly demandes: readonly DemandeSummary[];
  /** How many come before these, as far as is known. */
  readonly rank: number;
  readonly previous: Cursor | null;
  readonly next: Cursor | null;
}

/** @param from null for the first page; a page that is not there any more is the first */
export async function pageFrom(context: UseCaseContext, walk: Walk, from: Cursor | null): Promise<Page> {
  const back = from?.back === true;
  const order = back ? (-walk.order as 1 | -1) : walk.order;
  const way = { order, beyond: from?.ref ?? null, limit: PAGE + 1, highest: await context.db.lastRef() };
  const found = await context.db.demandes.walk(walk.wanted, way);
  const more = found.length > PAGE;
  // Turned back to the beginning, or beyond an end that has come nearer: the first page, and a whole one.
  if (from !== null && (back ? !more : found.length === 0)) return pageFrom(context, walk, null);
  const kept = found.slice(0, PAGE);
  const demandes = back ? kept.toReversed() : kept;
  const rank = from?.rank ?? 0;
  const [first, last] = [demandes[0], demandes.at(-1)];
  return {
    demandes,
    rank,
    previous: from !== null && first ? { ref: first.ref, back: true, rank: Math.max(0, rank - PAGE) } : null,
    next: (back || more) && last ? { ref: last.ref, back: false, rank: rank + demandes.length } : null,
  };
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

export async function linesOf(
  context: UseCaseContext,
  agent: AgentRecord,
  demandes: readonly DemandeSummary[],
  now: Date,
): Promise<ListLine[]> {
  const names = await context.directory.groupeNames(demandes.flatMap((d) => d.asked.map(groupeId)));
  return demandes.map((demande) => lineOf(demande, agent, names, now));
}
