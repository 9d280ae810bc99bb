/** The boards: a page of one tab, or of what a search found, with the tabs and their counts around it. */
import type { AgentRecord } from "../../models/agent.ts";
import { instructeurGroupes } from "../domain/agent.ts";
import type { GroupeId } from "../domain/ids.ts";
import { parseRef } from "../domain/ids.ts";
import { maySee } from "../domain/permissions.ts";
import type { BoardFrame, BoardId, BoardView, Cursor } from "../presentation/board.ts";
import { encodeView, viewButton } from "../presentation/board.ts";
import type { List } from "../presentation/list.ts";
import type { GroupeNames } from "../presentation/names.ts";
import { groupeName } from "../presentation/names.ts";
import { boardTexts, listTexts } from "../texts/boards.ts";
import type { Page } from "./boardPages.ts";
import { linesOf, pageFrom } from "./boardPages.ts";
import { boardGroupes, boardQuery, tabsOf } from "./boardQueries.ts";
import type { UseCaseContext } from "./context.ts";

/** Nobody reads the difference, and counting further would cost more than the page. */
export const MOST_COUNTED = 1000;

/** The tab that opens first: demandes under way, as on the site's own first page; an aidant's own. */
export const firstBoard = (agent: AgentRecord): BoardId => (instructeurGroupes(agent).length > 0 ? "en-cours" : "mes-demandes");

const tab = (board: BoardId, groupe: GroupeId | null, from: Cursor | null = null): BoardView => ({
  kind: "tab",
  board,
  groupe,
  from,
});

const queryOf = (agent: AgentRecord, board: BoardId, groupe: GroupeId | null, now: Date) =>
  boardQuery(board, agent, { groupe, now });

const countOf = async (context: UseCaseContext, agent: AgentRecord, board: BoardId, groupe: GroupeId | null, now: Date) =>
  listTexts.count(await context.db.demandes.countUpTo(queryOf(agent, board, groupe, now).wanted, MOST_COUNTED), MOST_COUNTED);

/** @returns with the names of the groupes that may be chosen */
async function frameOf(
  context: UseCaseContext,
  agent: AgentRecord,
  view: BoardView,
  now: Date,
): Promise<BoardFrame & { readonly names: GroupeNames }> {
  const [current, chosen] = view.kind === "tab" ? [view.board, view.groupe] : [null, null];
  const groupes = boardGroupes(agent);
  const [tabs, names] = await Promise.all([
    Promise.all(
      tabsOf(agent).map(async (board) => ({
        label: boardTexts[board].tab,
        count: await countOf(context, agent, board, chosen, now),
        word: boardTexts[board].word,
        current: board === current,
        value: encodeView(tab(board, chosen)),
      })),
    ),
    context.directory.groupeNames(groupes),
  ]);
  const within = current ?? firstBoard(agent);
  const choices = [null, ...groupes].map((id) => ({
    label: groupeName(names, id) ?? listTexts.allGroupes,
    chosen: id === chosen,
    value: encodeView(tab(within, id)),
  }));
  return { tabs, groupes: groupes.length > 1 ? choices : [], names };
}

/** « 11 à 20 sur 42 », and the buttons before and after. */
function turns(view: Exclude<BoardView, { kind: "number" }>, page: Page, total: string | null): Pick<List, "footer" | "pages"> {
  const { previous, next, rank, demandes } = page;
  if (!previous && !next) return { footer: null, pages: [] };
  const [first, last] = [rank + 1, rank + demandes.length];
  const open = total === null && next !== null;
  return {
    footer: open ? listTexts.footerOpen(first, last) : listTexts.footer(first, last, total ?? last),
    pages: [
      ...(previous ? [viewButton({ ...view, from: previous }, listTexts.previous)] : []),
      ...(next ? [viewButton({ ...view, from: next }, listTexts.next)] : []),
    ],
  };
}

async function tabList(
  context: UseCaseContext,
  agent: AgentRecord,
  asked: Extract<BoardView, { kind: "tab" }>,
  now: Date,
): Promise<List> {
  // A groupe of which one is no longer a member is no filter any more.
  const groupe = asked.groupe !== null && boardGroupes(agent).includes(asked.groupe) ? asked.groupe : null;
  const view = { ...asked, groupe };
  const [page, { names, ...frame }] = await Promise.all([
    pageFrom(context, queryOf(agent, view.board, groupe, now), view.from),
    frameOf(context, agent, view, now),
  ]);
  // Counted once, with the other tabs; a list that is no tab of the agent's is counted by itself.
  const figure = frame.tabs.find(({ current }) => current)?.count ?? (await countOf(context, agent, view.board, groupe, now));
  const { title } = boardTexts[view.board];
  const name = groupeName(names, groupe);
  return {
    title: listTexts.counted(name === null ? title : listTexts.ofGroupe(title, name), figure),
    lines: await linesOf(context, agent, page.demandes, now),
    empty: listTexts.empty,
    ...turns(view, page, figure),
    frame,
  };
}

async function wordsList(
  context: UseCaseContext,
  agent: AgentRecord,
  view: Extract<BoardView, { kind: "words" }>,
  now: Date,
): Promise<List> {
  const scopes = { opener: agent.id, groupes: instructeurGroupes(agent) };
  const wanted = [context.db.demandes.withAllWords(view.hashes, scopes)];
  const [page, { names: _, ...frame }] = await Promise.all([
    pageFrom(context, { wanted, order: -1 }, view.from),
    frameOf(context, agent, view, now),
  ]);
  return {
    title: listTexts.results,
    lines: await linesOf(context, agent, page.demandes, now),
    empty: listTexts.empty,
    ...turns(view, page, null),
    frame,
  };
}

/** Found if the agent may see its conversation; otherwise as if it were not there. */
async function numberList(
  context: UseCaseContext,
  agent: AgentRecord,
  view: Extract<BoardView, { kind: "number" }>,
  now: Date,
): Promise<List> {
  const [demande, { names: _, ...frame }] = await Promise.all([
    context.db.demandes.loadByRef(view.ref),
    frameOf(context, agent, view, now),
  ]);
  const seen = demande !== null && maySee(agent, "conversation", demande.state);
  const found = seen ? await context.db.demandes.summaries([demande.id]) : [];
  return {
    title: listTexts.results,
    lines: await linesOf(context, agent, found, now),
    empty: listTexts.empty,
    footer: null,
    pages: [],
    frame,
  };
}

/** The page asked for, on the agent's rights as they are now. A page that is no longer there is the first. */
export function board(context: UseCaseContext, agent: AgentRecord, view: BoardView): Promise<List> {
  const now = context.clock.now();
  switch (view.kind) {
    case "tab":
      return tabList(context, agent, view, now);
    case "words":
      return wordsList(context, agent, view, now);
    case "number":
      return numberList(context, agent, view, now);
  }
}

/** What is looked for: a number, or words of the usager's name and of the subject. Null for no word at all. */
export function searchView(context: UseCaseContext, text: string): BoardView | null {
  const ref = parseRef(text);
  if (ref !== undefined) return { kind: "number", ref };
  const hashes = context.db.demandes.hashesOf(text);
  return hashes.length === 0 ? null : { kind: "words", hashes, from: null };
}
