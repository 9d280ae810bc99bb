/** The part of an index in which the values that satisfy a predicate are: intervals of encoded keys, and words for `explain`. */
import { ObjectId } from "bson";
import { Rank, rankOf } from "./compare.ts";
import type { Pattern, Predicate } from "./filter.ts";
import { encodeKey, FIRST_NUMBER } from "./key-string.ts";
import { BsonType, isNumeric, toNumber, type Value } from "./values.ts";

/** A place between keys: before all keys that begin with these bytes, or after all of them. */
export interface Cut {
  readonly bytes: Buffer;
  readonly after: boolean;
}

export interface Interval {
  readonly low: Cut;
  readonly high: Cut;
  /** The interval holds the keys of one value only. */
  readonly point: boolean;
  readonly text: string;
}

const before = (bytes: Buffer): Cut => ({ bytes, after: false });
const after = (bytes: Buffer): Cut => ({ bytes, after: true });

export const EVERYTHING: Interval = {
  low: before(Buffer.from([Rank.minKey])),
  high: after(Buffer.from([254])),
  point: false,
  text: "[MinKey, MaxKey]",
};

/** A cut as the first bytes that are not before it. */
export const cutBytes = (cut: Cut): Buffer => (cut.after ? successor(cut.bytes) : cut.bytes);

/** The least bytes that are greater than all that begin with these. */
export function successor(bytes: Buffer): Buffer {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0xff) length--;
  if (length === 0) return Buffer.from([0xff]);
  const next = Buffer.from(bytes.subarray(0, length));
  next[length - 1] = (next[length - 1] as number) + 1;
  return next;
}

/** No restriction at all, in either direction. */
export const isEverything = ({ low, high }: Interval): boolean =>
  low.bytes.length === 1 &&
  (low.bytes[0] as number) <= 1 &&
  high.after &&
  high.bytes.length === 1 &&
  (high.bytes[0] as number) >= 254;

const compareCuts = (left: Cut, right: Cut): number => Buffer.compare(cutBytes(left), cutBytes(right));

/** The same interval where the field is indexed in descending order. */
export function invert(interval: Interval): Interval {
  const flip = (cut: Cut): Cut => ({ bytes: Buffer.from(cut.bytes.map((byte) => ~byte & 0xff)), after: !cut.after });
  return { ...interval, low: flip(interval.high), high: flip(interval.low), text: reversedText(interval) };
}

const reversedText = ({ text, point }: Interval): string => {
  if (point) return text;
  const parts = /^([[(])(.*), (.*)([\])])$/s.exec(text);
  return parts === null ? text : `${parts[4] === "]" ? "[" : "("}${parts[3]}, ${parts[2]}${parts[1] === "[" ? "]" : ")"}`;
};

/** Sorted, and without overlaps. */
function normalized(intervals: Interval[]): Interval[] {
  const sorted = intervals
    .filter(({ low, high }) => compareCuts(low, high) < 0)
    .sort((left, right) => compareCuts(left.low, right.low) || compareCuts(left.high, right.high));
  const merged: Interval[] = [];
  for (const interval of sorted) {
    const last = merged.at(-1);
    if (last === undefined || compareCuts(interval.low, last.high) >= 0) merged.push(interval);
    else if (compareCuts(interval.high, last.high) > 0) {
      merged[merged.length - 1] = { low: last.low, high: interval.high, point: false, text: joinedText(last, interval) };
    }
  }
  return merged;
}

const joinedText = (first: Interval, second: Interval): string =>
  `${first.text.split(", ")[0]}, ${second.text.split(", ").at(-1)}`;

export function intersect(left: readonly Interval[], right: readonly Interval[]): Interval[] {
  const both: Interval[] = [];
  for (const a of left) {
    for (const b of right) {
      const low = compareCuts(a.low, b.low) >= 0 ? a : b;
      const high = compareCuts(a.high, b.high) <= 0 ? a : b;
      const point = a.point || b.point;
      const text = point ? (a.point ? a.text : b.text) : low === high ? low.text : joinedText(low, high);
      both.push({ low: low.low, high: high.high, point, text });
    }
  }
  return normalized(both);
}

/**
 * Where the keys of matching values are, or undefined where the predicate says nothing about it. The intervals may hold more
 * than matches: documents are always checked against the whole filter.
 */
export function intervalsOf(predicate: Predicate): Interval[] | undefined {
  switch (predicate.op) {
    case "eq":
      return normalized(pointsOf(predicate.value));
    case "in":
      return normalized([...predicate.values.flatMap(pointsOf), ...predicate.patterns.flatMap(patternIntervals)]);
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return rangeOf(predicate.op, predicate.value);
    case "regex":
      return normalized(patternIntervals(predicate.pattern));
    case "mod":
      return [wholeRank(Rank.number)];
    case "type":
      return typeIntervals(predicate.codes);
    case "not":
      return predicate.predicates.length === 1 && predicate.predicates[0]?.op === "exists" ? pointsOf(null) : undefined;
    default:
      return undefined;
  }
}

