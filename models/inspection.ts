/** The database as `aplus doctor` looks at it: nothing is built, nothing is written. */
import mongoose from "mongoose";
import type { Membership } from "../src/domain/agent.ts";
import type { GroupeId } from "../src/domain/ids.ts";
import { PermanentError } from "../src/errors.ts";
import { Database } from "./database.ts";
import type { DemandeDocument } from "./demande.ts";
import { derive } from "./derived.ts";
import type { Sealer } from "./sealing.ts";
import { UnknownKey } from "./sealing.ts";

/** Demandes read at each end: the oldest may be sealed with a key that serves no more. */
const SAMPLE = 5;

export interface ServerFacts {
  readonly version: string;
  /** Of a ping, in milliseconds. */
  readonly latencyMs: number;
  /** The server's time less ours, in milliseconds. */
  readonly clockOffsetMs: number;
}

/** How many, by the platform's own word. */
export type CountByCode = ReadonlyMap<string, number>;

export interface SealedSample {
  readonly read: number;
  /** Those that the encryption keys do not open. */
  readonly unreadable: number;
  /** Those that open, but whose usager the search key would not find. */
  readonly unfindable: number;
}

export const tally = (codes: readonly string[]): CountByCode => {
  const counts = new Map<string, number>();
  for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
};

export class Inspection {
  readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  private command(name: string): Promise<Record<string, unknown>> {
    const { db } = this.db.connection;
    if (!db) throw new Error("the database is not connected");
    return db.command({ [name]: 1 });
  }

  async server(): Promise<ServerFacts> {
    const { version } = await this.command("buildInfo");
    const before = Date.now();
    const started = performance.now();
    const { localTime } = await this.command("hello");
    const latencyMs = performance.now() - started;
    const theirs = localTime instanceof Date ? localTime.getTime() : before;
    return { version: String(version), latencyMs, clockOffsetMs: theirs - (before + latencyMs / 2) };
  }

  /** Null when the bot never ran on this database; otherwise the indexes it lacks: « demandes : deliverAt ». */
  async missingIndexes(): Promise<readonly string[] | null> {
    const { demandes, agents, groupes, notices, webhooks } = this.db;
    const collections = await this.db.connection.listCollections();
    const present = new Set(collections.map(({ name }) => name));
    const models = [demandes.model, agents.model, groupes.model, notices.model, webhooks.model] as const;
    if (!models.some((model) => present.has(model.collection.name))) return null;
    const missing: string[] = [];
    for (const model of models) {
      const { toCreate } = await model.diffIndexes();
      for (const keys of toCreate) missing.push(`${model.collection.name} : ${Object.keys(keys as object).join(", ")}`);
    }
    return missing;
  }

  /** Whether the keys open what is stored, on the oldest and the newest demandes. */
  async sealedSample(): Promise<SealedSample> {
    const { demandes, sealer } = this.db;
    const ends = await Promise.all(
      ([1, -1] as const).map((ref) => demandes.model.find({}).sort({ ref }).limit(SAMPLE).lean<DemandeDocument[]>()),
    );
    const documents = new Map(ends.flat().map((document) => [document._id, document]));
    let unreadable = 0;
    let unfindable = 0;
    for (const document of documents.values()) {
      try {
        const { names } = derive(demandes.read(document).state, sealer, new Date());
        if (names.some((name) => !document.names.includes(name))) unfindable += 1;
      } catch (error) {
        if (!(error instanceof PermanentError || error instanceof UnknownKey)) throw error;
        unreadable += 1;
      }
    }
    return { read: documents.size, unreadable, unfindable };
  }

  /** The groupes that have somebody in each role whose account is not disabled. */
  async groupesByRole(): Promise<Record<"aidant" | "instructeur" | "responsable", ReadonlySet<GroupeId>>> {
    const documents = await this.db.agents.model
      .find({ disabled: false }, { memberships: 1 })
      .lean<{ memberships: Membership[] }[]>();
    const memberships = documents.flatMap((agent) => agent.memberships);
    const having = (role: "aidant" | "instructeur" | "responsable") =>
      new Set(memberships.filter((membership) => membership[role]).map(({ groupeId }) => groupeId));
    return { aidant: having("aidant"), instructeur: having("instructeur"), responsable: having("responsable") };
  }

  /** Threads to which nothing can be posted until somebody mends it, by reason. Found by the date of their next try. */
  async brokenThreads(): Promise<CountByCode> {
    const documents = await this.db.demandes.model
      .find({ deliverAt: { $gt: new Date(0) }, "threads.broken.code": { $exists: true } }, { "threads.broken": 1 })
      .lean<{ threads: { broken: { code: string } | null }[] }[]>();
    return tally(documents.flatMap(({ threads }) => threads.flatMap(({ broken }) => (broken ? [broken.code] : []))));
  }

  /** Notices given up since then, by reason. Those that had nothing left to tell have no reason and are not counted. */
  async deadNotices(since: Date): Promise<CountByCode> {
    const documents = await this.db.notices.model
      .find({ endedAt: { $gte: since }, state: "dead", reason: { $ne: null } }, { reason: 1 })
      .lean<{ reason: string }[]>();
    return tally(documents.map(({ reason }) => reason));
  }

  /** What should have been delivered by now, and since when (system time). */
  async backlog(now: Date): Promise<{ demandes: number; notices: number; oldest: Date | null }> {
    const { deliveries, notices } = this.db;
    const filter = { state: "pending" as const, deliverAt: { $lte: now } };
    const [demandes, waiting, first] = await Promise.all([
      deliveries.backlog(now),
      notices.model.countDocuments(filter),
      notices.model.findOne(filter, { deliverAt: 1 }).sort({ deliverAt: 1 }).lean<{ deliverAt: Date }>(),
    ]);
    const dates = [demandes.oldest, first?.deliverAt].flatMap((date) => (date ? [date.getTime()] : []));
    return { demandes: demandes.count, notices: waiting, oldest: dates.length > 0 ? new Date(Math.min(...dates)) : null };
  }

  async close(): Promise<void> {
    await this.db.close();
  }
}

/**
 * Connects, and builds nothing.
 * @throws what the driver throws when no server answers within `timeoutMs`
 */
export async function inspectDatabase(uri: string, sealer: Sealer, timeoutMs: number): Promise<Inspection> {
  const connection = mongoose.createConnection(uri, { serverSelectionTimeoutMS: timeoutMs, autoIndex: false, autoCreate: false });
  try {
    return new Inspection(new Database(await connection.asPromise(), sealer));
  } catch (error) {
    await connection.destroy();
    throw error;
  }
}
