/** Demandes by the thousand, for exports and statistics: without anything personal, one at a time, by index. */
import type { Model } from "mongoose";
import type { DemandeEvent, DemandeState, Status, Usefulness } from "../src/domain/demande.ts";
import { replay } from "../src/domain/demande.ts";
import type { GroupeId } from "../src/domain/ids.ts";
import { demandeId } from "../src/domain/ids.ts";
import type { DemandeDocument } from "./demande.ts";
import { loadEvent } from "./events.ts";
import type { Sealer } from "./sealing.ts";

/** Demandes opened from one instant to before another; those of a groupe are those asked of it and those that it opened. */
export interface Scope {
  /** Null for all groupes. */
  readonly groupe: GroupeId | null;
  readonly from: Date;
  readonly before: Date;
}

/** What statistics are made of. */
export interface DemandeFigures {
  readonly status: Status;
  readonly territoire: string;
  readonly openedAt: Date;
  readonly firstAnswerAt: Date | null;
  readonly processedAt: Date | null;
  readonly archivedAt: Date | null;
  readonly usefulness: Usefulness | null;
  readonly overdueAt: Date | null;
  /** Asked of the groupe, and not opened by it only. */
  readonly isAsked: boolean;
}

const FIGURES = {
  status: 1,
  territoire: 1,
  openedAt: 1,
  firstAnswerAt: 1,
  processedAt: 1,
  archivedAt: 1,
  usefulness: 1,
  overdueAt: 1,
  asked: 1,
} as const;

/** The events without what is sealed in them: from these, the state is replayed as it is without the words. */
const HISTORY = {
  openedAt: 1,
  "events.seq": 1,
  "events.id": 1,
  "events.at": 1,
  "events.by": 1,
  "events.audience": 1,
  "events.type": 1,
  "events.data": 1,
} as const;

/** Documents read at once. */
const PAGE = 500;
const SECOND = 1000;
const DAY = 86_400 * SECOND;
const FIRST_SPAN = 7 * DAY;
const LONGEST_SPAN = 400 * DAY;

/** Two streams in rising order of `openedAt` as one. */
async function* merged<T extends { readonly openedAt: Date }>(a: AsyncIterator<T>, b: AsyncIterator<T>): AsyncGenerator<T> {
  let [one, two] = [await a.next(), await b.next()];
  try {
    for (;;) {
      if (one.done && two.done) return;
      const first = two.done || (!one.done && one.value.openedAt <= two.value.openedAt);
      if (first && !one.done) {
        yield one.value;
        one = await a.next();
      } else if (!two.done) {
        yield two.value;
        two = await b.next();
      }
    }
  } finally {
    await Promise.all([a.return?.(), b.return?.()]);
  }
}

type Read<K extends keyof DemandeDocument> = Pick<DemandeDocument, K | "_id" | "openedAt">;

export class DemandesInBulk {
  private readonly model: Model<DemandeDocument>;
  private readonly sealer: Sealer;

  constructor(model: Model<DemandeDocument>, sealer: Sealer) {
    this.model = model;
    this.sealer = sealer;
  }

  /**
   * The oldest first, in stretches of time as long as they hold about a page. No cursor stays open on the server: whoever reads may be slow,
   * and DocumentDB was seen to lose cursors (« Failed to locate the cursor »). It also sorts all that a query finds, however few are wanted.
   */
  private async *stretches<K extends keyof DemandeDocument>(
    filter: Record<string, unknown>,
    { from, before }: Pick<Scope, "from" | "before">,
    projection: Readonly<Record<string, 1>>,
  ): AsyncGenerator<Read<K>> {
    let start = from;
    let span = FIRST_SPAN;
    /** Those of the very instant `start` that were given already. */
    let given = new Set<string>();
    while (start < before) {
      const end = new Date(Math.min(start.getTime() + span, before.getTime()));
      const limit = PAGE + given.size;
      const found: Read<K>[] = await this.model
        .find({ ...filter, openedAt: { $gte: start, $lt: end } }, projection)
        .sort({ openedAt: 1 })
        .limit(limit)
        // All in one answer, which closes the cursor.
        .batchSize(limit + 1)
        .lean<Read<K>[]>();
      for (const document of found) if (!given.has(document._id)) yield document;
      const last = found.at(-1)?.openedAt;
      if (found.length < limit || !last) {
        start = end;
        given = new Set();
        span = Math.min(span * 2, LONGEST_SPAN);
      } else {
        const same = found.filter(({ openedAt }) => openedAt.getTime() === last.getTime()).map(({ _id }) => _id);
        given = new Set(last.getTime() === start.getTime() ? [...given, ...same] : same);
        start = last;
        span = Math.max(span / 2, SECOND);
      }
    }
  }

  /** Each of the two kinds of a groupe's demandes has its index. */
  private documents<K extends keyof DemandeDocument>(
    { groupe, ...period }: Scope,
    projection: Readonly<Record<string, 1>>,
  ): AsyncIterable<Read<K>> {
    if (groupe === null) return this.stretches<K>({}, period, projection);
    // `$nor` and not `$ne`, for which DocumentDB reads the whole index of `asked`.
    return merged(
      this.stretches<K>({ asked: groupe }, period, projection),
      this.stretches<K>({ openerGroupeId: groupe, $nor: [{ asked: groupe }] }, period, projection),
    );
  }

  async *figures(scope: Scope): AsyncGenerator<DemandeFigures> {
    type Stored = Exclude<keyof DemandeFigures, "isAsked"> | "asked";
    for await (const { _id, asked, ...figures } of this.documents<Stored>(scope, FIGURES))
      yield { ...(figures as Omit<DemandeFigures, "isAsked">), isAsked: scope.groupe === null || asked.includes(scope.groupe) };
  }

  /**
   * The events and the state replayed from them, sujet, description, usager and words being left in the database. The events and not
   * the stored fields, so that what was written by earlier versions reads the same.
   */
  async *histories(scope: Scope): AsyncGenerator<{ state: DemandeState; events: DemandeEvent[] }> {
    for await (const { _id, events: stored } of this.documents<"events">(scope, HISTORY)) {
      const id = demandeId(_id);
      const events = stored.map((event) => loadEvent(id, { ...event, secret: null }, this.sealer));
      yield { state: replay(id, events), events };
    }
  }
}
