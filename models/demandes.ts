/** Demandes in the database: read, opened, changed. Each change is one conditional update of one document. */

import type { Connection, Model } from "mongoose";
import type { DemandeEvent, DemandeState } from "../src/domain/demande.ts";
import { replay } from "../src/domain/demande.ts";
import type { DemandeId, EventId, GroupeId } from "../src/domain/ids.ts";
import { agentId, demandeId, parseRef } from "../src/domain/ids.ts";
import type { Place } from "../src/domain/place.ts";
import { NOT_ARCHIVED } from "../src/domain/status.ts";
import type { ApiSource, DemandeDocument } from "./demande.ts";
import { demandeSchema } from "./demande.ts";
import type { DerivedFields } from "./derived.ts";
import { derive, sujetPlace } from "./derived.ts";
import { emptied, keyIdsOf, loadEvent, storeEvent } from "./events.ts";
import { inStretches } from "./inStretches.ts";
import { KnownArchives } from "./knownArchives.ts";
import type { Way } from "./numberWalk.ts";
import { FEW, walkByNumber } from "./numberWalk.ts";
import type { Sealer } from "./sealing.ts";
import { bytesOf } from "./sealing.ts";
import type { SearchScopes } from "./searchWords.ts";
import { boundWords, wordHashes } from "./searchWords.ts";
import type { DemandeFilter, Wanted } from "./shelves.ts";
import { filterOf } from "./shelves.ts";
import type { ShowingKey } from "./showings.ts";
import { demandeKey, refKey } from "./showings.ts";
import type { Thread } from "./thread.ts";
import { threadKey } from "./thread.ts";

/** A demande as loaded: its state is the one that its events add up to. */
export interface LoadedDemande {
  readonly id: DemandeId;
  readonly revision: number;
  readonly state: DemandeState;
  readonly events: readonly DemandeEvent[];
  readonly threads: readonly Thread[];
  readonly noticed: number;
  /** Since when something waits to be shown (system time); null when nothing does, as far as was known. */
  readonly behindSince: Date | null;
  /** The keys that seal its events. */
  readonly keyIds: readonly string[];
}

/** A line of a list: no event was read for it. */
export interface DemandeSummary {
  readonly id: DemandeId;
  readonly ref: number;
  readonly status: DemandeState["status"];
  readonly sujet: string;
  readonly territoire: string;
  readonly openerName: string;
  readonly openerGroupeId: string;
  readonly openedAt: Date;
  readonly updatedAt: Date;
  readonly overdueAt: Date | null;
  readonly asked: readonly string[];
  readonly active: readonly string[];
  readonly takers: readonly { readonly groupeId: string; readonly name: string }[];
  readonly viewers: readonly string[];
}

const SUMMARY = {
  ref: 1,
  status: 1,
  sujet: 1,
  territoire: 1,
  openerName: 1,
  openerGroupeId: 1,
  openedAt: 1,
  updatedAt: 1,
  overdueAt: 1,
  asked: 1,
  active: 1,
  takers: 1,
  viewers: 1,
} as const;

const WHOLE_AT_ONCE = 50;

export class Demandes {
  readonly model: Model<DemandeDocument>;
  private readonly sealer: Sealer;
  private readonly archives = new KnownArchives();

  constructor(connection: Connection, sealer: Sealer) {
    this.model = connection.model<DemandeDocument>("Demande", demandeSchema);
    this.sealer = sealer;
  }

  /** What a document says, opened and replayed. @throws PermanentError when it does not open */
  read(document: DemandeDocument): LoadedDemande {
    const id = demandeId(document._id);
    const events = document.events.map((event) => loadEvent(id, event, this.sealer));
    const { revision, threads, noticed, behindSince = null } = document;
    return { id, revision, state: replay(id, events), events, threads, noticed, behindSince, keyIds: keyIdsOf(document.events) };
  }

  /** What is to be stored beside its events. @throws as `read` */
  derivedOf(document: DemandeDocument, now: Date): DerivedFields {
    return derive(this.read(document).state, this.sealer, now);
  }

  /** @throws PermanentError when what is stored does not open */
  async load(id: DemandeId): Promise<LoadedDemande | null> {
    const document = await this.model.findOne({ _id: id }).lean<DemandeDocument>();
    return document && this.read(document);
  }

  async loadByRef(ref: number): Promise<LoadedDemande | null> {
    const document = await this.model.findOne({ ref }).lean<DemandeDocument>();
    return document && this.read(document);
  }

  /** The system that asked for it; null for one that people opened, or that is not there. */
  async sourceOf(id: DemandeId): Promise<ApiSource | null> {
    const document = await this.model.findOne({ _id: id }, { source: 1 }).lean<Pick<DemandeDocument, "source">>();
    return document?.source ?? null;
  }

