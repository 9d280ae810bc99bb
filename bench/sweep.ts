/** The sweep of reminders: its work must be that of what is due, however many demandes are open. */
import mongoose from "mongoose";
import type { Database } from "../models/database.ts";
import { openDatabase } from "../models/database.ts";
import { createSealer } from "../models/sealing.ts";
import { newThread } from "../models/thread.ts";
import type { UseCaseContext } from "../src/demandes/context.ts";
import { sweepReminders } from "../src/demandes/remind.ts";
import type { DemandeEvent } from "../src/domain/demande.ts";
import { evolve } from "../src/domain/demande.ts";
import { agentId, demandeId, eventId, groupeId, threadId } from "../src/domain/ids.ts";
import { Directory } from "../src/groupes/directory.ts";
import { createLog } from "../src/log.ts";
import { Metrics } from "../src/metrics.ts";
import type { Figure } from "./figures.ts";
import { percentile } from "./figures.ts";
import type { BenchWorld } from "./world.ts";

const NOW = new Date("2026-03-10T10:00:00+01:00");
const LATE = new Date("2026-03-04T09:00:00+01:00");
const RECENT = new Date("2026-03-09T15:00:00+01:00");
const DUE = 50;
/** Two of them for each groupe: more than three for one would become a list. */
const GROUPES = 25;
const BATCH = 1000;
const SECOND = 1000;
const TURNS = 3;
/** The sweep at the larger number takes no more than this many times its time at the smaller. */
const MOST_RATIO = 1.5;

async function insert(db: Database, name: string, n: number, at: Date): Promise<void> {
  const id = demandeId(`${name}-${n}`);
  const groupe = groupeId(`groupe-${n % GROUPES}`);
  const opened: DemandeEvent = {
    seq: 1,
    id: eventId(`${name}-${n}.0`),
    at,
    by: { agentId: agentId("aidant"), name: "Camille Exemple", groupeId: groupeId("france-services"), role: "aidant" },
    audience: "tous",
    type: "opened",
    ref: n,
    sujet: "Dossier bloqué depuis deux mois",
    description: "Une description de longueur ordinaire, comme un aidant l’écrit.",
    territoire: "01",
    usager: { prenom: "Camille", nomDeFamille: "Usager-Fictif", dateDeNaissance: "1980-02-01" },
    groupes: [groupe],
    shared: false,
  };
  const thread = newThread(threadId(`${id}-${groupe}`), "instructeurs", { groupeId: groupe });
  await db.demandes.insert(evolve(id, null, opened), [opened], [thread], NOW, NOW);
}

/** Open demandes of which nothing is due, made of one real document. */
async function fill(db: Database, count: number): Promise<void> {
  await insert(db, "open", 1_000_000, RECENT);
  const model = await db.demandes.model.findOne({ ref: 1_000_000 }).lean();
  if (!model?.remindAt || model.remindAt <= NOW) throw new Error("what fills the database must not be due");
  const { remindAt, threads, ...rest } = model;
  for (let from = 0; from < count; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => {
      const n = from + i;
      return {
        ...rest,
        _id: `filler-${n}`,
        ref: 2_000_000 + n,
        openedAt: new Date(RECENT.getTime() - n * SECOND),
        remindAt: new Date(remindAt.getTime() + n * SECOND),
        deliverAt: null,
        threads: threads.map((thread) => ({ ...thread, key: `slack/T/C/${n}` })),
      };
    });
    await db.demandes.model.collection.insertMany(batch as never[]);
  }
}

interface Query {
  readonly collection: string;
  readonly filter: Record<string, unknown>;
  readonly options: { readonly sort?: Record<string, 1 | -1>; readonly limit?: number };
}

