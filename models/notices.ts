/**
 * What is told outside a demande's own threads: to a person directly, or to a groupe's channel. Each has an id made from
 * what it tells, so that writing it down twice gives one notice.
 */

import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import type { AgentId, GroupeId } from "../src/domain/ids.ts";
import type { Place } from "../src/domain/place.ts";
import type { Report } from "../src/domain/report.ts";
import { keysOfList, keysOfMessage } from "../src/presentation/about.ts";
import type { List } from "../src/presentation/list.ts";
import type { Message } from "../src/presentation/message.ts";
import type { Sealer, StoredBytes } from "./sealing.ts";
import { bytesOf } from "./sealing.ts";
import type { ShowingKey } from "./showings.ts";

export type Addressee =
  /** `preferred`: where they asked for it, if they have several accounts. */
  | { readonly kind: "agent"; readonly agentId: AgentId; readonly preferred?: Pick<Place, "platform" | "workspace"> }
  | { readonly kind: "groupe"; readonly groupeId: GroupeId };

export type NoticeContent =
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "list"; readonly list: List }
  /** Made at the moment of the post. */
  | { readonly kind: "report"; readonly report: Report };

/**
 * What waits for what: `prompt` for nothing; `report` is made for a while, and `digest` is thousands at once, so that none of
 * them may keep a reminder waiting, nor the digests a report.
 */
export type NoticeLane = "prompt" | "report" | "digest";

const laneOf = (content: NoticeContent | null): NoticeLane => {
  if (content?.kind !== "report") return "prompt";
  return content.report.type === "export" || content.report.type === "stats" ? "report" : "digest";
};

export interface NoticePosting {
  readonly place: Place;
  readonly at: Date;
  /** What heads the thread of the file, once it is posted. */
  readonly root?: string;
  /** The platform's own note on a file under way. */
  readonly note?: string;
}

export interface Notice {
  readonly id: string;
  readonly to: Addressee;
  readonly content: NoticeContent;
}

/** What is known of one without opening it. */
export type NoticeHead = Pick<Notice, "id" | "to">;

/** The demandes that it tells of. */
export function keysOfNotice(content: NoticeContent | null): ShowingKey[] {
  switch (content?.kind) {
    case "list":
      return keysOfList(content.list);
    case "message":
      return keysOfMessage(content.message);
    default:
      return [];
  }
}

export interface StoredNotice extends Notice {
  readonly attempts: number;
  /** The post under way when the process died. */
  readonly posting: NoticePosting | null;
}

export interface NoticeDocument {
  _id: string;
  to: Addressee;
  content: StoredBytes;
  keys?: string[];
  sealedWith?: string;
  /** `draft`: not to be posted yet. */
  state: "draft" | "pending" | "done" | "dead";
  /** Absent for `prompt`. */
  lane?: NoticeLane;
  posting: StoredNotice["posting"];
  attempts: number;
  deliverAt: Date | null;
  lease: { owner: string; until: Date } | null;
  /** For `draft`: what its author needs to finish it. */
  draft: Record<string, unknown> | null;
  /** Done or dead notices are removed after a while. */
  endedAt: Date | null;
  reason: string | null;
}

const { Mixed } = mongoose.Schema.Types;
const KEPT_SECONDS = 30 * 86_400;

const schema = new mongoose.Schema<NoticeDocument>(
  {
    _id: { type: String, required: true },
    to: { type: Mixed, required: true } as never,
    content: { type: Buffer, required: true } as never,
    keys: [String],
    sealedWith: String,
    state: { type: String, required: true },
    lane: String,
    posting: { type: Mixed, default: null } as never,
    attempts: { type: Number, required: true },
    deliverAt: Date,
    lease: { type: Mixed, default: null } as never,
    draft: { type: Mixed, default: null } as never,
    endedAt: Date,
    reason: String,
  },
  { collection: "notices", versionKey: false, minimize: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ state: 1, lane: 1, deliverAt: 1 });
