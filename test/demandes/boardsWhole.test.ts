/**
 * Over generated histories: each tab holds what its definition says, said here once more from the state of the demandes and
 * not from the queries; and no demande of somebody's is in none of their tabs.
 */
import fc from "fast-check";
import { NEW_PROFILE } from "../../models/agent.ts";
import { boardQuery, tabsOf } from "../../src/demandes/boardQueries.ts";
import { board, MOST_COUNTED } from "../../src/demandes/boards.ts";
import type { UseCaseContext } from "../../src/demandes/context.ts";
import { isInstructeurOf } from "../../src/domain/agent.ts";
import type { DemandeState } from "../../src/domain/demande.ts";
import { isOpen, replay } from "../../src/domain/demande.ts";
import { agentId, demandeId, formatRef, groupeId } from "../../src/domain/ids.ts";
import { isOverdue } from "../../src/domain/overdue.ts";
import { Directory } from "../../src/groupes/directory.ts";
import type { BoardId } from "../../src/presentation/board.ts";
import { decodeView } from "../../src/presentation/board.ts";
import { histories, OPENER, play } from "../domain/histories.ts";
import { openStore, type Store } from "../models/store.ts";

const HISTORIES = 120;

const agent = (name: string, memberships: Readonly<Record<string, "a" | "i" | "ai">>) => ({
  id: agentId(name),
  name,
  email: `${name}@exemple.test`,
  admin: false,
  disabled: false,
  shared: false,
  memberships: Object.entries(memberships).map(([groupe, roles]) => ({
    groupeId: groupeId(groupe),
    aidant: roles.includes("a"),
    instructeur: roles.includes("i"),
    responsable: false,
  })),
  identities: [],
  profile: NEW_PROFILE,
});
type Person = ReturnType<typeof agent>;

const PEOPLE: readonly Person[] = [
  agent("agent-0", { caf: "i" }),
  agent("agent-1", { cpam: "i", prefecture: "i" }),
  agent("agent-2", { caf: "i", cpam: "i", mairie: "i", "france-services": "a" }),
  agent(OPENER.id, { "france-services": "a" }),
  agent(OPENER.id, { "france-services": "ai", caf: "i" }),
  agent("personne", { "france-services": "a" }),
];

let s: Store;
let context: UseCaseContext;
let states: DemandeState[];
let now: Date;

beforeAll(async () => {
  s = await openStore();
  const played = fc.sample(histories(25), { numRuns: HISTORIES, seed: 29 }).map((history) => play(history).events);
  const moments = played.map((events) => events.at(-1)?.at.getTime() ?? 0).toSorted((a, b) => a - b);
  // In the middle of them all: some are late, some are not yet.
  now = new Date(moments[HISTORIES / 2] ?? 0);
  states = [];
  for (const [n, events] of played.entries()) {
    const id = demandeId(`d${n}`);
    const numbered = events.map((event) => (event.type === "opened" ? { ...event, ref: n + 1 } : event));
    const state = replay(id, numbered);
    states.push(state);
    await s.db.demandes.insert(state, numbered, [], now, new Date());
  }
  context = { db: s.db, directory: new Directory(s.db), clock: { now: () => now } } as unknown as UseCaseContext;
});
afterAll(() => s.close());

/** The guide's definitions, on the demande itself. */
function belongs(who: Person, tab: BoardId, state: DemandeState): boolean {
  const asked = state.groupes.filter(({ groupeId: id }) => isInstructeurOf(who, id));
  const active = asked.some(({ out }) => !out);
  const viewed = state.viewers.some(({ agentId: id }) => id === who.id);
  const mine = state.opener.agentId === who.id;
  const ours = isInstructeurOf(who, state.processedFor);
  switch (tab) {
    case "nouvelles":
      return active && isOpen(state) && !viewed;
    case "en-cours":
      return active && isOpen(state) && (state.status === "en_cours" || viewed || isOverdue(state, now));
    case "en-souffrance":
      return active && isOverdue(state, now);
    case "traitees":
      return asked.length > 0 && state.status === "traitee" && ours;
    case "ailleurs":
      return asked.length > 0 && ((isOpen(state) && !active) || (state.status === "traitee" && !ours));
    case "archivees":
      return (asked.length > 0 || mine) && state.status === "archivee";
    case "mes-demandes":
      return mine && isOpen(state);
    case "a-archiver":
      return mine && state.status === "traitee";
    default:
      throw new Error(`${tab} is no tab`);
  }
}

/** Every page, turned to the end and back to the beginning. */
async function refsOf(who: Person, tab: BoardId): Promise<string[]> {
  const refs: string[] = [];
  const seen: string[][] = [];
  let list = await board(context, who, { kind: "tab", board: tab, groupe: null, from: null });
  for (;;) {
    seen.push(list.lines.map(({ ref }) => ref));
    refs.push(...list.lines.map(({ ref }) => ref));
    const next = decodeView(list.pages.find(({ label }) => label === "Suivantes")?.value ?? "");
    if (!next) break;
    list = await board(context, who, next);
  }
  for (let page = seen.length - 2; page >= 0; page -= 1) {
    const previous = decodeView(list.pages.find(({ label }) => label === "Précédentes")?.value ?? "");
    if (!previous) throw new Error("no way back");
    list = await board(context, who, previous);
    expect(list.lines.map(({ ref }) => ref)).toEqual(seen[page]);
  }
  return refs;
}

const cases = PEOPLE.flatMap((who, n) => tabsOf(who).map((tab) => [`${who.id} (${n})`, tab, who] as const));

test.each(cases)("%s, « %s »: its definition, each once, in order, and its count", async (_, tab, who) => {
  const expected = states.filter((state) => belongs(who, tab, state)).map(({ ref }) => ref);
  const { order, wanted } = boardQuery(tab, who, { groupe: null, now });
  const sorted = expected.toSorted((a, b) => order * (a - b)).map(formatRef);
  expect(await refsOf(who, tab)).toEqual(sorted);
  expect(await s.db.demandes.countUpTo(wanted, MOST_COUNTED)).toBe(expected.length);
});

test("the histories fill every tab of somebody", () => {
  const tabs = [...new Set(PEOPLE.flatMap((who) => tabsOf(who)))];
  const filled = tabs.filter((tab) => PEOPLE.some((who) => states.some((state) => belongs(who, tab, state))));
  expect(filled).toEqual(tabs);
});

test.each(PEOPLE.map((who, n) => [`${who.id} (${n})`, who] as const))("of %s, no demande is in no tab", (_, who) => {
  const lost = states.filter((state) => {
    const concerned = state.opener.agentId === who.id || state.groupes.some(({ groupeId: id }) => isInstructeurOf(who, id));
    return concerned && !tabsOf(who).some((tab) => belongs(who, tab, state));
  });
  expect(lost).toEqual([]);
});
