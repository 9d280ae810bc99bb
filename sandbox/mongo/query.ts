/** The queries of commands, from their arguments to a run. */

import { expressionContext } from "./aggregation.ts";
import { BATCH_BYTES } from "./batch.ts";
import type { CollectionInfo } from "./catalog.ts";
import type { Batch, BatchSource } from "./cursors.ts";
import { MongoFailure } from "./failure.ts";
import { type Filter, parseFilter } from "./filter.ts";
import type { MatchContext } from "./matcher.ts";
import { type Access, plan } from "./planner.ts";
import { applyProjection, isIdentity, type Projection } from "./projection.ts";
import { type Found, QueryRun } from "./query-run.ts";
import { parseSort, type SortKey } from "./sort.ts";
import type { Store } from "./store.ts";
import { type Doc, encode, type Value } from "./values.ts";

export interface QueryArguments {
  readonly filter?: Doc | undefined;
  readonly sort?: Value;
  readonly skip?: number | undefined;
  readonly limit?: number | undefined;
  readonly hint?: Value;
  readonly let?: Doc | undefined;
}

export interface Query {
  readonly filter: Filter;
  readonly sort: readonly SortKey[];
  readonly skip: number;
  readonly limit: number;
  readonly hint: Value;
  readonly context: MatchContext;
}

/** @throws {MongoFailure} for what MongoDB refuses in filters, sorts, skips and limits */
export function parseQuery(given: QueryArguments, now: Date): Query {
  const skip = given.skip ?? 0;
  const limit = given.limit ?? 0;
  if (skip < 0) throw new MongoFailure("Location51024", `BSON field 'skip' value must be >= 0, actual value '${skip}'`);
  if (limit < 0) throw new MongoFailure("Location51024", `BSON field 'limit' value must be >= 0, actual value '${limit}'`);
  return {
    filter: parseFilter(given.filter ?? {}),
    sort: parseSort(given.sort),
    skip,
    limit,
    hint: given.hint,
    context: expressionContext(given.let ?? {}, now),
  };
}

/** A run of the query by the plan that is best now. */
export function startRun(store: Store, collection: CollectionInfo | undefined, query: Query): { run: QueryRun; access: Access } {
  const access = plan(store, collection, query);
  return { access, run: new QueryRun(store, { ...query, collection, access }) };
}

/** In a write: the first document found. */
export function firstFound(store: Store, collection: CollectionInfo | undefined, query: Query): Found | undefined {
  const { run } = startRun(store, collection, { ...query, limit: 1 });
  try {
    for (const found of run.now()) return found;
    return undefined;
  } finally {
    run.suspend();
  }
}

/** The documents of a query, batch by batch. */
export class QueryBatches implements BatchSource {
  private readonly run: QueryRun;
  private readonly projection: Projection;
  private readonly context: MatchContext;
  /** A document that was read but had no room in the batch. */
  private held: Uint8Array | undefined;

  constructor(run: QueryRun, projection: Projection, context: MatchContext) {
    this.run = run;
    this.projection = projection;
    this.context = context;
  }

  async batch(count: number, deadline: number): Promise<Batch> {
    const documents: Uint8Array[] = [];
    let size = 0;
    let stopped = count === 0;
    if (count > 0 && this.held !== undefined) {
      documents.push(this.held);
      size = this.held.length;
      this.held = undefined;
      stopped = documents.length >= count;
    }
    if (!stopped) {
      await this.run.each((found) => {
        const bytes = this.show(found);
        if (documents.length > 0 && size + bytes.length > BATCH_BYTES) {
          this.held = bytes;
          stopped = true;
          return false;
        }
        documents.push(bytes);
        // An element of an array costs its position besides.
        size += bytes.length + 12;
        stopped = documents.length >= count;
        return !stopped;
      }, deadline);
    }
    return { documents, done: this.held === undefined && (!stopped || this.run.finished) };
  }

  /** The stored bytes as they are, if nothing is projected: the document is then not even decoded. */
  private show(found: Found): Uint8Array {
    if (isIdentity(this.projection)) return found.bytes;
    return encode(applyProjection(this.projection, found.doc, found.element, this.context));
  }
}

/** Documents that are already there (an aggregation's result), batch by batch. */
export class ListBatches implements BatchSource {
  private readonly documents: readonly Uint8Array[];
  private next = 0;

  constructor(documents: readonly Uint8Array[]) {
    this.documents = documents;
  }

  async batch(count: number): Promise<Batch> {
    const documents: Uint8Array[] = [];
    let size = 0;
    for (
      let bytes = this.documents[this.next];
      bytes !== undefined && documents.length < count;
      bytes = this.documents[this.next]
    ) {
      size += bytes.length + 12;
      if (documents.length > 0 && size > BATCH_BYTES) break;
      documents.push(bytes);
      this.next++;
    }
    return { documents, done: this.next >= this.documents.length };
  }
}
