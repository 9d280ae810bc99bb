/** What the sweeps look for: demandes for which something is due, by index, never those that are merely open. */
import type { Model } from "mongoose";
import type { DemandeId } from "../src/domain/ids.ts";
import { demandeId } from "../src/domain/ids.ts";
import type { DemandeDocument } from "./demande.ts";

/** Each is an indexed date of the document; see `derive`. */
export type DueField = "remindAt" | "archiveInvitationAt" | "refreshAt" | "wipeAt";

export class Due {
  private readonly model: Model<DemandeDocument>;

  constructor(model: Model<DemandeDocument>) {
    this.model = model;
  }

  /** Ids of the demandes whose date has come, the earliest first. `now`: domain time. */
  async ids(field: DueField, now: Date, limit: number): Promise<DemandeId[]> {
    const documents = await this.model
      .find({ [field]: { $lte: now } }, { _id: 1 })
      .sort({ [field]: 1 })
      .limit(limit)
      .lean<{ _id: string }[]>();
    return documents.map((d) => demandeId(d._id));
  }

  /** The earliest date after that one on which anything of this kind falls due; null when nothing will. */
  async next(field: DueField, after = new Date(0)): Promise<Date | null> {
    const document = await this.model
      .findOne({ [field]: { $gt: after } }, { [field]: 1 })
      .sort({ [field]: 1 })
      .lean<DemandeDocument>();
    return document?.[field] ?? null;
  }

  /** How many have had their date come by then. */
  async count(field: DueField, now: Date): Promise<number> {
    return this.model.countDocuments({ [field]: { $lte: now } });
  }

  /** Puts a date off, unless the demande changed meanwhile and has a newer one. */
  async postpone(id: DemandeId, revision: number, field: DueField, to: Date | null): Promise<void> {
    await this.model.updateOne({ _id: id, revision }, { $set: { [field]: to } });
  }

  /**
   * The card must be shown anew, the demande being en souffrance from now on; not when it was answered meanwhile and has a
   * later date. `due`: domain time; `at`: system time.
   */
  async refreshCard(id: DemandeId, due: Date, at: Date): Promise<void> {
    await this.model.updateOne({ _id: id, refreshAt: { $lte: due } }, { $set: { refreshAt: null, deliverAt: at } });
  }
}
