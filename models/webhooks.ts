/**
 * How far each endpoint has been told of each demande: a cursor over the demande's own events, like that of a thread. What there is
 * to send is never stored: it is made of the events when it is sent.
 */
import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import type { DemandeId } from "../src/domain/ids.ts";
import { demandeId } from "../src/domain/ids.ts";

/** An event that the endpoint did not take for too long. */
export interface DeadLetter {
  readonly seq: number;
  /** System time. */
  readonly at: Date;
  /** The last fault, by its code. */
  readonly reason: string;
}

export interface WebhookCursor {
  readonly id: string;
  readonly endpoint: string;
  readonly demande: DemandeId;
  /** The last event that was sent, or buried. */
  readonly sent: number;
  readonly attempts: number;
  /** Since when nothing gets through (system time); null when the last try did. */
  readonly failingSince: Date | null;
}

interface CursorDocument extends Omit<WebhookCursor, "id" | "demande"> {
  _id: string;
  demande: string;
  /** The last event that there is. */
  last: number;
  /** When to send what is left (system time); null when nothing is. */
  sendAt: Date | null;
  reason: string | null;
  lease: { owner: string; until: Date } | null;
  dead: DeadLetter[];
  /** When the last one was buried; null when none is. */
  deadAt: Date | null;
}

const { Mixed } = mongoose.Schema.Types;

const schema = new mongoose.Schema<CursorDocument>(
  {
    _id: { type: String, required: true },
    endpoint: { type: String, required: true },
    demande: { type: String, required: true },
    sent: { type: Number, required: true },
    last: { type: Number, required: true },
    attempts: { type: Number, required: true },
    failingSince: Date,
    reason: String,
    sendAt: Date,
    lease: Mixed,
    dead: { type: [Mixed], required: true } as never,
    deadAt: Date,
  },
  { collection: "webhooks", versionKey: false, minimize: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ endpoint: 1, sendAt: 1 });
schema.index({ endpoint: 1, deadAt: 1 });
schema.index({ "lease.owner": 1 });

const free = (now: Date) => [{ lease: null }, { "lease.until": { $lt: now } }];

export class Webhooks {
  readonly model: Model<CursorDocument>;

  constructor(connection: Connection) {
    this.model = connection.model<CursorDocument>("Webhook", schema);
  }

  /**
   * There are events up to `last`; those up to `told` came before this endpoint was there, or were noted before. Noted twice, it
   * is the same. @param now system time
   */
  async note(endpoint: string, demande: DemandeId, told: number, last: number, now: Date): Promise<void> {
    const _id = `${endpoint}/${demande}`;
    const isNew = {
      endpoint,
      demande,
      sent: told,
      attempts: 0,
      failingSince: null,
      reason: null,
      sendAt: now,
      lease: null,
      dead: [],
      deadAt: null,
    };
    try {
      await this.model.updateOne({ _id }, { $setOnInsert: isNew, $max: { last } }, { upsert: true });
    } catch (error) {
      // Two at the same instant: some servers let one of them fail, and the other has written it.
      if (!(await this.model.exists({ _id, last: { $gte: last } }).catch(() => null))) throw error;
    }
    // One that waits for its next try goes on waiting.
    await this.model.updateOne({ _id, sendAt: null }, { $set: { sendAt: now } });
  }

  /** Takes the cursor of this endpoint that waits longest, if any; until then (system time) nobody else does. */
  async claim(endpoint: string, owner: string, now: Date, until: Date): Promise<WebhookCursor | null> {
    const document = await this.model
      .findOneAndUpdate(
        { endpoint, sendAt: { $lte: now }, $or: free(now) },
        { $set: { lease: { owner, until } } },
        { sort: { sendAt: 1 }, returnDocument: "after" },
      )
      .lean<CursorDocument>();
    if (!document) return null;
    const { _id: id, demande, sent, attempts, failingSince } = document;
    return { id, endpoint, demande: demandeId(demande), sent, attempts, failingSince };
  }

