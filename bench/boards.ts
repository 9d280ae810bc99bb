/**
 * The boards and the search, on as many demandes as a région has in years: each page as its person waits for it, the counts of
 * the tabs included, and whether the server finds it by an index.
 */
import type { AgentRecord } from "../models/agent.ts";
import type { Database } from "../models/database.ts";
import { openDatabase } from "../models/database.ts";
import { createSealer } from "../models/sealing.ts";
import { pageFrom } from "../src/demandes/boardPages.ts";
import { boardQuery, tabsOf } from "../src/demandes/boardQueries.ts";
import { board, searchView } from "../src/demandes/boards.ts";
import type { UseCaseContext } from "../src/demandes/context.ts";
import { offlineContext } from "../src/demandes/offline.ts";
import type { AgentId } from "../src/domain/ids.ts";
import { agentId } from "../src/domain/ids.ts";
import { createLog } from "../src/log.ts";
import type { BoardId, BoardView, Cursor } from "../src/presentation/board.ts";
import type { Figure } from "./figures.ts";
import { percentile } from "./figures.ts";
import { BIG, NOW, populate, type Size } from "./population.ts";
import { scansOf } from "./scans.ts";
import type { BenchWorld } from "./world.ts";

/** What a page may take on a real server, for nearly everybody nearly always (ms). */
const MOST_MS = 150;
const TURNS = 8;

interface Asked {
  readonly kind: string;
  readonly agent: AgentId;
  readonly view: BoardView;
}

const contextOf = (db: Database): UseCaseContext => offlineContext(db, { now: () => NOW }, createLog("error"));

const shown = async (context: UseCaseContext, id: AgentId, view: BoardView) => {
  const agent = await context.db.agents.byId(id);
  if (!agent) throw new Error(`no agent ${id}`);
  return board(context, agent, view);
};

/** Where the middle and the last page of a board begin; nothing for one of a single page. */
async function deepPages(
  context: UseCaseContext,
  agent: AgentRecord,
  id: BoardId,
): Promise<{ middle: Cursor; last: Cursor } | null> {
  const { wanted, order } = boardQuery(id, agent, { groupe: null, now: NOW });
  const first = await pageFrom(context, { wanted, order }, null);
  const last = await pageFrom(context, { wanted, order: -order as 1 | -1 }, null);
  const [top, bottom, end] = [first.demandes[0]?.ref, last.demandes[0]?.ref, last.demandes.at(-1)?.ref];
  if (first.next === null || top === undefined || bottom === undefined || end === undefined) return null;
  return {
    middle: { ref: Math.round((top + bottom) / 2), back: false, rank: 0 },
    last: { ref: end, back: false, rank: 0 },
  };
}

async function pagesOf(context: UseCaseContext, agent: AgentRecord): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const id of tabsOf(agent)) {
    const deep = await deepPages(context, agent, id);
    const page = (kind: string, from: Cursor | null): Asked => ({
      kind,
      agent: agent.id,
      view: { kind: "tab", board: id, groupe: null, from },
    });
    asked.push(page("première page", null));
    if (deep) asked.push(page("page du milieu", deep.middle), page("dernière page", deep.last));
    const [first] = agent.memberships;
    if (agent.memberships.length > 1 && first)
      asked.push({
        kind: "filtre par groupe",
        agent: agent.id,
        view: { kind: "tab", board: id, groupe: first.groupeId, from: null },
      });
  }
  return asked;
}

const SEARCHES = [
  "D-000123",
  "Nom0",
  "Nom4321",
  "Prénom0",
  "Prénom1 Nom2",
  "motif0",
  "motif0 motif1",
  "motif0 Nom4321",
  "dossier motif390",
  "dossier Prénom290 Nom4900",
  "inconnu",
  "dossier",
];

/** Of one groupe, of five, of the big one alone and with others, an aidant, and who is both. */
function peopleOf(agents: readonly AgentRecord[]): AgentRecord[] {
  const isBig = ({ memberships }: AgentRecord) => memberships.some((m) => m.groupeId === BIG);
  const one = (fits: (agent: AgentRecord) => boolean) => agents.find(fits);
  const side = (agent: AgentRecord, role: "aidant" | "instructeur") => agent.memberships.some((m) => m[role]);
  const found = [
    one((a) => a.memberships.length === 1 && isBig(a)),
    one((a) => a.memberships.length > 2 && isBig(a) && side(a, "aidant") && side(a, "instructeur")),
    one((a) => a.memberships.length === 1 && side(a, "instructeur") && !isBig(a)),
    one((a) => a.memberships.length > 2 && side(a, "instructeur") && !isBig(a)),
    one((a) => a.memberships.length === 1 && side(a, "aidant")),
  ];
  return found.filter((agent) => agent !== undefined);
}

/** Everything, several times over. */
export async function measure(db: Database, aims: boolean): Promise<Figure[]> {
  const context = contextOf(db);
  const ids = Array.from({ length: 1200 }, (_, n) => agentId(`a${n}`));
  const people = peopleOf(await db.agents.byIds(ids));
  const pages = (await Promise.all(people.map((agent) => pagesOf(context, agent)))).flat();
  const searches = people.flatMap((agent) =>
    SEARCHES.flatMap((text): Asked[] => {
      const view = searchView(context, text);
      return view ? [{ kind: "recherche", agent: agent.id, view }] : [];
    }),
  );
  const asked = [...pages, ...searches];
  const times = new Map<string, number[]>();
  const slowest: { readonly ms: number; readonly what: string }[] = [];
  for (let turn = 0; turn < TURNS; turn += 1)
    for (const { kind, agent, view } of asked) {
      const start = performance.now();
      await shown(context, agent, view);
      const ms = performance.now() - start;
      // The first turn reads the disk, as the first person of the morning does; it is measured too.
      times.set(kind, [...(times.get(kind) ?? []), ms]);
      slowest.push({ ms, what: `${kind} ${agent} ${JSON.stringify(view)}` });
    }
  for (const { ms, what } of slowest.toSorted((a, b) => b.ms - a.ms).slice(0, 5)) console.error(`  ${Math.round(ms)} ms ${what}`);
  const group = "Tableaux";
  const scans = await scansOf(db, async () => {
    for (const { agent, view } of asked) await shown(context, agent, view);
  });
  return [
    ...[...times].flatMap(([kind, all]): Figure[] => [
      { group, name: `${kind}, p50`, value: percentile(all, 0.5), unit: "ms" },
      { group, name: `${kind}, p95`, value: percentile(all, 0.95), unit: "ms", ...(aims && { target: { most: MOST_MS } }) },
      {
        group,
        name: `${kind}, part sous ${MOST_MS} ms (${all.length} mesures)`,
        value: (100 * all.filter((ms) => ms < MOST_MS).length) / all.length,
        unit: "%",
      },
    ]),
    ...(scans === null
      ? []
      : [{ group, name: `requêtes sans index, sur ${scans.queries}`, value: scans.withoutIndex, unit: "", target: { most: 0 } }]),
  ];
}

/** @param real a server of its own: the embedded database is for a trial and a small team, and is measured without an aim */
export async function boardFigures(world: BenchWorld, size: Size, real: boolean): Promise<Figure[]> {
  const { encryption, search } = world.keys;
  const sealer = createSealer([encryption], search);
  const db = await openDatabase(world.uri("bench_boards"), sealer);
  try {
    const start = performance.now();
    await populate(db, sealer, size);
    console.error(`  ${size.demandes} demandes, ${Math.round((performance.now() - start) / 1000)} s`);
    return await measure(db, real);
  } finally {
    await db.connection.dropDatabase();
    await db.close();
  }
}
