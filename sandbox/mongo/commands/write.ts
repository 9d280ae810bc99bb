/** `insert`, `update` and `delete`. */
import { ObjectId } from "bson";
import { argument, commandSchema, parseArguments } from "../arguments.ts";
import type { CollectionInfo } from "../catalog.ts";
import { asFailure, MongoFailure } from "../failure.ts";
import { matches } from "../matcher.ts";
import { firstFound, parseQuery, type Query, startRun } from "../query.ts";
import { insertRecord, removeRecord, replaceRecord } from "../records.ts";
import type { Store } from "../store.ts";
import { applyUpdate, parseUpdate, type Update, upserted, withId } from "../update.ts";
import { BsonType, type Doc, decode, encode, field, typeOf, type Value } from "../values.ts";
import type { Answer } from "../wire.ts";
import { type CommandContext, collectionName } from "./command.ts";
import { batchesOf, CHUNK, type Gate, type Run, throughGate } from "./update-batches.ts";

interface WriteError {
  readonly index: number;
  readonly failure: MongoFailure;
}

function writeErrors(errors: readonly WriteError[]): Record<string, unknown> {
  if (errors.length === 0) return {};
  return {
    writeErrors: errors.map(({ index, failure }) => ({ index, code: failure.code, ...failure.details, errmsg: failure.message })),
  };
}

const insertSchema = commandSchema({
  insert: argument.text,
  documents: argument.docs,
  ordered: argument.flag.optional(),
  bypassDocumentValidation: argument.flag.optional(),
});

const MOST_STATEMENTS = 100_000;

function assertCount(count: number): void {
  if (count === 0 || count > MOST_STATEMENTS) {
    throw new MongoFailure(
      "InvalidLength",
      `Write batch sizes must be between 1 and ${MOST_STATEMENTS}. Got ${count} operations.`,
    );
  }
}

export async function insert(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(insertSchema, "insert", body);
  const name = collectionName(db, given.insert);
  const ordered = given.ordered !== false;
  assertCount(given.documents.length);
  const { store } = service;
  const { context } = parseQuery({}, service.now());
  const errors: WriteError[] = [];
  let n = 0;
  for (let start = 0; start < given.documents.length && (errors.length === 0 || !ordered); start += CHUNK) {
    const chunk = given.documents.slice(start, start + CHUNK);
    const outcome = await store.write(() => {
      const failures: WriteError[] = [];
      let inserted = 0;
      for (const [i, doc] of chunk.entries()) {
        try {
          const ready = prepare(doc);
          insertRecord(store, ensureCollection(store, db, name), ready, encode(ready), context);
          inserted++;
        } catch (error) {
          failures.push({ index: start + i, failure: asFailure(error) });
          if (ordered) break;
        }
      }
      return { inserted, failures };
    });
    n += outcome.inserted;
    errors.push(...outcome.failures);
  }
  return { n, ...writeErrors(errors), ok: 1 };
}

export function ensureCollection(store: Store, db: string, name: string): CollectionInfo {
  return store.collection(db, name) ?? store.createCollection(db, name);
}

/** The document with its `_id`, first. @throws {MongoFailure} for an `_id` that cannot be one */
function prepare(doc: Doc): Doc {
  const id = field(doc, "_id");
  assertId(id);
  return id !== undefined && Object.keys(doc)[0] === "_id" ? doc : withId(doc, id ?? new ObjectId());
}

function assertId(id: Value): void {
  const type = typeOf(id);
  if (type === BsonType.array || type === BsonType.regex) {
    throw new MongoFailure("InvalidIdField", `The '_id' value cannot be of type ${type === BsonType.array ? "array" : "regex"}`);
  }
}

const updateSchema = commandSchema({
  update: argument.text,
  updates: argument.docs,
  ordered: argument.flag.optional(),
  bypassDocumentValidation: argument.flag.optional(),
  let: argument.doc.optional(),
});

const updateStatement = commandSchema({
  q: argument.doc,
  u: argument.value,
  c: argument.doc.optional(),
  upsert: argument.flag.optional(),
  multi: argument.flag.optional(),
  arrayFilters: argument.value.optional(),
  hint: argument.value.optional(),
  sort: argument.value.optional(),
});

/** What an update did: how many it found and changed, and the `_id` it inserted. */
export interface UpdateResult {
  readonly matched: number;
  readonly modified: number;
  readonly upserted: { readonly id: Value } | undefined;
}