  /** The demande whose thread has this root there. */
  async loadByThread(place: Place, root: string): Promise<LoadedDemande | null> {
    const document = await this.model.findOne({ "threads.key": threadKey(place, root) }).lean<DemandeDocument>();
    return document && this.read(document);
  }

  /** Whether this root heads a thread of ours; nothing is opened for it. */
  async hasThread(place: Place, root: string): Promise<boolean> {
    return (await this.model.exists({ "threads.key": threadKey(place, root) })) !== null;
  }

  /**
   * Stores a demande just opened. False when one with this id is there already: the same opening, sent twice.
   * @param now domain time
   * @param at system time, from which its threads are to be delivered
   */
  async insert(
    state: DemandeState,
    events: readonly DemandeEvent[],
    threads: readonly Thread[],
    now: Date,
    at: Date,
    source?: ApiSource,
  ): Promise<boolean> {
    const document: DemandeDocument = {
      _id: state.id,
      ref: state.ref,
      ...(source && { source }),
      events: events.map((event) => storeEvent(state.id, event, this.sealer)),
      ...derive(state, this.sealer, now),
      sealedWith: [this.sealer.currentKeyId],
      erasure: null,
      threads: [...threads],
      noticed: 0,
      deliverAt: at,
      behindSince: at,
      brokenOn: [],
      lease: null,
    };
    try {
      await this.model.insertOne(document);
      return true;
    } catch (error) {
      // By its id, not by the fault: another demande may bear the same number, and an answer may be lost after the write.
      if (await this.model.exists({ _id: state.id }).catch(() => null)) return false;
      throw error;
    }
  }

  /**
   * Adds events, in one update that takes place only if nobody was faster. False when somebody was: load and decide again. When
   * they wipe the data, the same update takes out what is personal in all events.
   * @param state the state after these events
   */
  async append(
    before: LoadedDemande,
    state: DemandeState,
    events: readonly DemandeEvent[],
    newThreads: readonly Thread[],
    now: Date,
    at: Date,
  ): Promise<boolean> {
    const stored = events.map((event) => storeEvent(before.id, event, this.sealer));
    const threads = newThreads.length > 0 && { threads: { $each: newThreads } };
    const derived = { ...derive(state, this.sealer, now), deliverAt: at, behindSince: before.behindSince ?? at };
    const wiped = events.some(({ type }) => type === "wiped");
    const result = await this.model.updateOne(
      { _id: before.id, revision: before.revision },
      wiped
        ? {
            $set: {
              ...derived,
              events: [...before.events.map((event) => storeEvent(before.id, event, this.sealer)), ...stored].map(emptied),
              sealedWith: [],
              erasure: "en_cours",
            },
            ...(threads && { $push: threads }),
          }
        : {
            // Not added to what is there: what was written before this was kept has none.
            $set: { ...derived, sealedWith: [...new Set([...before.keyIds, this.sealer.currentKeyId])] },
            $push: { events: { $each: stored }, ...threads },
          },
    );
    return result.modifiedCount === 1;
  }

  /** A page of demandes, newest first unless told otherwise, with the total that the filter finds. */
  async page(
    filter: DemandeFilter,
    skip: number,
    limit: number,
    sort: Record<string, 1 | -1> = { openedAt: -1 },
  ): Promise<{ demandes: DemandeSummary[]; total: number }> {
    const [documents, total] = await Promise.all([
      this.model.find(filter, SUMMARY).sort(sort).skip(skip).limit(limit).lean<DemandeDocument[]>(),
      this.model.countDocuments(filter),
    ]);
    return { demandes: documents.map((document) => this.summary(document)), total };
  }

  /** Of these ids, in no order; those that are not there are left out. */
  async summaries(ids: readonly DemandeId[]): Promise<DemandeSummary[]> {
    const documents = await this.model.find({ _id: { $in: ids } }, SUMMARY).lean<DemandeDocument[]>();
    return documents.map((document) => this.summary(document));
  }

  private summary(document: DemandeDocument): DemandeSummary {
    const { sujet, _id, status, ...rest } = document;
    const opened = sujet ? this.sealer.open(bytesOf(sujet), sujetPlace(_id)) : "";
    return { ...rest, id: demandeId(_id), status: status as DemandeState["status"], sujet: String(opened) };
  }

