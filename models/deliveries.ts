/** The part of a demande's document that delivery keeps: the lease, and how far each thread has come. */
import type { DemandeId } from "../src/domain/ids.ts";
import { demandeId } from "../src/domain/ids.ts";
import type { DemandeDocument } from "./demande.ts";
import type { Demandes, LoadedDemande } from "./demandes.ts";
import type { Post, Thread } from "./thread.ts";

/** What may change in a thread: all but its identity. */
export interface ThreadChange {
  readonly index: number;
  readonly fields: Partial<Omit<Thread, "id" | "side" | "groupeId" | "agentId" | "posts">>;
  readonly posts: readonly Post[];
}

/** The update that records these changes. */
function updateOf(changes: readonly ThreadChange[], more: Record<string, unknown> = {}) {
  const $set: Record<string, unknown> = { ...more };
  const $push: Record<string, unknown> = {};
  for (const { index, fields, posts } of changes) {
    for (const [field, value] of Object.entries(fields)) $set[`threads.${index}.${field}`] = value;
    if (posts.length > 0) $push[`threads.${index}.posts`] = { $each: posts };
  }
  return { ...(Object.keys($set).length > 0 && { $set }), ...(Object.keys($push).length > 0 && { $push }) };
}

/** How a demande stands as it is given back; see DemandeDocument. */
export interface Remains {
  readonly behindSince: Date | null;
  readonly brokenOn: readonly string[];
}

export const IN_STEP: Remains = { behindSince: null, brokenOn: [] };

type Progressed = "groupeId" | "agentId" | "platform" | "workspace" | "root" | "delivered" | "posting" | "retryAt";

/** A demande with something to deliver, and how far each of its threads has come. */
export interface Waiting {
  readonly id: DemandeId;
  readonly revision: number;
  readonly threads: readonly Pick<Thread, Progressed>[];
}

const WAITING = {
  revision: 1,
  "threads.groupeId": 1,
  "threads.agentId": 1,
  "threads.platform": 1,
  "threads.workspace": 1,
  "threads.root": 1,
  "threads.delivered": 1,
  "threads.posting": 1,
  "threads.retryAt": 1,
} as const satisfies Record<"revision" | `threads.${Progressed}`, 1>;

export class Deliveries {
  private readonly demandes: Demandes;

  constructor(demandes: Demandes) {
    this.demandes = demandes;
  }

  /**
   * Takes the demande for this worker until then (system time), and reads it. Null when another one has it. A worker takes
   * again what it could not give back while the database was away: it never asks for what it is delivering.
   */
  async claim(id: DemandeId, owner: string, now: Date, until: Date): Promise<LoadedDemande | null> {
    const document = await this.demandes.model
      .findOneAndUpdate(
        { _id: id, $or: [{ lease: null }, { "lease.until": { $lt: now } }, { "lease.owner": owner }] },
        { $set: { lease: { owner, until } } },
        { returnDocument: "after" },
      )
      .lean<DemandeDocument>();
    return document && this.demandes.read(document);
  }

  /** Reads it again, its lease renewed. Null when the lease was lost. */
  async reclaim(id: DemandeId, owner: string, until: Date): Promise<LoadedDemande | null> {
    const document = await this.demandes.model
      .findOneAndUpdate({ _id: id, "lease.owner": owner }, { $set: { "lease.until": until } }, { returnDocument: "after" })
      .lean<DemandeDocument>();
    return document && this.demandes.read(document);
  }

  /**
   * Records progress and renews the lease. False when the lease was lost: then nothing is written, and whoever holds it now
   * finds the intents saved before.
   */
  async save(id: DemandeId, owner: string, changes: readonly ThreadChange[], until: Date): Promise<boolean> {
    const result = await this.demandes.model.updateOne(
      { _id: id, "lease.owner": owner },
      updateOf(changes, { "lease.until": until }),
    );
    return result.matchedCount === 1;
  }

