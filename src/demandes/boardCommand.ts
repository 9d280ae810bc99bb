/** `/demandes …`: a tab by its word, in one groupe if it is named, or a search. */
import type { AgentRecord } from "../../models/agent.ts";
import { instructeurGroupes } from "../domain/agent.ts";
import { fold } from "../domain/folding.ts";
import type { GroupeId } from "../domain/ids.ts";
import type { BoardId } from "../presentation/board.ts";
import { boardTexts, listTexts } from "../texts/boards.ts";
import { boardGroupes, tabsOf } from "./boardQueries.ts";
import { board, firstBoard, searchView } from "./boards.ts";
import type { UseCaseContext } from "./context.ts";
import type { Reaction } from "./desk.ts";
import { tell } from "./refusals.ts";

const SEARCH = "chercher";

/** What an aidant means by the words of an instructeur's tabs: their own demandes, in that state. */
const OWN: Readonly<Partial<Record<string, BoardId>>> = {
  nouvelles: "mes-nouvelles",
  "en cours": "mes-en-cours",
  "en souffrance": "mes-en-souffrance",
  traitees: "a-archiver",
};

/** Other ways to say it. */
const ALSO: Readonly<Partial<Record<string, BoardId>>> = {
  mes: "mes-demandes",
  miennes: "mes-demandes",
  ailleurs: "ailleurs",
};

const TAB_WORDS = (
  ["nouvelles", "en-cours", "en-souffrance", "traitees", "ailleurs", "mes-demandes", "a-archiver", "archivees"] as const
).map((id) => [fold(boardTexts[id].word), id] as const);

/** Every word of a tab, the longest first: « en cours » is not a groupe called « cours ». */
function boardWords(agent: AgentRecord): (readonly [string, BoardId])[] {
  const instructeur = instructeurGroupes(agent).length > 0;
  const words = new Map<string, BoardId>([
    ...TAB_WORDS,
    ...(Object.entries(ALSO) as [string, BoardId][]),
    ...(instructeur ? [] : (Object.entries(OWN) as [string, BoardId][])),
  ]);
  return [...words].toSorted(([a], [b]) => b.length - a.length);
}

/** Splits « en-cours CAF de l’Ain » into its tab and the rest, both folded. Null when it begins with no tab. */
function splitBoard(agent: AgentRecord, text: string): { board: BoardId; rest: string } | null {
  const folded = fold(text);
  for (const [word, id] of boardWords(agent))
    if (folded === word || folded.startsWith(`${word} `)) return { board: id, rest: folded.slice(word.length).trim() };
  return null;
}

/** The one groupe of the agent whose name has all these words, or is these words. Null when there is not exactly one. */
async function groupeNamed(
  context: UseCaseContext,
  agent: AgentRecord,
  words: string,
): Promise<{ groupe: GroupeId | null; names: readonly string[] }> {
  const names = await context.directory.groupeNames(boardGroupes(agent));
  const folded = [...names].map(([id, name]) => ({ id, name: fold(name) }));
  const exact = folded.filter(({ name }) => name === words);
  const close = folded.filter(({ name }) => words.split(" ").every((word) => name.split(" ").includes(word)));
  const [only, ...others] = exact.length > 0 ? exact : close;
  return { groupe: only !== undefined && others.length === 0 ? only.id : null, names: [...names.values()] };
}

/** @param sign what precedes a command on the platform */
export async function demandesCommand(
  context: UseCaseContext,
  agent: AgentRecord,
  text: string,
  sign: string,
): Promise<Reaction> {
  const [word = "", ...rest] = text.trim().split(/\s+/);
  if (fold(word) === SEARCH) {
    const view = searchView(context, rest.join(" "));
    return view === null ? tell(listTexts.searchHint(sign)) : { kind: "list", list: await board(context, agent, view) };
  }
  const split = word === "" ? { board: firstBoard(agent), rest: "" } : splitBoard(agent, text);
  if (split === null) return tell(listTexts.unknownBoard(word.slice(0, 50), tabWords(agent)));
  let groupe: GroupeId | null = null;
  if (split.rest !== "") {
    const found = await groupeNamed(context, agent, split.rest);
    if (found.groupe === null) return tell(listTexts.unknownGroupe(split.rest.slice(0, 100), found.names));
    groupe = found.groupe;
  }
  return { kind: "list", list: await board(context, agent, { kind: "tab", board: split.board, groupe, from: null }) };
}

const tabWords = (agent: AgentRecord): string[] => tabsOf(agent).map((id) => boardTexts[id].word);
