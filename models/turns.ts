/** What only one process may do at a time, for the moment that it takes: whoever has the turn is written here, and nobody otherwise. */
import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import { isDuplicateKey } from "./duplicateKey.ts";

interface TurnDocument {
  /** What is done. */
  _id: string;
  owner: string;
  until: Date;
}

const schema = new mongoose.Schema<TurnDocument>(
  { _id: { type: String, required: true }, owner: { type: String, required: true }, until: { type: Date, required: true } },
  { collection: "turns", versionKey: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
// Those of processes that died.
schema.index({ until: 1 }, { expireAfterSeconds: 0 });

export class Turns {
  readonly model: Model<TurnDocument>;

  constructor(connection: Connection) {
    this.model = connection.model<TurnDocument>("Turn", schema);
  }

  /** Takes the turn, or keeps it, until then (system time). False while another worker has it. */
  async take(what: string, owner: string, now: Date, until: Date): Promise<boolean> {
    const free = { _id: what, $or: [{ owner }, { until: { $lt: now } }] };
    try {
      await this.model.updateOne(free, { $set: { owner, until } }, { upsert: true });
      return true;
    } catch (error) {
      // Another's: the upsert found its place taken.
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  async end(what: string, owner: string): Promise<void> {
    await this.model.deleteOne({ _id: what, owner });
  }

  /** Frees what a former process of this instance held when it died. Only for when it surely runs no more. */
  async freeInstance(instance: string): Promise<void> {
    const prefix = `${instance}/`;
    await this.model.deleteMany({ owner: { $gte: prefix, $lt: `${prefix}\uffff` } });
  }
}