schema.index({ keys: 1 });
schema.index({ sealedWith: 1 });
schema.index({ endedAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

const freeAt = (now: Date) => ({ $or: [{ lease: null }, { "lease.until": { $lt: now } }] });

/** To which what is sealed is bound. */
export const noticePlace = (id: string): string => `notice/${id}`;

export class Notices {
  readonly model: Model<NoticeDocument>;
  private readonly sealer: Sealer;

  constructor(connection: Connection, sealer: Sealer) {
    this.model = connection.model<NoticeDocument>("Notice", schema);
    this.sealer = sealer;
  }

  private read(document: NoticeDocument): StoredNotice {
    const content = this.sealer.open(bytesOf(document.content), noticePlace(document._id)) as NoticeContent;
    const { _id, to, attempts, posting } = document;
    return { id: _id, to, content, attempts, posting };
  }

  private newDocument(
    { id, to, content }: Omit<Notice, "content"> & { content: NoticeContent | null },
    state: "draft" | "pending",
    at: Date,
    draft: Record<string, unknown> | null,
  ): Omit<NoticeDocument, "_id"> {
    const lane = laneOf(content);
    return {
      to,
      content: this.sealer.seal(content, noticePlace(id)),
      keys: keysOfNotice(content),
      sealedWith: this.sealer.currentKeyId,
      state,
      ...(lane !== "prompt" && { lane }),
      posting: null,
      attempts: 0,
      deliverAt: at,
      lease: null,
      draft,
      endedAt: null,
      reason: null,
    };
  }

  private async insert(
    notice: Omit<Notice, "content"> & { content: NoticeContent | null },
    state: "draft" | "pending",
    at: Date,
    draft: Record<string, unknown> | null,
  ): Promise<void> {
    const { id } = notice;
    const document = this.newDocument(notice, state, at, draft);
    try {
      await this.model.updateOne({ _id: id }, { $setOnInsert: document }, { upsert: true });
    } catch (error) {
      // Two at the same instant: some servers let one of them fail, and what it would have written is there.
      if (!(await this.model.exists({ _id: id }).catch(() => null))) throw error;
    }
  }

  /** Writes it down, to be posted from then on (system time). One that is there already is left as it is. */
  async add(notice: Notice, at: Date): Promise<void> {
    await this.insert(notice, "pending", at, null);
  }

  /** The same for many of them, in one exchange with the database. */
  async addAll(notices: readonly Notice[], at: Date): Promise<void> {
    if (notices.length === 0) return;
    await this.model.bulkWrite(
      notices.map((notice) => ({
        updateOne: {
          filter: { _id: notice.id },
          update: { $setOnInsert: this.newDocument(notice, "pending", at, null) },
          upsert: true,
        },
      })) as never,
      { ordered: false },
    );
  }

  /** Announces a notice whose content is not known yet: `draft` tells how to finish, should the process die meanwhile. */
  async addDraft(id: string, to: Addressee, draft: Record<string, unknown>, at: Date): Promise<void> {
    await this.insert({ id, to, content: null }, "draft", at, draft);
  }

  async drafts(): Promise<{ id: string; draft: Record<string, unknown> }[]> {
    const documents = await this.model.find({ state: "draft" }).limit(1000).lean<NoticeDocument[]>();
    return documents.map((d) => ({ id: d._id, draft: d.draft ?? {} }));
  }

  /** The draft is ready to be posted with this content; null when it has nothing left to tell. The first to finish it decides. */
  async finishDraft(id: string, content: NoticeContent | null, at: Date): Promise<void> {
    const outcome = content
      ? {
          state: "pending",
          deliverAt: at,
          content: this.sealer.seal(content, noticePlace(id)),
          keys: keysOfNotice(content),
          sealedWith: this.sealer.currentKeyId,
        }
      : { state: "dead", deliverAt: null, endedAt: at };
    await this.model.updateOne({ _id: id, state: "draft" }, { $set: outcome });
  }

  /** Those of this lane that are due and that nobody holds, the longest waiting first: to whom, and nothing of what they say. */
  async due(lane: NoticeLane, now: Date, most: number): Promise<NoticeHead[]> {
    const due = { state: "pending", lane: lane === "prompt" ? null : lane, deliverAt: { $lte: now }, ...freeAt(now) } as const;
    const documents = await this.model
      .find(due, { to: 1 })
      .sort({ deliverAt: 1 })
      .limit(most)
      .lean<Pick<NoticeDocument, "_id" | "to">[]>();
    return documents.map(({ _id, to }) => ({ id: _id, to }));
  }

  /**
   * Takes this notice, if it is due and nobody holds it; until then (system time) nobody else does.
   * @throws what opening it throws: it is held all the same
   */
  async claim(id: string, owner: string, now: Date, until: Date): Promise<StoredNotice | null> {
    const document = await this.model
      .findOneAndUpdate(
        { _id: id, state: "pending", deliverAt: { $lte: now }, ...freeAt(now) },
        { $set: { lease: { owner, until } } },
        { returnDocument: "after" },
      )
      .lean<NoticeDocument>();
    return document && this.read(document);
  }

  /** Saves the intent before the post. False when the lease was lost. */
  async savePosting(id: string, owner: string, posting: NoticePosting): Promise<boolean> {
    const result = await this.model.updateOne({ _id: id, "lease.owner": owner }, { $set: { posting } });
    return result.matchedCount === 1;
  }

  /** Keeps it for longer. False when the lease was lost. */
  async renew(id: string, owner: string, until: Date): Promise<boolean> {
    const result = await this.model.updateOne({ _id: id, "lease.owner": owner }, { $set: { "lease.until": until } });
    return result.matchedCount === 1;
  }

  /** `done`: posted. `dead`: can never be, for this reason. */
  async end(id: string, owner: string, outcome: "done" | "dead", at: Date, reason: string | null): Promise<void> {
    await this.model.updateOne(
      { _id: id, "lease.owner": owner },
      { $set: { state: outcome, endedAt: at, deliverAt: null, lease: null, reason } },
    );
  }

  async retryLater(id: string, owner: string, at: Date): Promise<void> {
    await this.model.updateOne(
      { _id: id, "lease.owner": owner },
      { $set: { lease: null, deliverAt: at }, $inc: { attempts: 1 } },
    );
  }

  /** Gives it back as it is, to whoever else may be able to open it. */
  async giveBack(id: string, owner: string): Promise<void> {
    await this.model.updateOne({ _id: id, "lease.owner": owner }, { $set: { lease: null } });
  }

  /** Those that were put off are to be tried from then on (system time). */
  async resume(now: Date): Promise<void> {
    await this.model.updateMany(
      { state: "pending", deliverAt: { $gt: now }, attempts: { $gt: 0 } },
      { $set: { deliverAt: now } },
    );
  }

  /** Frees what a former process of this instance held when it died. Only for when it surely runs no more. */
  async freeInstance(instance: string): Promise<void> {
    const prefix = `${instance}/`;
    await this.model.updateMany(
      { state: "pending", "lease.owner": { $gte: prefix, $lt: `${prefix}\uffff` } },
      { $set: { lease: null } },
    );
  }

  /** What tells of these demandes is told no more, and what was is forgotten. */
  async forget(keys: readonly ShowingKey[]): Promise<void> {
    await this.model.deleteMany({ keys: { $in: keys } });
  }

  async waitingCount(): Promise<number> {
    return this.model.countDocuments({ state: "pending" });
  }
}
