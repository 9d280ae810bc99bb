/** Codes by which an agent shows that an account on another platform is theirs. Only their hashes are kept; each serves once. */
import { createHash } from "node:crypto";
import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import type { AgentId } from "../src/domain/ids.ts";
import { agentId } from "../src/domain/ids.ts";

interface LinkCodeDocument {
  /** The hash of a code, or `tries/<account>`. */
  _id: string;
  agent: string | null;
  tries: number;
  /** Removed by the database some time after; nothing counts from that moment on. */
  until: Date;
}

const schema = new mongoose.Schema<LinkCodeDocument>(
  {
    _id: { type: String, required: true },
    agent: { type: String, default: null },
    tries: { type: Number, required: true },
    until: { type: Date, required: true },
  },
  { collection: "linkCodes", versionKey: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ until: 1 }, { expireAfterSeconds: 0 });
schema.index({ agent: 1 });

const hashOf = (code: string): string => `code/${createHash("sha256").update(code).digest("base64url")}`;

export class LinkCodes {
  readonly model: Model<LinkCodeDocument>;

  constructor(connection: Connection) {
    this.model = connection.model<LinkCodeDocument>("LinkCode", schema);
  }

  /** The agent has this code until then (system time), and no other. */
  async give(agent: AgentId, code: string, until: Date): Promise<void> {
    await this.model.deleteMany({ agent });
    await this.model.updateOne({ _id: hashOf(code) }, { $set: { agent, tries: 0, until } }, { upsert: true });
  }

  /** Whose code it is; from then on it is nobody's. Null for none, and for one that is too old. */
  async take(code: string, now: Date): Promise<AgentId | null> {
    const found = await this.model
      .findOneAndDelete({ _id: hashOf(code), until: { $gt: now } })
      .lean<Pick<LinkCodeDocument, "agent">>();
    return found?.agent ? agentId(found.agent) : null;
  }

  /** Counts a try of this account; gives how many there were since the count began, which lasts until `until` for a new one. */
  async countTry(account: string, now: Date, until: Date): Promise<number> {
    const _id = `tries/${account}`;
    await this.model.deleteOne({ _id, until: { $lte: now } });
    const counted = await this.model
      .findOneAndUpdate(
        { _id },
        { $inc: { tries: 1 }, $setOnInsert: { until, agent: null } },
        { upsert: true, returnDocument: "after" },
      )
      .lean<LinkCodeDocument>();
    return counted?.tries ?? 1;
  }
}
