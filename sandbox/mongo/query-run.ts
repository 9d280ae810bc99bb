/** The carrying out of a plan: finds the documents one by one, can be put down and taken up again, and counts its work. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { CollectionInfo } from "./catalog.ts";
import { MongoFailure } from "./failure.ts";
import type { Filter } from "./filter.ts";
import { type MatchContext, matches } from "./matcher.ts";
import type { Access, IndexPlan } from "./planner.ts";
import { type SortKey, sortKeyOf } from "./sort.ts";
import { recordIdOf, type Store } from "./store.ts";
import { type Doc, decode } from "./values.ts";

export interface Found {
  readonly recordId: number;
  readonly bytes: Buffer;
  readonly doc: Doc;
  /** The position that the operator `$` stands for. */
  readonly element: number | undefined;
}

/** A document that is decoded only when somebody looks at it. */
class FoundRecord implements Found {
  readonly recordId: number;
  readonly bytes: Buffer;
  readonly element: number | undefined;
  private decoded: Doc | undefined;

  constructor(recordId: number, bytes: Buffer, decoded?: Doc, element?: number) {
    this.recordId = recordId;
    this.bytes = bytes;
    this.decoded = decoded;
    this.element = element;
  }

  get doc(): Doc {
    this.decoded ??= decode(this.bytes);
    return this.decoded;
  }
}

export interface RunRequest {
  readonly collection: CollectionInfo | undefined;
  readonly access: Access;
  readonly filter: Filter;
  readonly sort: readonly SortKey[];
  readonly skip: number;
  /** 0 for no limit. */
  readonly limit: number;
  readonly context: MatchContext;
}

export interface RunStats {
  keysExamined: number;
  docsExamined: number;
  /** Documents that passed the filter, before skip and limit. */
  matched: number;
  returned: number;
}

/** How long a run reads before it lets the rest of the process have a turn. */
const SLICE_MS = 12;
/** Nothing yet: the run looked at a document that does not match, or is still gathering what it must sort. */
const WORKING = Symbol("working");
type Step = Found | typeof WORKING | undefined;

export class QueryRun {
  readonly stats: RunStats = { keysExamined: 0, docsExamined: 0, matched: 0, returned: 0 };
  private readonly store: Store;
  private readonly request: RunRequest;
  private readonly source: Source | undefined;
  private gathered: { recordId: number; key: Buffer }[] = [];
  private sorted = false;
  private next = 0;
  private skipped = 0;
  /** What the access finds needs no check. */
  private readonly certain: boolean;

  constructor(store: Store, request: RunRequest) {
    const { access, filter } = request;
    this.certain = (access.kind === "index" && access.exact) || (filter.kind === "and" && filter.clauses.length === 0);
    this.store = store;
    this.request = request;
    this.source = request.collection === undefined ? undefined : sourceOf(store, request.collection, request.access, this.stats);
  }

  get finished(): boolean {
    const { limit } = this.request;
    return limit > 0 && this.stats.returned >= limit;
  }

  /** In one go; only within a write, or where few documents are expected. */
  *now(): Generator<Found> {
    for (let step = this.step(); step !== undefined; step = this.step()) if (step !== WORKING) yield step;
  }

  /**
   * Hands the documents to `take` until it says false or there is no more, giving way to others now and then.
   * @param deadline when to give up, in milliseconds of `performance.now()`
   */
  async each(take: (found: Found) => boolean, deadline = Number.POSITIVE_INFINITY): Promise<void> {
    this.store.freshen();
    let sliceEnd = performance.now() + SLICE_MS;
    for (let step = this.step(); step !== undefined; step = this.step()) {
      if (step !== WORKING && !take(step)) break;
      if (performance.now() < sliceEnd) continue;
      this.suspend();
      await nextTurn();
      if (performance.now() > deadline) throw new MongoFailure("MaxTimeMSExpired", "operation exceeded time limit");
      this.store.freshen();
      sliceEnd = performance.now() + SLICE_MS;
    }
    this.suspend();
  }

  /** The number of matches where the index alone tells it, without reading a document; else undefined. */
  countByKeys(): number | undefined {
    const { access, skip, limit } = this.request;
    if (access.kind !== "index" || !access.exact || skip > 0 || limit > 0) return undefined;
    return access.stretches.reduce((sum, { from, to }) => sum + this.store.countEntries(access.index, from, to), 0);
  }

  /** Lets go of the cursors of LMDB, which must not outlive a turn of the event loop. */
  suspend(): void {
    this.source?.suspend();
  }

  private step(): Step {
    if (this.source === undefined || this.finished) return undefined;
    const step = this.needsSort() ? this.sortedStep() : this.match();
    if (step === undefined || step === WORKING) return step;
    if (this.skipped < this.request.skip) {
      this.skipped++;
      return WORKING;
    }
    this.stats.returned++;
    return step;
  }

  needsSort(): boolean {
    return this.request.sort.length > 0 && !this.request.access.ordered;
  }

  private match(): Step {
    const located = this.source?.next();
    if (located === undefined) return undefined;
    const { recordId } = located;
    const bytes = located.bytes ?? (this.request.collection && this.store.getRecord(this.request.collection, recordId));
    if (bytes === undefined) return WORKING;
    this.stats.docsExamined++;
    const found = this.check(recordId, bytes);
    if (found === undefined) return WORKING;
    this.stats.matched++;
    return found;
  }