export async function update(body: Doc, context: CommandContext): Promise<Answer> {
  const { db } = context;
  const given = parseArguments(updateSchema, "update", body);
  const name = collectionName(db, given.update);
  assertCount(given.updates.length);
  const ordered = given.ordered !== false;
  const errors: WriteError[] = [];
  const inserted: { index: number; _id: Value }[] = [];
  let n = 0;
  let nModified = 0;
  let start = 0;
  for (const batch of batchesOf(given.updates)) {
    const gate: Gate = { failed: Number.POSITIVE_INFINITY };
    const outcomes = await Promise.allSettled(
      batch.map((statement, place) =>
        throughGate(gate, ordered, place, (run: Run<UpdateResult>) => updateOne(context, name, statement, given.let, run)),
      ),
    );
    for (const [place, outcome] of outcomes.entries()) {
      const index = start + place;
      if (ordered && place > gate.failed) break;
      if (outcome.status === "rejected") errors.push({ index, failure: asFailure(outcome.reason) });
      else if (outcome.value !== undefined) {
        n += outcome.value.matched + (outcome.value.upserted === undefined ? 0 : 1);
        nModified += outcome.value.modified;
        if (outcome.value.upserted !== undefined) inserted.push({ index, _id: outcome.value.upserted.id });
      }
    }
    if (ordered && errors.length > 0) break;
    start += batch.length;
  }
  return { n, nModified, ...(inserted.length > 0 ? { upserted: inserted } : {}), ...writeErrors(errors), ok: 1 };
}

async function updateOne(
  { service, db }: CommandContext,
  name: string,
  source: Doc,
  variables: Doc | undefined,
  run: Run<UpdateResult>,
): Promise<UpdateResult | undefined> {
  const { store } = service;
  const now = service.now();
  const given = parseArguments(updateStatement, "update.updates", source);
  const query = parseQuery({ filter: given.q, sort: given.sort, hint: given.hint, let: variables }, now);
  const change = parseUpdate(given.u, given.arrayFilters, { ...variables, ...given.c });
  const request = { db, name, query, update: change, upsert: given.upsert === true, now };
  if (given.multi !== true) return store.write(() => run(() => updateFirst(store, request).result));
  if (change.kind === "replacement")
    throw new MongoFailure("FailedToParse", "multi update is not supported for replacement-style update");
  return updateMany(store, request);
}

export interface UpdateRequest {
  readonly db: string;
  readonly name: string;
  readonly query: Query;
  readonly update: Update;
  readonly upsert: boolean;
  readonly now: Date;
}

/** A document with its bytes, for an answer. */
export interface Shown {
  readonly doc: Doc;
  readonly bytes: Buffer;
  readonly element: number | undefined;
}

export interface Changed {
  readonly result: UpdateResult;
  readonly before: Shown | undefined;
  readonly after: Shown | undefined;
}

const UNTOUCHED: UpdateResult = { matched: 0, modified: 0, upserted: undefined };

/** In a write: updates the first document found, or inserts one. */
export function updateFirst(store: Store, request: UpdateRequest): Changed {
  const found = firstFound(store, store.collection(request.db, request.name), request.query);
  if (found !== undefined) {
    const { modified, ...after } = changeRecord(store, request, found.recordId, found);
    return { result: { matched: 1, modified: modified ? 1 : 0, upserted: undefined }, before: found, after };
  }
  if (!request.upsert) return { result: UNTOUCHED, before: undefined, after: undefined };
  const made = insertUpserted(store, request);
  const result = { matched: 0, modified: 0, upserted: { id: made.doc._id } };
  return { result, before: undefined, after: made };
}

function changeRecord(
  store: Store,
  request: UpdateRequest,
  recordId: number,
  before: Shown,
): Shown & { readonly modified: boolean } {
  const { db, name, query, update: change, now } = request;
  const collection = store.collection(db, name);
  if (collection === undefined) throw new MongoFailure("NamespaceNotFound", `ns not found: ${db}.${name}`);
  const { element } = before;
  const doc = applyUpdate(change, before.doc, { match: query.context, element, now, inserting: false });
  const bytes = encode(doc);
  if (bytes.equals(before.bytes)) return { doc: before.doc, bytes, element, modified: false };
  replaceRecord(store, collection, recordId, before.doc, doc, bytes, query.context);
  return { doc, bytes, element, modified: true };
}

function insertUpserted(store: Store, { db, name, query, update: change, now }: UpdateRequest): Shown {
  const doc = upserted(change, query.filter, { match: query.context, now });
  assertId(doc._id);
  const bytes = encode(doc);
  insertRecord(store, ensureCollection(store, db, name), doc, bytes, query.context);
  return { doc, bytes, element: undefined };
}