  /**
   * Records the last progress and gives the demande back. False when an event came since this revision was read: then
   * nothing is written, and there is more to do.
   * @param next when there is more to do (system time); null when all is in step
   */
  async release(
    id: DemandeId,
    owner: string,
    revision: number,
    changes: readonly ThreadChange[],
    noticed: number,
    next: Date | null,
    { behindSince, brokenOn }: Remains = IN_STEP,
  ): Promise<boolean> {
    const result = await this.demandes.model.updateOne(
      { _id: id, "lease.owner": owner, revision },
      updateOf(changes, { lease: null, deliverAt: next, noticed, behindSince, brokenOn }),
    );
    return result.matchedCount === 1;
  }

  /** Its wiped data are gone from everywhere, or what is left is tried no more. Mended after all, it may still come to be gone. */
  async erased(id: DemandeId, owner: string, erasure: "faite" | "abandonnee"): Promise<void> {
    await this.demandes.model.updateOne({ _id: id, "lease.owner": owner }, { $set: { erasure } });
  }

  /** How many demandes show something that nobody tries to take away any more. */
  async erasuresGivenUp(): Promise<number> {
    return this.demandes.model.countDocuments({ erasure: "abandonnee" });
  }

  /** How many demandes, wiped by then, still show something somewhere. `before`: domain time. */
  async erasing(before: Date): Promise<number> {
    return this.demandes.model.countDocuments({ erasure: "en_cours", updatedAt: { $lte: before } });
  }

  /** Gives it back as it is, after a fault of our own, to be tried again then. */
  async abandon(id: DemandeId, owner: string, next: Date): Promise<void> {
    await this.demandes.model.updateOne({ _id: id, "lease.owner": owner }, { $set: { lease: null, deliverAt: next } });
  }

  /** Gives it back as it is, to whoever else may be able to open it. */
  async giveBack(id: DemandeId, owner: string): Promise<void> {
    await this.demandes.model.updateOne({ _id: id, "lease.owner": owner }, { $set: { lease: null } });
  }

  /** Frees what a former process of this instance held when it died. Only for when it surely runs no more. */
  async freeInstance(instance: string): Promise<void> {
    const prefix = `${instance}/`;
    await this.demandes.model.updateMany({ "lease.owner": { $gte: prefix, $lt: `${prefix}\uffff` } }, { $set: { lease: null } });
  }

  /**
   * Demandes with something to deliver that nobody is delivering, the longest waiting first.
   * @param passedOver so many of them are left out
   */
  async waiting(now: Date, limit: number, passedOver = 0): Promise<Waiting[]> {
    const documents = await this.demandes.model
      .find({ deliverAt: { $lte: now }, $or: [{ lease: null }, { "lease.until": { $lt: now } }] }, WAITING)
      .sort({ deliverAt: 1 })
      .skip(passedOver)
      .limit(limit)
      .lean<(Omit<Waiting, "id"> & { _id: string })[]>();
    return documents.map(({ _id, revision, threads }) => ({ id: demandeId(_id), revision, threads }));
  }

  /** How many wait, and since when the oldest does. */
  async backlog(now: Date): Promise<{ count: number; oldest: Date | null }> {
    const filter = { deliverAt: { $lte: now } };
    const [count, oldest] = await Promise.all([this.demandes.model.countDocuments(filter), this.oldest(now)]);
    return { count, oldest };
  }

  /** Since when the one that waits longest for its turn does; null when none does. */
  async oldest(now: Date): Promise<Date | null> {
    const first = await this.demandes.model
      .findOne({ deliverAt: { $lte: now } }, { deliverAt: 1 })
      .sort({ deliverAt: 1 })
      .lean<{ deliverAt: Date }>();
    return first?.deliverAt ?? null;
  }

  /** Asks for a delivery of this demande now. */
  async request(id: DemandeId, now: Date): Promise<void> {
    await this.demandes.model.updateOne({ _id: id }, { $set: { deliverAt: now } });
  }
}
