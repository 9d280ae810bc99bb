/**
 * What is derived from events is derived anew when a version derives more than the one that wrote them: at the start for what is under
 * way, so that no board lacks it, then for all, some at a time. Once that is done nothing of a former version is left, and nobody asks
 * for it any more. Cut short, it goes on where it was.
 */
import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import { NOT_ARCHIVED } from "../src/domain/status.ts";
import type { DemandeDocument } from "./demande.ts";
import type { Demandes } from "./demandes.ts";
import { inStretches } from "./inStretches.ts";
import { doesNotOpen, type SealFault, UnknownKey } from "./sealing.ts";

/** Of what `derive` gives: to be raised when that changes. */
const VERSION = 1;

interface DerivationDocument {
  _id: "demandes";
  version: number;
  /** The number up to which all are done; null once all are. */
  upTo: number | null;
}

const schema = new mongoose.Schema<DerivationDocument>(
  { _id: { type: String, required: true } as never, version: { type: Number, required: true }, upTo: Number },
  { collection: "derivations", versionKey: false, autoIndex: false, autoCreate: false, strict: "throw" },
);

export interface Derived {
  readonly done: number;
  /** Those that do not open, or not with the keys that are there. They stay as they are, and no board shows them. */
  readonly unreadable: number;
  /** Whether nothing is left of what a former version derived. */
  readonly complete: boolean;
}

const NOTHING_LEFT: Derived = { done: 0, unreadable: 0, complete: true };
const AT_ONCE = 100;
/** Nobody reads by these any more: each would be written at every change. */
const FORMER_INDEXES = [
  "asked_1_status_1_ref_1",
  "active_1_status_1_ref_1",
  "active_1_overdueAt_1",
  "elsewhere_1_status_1_ref_1",
  "processedFor_1_status_1_ref_1",
  "openerId_1_status_1_ref_1",
  "openerGroupeId_1_status_1_ref_1",
  "asked_1_erasure_1_updatedAt_1",
  "openerGroupeId_1_erasure_1_updatedAt_1",
];

type Filter = Readonly<Record<string, unknown>>;

export class Derivation {
  readonly model: Model<DerivationDocument>;
  private readonly demandes: Demandes;

  constructor(connection: Connection, demandes: Demandes) {
    this.model = connection.model<DerivationDocument>("Derivation", schema);
    this.demandes = demandes;
  }

  /** The number up to which all are derived as they are today; null for all of them. */
  private async upTo(): Promise<number | null> {
    const known = await this.model.findOne({ _id: "demandes" }).lean<DerivationDocument>();
    if (known?.version === VERSION) return known.upTo ?? null;
    // A database without demandes has nothing of a former version.
    const first = await this.demandes.model.exists({ ref: { $gt: 0 } });
    const upTo = first === null ? null : 0;
    await this.save(upTo);
    return upTo;
  }

  private async save(upTo: number | null): Promise<void> {
    await this.model.updateOne({ _id: "demandes" }, { $set: { version: VERSION, upTo } }, { upsert: true });
  }

  /** Derives anew what is not archived, and passes over what does not open. Done already, it asks once and reads nothing. */
  async underWay(): Promise<Derived> {
    if ((await this.upTo()) === null) return NOTHING_LEFT;
    const { done, unreadable } = await this.each({ status: { $in: NOT_ARCHIVED } }, 0);
    return { done, unreadable, complete: false };
  }

  /** Derives anew until all are, or `most` are done. @throws UnknownKey at one whose key is not there now: it goes on there later */
  async run(most = Number.POSITIVE_INFINITY): Promise<Derived> {
    const from = await this.upTo();
    if (from === null) return NOTHING_LEFT;
    const { done, unreadable, last, missing } = await this.each({}, from, { most, stops: true });
    if (missing !== null) {
      await this.save(last);
      throw missing;
    }
    const complete = done + unreadable < most;
    if (complete) await this.dropFormerIndexes();
    await this.save(complete ? null : last);
    return { done, unreadable, complete };
  }

  /** @param stops at a demande whose key is not there now; otherwise it is passed over like one that never opens */
  private async each(filter: Filter, from: number, { most = Number.POSITIVE_INFINITY, stops = false } = {}) {
    const count = { done: 0, unreadable: 0, last: from, missing: null as UnknownKey | null };
    const found = inStretches<DemandeDocument>(AT_ONCE, (after, limit) =>
      this.demandes.model
        .find({ ...filter, ref: { $gt: after?.ref ?? from } })
        .sort({ ref: 1 })
        .limit(limit)
        .lean<DemandeDocument[]>(),
    );
    for await (const document of found) {
      const fault = await this.one(document);
      if (stops && fault instanceof UnknownKey) {
        count.missing = fault;
        break;
      }
      if (fault === null) count.done += 1;
      else count.unreadable += 1;
      count.last = document.ref;
      if (count.done + count.unreadable >= most) break;
    }
    return count;
  }

  /** Who changes it meanwhile derives it too. @returns why it does not open; null when it does */
  private async one(document: DemandeDocument): Promise<SealFault | UnknownKey | null> {
    try {
      const { shelves, names, processedFor } = this.demandes.derivedOf(document, document.updatedAt);
      const filter = { _id: document._id, revision: document.revision };
      await this.demandes.model.updateOne(filter, { $set: { shelves, names, processedFor } });
      return null;
    } catch (error) {
      if (doesNotOpen(error)) return error;
      throw error;
    }
  }

  private async dropFormerIndexes(): Promise<void> {
    const { collection } = this.demandes.model;
    const names = (await collection.indexes()).flatMap(({ name }) => (name && FORMER_INDEXES.includes(name) ? [name] : []));
    for (const name of names) await collection.dropIndex(name);
  }
}