/** First all that match now, then each of them, if it still matches: a document is never changed twice by one update. */
async function updateMany(store: Store, request: UpdateRequest): Promise<UpdateResult> {
  const ids = await matchingIds(store, request);
  let matched = 0;
  let modified = 0;
  for (let start = 0; start < ids.length; start += CHUNK) {
    const chunk = ids.slice(start, start + CHUNK);
    const outcome = await store.write(() => {
      let failure: unknown;
      const done = { matched: 0, modified: 0 };
      for (const recordId of chunk) {
        try {
          const still = stillMatching(store, request, recordId);
          if (still === undefined) continue;
          if (changeRecord(store, request, recordId, still).modified) done.modified++;
          done.matched++;
        } catch (error) {
          // As in MongoDB, what was changed before the fault stays changed.
          failure = error;
          break;
        }
      }
      return { ...done, failure };
    });
    matched += outcome.matched;
    modified += outcome.modified;
    if (outcome.failure !== undefined) throw outcome.failure;
  }
  if (matched > 0 || !request.upsert) return { matched, modified, upserted: undefined };
  const { result } = await store.write(() => updateFirst(store, request));
  return result;
}

async function matchingIds(store: Store, { db, name, query }: Pick<UpdateRequest, "db" | "name" | "query">): Promise<number[]> {
  const ids: number[] = [];
  store.freshen();
  const { run } = startRun(store, store.collection(db, name), query);
  await run.each(({ recordId }) => {
    ids.push(recordId);
    return true;
  });
  return ids;
}

function stillMatching(
  store: Store,
  { db, name, query }: Pick<UpdateRequest, "db" | "name" | "query">,
  recordId: number,
): Shown | undefined {
  const collection = store.collection(db, name);
  const bytes = collection && store.getRecord(collection, recordId);
  if (bytes === undefined) return undefined;
  const doc = decode(bytes);
  const context = { evaluate: query.context.evaluate, element: undefined };
  return matches(query.filter, doc, context) ? { doc, bytes, element: context.element } : undefined;
}

const deleteSchema = commandSchema({
  delete: argument.text,
  deletes: argument.docs,
  ordered: argument.flag.optional(),
  let: argument.doc.optional(),
});

const deleteStatement = commandSchema({
  q: argument.doc,
  limit: argument.integer,
  hint: argument.value.optional(),
});

export async function remove(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(deleteSchema, "delete", body);
  const name = collectionName(db, given.delete);
  assertCount(given.deletes.length);
  const errors: WriteError[] = [];
  let n = 0;
  for (const [index, source] of given.deletes.entries()) {
    try {
      const statement = parseArguments(deleteStatement, "delete.deletes", source);
      if (statement.limit !== 0 && statement.limit !== 1) {
        throw new MongoFailure("FailedToParse", `The limit field in delete objects must be 0 or 1. Got ${statement.limit}`);
      }
      const query = parseQuery({ filter: statement.q, hint: statement.hint, let: given.let }, service.now());
      const request = { db, name, query };
      n +=
        statement.limit === 1
          ? await service.store.write(() => (removeFirst(service.store, request) === undefined ? 0 : 1))
          : await removeMany(service.store, request);
    } catch (error) {
      errors.push({ index, failure: asFailure(error) });
      if (given.ordered !== false) break;
    }
  }
  return { n, ...writeErrors(errors), ok: 1 };
}

/** In a write: deletes the first document found and returns it. */
export function removeFirst(store: Store, { db, name, query }: Pick<UpdateRequest, "db" | "name" | "query">): Shown | undefined {
  const collection = store.collection(db, name);
  const found = firstFound(store, collection, query);
  if (found === undefined || collection === undefined) return undefined;
  removeRecord(store, collection, found.recordId, found.doc, query.context);
  return found;
}

async function removeMany(store: Store, request: Pick<UpdateRequest, "db" | "name" | "query">): Promise<number> {
  const ids = await matchingIds(store, request);
  let n = 0;
  for (let start = 0; start < ids.length; start += CHUNK) {
    const chunk = ids.slice(start, start + CHUNK);
    n += await store.write(() => {
      let removed = 0;
      for (const recordId of chunk) {
        const still = stillMatching(store, request, recordId);
        const collection = store.collection(request.db, request.name);
        if (still === undefined || collection === undefined) continue;
        removeRecord(store, collection, recordId, still.doc, request.query.context);
        removed++;
      }
      return removed;
    });
  }
  return n;
}
