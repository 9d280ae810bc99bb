/** MongoDB's order of all values: by kind first, numbers of every type together. The byte order of key-string.ts is the same. */
import type { Binary, BSONRegExp, BSONSymbol, Code, DBRef, Decimal128, Double, Int32, ObjectId, Timestamp } from "bson";
import { Long } from "bson";
import { BsonType, type Doc, isDoc, toNumber, typeOf, type Value } from "./values.ts";

/** The rank of each type; values of types with the same rank are compared with each other. Never 0 nor 255 (see key-string.ts). */
const RANKS = new Map<number, number>([
  [BsonType.minKey, 1],
  [BsonType.undefined, 10],
  [BsonType.null, 20],
  [BsonType.double, 30],
  [BsonType.int, 30],
  [BsonType.long, 30],
  [BsonType.decimal, 30],
  [BsonType.string, 40],
  [BsonType.symbol, 40],
  [BsonType.object, 50],
  [BsonType.array, 60],
  [BsonType.binData, 70],
  [BsonType.objectId, 80],
  [BsonType.bool, 90],
  [BsonType.date, 100],
  [BsonType.timestamp, 110],
  [BsonType.regex, 120],
  [BsonType.dbPointer, 130],
  [BsonType.javascript, 140],
  [BsonType.javascriptWithScope, 150],
  [BsonType.maxKey, 250],
]);

export const Rank = {
  minKey: 1,
  undefined: 10,
  null: 20,
  number: 30,
  string: 40,
  object: 50,
  array: 60,
  date: 100,
  maxKey: 250,
} as const;

export function rankOf(value: Value): number {
  return RANKS.get(typeOf(value)) ?? 0;
}

const sign = (left: number | string | bigint, right: number | string | bigint): number =>
  left < right ? -1 : left > right ? 1 : 0;

/** Negative, zero or positive as `left` sorts before, with or after `right`. */
export function compare(left: Value, right: Value): number {
  const rank = rankOf(left);
  const byRank = rank - rankOf(right);
  return byRank !== 0 ? byRank : compareSameRank(rank, left, right);
}

export const equal = (left: Value, right: Value): boolean => compare(left, right) === 0;

function compareSameRank(rank: number, left: Value, right: Value): number {
  switch (rank) {
    case 30:
      return compareNumbers(left as Numeric, right as Numeric);
    case 40:
      return compareStrings(textOf(left as string | BSONSymbol), textOf(right as string | BSONSymbol));
    case 50:
      return compareDocs(asDoc(left), asDoc(right));
    case 60:
      return compareArrays(left as Value[], right as Value[]);
    case 70:
      return compareBinaries(left as Binary, right as Binary);
    case 80:
      return Buffer.compare((left as ObjectId).id, (right as ObjectId).id);
    case 90:
      return sign(Number(left), Number(right));
    case 100:
      return sign((left as Date).getTime(), (right as Date).getTime());
    case 110:
      return (left as Timestamp).toUnsigned().compare((right as Timestamp).toUnsigned());
    case 120:
      return compareRegExps(left as BSONRegExp, right as BSONRegExp);
    case 140:
      return compareStrings(codeOf(left as Code), codeOf(right as Code));
    default:
      return 0;
  }
}

type Numeric = number | Int32 | Double | Long | Decimal128;

function compareNumbers(left: Numeric, right: Numeric): number {
  const a = toNumber(left);
  const b = toNumber(right);
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
  if (a !== b) return a < b ? -1 : 1;
  // Beyond 2^53 two different longs (or a long and a double) round to the same double.
  if (Math.abs(a) < Number.MAX_SAFE_INTEGER || !(left instanceof Long || right instanceof Long)) return 0;
  return sign(toBigInt(left, a), toBigInt(right, b));
}

function toBigInt(value: Numeric, approximation: number): bigint {
  if (value instanceof Long) return value.toBigInt();
  return Number.isFinite(approximation) ? BigInt(Math.trunc(approximation)) : BigInt(Math.sign(approximation)) << 70n;
}

export const textOf = (value: string | BSONSymbol): string => (typeof value === "string" ? value : value.value);
export const codeOf = (value: Code): string => (typeof value.code === "string" ? value.code : String(value.code));

/** By the bytes of UTF-8, as MongoDB does: JavaScript's own order puts surrogate pairs before U+E000…U+FFFF. */
export function compareStrings(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const a = left.charCodeAt(i);
    const b = right.charCodeAt(i);
    if (a !== b) return sign(codePointRank(a), codePointRank(b));
  }
  return left.length - right.length;
}

const codePointRank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

/** A DBRef is a document with conventional names: `$ref`, `$id`, `$db`, then whatever was added. */
export function asDoc(value: Value): Doc {
  if (isDoc(value)) return value;
  const ref = value as DBRef;
  const doc: Doc = { $ref: ref.collection, $id: ref.oid };
  if (ref.db !== undefined && ref.db !== "") doc.$db = ref.db;
  return Object.assign(doc, ref.fields);
}

function compareDocs(left: Doc, right: Doc): number {
  const names = presentNames(left);
  const others = presentNames(right);
  const length = Math.min(names.length, others.length);
  for (let i = 0; i < length; i++) {
    const name = names[i] as string;
    const other = others[i] as string;
    const a = left[name];
    const b = right[other];
    const byRank = rankOf(a) - rankOf(b);
    if (byRank !== 0) return byRank;
    const byName = compareStrings(name, other);
    if (byName !== 0) return byName;
    const byValue = compareSameRank(rankOf(a), a, b);
    if (byValue !== 0) return byValue;
  }
  return names.length - others.length;
}

/** The names of the fields that would be written: `undefined` is not. */
export function presentNames(doc: Doc): string[] {
  return Object.keys(doc).filter((name) => doc[name] !== undefined);
}

function compareArrays(left: Value[], right: Value[]): number {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    const order = compare(left[i] ?? null, right[i] ?? null);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

export const bytesOf = (value: Binary): Buffer => Buffer.from(value.buffer.buffer, value.buffer.byteOffset, value.position);

function compareBinaries(left: Binary, right: Binary): number {
  return left.position - right.position || left.sub_type - right.sub_type || Buffer.compare(bytesOf(left), bytesOf(right));
}

function compareRegExps(left: BSONRegExp, right: BSONRegExp): number {
  return compareStrings(left.pattern, right.pattern) || compareStrings(left.options, right.options);
}