  /** The endpoint took the events up to this one. False when the lease was lost. */
  async sent(id: string, owner: string, seq: number, until: Date): Promise<boolean> {
    const update = { sent: seq, attempts: 0, failingSince: null, reason: null, "lease.until": until };
    return (await this.model.updateOne({ _id: id, "lease.owner": owner }, { $set: update })).matchedCount === 1;
  }

  /** The endpoint never took this one: it is kept as a dead letter, and the next ones go on. False when the lease was lost. */
  async bury(id: string, owner: string, letter: DeadLetter, until: Date): Promise<boolean> {
    const update = {
      $set: { sent: letter.seq, reason: letter.reason, deadAt: letter.at, "lease.until": until },
      $push: { dead: letter },
    };
    return (await this.model.updateOne({ _id: id, "lease.owner": owner }, update)).matchedCount === 1;
  }

  /** Gives it back, to be tried again then. */
  async retryLater(id: string, owner: string, failingSince: Date, reason: string, at: Date): Promise<void> {
    const update = { $set: { sendAt: at, failingSince, reason, lease: null }, $inc: { attempts: 1 } };
    await this.model.updateOne({ _id: id, "lease.owner": owner }, update);
  }

  /** Gives it back, everything up to `last` being sent; when more came meanwhile, it stays due. */
  async rest(id: string, owner: string, last: number): Promise<void> {
    await this.model.updateOne({ _id: id, "lease.owner": owner, last: { $lte: last } }, { $set: { sendAt: null } });
    await this.model.updateOne({ _id: id, "lease.owner": owner }, { $set: { lease: null } });
  }

  /** Frees what a former process of this instance held when it died. Only for when it surely runs no more. */
  async freeInstance(instance: string): Promise<void> {
    const prefix = `${instance}/`;
    await this.model.updateMany({ "lease.owner": { $gte: prefix, $lt: `${prefix}\uffff` } }, { $set: { lease: null } });
  }

  /**
   * Every event since the first dead letter of each demande is sent again, in order: those that were taken since arrive twice, under
   * the same ids. Gives how many letters that was, and how many demandes were being sent at this moment and were left.
   */
  async replay(endpoint: string, now: Date): Promise<{ letters: number; busy: number }> {
    let [letters, busy] = [0, 0];
    const found = await this.model.find({ endpoint, deadAt: { $gt: new Date(0) } }).lean<CursorDocument[]>();
    for (const { _id, dead, deadAt } of found) {
      const sent = Math.min(...dead.map(({ seq }) => seq)) - 1;
      const update = { sent, dead: [], deadAt: null, sendAt: now, attempts: 0, failingSince: null, reason: null };
      const { matchedCount } = await this.model.updateOne({ _id, deadAt, $or: free(now) }, { $set: update });
      if (matchedCount === 1) letters += dead.length;
      else busy += 1;
    }
    return { letters, busy };
  }

  /** Dead letters of an endpoint, by the code of their last fault; and since when it takes nothing, if it does not. */
  async troubles(endpoint: string): Promise<{ dead: ReadonlyMap<string, number>; failing: number; since: Date | null }> {
    const buried = await this.model.find({ endpoint, deadAt: { $gt: new Date(0) } }, { dead: 1 }).lean<CursorDocument[]>();
    const dead = new Map<string, number>();
    for (const { reason } of buried.flatMap((one) => one.dead)) dead.set(reason, (dead.get(reason) ?? 0) + 1);
    const waiting = { endpoint, sendAt: { $gt: new Date(0) }, failingSince: { $ne: null } };
    const [failing, first] = await Promise.all([
      this.model.countDocuments(waiting),
      this.model.findOne(waiting, { failingSince: 1 }).sort({ failingSince: 1 }).lean<CursorDocument>(),
    ]);
    return { dead, failing, since: first?.failingSince ?? null };
  }
}
