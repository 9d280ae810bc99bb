/** The keys that a document has in an index: one per element where a field of the index is an array (a multikey index). */
import { createHash } from "node:crypto";
import type { IndexField, IndexInfo } from "./catalog.ts";
import { MongoFailure } from "./failure.ts";
import { KeyWriter } from "./key-string.ts";
import { isIndex } from "./paths.ts";
import { type Doc, field, isDoc, type Value } from "./values.ts";

export interface IndexKeys {
  /** The encoded fields, without duplicates. */
  readonly keys: Buffer[];
  /** The values of the first key, for the message of a duplicate; the others are computed again when needed. */
  readonly tuples: Value[][];
  /** The paths that were arrays. */
  readonly arrays: ReadonlySet<string>;
  /** Whether a key was too long for LMDB and was shortened: the order among such keys is lost. */
  readonly shortened: boolean;
}

/** LMDB takes keys of 1978 bytes; around the fields go the index's and the record's ids. */
const LONGEST = 1900;
const KEPT = 1800;

/** @throws {MongoFailure} when two fields of the index are different arrays of the document. */
export function keysOf(index: IndexInfo, doc: Doc): IndexKeys {
  const tuples: Value[][] = [];
  const arrays = new Set<string>();
  let present = false;
  generate(startOf(index.fields, doc), arrays, (cursors) => {
    present ||= cursors.some((cursor) => !cursor.missing);
    tuples.push(cursors.map((cursor) => cursor.value));
  });
  if (index.sparse && !present) return { keys: [], tuples: [], arrays, shortened: false };
  return encodeTuples(index, tuples, arrays);
}

/**
 * What a document would have in an index of these fields, one tuple of values after the other: it is sorted by the least of them.
 * @throws {MongoFailure} as `keysOf`.
 */
export function tuplesOf(fields: readonly IndexField[], doc: Doc): Value[][] {
  const tuples: Value[][] = [];
  generate(startOf(fields, doc), new Set(), (cursors) => tuples.push(cursors.map(({ value }) => value)));
  return tuples;
}

function startOf(fields: readonly IndexField[], doc: Doc): Cursor[] {
  return fields.map((field) => ({ field, value: doc, at: 0, settled: false, missing: false }));
}

function encodeTuples(index: IndexInfo, tuples: Value[][], arrays: ReadonlySet<string>): IndexKeys {
  const keys: Buffer[] = [];
  const kept: Value[][] = [];
  const seen = new Set<string>();
  let shortened = false;
  for (const tuple of tuples) {
    const full = encodeTuple(index.fields, tuple);
    const key = shorten(full);
    shortened ||= key !== full;
    if (tuples.length > 1) {
      const text = key.toString("latin1");
      if (seen.has(text)) continue;
      seen.add(text);
    }
    keys.push(key);
    kept.push(tuple);
  }
  return { keys, tuples: kept, arrays, shortened };
}

export function encodeTuple(fields: readonly IndexField[], tuple: readonly Value[]): Buffer {
  const writer = new KeyWriter();
  for (const [i, { direction }] of fields.entries()) writer.append(tuple[i], direction);
  return writer.finish();
}

/** A key that LMDB can hold: long ones keep their beginning and are told apart by a digest of the whole. */
export function shorten(key: Buffer): Buffer {
  if (key.length <= LONGEST) return key;
  return Buffer.concat([key.subarray(0, KEPT), createHash("sha256").update(key).digest()]);
}

/** The part of a bound that keys which were shortened still have. */
export function shortenBound(bound: Buffer): { bound: Buffer; cut: boolean } {
  return bound.length <= KEPT ? { bound, cut: false } : { bound: bound.subarray(0, KEPT), cut: true };
}

interface Cursor {
  readonly field: IndexField;
  readonly value: Value;
  readonly at: number;
  /** The value is final: an element of an array is not gone into again, even where it is an array itself. */
  readonly settled: boolean;
  readonly missing: boolean;
}

/** All fields go into the same array together, so that a key holds fields of one element, not of two. */
function generate(start: readonly Cursor[], arrays: Set<string>, emit: (cursors: readonly Cursor[]) => void): void {
  const cursors = start.map(advance);
  const first = cursors.find((cursor) => !cursor.settled && Array.isArray(cursor.value));
  if (first === undefined) {
    emit(cursors);
    return;
  }
  const array = first.value as Value[];
  const path = first.field.parts.slice(0, first.at).join(".");
  const other = cursors.find((cursor) => !cursor.settled && Array.isArray(cursor.value) && cursor.value !== array);
  if (other !== undefined) {
    const rival = other.field.parts.slice(0, other.at).join(".");
    throw new MongoFailure("CannotIndexParallelArrays", `cannot index parallel arrays [${rival}] [${path}]`);
  }
  arrays.add(path);
  const inside = (cursor: Cursor): boolean => !cursor.settled && cursor.value === array;
  const elements: readonly Value[] = array.length === 0 ? [undefined] : array;
  for (const element of elements) {
    generate(
      cursors.map((cursor) => (inside(cursor) ? enter(cursor, element, array.length === 0) : cursor)),
      arrays,
      emit,
    );
  }
}

function advance(cursor: Cursor): Cursor {
  let { value, at } = cursor;
  if (cursor.settled) return cursor;
  const { parts } = cursor.field;
  while (at < parts.length) {
    const name = parts[at] as string;
    if (isDoc(value)) value = field(value, name);
    else if (Array.isArray(value) && isIndex(name) && Number(name) < value.length) value = value[Number(name)];
    else if (Array.isArray(value)) return { ...cursor, value, at };
    else return missing(cursor);
    at++;
  }
  if (value === undefined) return missing(cursor);
  return { ...cursor, value, at, settled: !Array.isArray(value) };
}

/** A missing field is indexed as null. */
function missing(cursor: Cursor): Cursor {
  return { ...cursor, value: null, at: cursor.field.parts.length, settled: true, missing: true };
}

/** An empty array is indexed as « undefined », which sorts before null. */
function enter(cursor: Cursor, element: Value, empty: boolean): Cursor {
  if (cursor.at === cursor.field.parts.length) return { ...cursor, value: empty ? undefined : (element ?? null), settled: true };
  return isDoc(element) ? { ...cursor, value: element } : missing(cursor);
}
