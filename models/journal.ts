/**
 * What responsables did to groupes and accounts: who, when, what. Kept for those who must answer for it; it holds nothing of any
 * usager. Each entry is written before what it tells of, and marked once that is done.
 */
import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import type { AgentId, GroupeId } from "../src/domain/ids.ts";

export type JournalAct = "ajout" | "retrait" | "role" | "compte" | "modification" | "liaison" | "detachement";

export interface JournalEntry {
  /** Made from the platform's id of the act: a redelivery writes the same one. */
  readonly id: string;
  readonly act: JournalAct;
  readonly at: Date;
  readonly by: AgentId;
  readonly groupeId: GroupeId;
  /** The agent whom it is about; null for the groupe itself. */
  readonly about: AgentId | null;
  /** Roles before and after, names of the fields changed, ids of channels. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

interface JournalDocument extends Omit<JournalEntry, "id" | "before" | "after"> {
  _id: string;
  before: string[];
  after: string[];
  done: boolean;
}

const schema = new mongoose.Schema<JournalDocument>(
  {
    _id: { type: String, required: true },
    act: { type: String, required: true },
    at: { type: Date, required: true },
    by: { type: String, required: true },
    groupeId: { type: String, required: true },
    about: { type: String, default: null },
    before: [String],
    after: [String],
    done: { type: Boolean, required: true },
  },
  { collection: "journal", versionKey: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ groupeId: 1, at: -1 });
schema.index({ about: 1, at: -1 });

export class Journal {
  readonly model: Model<JournalDocument>;

  constructor(connection: Connection) {
    this.model = connection.model<JournalDocument>("Journal", schema);
  }

  /** `done`: this very act was done before. `begun`: it was begun, and may have been cut short. */
  async stateOf(id: string): Promise<"new" | "begun" | "done"> {
    const entry = await this.model.findOne({ _id: id }, { done: 1 }).lean<{ done: boolean }>();
    return entry === null ? "new" : entry.done ? "done" : "begun";
  }

  /** Written before the act. False when it is there already: it is left as it is, and the act was begun before, or is being done. */
  async begin({ id, ...entry }: JournalEntry): Promise<boolean> {
    const document = { ...entry, before: [...entry.before], after: [...entry.after], done: false };
    try {
      const result = await this.model.updateOne({ _id: id }, { $setOnInsert: document }, { upsert: true });
      return result.upsertedCount === 1;
    } catch (error) {
      // Two at the same instant: some servers let one of them fail, and what it would have written is there.
      if (await this.model.exists({ _id: id }).catch(() => null)) return false;
      throw error;
    }
  }

  async done(id: string): Promise<void> {
    await this.model.updateOne({ _id: id }, { $set: { done: true } });
  }

  /** The act did not take place: somebody was faster. */
  async withdraw(id: string): Promise<void> {
    await this.model.deleteOne({ _id: id, done: false });
  }

  /** What was done in a groupe, the latest first. */
  async ofGroupe(groupe: GroupeId, limit: number): Promise<JournalEntry[]> {
    const documents = await this.model
      .find({ groupeId: groupe, done: true })
      .sort({ at: -1 })
      .limit(limit)
      .lean<JournalDocument[]>();
    return documents.map(({ _id, done: _, ...entry }) => ({ ...entry, id: _id }));
  }
}