/** Every query that was made meanwhile, whatever it changed. */
async function queriesOf(work: () => Promise<unknown>): Promise<Query[]> {
  const queries: Query[] = [];
  mongoose.set("debug", (collection, method, filter: Query["filter"], ...rest: Query["options"][]) => {
    if (["find", "findOne", "updateOne", "findOneAndUpdate"].includes(method))
      queries.push({ collection, filter, options: method.startsWith("find") ? (rest[0] ?? {}) : {} });
  });
  try {
    await work();
  } finally {
    mongoose.set("debug", false);
  }
  return queries;
}

async function examinedBy(db: Database, { collection, filter, options: { sort, limit } }: Query): Promise<number> {
  const cursor = db.connection.collection(collection).find(filter, { ...(sort && { sort }), ...(limit && { limit }) });
  const plan = (await cursor.explain("executionStats")) as { executionStats?: { totalDocsExamined?: number } };
  const examined = plan.executionStats?.totalDocsExamined;
  if (examined === undefined) throw new Error("the server's explain does not say how many documents were examined");
  return examined;
}

interface Swept {
  /** The middle of several sweeps (ms). */
  readonly time: number;
  readonly examined: number;
}

/** Sweeps the same fifty several times over. */
async function measure(db: Database): Promise<Swept> {
  const metrics = new Metrics();
  const context: UseCaseContext = {
    db,
    directory: new Directory(db),
    // Deliveries are measured with the clicks.
    delivery: { kick: () => undefined, first: (act) => act() },
    clock: { now: () => NOW },
    log: createLog("error"),
    metrics,
    maxFileSize: 0,
  };
  const { collection } = db.demandes.model;
  const due = await collection.find({ remindAt: { $lte: NOW } }).toArray();
  if (due.length !== DUE) throw new Error(`${due.length} demandes are due, not ${DUE}`);
  const restore = async () => {
    await collection.deleteMany({ _id: { $in: due.map(({ _id }) => _id) } });
    await collection.insertMany(due);
  };
  const times: number[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const start = performance.now();
    const swept = await sweepReminders(context);
    times.push(performance.now() - start);
    if (swept !== DUE) throw new Error(`the sweep looked at ${swept} demandes, not ${DUE}`);
    await restore();
  }
  const queries = await queriesOf(() => sweepReminders(context));
  await restore();
  // One after the other: each reads what it read then, up to what the sweep itself had changed.
  let examined = 0;
  for (const query of queries) examined += await examinedBy(db, query);
  return { time: percentile(times, 0.5), examined };
}

async function sweepAmong(world: BenchWorld, count: number): Promise<Swept> {
  const { encryption, search } = world.keys;
  const db = await openDatabase(world.uri(`bench_sweep_${count}`), createSealer([encryption], search));
  try {
    await fill(db, count - DUE);
    for (let n = 1; n <= DUE; n += 1) await insert(db, "due", n, LATE);
    return await measure(db);
  } finally {
    await db.connection.dropDatabase();
    await db.close();
  }
}

/** @param counts how many demandes are open, from the fewest to the most */
export async function sweepFigures(world: BenchWorld, counts: readonly number[]): Promise<Figure[]> {
  const group = `Balayage des rappels, ${DUE} demandes dues`;
  const number = new Intl.NumberFormat("fr-FR");
  const figures: Figure[] = [];
  const swept: Swept[] = [];
  for (const count of counts) {
    const one = await sweepAmong(world, count);
    swept.push(one);
    const among = `parmi ${number.format(count)} ouvertes`;
    figures.push(
      { group, name: `durée, ${among}`, value: one.time, unit: "ms" },
      { group, name: `documents examinés par due, ${among}`, value: one.examined / DUE, unit: "" },
    );
  }
  const [least, most] = [swept[0], swept.at(-1)];
  if (!least || !most) return figures;
  return [
    ...figures,
    { group, name: "rapport des durées", value: most.time / least.time, unit: "", target: { most: MOST_RATIO } },
    { group, name: "rapport des documents examinés", value: most.examined / least.examined, unit: "", target: { most: 1 } },
  ];
}