  private check(recordId: number, bytes: Buffer): Found | undefined {
    if (this.certain) return new FoundRecord(recordId, bytes);
    const doc = decode(bytes);
    const context: MatchContext = { evaluate: this.request.context.evaluate };
    return matches(this.request.filter, doc, context) ? new FoundRecord(recordId, bytes, doc, context.element) : undefined;
  }

  /** Only the keys are kept while sorting; the documents are read again when their turn comes. */
  private sortedStep(): Step {
    if (!this.sorted) {
      const found = this.match();
      if (found === WORKING) return WORKING;
      if (found !== undefined) {
        this.gathered.push({ recordId: found.recordId, key: sortKeyOf(found.doc, this.request.sort) });
        this.keepBest();
        return WORKING;
      }
      this.arrange();
      this.sorted = true;
    }
    const entry = this.gathered[this.next++];
    const { collection } = this.request;
    if (entry === undefined || collection === undefined) return undefined;
    const bytes = this.store.getRecord(collection, entry.recordId);
    if (bytes === undefined) return WORKING;
    // It may have been changed since it was sorted: then it is left out if it does not match any more.
    return this.check(entry.recordId, bytes) ?? WORKING;
  }

  private arrange(): void {
    // Array.prototype.sort is stable: equal keys stay in the order of the scan.
    this.gathered.sort((left, right) => Buffer.compare(left.key, right.key));
  }

  /** With a limit, no more than twice the wanted number is ever held. */
  private keepBest(): void {
    const { limit, skip } = this.request;
    if (limit === 0 || this.gathered.length < 2 * (limit + skip) + 100) return;
    this.arrange();
    this.gathered.length = limit + skip;
  }
}

interface Located {
  readonly recordId: number;
  readonly bytes?: Buffer;
}

interface Source {
  next(): Located | undefined;
  suspend(): void;
}

function sourceOf(store: Store, collection: CollectionInfo, access: Access, stats: RunStats): Source | undefined {
  switch (access.kind) {
    case "nothing":
      return undefined;
    case "records":
      return new RecordSource(store, collection, access.reverse);
    case "index":
      return new IndexSource(store, access, stats, new Set());
    case "or":
      return new UnionSource(
        access.branches.map((branch) => branch),
        store,
        stats,
      );
  }
}

class RecordSource implements Source {
  private readonly open: (after: number | undefined) => Generator<{ recordId: number; bytes: Buffer }>;
  private rows: Generator<{ recordId: number; bytes: Buffer }> | undefined;
  private last: number | undefined;

  constructor(store: Store, collection: CollectionInfo, reverse: boolean) {
    this.open = (after) => store.scanRecords(collection, reverse, after);
  }

  next(): Located | undefined {
    this.rows ??= this.open(this.last);
    const row = this.rows.next();
    if (row.done === true) return undefined;
    this.last = row.value.recordId;
    return row.value;
  }

  suspend(): void {
    this.rows?.return(undefined);
    this.rows = undefined;
  }
}

class IndexSource implements Source {
  private readonly store: Store;
  private readonly plan: IndexPlan;
  private readonly stats: RunStats;
  private readonly seen: Set<number>;
  private readonly mayRepeat: boolean;
  private stretch = 0;
  private keys: Generator<Buffer> | undefined;
  private last: Buffer | undefined;

  constructor(store: Store, plan: IndexPlan, stats: RunStats, seen: Set<number>, union = false) {
    this.store = store;
    this.plan = plan;
    this.stats = stats;
    this.seen = seen;
    // A document has several entries in a multikey index, and may be found by several branches of a union.
    this.mayRepeat = union || plan.index.arrays.size > 0;
  }

  next(): Located | undefined {
    const { index, stretches, reverse } = this.plan;
    for (;;) {
      const current = stretches[reverse ? stretches.length - 1 - this.stretch : this.stretch];
      if (current === undefined) return undefined;
      this.keys ??= this.store.scanEntries(index, current.from, current.to, reverse, this.last);
      const key = this.keys.next();
      if (key.done === true) {
        this.keys = undefined;
        this.last = undefined;
        this.stretch++;
        continue;
      }
      this.last = key.value;
      this.stats.keysExamined++;
      const recordId = recordIdOf(key.value);
      if (this.mayRepeat) {
        if (this.seen.has(recordId)) continue;
        this.seen.add(recordId);
      }
      return { recordId };
    }
  }

  suspend(): void {
    this.keys?.return(undefined);
    this.keys = undefined;
  }
}

class UnionSource implements Source {
  private readonly sources: IndexSource[];
  private at = 0;

  constructor(branches: readonly IndexPlan[], store: Store, stats: RunStats) {
    const seen = new Set<number>();
    this.sources = branches.map((branch) => new IndexSource(store, branch, stats, seen, true));
  }

  next(): Located | undefined {
    for (; this.at < this.sources.length; this.at++) {
      const located = this.sources[this.at]?.next();
      if (located !== undefined) return located;
    }
    return undefined;
  }

  suspend(): void {
    this.sources[this.at]?.suspend();
  }
}
