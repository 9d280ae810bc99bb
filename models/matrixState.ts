/**
 * What the Matrix adapter must remember: how far the bot has read, which process reads, and where the messages stand that
 * people may still change or remove. No text of anybody's.
 */
import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import { isDuplicateKey } from "./duplicateKey.ts";

interface AccountDocument {
  /** The bot's own MXID. */
  _id: string;
  /** All up to there has been handled. */
  since: string | null;
  lease: { owner: string; until: Date } | null;
}

interface RoomDocument {
  /** `<bot>|<room>` */
  _id: string;
  /** The last event of the room that was handled. */
  last: string | null;
  /** What was said there once and for all. */
  told: string[];
}

interface HeardDocument {
  /** `<room>|<event>` */
  _id: string;
  root: string;
  sender: string;
  at: Date;
}

/** As long as a demande may live, the time after its archiving until its wipe included. */
const HEARD_SECONDS = 400 * 86_400;

const options = { versionKey: false, minimize: false, autoIndex: false, autoCreate: false, strict: "throw" } as const;

const accountSchema = new mongoose.Schema<AccountDocument>(
  {
    _id: { type: String, required: true },
    since: { type: String, default: null },
    lease: { type: mongoose.Schema.Types.Mixed, default: null } as never,
  },
  { ...options, collection: "matrixAccounts" },
);

const roomSchema = new mongoose.Schema<RoomDocument>(
  { _id: { type: String, required: true }, last: { type: String, default: null }, told: { type: [String], default: [] } },
  { ...options, collection: "matrixRooms" },
);

const heardSchema = new mongoose.Schema<HeardDocument>(
  {
    _id: { type: String, required: true },
    root: { type: String, required: true },
    sender: { type: String, required: true },
    at: { type: Date, required: true },
  },
  { ...options, collection: "matrixHeard" },
);
heardSchema.index({ at: 1 }, { expireAfterSeconds: HEARD_SECONDS });

/** What is to be made before it is used. */
interface Collection {
  createCollection(): Promise<unknown>;
  createIndexes(): Promise<unknown>;
}

const key = (a: string, b: string): string => `${a}|${b}`;

export class MatrixState {
  readonly models: readonly Collection[];
  private readonly accounts: Model<AccountDocument>;
  private readonly rooms: Model<RoomDocument>;
  private readonly heard: Model<HeardDocument>;

  constructor(connection: Connection) {
    this.accounts = connection.model<AccountDocument>("MatrixAccount", accountSchema);
    this.rooms = connection.model<RoomDocument>("MatrixRoom", roomSchema);
    this.heard = connection.model<HeardDocument>("MatrixHeard", heardSchema);
    this.models = [this.accounts, this.rooms, this.heard];
  }

  /** Takes the reading for this worker until then (system time). Null when another one has it; else where to read on. */
  async claim(account: string, owner: string, now: Date, until: Date): Promise<{ since: string | null } | null> {
    const free = { $or: [{ lease: null }, { "lease.owner": owner }, { "lease.until": { $lt: now } }] };
    try {
      const document = await this.accounts
        .findOneAndUpdate(
          { _id: account, ...free },
          { $set: { lease: { owner, until } }, $setOnInsert: { since: null } },
          { upsert: true, returnDocument: "after" },
        )
        .lean<AccountDocument>();
      return document && { since: document.since };
    } catch (error) {
      if (isDuplicateKey(error)) return null;
      throw error;
    }
  }

  /** False when the lease was lost. */
  async renew(account: string, owner: string, until: Date): Promise<boolean> {
    const result = await this.accounts.updateOne({ _id: account, "lease.owner": owner }, { $set: { "lease.until": until } });
    return result.matchedCount === 1;
  }

  /**
   * All up to `since` is handled, and these are the last events of their rooms. False when the lease was lost: then the other
   * worker reads it all again, which changes nothing.
   */
  async advance(account: string, owner: string, since: string | null, last: ReadonlyMap<string, string>): Promise<boolean> {
    if (last.size > 0)
      await this.rooms.bulkWrite(
        [...last].map(([room, event]) => ({
          updateOne: {
            filter: { _id: key(account, room) },
            update: { $set: { last: event }, $setOnInsert: { told: [] } },
            upsert: true,
          },
        })),
        { ordered: false },
      );
    const result = await this.accounts.updateOne({ _id: account, "lease.owner": owner }, { $set: { since } });
    return result.matchedCount === 1;
  }

  /** Gives the reading back. */
  async release(account: string, owner: string): Promise<void> {
    await this.accounts.updateOne({ _id: account, "lease.owner": owner }, { $set: { lease: null } });
  }

  /** Whether some process reads an account at that moment (system time). There is one account, or very few. */
  async isRead(now: Date): Promise<boolean> {
    const accounts = await this.accounts.find({ _id: { $gt: "" } }, { lease: 1 }).lean<Pick<AccountDocument, "lease">[]>();
    return accounts.some(({ lease }) => lease !== null && lease.until > now);
  }

  /** Frees what a former process of this instance held when it died. Only for when it surely runs no more. */
  async freeInstance(instance: string): Promise<void> {
    const prefix = `${instance}/`;
    await this.accounts.updateMany({ "lease.owner": { $gte: prefix, $lt: `${prefix}\uffff` } }, { $set: { lease: null } });
  }

  /** The last event of this room that was handled; null when none was. */
  async lastOf(account: string, room: string): Promise<string | null> {
    const document = await this.rooms.findOne({ _id: key(account, room) }).lean<RoomDocument>();
    return document?.last ?? null;
  }

  /** True for the first who asks: this is to be said once in this room, whatever number of processes there are. */
  async tellOnce(account: string, room: string, what: string): Promise<boolean> {
    try {
      const result = await this.rooms.updateOne(
        { _id: key(account, room), told: { $ne: what } },
        { $push: { told: what }, $setOnInsert: { last: null } },
        { upsert: true },
      );
      return result.modifiedCount + result.upsertedCount === 1;
    } catch (error) {
      // The room is known and has been told: the upsert found its place taken.
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** Whoever may change or remove this message later is known by it: what is removed no longer says whose it was. */
  async hear(room: string, event: string, root: string, sender: string, at: Date): Promise<void> {
    await this.heard.updateOne({ _id: key(room, event) }, { $setOnInsert: { root, sender, at } }, { upsert: true });
  }

  async heardAs(room: string, event: string): Promise<{ readonly root: string; readonly sender: string } | null> {
    const document = await this.heard.findOne({ _id: key(room, event) }).lean<HeardDocument>();
    return document && { root: document.root, sender: document.sender };
  }
}
