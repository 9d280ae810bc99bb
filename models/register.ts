/**
 * The register: who looked at the personal data of which demande, exported or erased them, when, and from where. It holds nothing
 * of any usager. Written before anything is shown.
 */

import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import type { AgentId, GroupeId } from "../src/domain/ids.ts";
import { inStretches } from "./inStretches.ts";

export type RegisterAct =
  /** « Voir la demande ». */
  | "consultation"
  /** At the usager's request. */
  | "export"
  | "effacement"
  /** Six months after the archiving, by the bot itself. */
  | "purge";

export interface RegisterEntry {
  /** Made of the act's own id: done twice, it is written once. */
  readonly id: string;
  readonly act: RegisterAct;
  readonly ref: number;
  /** Domain time. */
  readonly at: Date;
  /** Null for what is done from the command line, or by the bot itself. */
  readonly agentId: AgentId | null;
  readonly name: string;
  /** The groupe for which it was done. */
  readonly groupeId: GroupeId | null;
  /** « slack », « matrix », « commande aplus »… */
  readonly from: string;
  /** Why, where that was said: the reference of a request, never its words. */
  readonly reason: string | null;
}

/** What of it is read. */
export interface RegisterScope {
  readonly from: Date;
  readonly before: Date;
  /** Null for all demandes. */
  readonly ref: number | null;
  /** Null for everybody. */
  readonly agentId: AgentId | null;
}

/** So many are read at a time. */
const STRETCH = 500;

interface RegisterDocument extends Omit<RegisterEntry, "id"> {
  _id: string;
  expiresAt: Date;
}

const YEAR_MS = 365 * 86_400_000;
/** The CNIL asks for six months to a year of the log of accesses; what was done at an usager's request is proven for longer. */
const KEPT_MS: Record<RegisterAct, number> = {
  consultation: YEAR_MS,
  purge: YEAR_MS,
  export: 5 * YEAR_MS,
  effacement: 5 * YEAR_MS,
};

const schema = new mongoose.Schema<RegisterDocument>(
  {
    _id: { type: String, required: true },
    act: { type: String, required: true },
    ref: { type: Number, required: true },
    at: { type: Date, required: true },
    agentId: { type: String, default: null },
    name: { type: String, required: true },
    groupeId: { type: String, default: null },
    from: { type: String, required: true },
    reason: { type: String, default: null },
    expiresAt: { type: Date, required: true },
  },
  { collection: "register", versionKey: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ at: 1, _id: 1 });
schema.index({ ref: 1, at: 1, _id: 1 });
schema.index({ agentId: 1, at: 1, _id: 1 });
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

const toEntry = ({ _id, expiresAt: _, ...entry }: RegisterDocument): RegisterEntry => ({ ...entry, id: _id });

export class Register {
  readonly model: Model<RegisterDocument>;

  constructor(connection: Connection) {
    this.model = connection.model<RegisterDocument>("Register", schema);
  }

  async add({ id, ...entry }: RegisterEntry): Promise<void> {
    const document = { ...entry, expiresAt: new Date(Math.max(Date.now(), entry.at.getTime()) + KEPT_MS[entry.act]) };
    await this.model.updateOne({ _id: id }, { $setOnInsert: document }, { upsert: true });
  }

  /** What was done since then, the latest first. */
  async since(from: Date, limit: number): Promise<RegisterEntry[]> {
    const documents = await this.model
      .find({ at: { $gte: from } })
      .sort({ at: -1 })
      .limit(limit)
      .lean<RegisterDocument[]>();
    return documents.map(toEntry);
  }

  /**
   * Those of a scope, the earliest first.
   * @param scope domain time; from the first on, before the second
   */
  each({ from, before, ref, agentId }: RegisterScope): AsyncGenerator<RegisterEntry> {
    const only = { ...(ref !== null && { ref }), ...(agentId !== null && { agentId }) };
    return inStretches<RegisterEntry>(STRETCH, async (after, limit) => {
      const beyond = after === null ? { at: { $gte: from, $lt: before } } : beyondOf(after, before);
      const documents = await this.model
        .find({ ...only, ...beyond })
        .sort({ at: 1, _id: 1 })
        .limit(limit)
        .lean<RegisterDocument[]>();
      return documents.map(toEntry);
    });
  }
}

const beyondOf = ({ at, id: _id }: RegisterEntry, before: Date) => ({
  at: { $gte: at, $lt: before },
  $or: [{ at: { $gt: at } }, { at, _id: { $gt: _id } }],
});
