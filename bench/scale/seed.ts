/**
 * A database of its own for each size, that stays: filled once, found again by the next run, and gone on with where a run that
 * was cut short had come to.
 */
import { createHash } from "node:crypto";
import type { Database } from "../../models/database.ts";
import { openDatabase } from "../../models/database.ts";
import type { Sealer } from "../../models/sealing.ts";
import { createSealer } from "../../models/sealing.ts";
import type { Scale } from "./population.ts";
import { agentDocument, demandeDocument, groupeDocument, viewingOf } from "./population.ts";

const BATCH = 500;
const REGISTER_BATCH = 10_000;
const TOLD_EVERY = 20_000;
/** Of what is made up here: another version fills its databases anew. */
const VERSION = 2;

interface Progress {
  _id: "scale";
  version: number;
  /** Written so far. */
  demandes: number;
  indexed: boolean;
  /** The agents, groupes and viewings are there. */
  around: boolean;
}

/** Always the same: what is stored is read again by the next run. It seals nothing but what is made up. */
export function scaleSealer(): Sealer {
  const key = (name: string) => createHash("sha256").update(`aplus-bot bench ${name}`).digest();
  return createSealer([{ id: "bench", key: key("encryption") }], key("search"));
}

async function insertAll(collection: { insertMany(documents: never[]): Promise<unknown> }, documents: readonly unknown[]) {
  for (let from = 0; from < documents.length; from += BATCH)
    await collection.insertMany(documents.slice(from, from + BATCH) as never[]);
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

async function insertDemandes(db: Database, scale: Scale, sealer: Sealer, from: number, saved: (to: number) => Promise<void>) {
  const { collection } = db.demandes.model;
  const start = performance.now();
  // What a batch that was cut short had written already.
  await collection.deleteMany({ ref: { $gt: from } });
  for (let at = from; at < scale.demandes; ) {
    const to = Math.min(at + BATCH, scale.demandes);
    await collection.insertMany(range(at, to).map((n) => demandeDocument(n, scale, sealer)) as never[]);
    await saved(to);
    at = to;
    if (at % TOLD_EVERY !== 0) continue;
    const seconds = (performance.now() - start) / 1000;
    const left = ((scale.demandes - at) * seconds) / (at - from);
    console.error(`  ${at} demandes, ${Math.round(seconds)} s, encore ${Math.round(left)} s puis les index`);
  }
}

async function insertRegister({ register: { model } }: Database, scale: Scale): Promise<void> {
  for (let at = 0; at < scale.demandes; at += REGISTER_BATCH) {
    const viewings = range(at, Math.min(at + REGISTER_BATCH, scale.demandes)).map((n) => viewingOf(n, scale));
    await insertAll(model.collection, viewings.filter(Boolean));
  }
}

/** Opens it, filled. @param uri of a database that is the bench's own */
export async function scaleDatabase(uri: string, scale: Scale): Promise<Database> {
  const sealer = scaleSealer();
  const db = await openDatabase(uri, sealer);
  const progress = db.connection.collection<Progress>("bench");
  const known = await progress.findOne({ _id: "scale" });
  let at = known?.version === VERSION ? known.demandes : 0;
  if (at === scale.demandes && known?.indexed && known.around) return db;
  const save = async (change: Partial<Progress>) => {
    await progress.updateOne({ _id: "scale" }, { $set: { version: VERSION, ...change } }, { upsert: true });
  };
  const { collection } = db.demandes.model;
  if (at === 0) await db.connection.collection(collection.name).deleteMany({});
  // What comes is derived as of today: a process that starts on it has nothing to derive anew.
  if (at === 0) await db.derivation.run();
  if (known?.around !== true) {
    for (const { model } of [db.agents, db.groupes, db.register])
      await db.connection.collection(model.collection.name).deleteMany({});
    const agents = range(0, scale.agents).map((n) => agentDocument(n, scale));
    await insertAll(db.agents.model.collection, agents);
    await insertAll(db.groupes.model.collection, range(0, scale.groupes).map(groupeDocument));
    await insertRegister(db, scale);
    await save({ around: true });
  }
  if (at < scale.demandes) {
    // The indexes are built afterwards, which is much faster.
    await collection.dropIndexes();
    await save({ demandes: at, indexed: false });
    await insertDemandes(db, scale, sealer, at, async (to) => {
      at = to;
      await save({ demandes: to });
    });
  }
  const start = performance.now();
  await db.ensureIndexes();
  console.error(`  ${scale.demandes} demandes, index bâtis en ${Math.round((performance.now() - start) / 1000)} s`);
  await db.connection
    .collection<{ _id: string }>("counters")
    .updateOne({ _id: "demande" }, { $set: { n: scale.demandes } }, { upsert: true });
  await save({ indexed: true });
  return db;
}