/** An array is indexed by its elements: to equal a whole array is to have its first element, or the array as an element. */
function pointsOf(value: Value): Interval[] {
  if (Array.isArray(value)) return [point(value[0]), point(value)];
  return [point(value === undefined ? null : value)];
}

function point(value: Value): Interval {
  const key = encodeKey(value);
  return { low: before(key), high: after(key), point: true, text: `[${show(value)}, ${show(value)}]` };
}

function wholeRank(rank: number): Interval {
  return {
    low: before(Buffer.from([rank])),
    high: before(Buffer.from([rank + 1])),
    point: false,
    text: RANK_TEXT.get(rank) ?? "[MinKey, MaxKey]",
  };
}

const RANK_TEXT = new Map<number, string>([
  [Rank.number, "[nan, inf]"],
  [Rank.string, '["", {})'],
  [Rank.object, "[{}, [])"],
  [Rank.date, "[new Date(-9223372036854775808), new Date(9223372036854775807)]"],
]);

function rangeOf(op: "gt" | "gte" | "lt" | "lte", value: Value): Interval[] | undefined {
  const rank = rankOf(value);
  const inclusive = op === "gte" || op === "lte";
  if (rank === Rank.minKey || rank === Rank.maxKey || rank === Rank.array) return undefined;
  if (rank === Rank.null || rank === Rank.undefined) return inclusive ? pointsOf(null) : [];
  if (isNumeric(value) && Number.isNaN(toNumber(value))) return inclusive ? [point(value)] : [];
  const key = encodeKey(value);
  const whole = wholeRank(rank);
  const [lowest, highest] = boundTexts(rank);
  if (op === "gt" || op === "gte") {
    return [
      {
        low: { bytes: key, after: op === "gt" },
        high: whole.high,
        point: false,
        text: `${inclusive ? "[" : "("}${show(value)}, ${highest}`,
      },
    ];
  }
  const low = rank === Rank.number ? before(FIRST_NUMBER) : whole.low;
  return [
    { low, high: { bytes: key, after: inclusive }, point: false, text: `${lowest}, ${show(value)}${inclusive ? "]" : ")"}` },
  ];
}

function boundTexts(rank: number): [string, string] {
  switch (rank) {
    case Rank.number:
      return ["[-inf", "inf]"];
    case Rank.string:
      return ['[""', "{})"];
    case Rank.date:
      return ["[new Date(-9223372036854775808)", "new Date(9223372036854775807)]"];
    default:
      return ["[MinKey", "MaxKey]"];
  }
}

function patternIntervals(pattern: Pattern): Interval[] {
  const self = Buffer.from([120]);
  const patterns: Interval = {
    low: before(self),
    high: after(self),
    point: false,
    text: `[/${pattern.source}/, /${pattern.source}/]`,
  };
  const start = literalStart(pattern);
  if (start === "") return [wholeRank(Rank.string), patterns];
  // Without its end marker (two null bytes), the encoding of a text begins that of all its continuations.
  const key = encodeKey(start).subarray(0, -2);
  const next = start.slice(0, -1) + String.fromCharCode(start.charCodeAt(start.length - 1) + 1);
  return [{ low: before(key), high: after(key), point: false, text: `["${start}", "${next}")` }, patterns];
}

/** The literal text with which whatever matches must begin; empty where that cannot be told at a glance. */
export function literalStart({ source, flags }: Pattern): string {
  if (flags !== "" || !source.startsWith("^") || source.includes("|")) return "";
  const literal = /^\^([\p{L}\p{N}\p{M} _@#%&=:;,'"<>/~`!-]*)/u.exec(source)?.[1] ?? "";
  const following = source[literal.length + 1];
  // « ab* » begins with « a » only.
  return following !== undefined && "*?{".includes(following) ? [...literal].slice(0, -1).join("") : literal;
}

const SINGLE_RANK = new Map<number, number>([
  [BsonType.double, Rank.number],
  [BsonType.int, Rank.number],
  [BsonType.long, Rank.number],
  [BsonType.decimal, Rank.number],
  [BsonType.string, Rank.string],
  [BsonType.objectId, 80],
  [BsonType.bool, 90],
  [BsonType.date, Rank.date],
]);

function typeIntervals(codes: ReadonlySet<number>): Interval[] | undefined {
  const ranks = new Set<number>();
  for (const code of codes) {
    const rank = SINGLE_RANK.get(code);
    if (rank === undefined) return undefined;
    ranks.add(rank);
  }
  return normalized([...ranks].map(wholeRank));
}

/** A value as MongoDB's `indexBounds` show it. */
function show(value: Value): string {
  if (value === null) return "null";
  if (value === undefined) return "undefined";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "boolean") return String(value);
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (isNumeric(value)) return value.toString();
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  return JSON.stringify(value);
}
