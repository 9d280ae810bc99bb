/** Documents with their index entries: every change here touches both, within the write it is called in. */
import { ObjectId } from "bson";
import { type CollectionInfo, type IndexInfo, keyPattern, namespaceOf } from "./catalog.ts";
import { MongoFailure } from "./failure.ts";
import { type IndexKeys, keysOf } from "./index-keys.ts";
import { type MatchContext, matches } from "./matcher.ts";
import type { Store } from "./store.ts";
import { type Doc, MAX_DOCUMENT_BYTES, tooLarge, type Value } from "./values.ts";

interface Placed {
  readonly index: IndexInfo;
  readonly keys: IndexKeys;
}

/** Adds a document, whose `_id` is set and first. @throws {MongoFailure} DuplicateKey, before anything is written. */
export function insertRecord(store: Store, collection: CollectionInfo, doc: Doc, bytes: Buffer, context: MatchContext): void {
  if (bytes.length > MAX_DOCUMENT_BYTES) throw tooLarge();
  const placed = collection.indexes.map((index) => place(index, doc, context));
  for (const { index, keys } of placed) assertUnique(store, collection, index, keys, undefined);
  const recordId = store.takeRecordId(collection);
  store.putRecord(collection, recordId, bytes);
  for (const { index, keys } of placed) for (const key of keys.keys) store.putEntry(index, key, recordId);
  noteShapes(store, collection, placed);
}

/** Puts `next` in the place of `previous`. @throws {MongoFailure} DuplicateKey, before anything is written. */
export function replaceRecord(
  store: Store,
  collection: CollectionInfo,
  recordId: number,
  previous: Doc,
  next: Doc,
  bytes: Buffer,
  context: MatchContext,
): void {
  if (bytes.length > MAX_DOCUMENT_BYTES) throw tooLarge();
  const changes = collection.indexes.map((index) => {
    const before = place(index, previous, context).keys;
    const after = place(index, next, context).keys;
    const old = new Set(before.keys.map(asText));
    const kept = new Set(after.keys.map(asText));
    return {
      index,
      keys: after,
      added: after.keys.filter((key) => !old.has(asText(key))),
      removed: before.keys.filter((key) => !kept.has(asText(key))),
    };
  });
  for (const { index, keys, added } of changes) if (added.length > 0) assertUnique(store, collection, index, keys, recordId);
  store.putRecord(collection, recordId, bytes);
  for (const { index, added, removed } of changes) {
    for (const key of removed) store.removeEntry(index, key, recordId);
    for (const key of added) store.putEntry(index, key, recordId);
  }
  noteShapes(store, collection, changes);
}

export function removeRecord(store: Store, collection: CollectionInfo, recordId: number, doc: Doc, context: MatchContext): void {
  for (const index of collection.indexes) {
    for (const key of place(index, doc, context).keys.keys) store.removeEntry(index, key, recordId);
  }
  store.removeRecord(collection, recordId);
}

const asText = (key: Buffer): string => key.toString("latin1");

const NONE: IndexKeys = { keys: [], tuples: [], arrays: new Set(), shortened: false };

function place(index: IndexInfo, doc: Doc, context: MatchContext): Placed {
  const inside = index.partial === undefined || matches(index.partial.filter, doc, { evaluate: context.evaluate });
  return { index, keys: inside ? keysOf(index, doc) : NONE };
}

function assertUnique(
  store: Store,
  collection: CollectionInfo,
  index: IndexInfo,
  { keys, tuples }: IndexKeys,
  self: number | undefined,
): void {
  if (!index.unique) return;
  for (const [i, key] of keys.entries()) {
    if (store.holderOf(index, key, self) !== undefined) throw duplicateKey(collection, index, tuples[i] ?? []);
  }
}

/** Error 11000 with the fields that drivers read: `keyPattern` and `keyValue`. */
export function duplicateKey(collection: CollectionInfo, index: IndexInfo, tuple: readonly Value[]): MongoFailure {
  const values: Doc = Object.fromEntries(index.fields.map(({ path }, i) => [path, tuple[i] ?? null]));
  const shown = index.fields.map(({ path }) => `${path}: ${show(values[path])}`).join(", ");
  return new MongoFailure(
    "DuplicateKey",
    `E11000 duplicate key error collection: ${namespaceOf(collection)} index: ${index.name} dup key: { ${shown} }`,
    { details: { keyPattern: keyPattern(index), keyValue: values } },
  );
}

function show(value: Value): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || value === undefined) return "null";
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** An index remembers which of its paths are arrays, and whether a key was shortened: the planner must know. */
function noteShapes(store: Store, collection: CollectionInfo, placed: readonly Placed[]): void {
  const news = placed.some(({ index, keys }) => isNews(index, keys));
  if (!news) return;
  const indexes = collection.indexes.map((index) => {
    const keys = placed.find((one) => one.index.id === index.id)?.keys;
    return keys === undefined || !isNews(index, keys)
      ? index
      : { ...index, arrays: new Set([...index.arrays, ...keys.arrays]), shortened: index.shortened || keys.shortened };
  });
  store.saveCollection({ ...collection, indexes });
}

const isNews = (index: IndexInfo, keys: IndexKeys): boolean =>
  (keys.shortened && !index.shortened) || [...keys.arrays].some((path) => !index.arrays.has(path));

/**
 * Fills a new index from the documents there are.
 * @returns the index with what was learnt of the documents' shapes. @throws {MongoFailure} DuplicateKey; the write is undone.
 */
export function fillIndex(
  store: Store,
  collection: CollectionInfo,
  index: IndexInfo,
  decodeDoc: (bytes: Buffer) => Doc,
  context: MatchContext,
): IndexInfo {
  const arrays = new Set<string>();
  let shortened = false;
  for (const { recordId, bytes } of store.scanRecords(collection, false, undefined)) {
    const { keys } = place(index, decodeDoc(bytes), context);
    assertUnique(store, collection, index, keys, recordId);
    for (const key of keys.keys) store.putEntry(index, key, recordId);
    for (const path of keys.arrays) arrays.add(path);
    shortened ||= keys.shortened;
  }
  return { ...index, arrays, shortened };
}
