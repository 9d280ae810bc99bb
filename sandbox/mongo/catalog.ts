/** What collections and indexes there are. Kept in memory whole, and in LMDB entry by entry. */
import { MongoFailure } from "./failure.ts";
import { type Filter, parseFilter } from "./filter.ts";
import { type Doc, field, isDoc, isNumeric, toNumber, type Value } from "./values.ts";

export interface IndexField {
  readonly path: string;
  readonly parts: readonly string[];
  readonly direction: 1 | -1;
}

export interface IndexInfo {
  readonly id: number;
  readonly name: string;
  readonly fields: readonly IndexField[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly hidden: boolean;
  readonly partial: { readonly source: Doc; readonly filter: Filter } | undefined;
  /** Seconds after the date of the field at which the document is deleted. */
  readonly expireAfterSeconds: number | undefined;
  /** The paths that have been an array in a document of this index; never shrinks. */
  readonly arrays: ReadonlySet<string>;
  /** Some key was too long and shortened: the index no longer gives an order. */
  readonly shortened: boolean;
}

export interface CollectionInfo {
  readonly id: number;
  readonly db: string;
  readonly name: string;
  /** A UUID as MongoDB gives each collection, 16 bytes in hexadecimal. */
  readonly uuid: string;
  /** The index of `_id` is always the first. */
  readonly indexes: readonly IndexInfo[];
}

export const namespaceOf = (collection: { db: string; name: string }): string => `${collection.db}.${collection.name}`;

/** What `createIndexes` asks for, before the index has an id. */
export type IndexRequest = Omit<IndexInfo, "id" | "arrays" | "shortened">;

const KNOWN_OPTIONS = new Set([
  "v",
  "key",
  "name",
  "ns",
  "unique",
  "sparse",
  "hidden",
  "background",
  "partialFilterExpression",
  "expireAfterSeconds",
]);

/** @throws {MongoFailure} CannotCreateIndex and the like, for what MongoDB refuses and for kinds of indexes not served here. */
export function parseIndex(source: Doc): IndexRequest {
  const unknown = Object.keys(source).find((option) => !KNOWN_OPTIONS.has(option));
  if (unknown !== undefined)
    throw new MongoFailure("NotImplemented", `the index option ${unknown} is not served by this embedded server`);
  const fields = parseKey(field(source, "key"));
  const name = field(source, "name") ?? defaultName(fields);
  if (typeof name !== "string" || name === "") throw new MongoFailure("CannotCreateIndex", "index name cannot be empty");
  const sparse = flag(source, "sparse");
  const partial = parsePartial(field(source, "partialFilterExpression"));
  if (sparse && partial !== undefined) {
    throw new MongoFailure("CannotCreateIndex", 'cannot mix "partialFilterExpression" and "sparse" options');
  }
  const expireAfterSeconds = parseExpiry(field(source, "expireAfterSeconds"), fields);
  return { name, fields, unique: flag(source, "unique"), sparse, hidden: flag(source, "hidden"), partial, expireAfterSeconds };
}

function parseKey(key: Value): IndexField[] {
  if (!isDoc(key) || Object.keys(key).length === 0)
    throw new MongoFailure("CannotCreateIndex", "Index keys cannot be an empty object");
  return Object.keys(key).map((path) => {
    const value = field(key, path);
    if (!isNumeric(value)) {
      throw new MongoFailure(
        "CannotCreateIndex",
        `an index of kind ${JSON.stringify(value)} is not served by this embedded server`,
      );
    }
    const number = toNumber(value);
    if (number === 0 || Number.isNaN(number))
      throw new MongoFailure("CannotCreateIndex", "Values in the index key pattern cannot be 0");
    const parts = path.split(".");
    if (parts.includes("")) throw new MongoFailure("CannotCreateIndex", "Index keys cannot contain an empty field");
    if (parts.some((part) => part.startsWith("$"))) {
      throw new MongoFailure(
        "CannotCreateIndex",
        `Index key contains an illegal field name: field name starts with '$'. ${path}`,
      );
    }
    return { path, parts, direction: number > 0 ? 1 : -1 };
  });
}

export const defaultName = (fields: readonly IndexField[]): string =>
  fields.map(({ path, direction }) => `${path}_${direction}`).join("_");

function flag(source: Doc, name: string): boolean {
  const value = field(source, name);
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  if (isNumeric(value)) return toNumber(value) !== 0;
  throw new MongoFailure("TypeMismatch", `The field '${name}' has value ${String(value)}, which is not convertible to bool`);
}

function parsePartial(source: Value): IndexInfo["partial"] {
  if (source === undefined) return undefined;
  if (!isDoc(source)) throw new MongoFailure("TypeMismatch", "partialFilterExpression must be a document");
  const filter = parseFilter(source);
  assertPartial(filter);
  return { source, filter };
}

const PARTIAL_OPERATORS = new Set(["eq", "in", "gt", "gte", "lt", "lte", "exists", "type"]);

function assertPartial(filter: Filter): void {
  if ((filter.kind === "and" || filter.kind === "or") && filter.clauses.length >= 0) {
    filter.clauses.forEach(assertPartial);
    return;
  }
  if (filter.kind === "field" && PARTIAL_OPERATORS.has(filter.predicate.op)) return;
  throw new MongoFailure("CannotCreateIndex", "Expression not supported in partial index");
}

function parseExpiry(value: Value, fields: readonly IndexField[]): number | undefined {
  if (value === undefined) return undefined;
  if (!isNumeric(value)) throw new MongoFailure("CannotCreateIndex", "TTL index 'expireAfterSeconds' option must be numeric");
  const seconds = toNumber(value);
  if (!(seconds >= 0 && seconds <= 0x7fffffff)) {
    throw new MongoFailure("CannotCreateIndex", "TTL index 'expireAfterSeconds' option must be within an acceptable range");
  }
  if (fields.length !== 1)
    throw new MongoFailure("CannotCreateIndex", "TTL indexes are single-field indexes, compound indexes do not support TTL");
  if (fields[0]?.path === "_id")
    throw new MongoFailure("CannotCreateIndex", "The field 'expireAfterSeconds' is not valid for an _id index specification");
  return Math.trunc(seconds);
}

/** The key pattern as MongoDB shows it: `{nom: 1, date: -1}`. */
export function keyPattern(index: { readonly fields: readonly IndexField[] }): Record<string, number> {
  return Object.fromEntries(index.fields.map(({ path, direction }) => [path, direction]));
}

/** The index as `listIndexes` shows it. */
export function describeIndex(index: IndexInfo): Record<string, unknown> {
  return {
    v: 2,
    key: keyPattern(index),
    name: index.name,
    ...(index.unique && index.name !== "_id_" ? { unique: true } : {}),
    ...(index.sparse ? { sparse: true } : {}),
    ...(index.hidden ? { hidden: true } : {}),
    ...(index.partial === undefined ? {} : { partialFilterExpression: index.partial.source }),
    ...(index.expireAfterSeconds === undefined ? {} : { expireAfterSeconds: index.expireAfterSeconds }),
  };
}

/** The whole entry as a document, and back. */
export function collectionToDoc(collection: CollectionInfo): Record<string, unknown> {
  return {
    id: collection.id,
    db: collection.db,
    name: collection.name,
    uuid: collection.uuid,
    indexes: collection.indexes.map((index) => ({
      id: index.id,
      spec: { ...describeIndex(index), ...(index.unique ? { unique: true } : {}) },
      arrays: [...index.arrays],
      shortened: index.shortened,
    })),
  };
}

export function collectionFromDoc(doc: Doc): CollectionInfo {
  const indexes = doc.indexes as Doc[];
  return {
    id: toNumber(doc.id as number),
    db: doc.db as string,
    name: doc.name as string,
    uuid: doc.uuid as string,
    indexes: indexes.map((index) => ({
      ...parseIndex(index.spec as Doc),
      id: toNumber(index.id as number),
      arrays: new Set(index.arrays as string[]),
      shortened: index.shortened === true,
    })),
  };
}
