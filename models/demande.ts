/** The mongoose model of a demande: one document, with its events, what is derived from them, and its threads. */
import mongoose from "mongoose";
import type { StoredEvent } from "./events.ts";
import type { StoredBytes } from "./sealing.ts";
import type { Thread } from "./thread.ts";

/** The system that asked for a demande, and a keyed digest of what it sent: the same sending is recognised, another is not. */
export interface ApiSource {
  readonly client: string;
  readonly digest: string;
}

export interface DemandeDocument {
  _id: string;
  ref: number;
  /** The number of the last event: every change is conditional on it. */
  revision: number;
  events: StoredEvent[];
  /** Absent from those that people opened. */
  source?: ApiSource;

  // Derived from the events at each change, for the queries.
  status: string;
  territoire: string;
  /** The subject, sealed, so that a list needs no event. */
  sujet: StoredBytes | null;
  openerId: string;
  openerName: string;
  openerGroupeId: string;
  shared: boolean;
  openedAt: Date;
  updatedAt: Date;
  /** The groupes asked, and those of them that are not out. */
  asked: string[];
  active: string[];
  /** Where it is found (models/shelves.ts). */
  shelves: string[];
  takers: { groupeId: string; agentId: string; name: string }[];
  viewers: string[];
  firstAnswerAt: Date | null;
  lastAnswerAt: Date | null;
  processedAt: Date | null;
  processedFor: string | null;
  archivedAt: Date | null;
  usefulness: string | null;
  standardProcedure: boolean;
  /**
   * Keyed hashes of the words of the usager's name and of the subject, each bound to somebody who may find it by them
   * (models/searchWords.ts).
   */
  names: string[];
  overdueAt: Date | null;
  remindAt: Date | null;
  archiveInvitationAt: Date | null;
  wipeAt: Date | null;
  /** When the card will read otherwise with no event: the moment it falls en souffrance. */
  refreshAt: Date | null;

  /**
   * The ids of the keys that seal something in it, for the renewal of keys. Absent from what was written before that was kept.
   */
  sealedWith?: string[];
  /**
   * Whether its wiped data are gone from the platforms too; null while they are not wiped. « abandonnee »: a platform refused for a
   * month, and a person has to look at what is left.
   */
  erasure?: "en_cours" | "faite" | "abandonnee" | null;

  // Delivery.
  threads: Thread[];
  /** The last event whose personal notices are written down. */
  noticed: number;
  /** When delivery has something to do (system time); null when every thread is in step. */
  deliverAt: Date | null;
  /**
   * Since when something that is not broken waits to be shown (system time); null when nothing does. Unlike `deliverAt`, it is not
   * put off by refusals. Absent, as `brokenOn`, from what was written before they were kept.
   */
  behindSince?: Date | null;
  /** The platforms of the threads to which nothing can be posted until somebody mends them; « none » for a place not known yet. */
  brokenOn?: string[];
  lease: { owner: string; until: Date } | null;
}

const { Mixed } = mongoose.Schema.Types;

const schema = new mongoose.Schema<DemandeDocument>(
  {
    _id: { type: String, required: true },
    ref: { type: Number, required: true },
    revision: { type: Number, required: true },
    events: { type: [Mixed], required: true } as never,
    source: Mixed,
    status: { type: String, required: true },
    territoire: { type: String, required: true },
    sujet: Buffer as never,
    openerId: { type: String, required: true },
    openerName: { type: String, required: true },
    openerGroupeId: { type: String, required: true },
    shared: { type: Boolean, required: true },
    openedAt: { type: Date, required: true },
    updatedAt: { type: Date, required: true },
    asked: [String],
    active: [String],
    shelves: [String],
    takers: { type: [Mixed], required: true } as never,
    viewers: [String],
    firstAnswerAt: Date,
    lastAnswerAt: Date,
    processedAt: Date,
    processedFor: String,
    archivedAt: Date,
    usefulness: String,
    standardProcedure: { type: Boolean, required: true },
    names: [String],
    overdueAt: Date,
    remindAt: Date,
    archiveInvitationAt: Date,
    wipeAt: Date,
    refreshAt: Date,
    sealedWith: { type: [String], default: undefined } as never,
    erasure: String,
    threads: { type: [Mixed], required: true } as never,
    noticed: { type: Number, required: true },
    deliverAt: Date,
    behindSince: Date,
    brokenOn: { type: [String], default: undefined } as never,
    lease: Mixed,
  },
  { collection: "demandes", versionKey: false, minimize: false, autoIndex: false, autoCreate: false, strict: "throw" },
);

schema.index({ ref: 1 }, { unique: true });
// All boards, lists and digests, by number (docs/decisions/0025-shelves.md).
schema.index({ shelves: 1, ref: 1 });
schema.index({ names: 1, ref: 1 });
// Exports and statistics: of a groupe or of all, by period, in its order.
schema.index({ asked: 1, openedAt: 1 });
schema.index({ openerGroupeId: 1, openedAt: 1 });
schema.index({ openedAt: 1 });
schema.index({ "threads.key": 1 });
// What is not archived, in a workspace or in a channel: of a thread's key no range is a range, since a demande has several.
schema.index({ status: 1, "threads.workspace": 1 });
schema.index({ "threads.channel": 1, status: 1 });
schema.index({ remindAt: 1 });
schema.index({ archiveInvitationAt: 1 });
schema.index({ wipeAt: 1 });
schema.index({ refreshAt: 1 });
schema.index({ sealedWith: 1, ref: 1 });
schema.index({ erasure: 1, wipeAt: 1 });
schema.index({ deliverAt: 1 });
// What /metrics counts: open and overdue demandes, late deliveries, broken threads.
schema.index({ status: 1, overdueAt: 1 });
schema.index({ behindSince: 1 });
schema.index({ brokenOn: 1 });
schema.index({ "lease.owner": 1 });

export const demandeSchema = schema;
