/** A database of the bot's own, for tests, and demandes to put in it. */
import { createHash } from "node:crypto";
import mongoose from "mongoose";
import { Database, openDatabase } from "../../models/database.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { SealingKey } from "../../models/sealing.ts";
import { createSealer } from "../../models/sealing.ts";
import type { Thread } from "../../models/thread.ts";
import { newThread, threadKey } from "../../models/thread.ts";
import { numberEvents } from "../../src/demandes/act.ts";
import type { Author, DemandeEvent, DemandeState, NewEvent, Opening } from "../../src/domain/demande.ts";
import { evolve, replay } from "../../src/domain/demande.ts";
import type { DemandeId } from "../../src/domain/ids.ts";
import { agentId, commandId, demandeId, groupeId, threadId } from "../../src/domain/ids.ts";
import { HOME, USAGER } from "../domain/histories.ts";
import { testDatabase } from "../support/mongo.ts";

export const keyNumber = (n: number): SealingKey => ({ id: `cle-${n}`, key: createHash("sha256").update(`cle ${n}`).digest() });
export const SEARCH_KEY = createHash("sha256").update("recherche").digest();
export const SEALER = createSealer([keyNumber(1)], SEARCH_KEY);

export interface Store {
  readonly db: Database;
  readonly uri: string;
  close(): Promise<void>;
}

export async function openStore(sealer = SEALER): Promise<Store> {
  const server = await testDatabase();
  const db = await openDatabase(server.uri, sealer);
  const close = async () => {
    await db.close();
    await server.close();
  };
  return { db, uri: server.uri, close };
}

/** The commands that the driver sends, as they go over the wire. */
export interface WatchedStore extends Store {
  readonly commands: { readonly name: string; readonly command: Readonly<Record<string, unknown>> }[];
}

export async function openWatchedStore(): Promise<WatchedStore> {
  const server = await testDatabase();
  const options = { monitorCommands: true, autoIndex: false, autoCreate: false };
  const connection = await mongoose.createConnection(server.uri, options).asPromise();
  const commands: WatchedStore["commands"] = [];
  connection.getClient().on("commandStarted", ({ commandName, command }) => commands.push({ name: commandName, command }));
  const db = new Database(connection, SEALER);
  await db.ensureIndexes();
  const close = async () => {
    await db.close();
    await server.close();
  };
  return { db, uri: server.uri, commands, close };
}

export const CAMILLE: Author = { agentId: agentId("camille"), name: "Camille Exemple", groupeId: HOME, role: "aidant" };
export const ADA: Author = { agentId: agentId("ada"), name: "Ada Exemple", groupeId: groupeId("caf"), role: "instructeur" };
export const AT = new Date("2026-03-02T09:00:00Z");

export interface Draft {
  readonly id: DemandeId;
  readonly state: DemandeState;
  readonly events: readonly DemandeEvent[];
  readonly threads: readonly Thread[];
}

export interface DraftOptions extends Partial<Opening> {
  readonly at?: Date;
  readonly by?: Author;
  /** What happened next, an hour after another. */
  readonly next?: readonly { readonly by: Author; readonly events: readonly NewEvent[] }[];
}

/** A demande as it would be stored, with a thread whose root is known. */
export function draft(name: string, options: DraftOptions = {}): Draft {
  const { at = AT, by = CAMILLE, next = [], ...more } = options;
  const id = demandeId(name);
  const opening: Opening = {
    ref: 1,
    sujet: "Droits suspendus",
    description: "Blocage depuis janvier",
    territoire: "01",
    usager: USAGER,
    groupes: [groupeId("caf")],
    shared: false,
    ...more,
  };
  const events = numberEvents(commandId(name), [{ type: "opened", audience: "tous", ...opening }], by, at, undefined);
  for (const [n, one] of next.entries()) {
    const moment = new Date(at.getTime() + (n + 1) * 3_600_000);
    events.push(...numberEvents(commandId(`${name}-${n}`), one.events, one.by, moment, events.at(-1)));
  }
  const place = { platform: "slack", workspace: "T1", channel: `C${name}` } as const;
  const thread = {
    ...newThread(threadId(`${name}-aidant`), "aidant", { groupeId: HOME }),
    ...place,
    root: "1.1",
    key: threadKey(place, "1.1"),
  };
  return { id, state: replay(id, events), events, threads: [thread] };
}

/** Stores it, as opened at that moment. */
export async function store(db: Database, name: string, options: DraftOptions = {}): Promise<LoadedDemande> {
  const { id, state, events, threads } = draft(name, options);
  const now = events.at(-1)?.at ?? AT;
  if (!(await db.demandes.insert(state, events, threads, now, new Date()))) throw new Error(`${name} was there already`);
  const loaded = await db.demandes.load(id);
  if (!loaded) throw new Error(`${name} was not stored`);
  return loaded;
}

/** The events, evolved and appended in one write. */
export async function append(
  db: Pick<Database, "demandes">,
  before: LoadedDemande,
  by: Author,
  drafts: readonly NewEvent[],
  command: string,
  at = AT,
) {
  const events = numberEvents(commandId(command), drafts, by, at, before.events.at(-1));
  let { state } = before;
  for (const event of events) state = evolve(before.id, state, event);
  return db.demandes.append(before, state, events, [], at, new Date());
}
