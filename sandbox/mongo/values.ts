/** BSON values in memory: decoded without promotion, so that what is stored keeps its type when it is written back. */
import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  deserialize,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
  UUID,
} from "bson";
import { MongoFailure } from "./failure.ts";

/** A missing field and the deprecated BSON type « undefined » are both `undefined`. */
export type Value =
  | undefined
  | null
  | string
  | boolean
  | number
  | Date
  | Binary
  | BSONRegExp
  | BSONSymbol
  | Code
  | DBRef
  | Decimal128
  | Double
  | Int32
  | Long
  | MaxKey
  | MinKey
  | ObjectId
  | Timestamp
  | Value[]
  | Doc;

/** A document. Fields are read with {@link field} and written with {@link setField}: a name may be `__proto__`. */
export interface Doc {
  [name: string]: Value;
}

/** The numbers MongoDB gives to the BSON types, as `$type` takes them. */
export const BsonType = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
} as const;

const BY_CLASS = new Map<unknown, number>([
  [Object.prototype, BsonType.object],
  [Array.prototype, BsonType.array],
  [Date.prototype, BsonType.date],
  [Int32.prototype, BsonType.int],
  [Double.prototype, BsonType.double],
  [Long.prototype, BsonType.long],
  [Decimal128.prototype, BsonType.decimal],
  [ObjectId.prototype, BsonType.objectId],
  [Binary.prototype, BsonType.binData],
  [UUID.prototype, BsonType.binData],
  [BSONRegExp.prototype, BsonType.regex],
  [BSONSymbol.prototype, BsonType.symbol],
  [Timestamp.prototype, BsonType.timestamp],
  [MinKey.prototype, BsonType.minKey],
  [MaxKey.prototype, BsonType.maxKey],
  [Code.prototype, BsonType.javascript],
  [DBRef.prototype, BsonType.object],
]);

/** The BSON type number of a value; a JavaScript number counts as the type it would be written as. */
export function typeOf(value: Value): number {
  switch (typeof value) {
    case "string":
      return BsonType.string;
    case "boolean":
      return BsonType.bool;
    case "undefined":
      return BsonType.undefined;
    case "number":
      return isInt32(value) ? BsonType.int : BsonType.double;
    default:
  }
  if (value === null) return BsonType.null;
  const type = BY_CLASS.get(Object.getPrototypeOf(value));
  if (type === undefined) throw new MongoFailure("BadValue", "a value of a type that this server does not know");
  return type;
}

const isInt32 = (value: number): boolean => (value | 0) === value && !Object.is(value, -0);

export function isDoc(value: Value): value is Doc {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

export function isNumeric(value: Value): value is number | Int32 | Double | Long | Decimal128 {
  switch (typeOf(value)) {
    case BsonType.int:
    case BsonType.double:
    case BsonType.long:
    case BsonType.decimal:
      return true;
    default:
      return false;
  }
}

/** A numeric value as a JavaScript number: exact up to 2^53, the nearest double beyond. */
export function toNumber(value: number | Int32 | Double | Long | Decimal128): number {
  if (typeof value === "number") return value;
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (value instanceof Long) return value.toNumber();
  return Number(value.toString());
}

/** The field of that name, never an inherited property. */
export function field(doc: Doc, name: string): Value {
  return Object.hasOwn(doc, name) ? doc[name] : undefined;
}

/** Sets a field; a plain assignment to `__proto__` would change the object's prototype instead. */
export function setField(doc: Doc, name: string, value: Value): void {
  if (name === "__proto__") Object.defineProperty(doc, name, { value, writable: true, enumerable: true, configurable: true });
  else doc[name] = value;
}

/** MongoDB's bounds: a stored document has 16 MB and 100 levels at most; a command may be a little deeper. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const MAX_DEPTH = 180;

const TYPED = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true } as const;

/** Decodes a document of this server's own storage, every number keeping its BSON type. */
export function decode(bytes: Uint8Array): Doc {
  return deserialize(bytes, TYPED) as Doc;
}

/**
 * Decodes a document that came over the wire.
 * @throws {MongoFailure} when the bytes are no BSON, or are nested too deeply for the recursive code that reads them.
 */
export function decodeUntrusted(bytes: Uint8Array): Doc {
  let doc: Doc;
  try {
    doc = decode(bytes);
  } catch (cause) {
    throw new MongoFailure("BadValue", "invalid BSON", { cause });
  }
  // A level of nesting takes 8 bytes at least: shorter documents cannot be too deep.
  if (bytes.length > MAX_DEPTH * 8 && depthExceeds(doc, MAX_DEPTH)) {
    throw new MongoFailure("BadValue", `document exceeds maximum nested depth of ${MAX_DEPTH}`);
  }
  return doc;
}

function depthExceeds(value: Value, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (!Array.isArray(value) && !isDoc(value)) return false;
  if (levels === 0) return true;
  for (const child of Array.isArray(value) ? value : Object.values(value)) {
    if (typeof child === "object" && depthExceeds(child, levels - 1)) return true;
  }
  return false;
}

/**
 * Encodes a document for storage or for an answer.
 * @throws {MongoFailure} BSONObjectTooLarge above 16 MB; BadValue where a field named `_bsontype` would be mistaken for a type.
 */
export function encode(doc: Doc | Record<string, unknown>): Buffer {
  let bytes: Uint8Array;
  try {
    bytes = serialize(doc, { ignoreUndefined: true });
  } catch (cause) {
    if (isRangeError(cause)) throw tooLarge();
    throw new MongoFailure("BadValue", cause instanceof Error ? cause.message : "a document that cannot be encoded", { cause });
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** By its name, because what Node.js itself throws is of another class than ours where modules run in a context of their own. */
const isRangeError = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "name" in error && error.name === "RangeError";

export function tooLarge(): MongoFailure {
  return new MongoFailure("BSONObjectTooLarge", `object to insert too large; maximum is ${MAX_DOCUMENT_BYTES} bytes`);
}

/** A copy that shares no array and no document with the original; the other values are never changed in place. */
export function clone(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(clone);
  if (!isDoc(value)) return value;
  const copy: Doc = {};
  for (const name of Object.keys(value)) setField(copy, name, clone(value[name]));
  return copy;
}