  /** Demandes that any of these find, each once, by number. */
  async walk(wanted: readonly Wanted[], way: Way): Promise<DemandeSummary[]> {
    const found = await Promise.all(
      wanted.map(async (one) => {
        const known = { many: this.archives.isAbove(one, FEW), newest: this.archives.newest(one) };
        const documents = await walkByNumber(this.model, SUMMARY, one, way, known);
        if (way.order === -1 && way.beyond === null && documents[0]) this.archives.noteNewest(one, documents[0].ref);
        return documents;
      }),
    );
    const byRef = new Map(found.flat().map((document) => [document.ref, document]));
    const sorted = [...byRef.values()].toSorted((a, b) => way.order * (a.ref - b.ref));
    return sorted.slice(0, way.limit).map((document) => this.summary(document));
  }

  /** How many demandes these find, which must have none in common; nothing is counted far beyond `most`. */
  async countUpTo(wanted: readonly Wanted[], most: number): Promise<number> {
    const counts = await Promise.all(
      wanted.map(async (one) => {
        if (this.archives.isAbove(one, most)) return most + 1;
        const count = await this.model.countDocuments(filterOf(one), { limit: most + 1 });
        this.archives.noteSize(one, count);
        return count;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** The keyed hashes by which the words of a text are looked for, the first ones if there are very many. */
  hashesOf(text: string): string[] {
    return wordHashes(text, this.sealer);
  }

  /** What finds those that this agent opened, or these groupes were asked, and that have all these words. */
  withAllWords(hashes: readonly string[], scopes: SearchScopes): Wanted {
    return { kind: "filter", filter: boundWords(hashes, scopes, this.sealer) };
  }

  /** Those that have all these words and were asked of one of these groupes, by number, whole: for a request on an usager's data. */
  async *withWords(text: string, groupes: readonly GroupeId[]): AsyncGenerator<LoadedDemande> {
    const scopes = { opener: agentId(""), groupes };
    const hashes = this.hashesOf(text);
    if (hashes.length === 0) return;
    const words = boundWords(hashes, scopes, this.sealer);
    const found = inStretches<DemandeDocument>(WHOLE_AT_ONCE, (after, limit) =>
      this.model
        .find({ $and: [words, { ref: { $gt: after?.ref ?? -1 } }] })
        .sort({ ref: 1 })
        .limit(limit)
        .lean<DemandeDocument[]>(),
    );
    for await (const document of found) yield this.read(document);
  }

  /** Which of these keys name a demande that is there, and which of those one that is wiped. */
  async amongKeys(keys: readonly ShowingKey[]): Promise<{ known: ReadonlySet<ShowingKey>; wiped: ReadonlySet<ShowingKey> }> {
    const after = (prefix: string) => keys.flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : []));
    const refs = after("ref/").flatMap((text) => parseRef(text) ?? []);
    type Found = Pick<DemandeDocument, "_id" | "ref" | "erasure" | "threads">;
    const filters = [{ _id: { $in: after("demande/") } }, { ref: { $in: refs } }, { "threads.key": { $in: after("fil/") } }];
    const fields = { ref: 1, erasure: 1, "threads.key": 1 } as const;
    const found = (await Promise.all(filters.map((filter) => this.model.find(filter, fields).lean<Found[]>()))).flat();
    const keysOf = (documents: readonly Found[]) =>
      new Set(
        documents.flatMap(({ _id, ref, threads }) => [
          demandeKey(demandeId(_id)),
          refKey(ref),
          ...threads.flatMap(({ key }) => (key ? [`fil/${key}`] : [])),
        ]),
      );
    return { known: keysOf(found), wiped: keysOf(found.filter(({ erasure }) => erasure)) };
  }

  /** Threads in this workspace of demandes that are not archived, with the last message seen in each. */
  async openThreads(workspace: { platform: string; workspace: string }): Promise<Thread[]> {
    const prefix = `${workspace.platform}/${workspace.workspace}/`;
    const documents = await this.model
      .find({ status: { $in: NOT_ARCHIVED }, "threads.workspace": workspace.workspace }, { threads: 1 })
      .lean<Pick<DemandeDocument, "threads">[]>();
    return documents.flatMap((d) => d.threads.filter((t) => t.key?.startsWith(prefix)));
  }

  /** Remembers how far a thread was read. */
  async markSeen(place: Place, root: string, message: string): Promise<void> {
    const key = threadKey(place, root);
    await this.model.updateOne(
      { "threads.key": key },
      { $set: { "threads.$[thread].seen": message } },
      {
        arrayFilters: [{ "thread.key": key }],
      },
    );
  }
}

/** The words of an utterance as they read now: edits applied. Null for one that is not there. */
export function currentText(events: readonly DemandeEvent[], target: EventId) {
  let text: Extract<DemandeEvent, { type: "message" }>["text"] | null = null;
  for (const event of events) {
    if (event.type === "message" && event.id === target) text = event.text;
    if (event.type === "edited" && event.target === target) text = event.text;
  }
  return text;
}
