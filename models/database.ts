/** The database as the rest of the bot sees it: one object per collection, each with its named queries. */

import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import { Agents } from "./agent.ts";
import { Deliveries } from "./deliveries.ts";
import { DemandesInBulk } from "./demandeFigures.ts";
import { Demandes } from "./demandes.ts";
import { Derivation } from "./derivation.ts";
import { Dialogues } from "./dialogues.ts";
import { Digests } from "./digests.ts";
import { Due } from "./due.ts";
import { failOnEndedSockets } from "./endedSockets.ts";
import { Groupes } from "./groupe.ts";
import { GroupeDemandes } from "./groupeDemandes.ts";
import { wholeAnswers } from "./inStretches.ts";
import { Installations } from "./installations.ts";
import { Journal } from "./journal.ts";
import { LinkCodes } from "./linkCodes.ts";
import { MatrixState } from "./matrixState.ts";
import { Memberships } from "./memberships.ts";
import { Moves } from "./moves.ts";
import { Notices } from "./notices.ts";
import { Presences } from "./presences.ts";
import { Prompts } from "./prompts.ts";
import { Pulse } from "./pulse.ts";
import { Register } from "./register.ts";
import { Resealing } from "./resealing.ts";
import type { Sealer } from "./sealing.ts";
import { Showings } from "./showings.ts";
import { Turns } from "./turns.ts";
import { Webhooks } from "./webhooks.ts";

interface CounterDocument {
  _id: string;
  n: number;
}

const counterSchema = new mongoose.Schema<CounterDocument>(
  { _id: { type: String, required: true }, n: { type: Number, required: true } },
  { collection: "counters", versionKey: false, autoIndex: false, autoCreate: false, strict: "throw" },
);

export class Database {
  readonly connection: Connection;
  readonly sealer: Sealer;
  readonly demandes: Demandes;
  readonly deliveries: Deliveries;
  readonly due: Due;
  readonly derivation: Derivation;
  readonly bulk: DemandesInBulk;
  readonly digests: Digests;
  readonly moves: Moves;
  readonly agents: Agents;
  readonly memberships: Memberships;
  readonly groupes: Groupes;
  readonly groupeDemandes: GroupeDemandes;
  readonly journal: Journal;
  readonly notices: Notices;
  readonly matrixState: MatrixState;
  readonly prompts: Prompts;
  readonly dialogues: Dialogues;
  readonly webhooks: Webhooks;
  readonly presences: Presences;
  readonly pulse: Pulse;
  readonly linkCodes: LinkCodes;
  readonly showings: Showings;
  readonly turns: Turns;
  readonly register: Register;
  readonly installations: Installations;
  readonly resealing: Resealing;
  private readonly counters: Model<CounterDocument>;

  constructor(connection: Connection, sealer: Sealer) {
    connection.plugin(wholeAnswers);
    this.connection = connection;
    this.sealer = sealer;
    this.demandes = new Demandes(connection, sealer);
    this.deliveries = new Deliveries(this.demandes);
    this.due = new Due(this.demandes.model);
    this.derivation = new Derivation(connection, this.demandes);
    this.bulk = new DemandesInBulk(this.demandes.model, sealer);
    this.digests = new Digests(connection, this.demandes);
    this.moves = new Moves(this.demandes.model);
    this.agents = new Agents(connection);
    this.memberships = new Memberships(this.agents.model);
    this.groupes = new Groupes(connection);
    this.groupeDemandes = new GroupeDemandes(this.demandes.model);
    this.journal = new Journal(connection);
    this.notices = new Notices(connection, sealer);
    this.matrixState = new MatrixState(connection);
    this.prompts = new Prompts(connection);
    this.dialogues = new Dialogues(connection, sealer);
    this.webhooks = new Webhooks(connection);
    this.presences = new Presences(connection);
    this.pulse = new Pulse(connection);
    this.linkCodes = new LinkCodes(connection);
    this.showings = new Showings(connection);
    this.turns = new Turns(connection);
    this.register = new Register(connection);
    this.installations = new Installations(connection, sealer);
    this.resealing = new Resealing(this, sealer);
    this.counters = connection.model<CounterDocument>("Counter", counterSchema);
  }

  /** Builds the indexes that are missing; those that are there already cost nothing. */
  async ensureIndexes(): Promise<void> {
    const stores = [
      this.demandes,
      this.agents,
      this.groupes,
      this.journal,
      this.notices,
      this.prompts,
      this.dialogues,
      this.presences,
      this.pulse,
      this.linkCodes,
      this.webhooks,
      this.digests,
      this.showings,
      this.turns,
      this.register,
      this.derivation,
    ];
    const others = [...this.matrixState.models, this.installations.model, this.installations.spentStates];
    for (const model of [...stores.map((store) => store.model), ...others]) {
      await model.createCollection();
      await model.createIndexes();
    }
  }

  /** The next number of a demande. A number may be lost if the process dies before it is used: none is given twice. */
  async nextRef(): Promise<number> {
    const counter = await this.counters
      .findOneAndUpdate({ _id: "demande" }, { $inc: { n: 1 } }, { upsert: true, returnDocument: "after" })
      .lean<CounterDocument>();
    if (!counter) throw new Error("the counter of demandes gave no number");
    return counter.n;
  }

  /** The last number given; 0 before the first. */
  async lastRef(): Promise<number> {
    const counter = await this.counters.findOne({ _id: "demande" }).lean<CounterDocument>();
    return counter?.n ?? 0;
  }

  async ping(): Promise<void> {
    await this.connection.db?.command({ ping: 1 });
  }

  async close(): Promise<void> {
    await this.connection.close();
  }
}

/**
 * Connects, and builds the indexes.
 * @throws what the driver throws when no server answers within `timeoutMs`
 */
export async function openDatabase(uri: string, sealer: Sealer, timeoutMs = 15_000): Promise<Database> {
  failOnEndedSockets();
  const connection = await mongoose
    .createConnection(uri, { serverSelectionTimeoutMS: timeoutMs, autoIndex: false, autoCreate: false })
    .asPromise();
  const database = new Database(connection, sealer);
  await database.ensureIndexes();
  return database;
}
