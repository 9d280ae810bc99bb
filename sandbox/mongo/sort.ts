/** Sort orders, and the keys by which documents are put in them. */
import { MongoFailure } from "./failure.ts";
import { encodeTuple, tuplesOf } from "./index-keys.ts";
import { type Doc, field, isDoc, isNumeric, toNumber, type Value } from "./values.ts";

export interface SortKey {
  readonly path: string;
  readonly parts: readonly string[];
  readonly direction: 1 | -1;
}

/** @throws {MongoFailure} BadValue for a direction other than 1 or -1, and for sorts by text score. */
export function parseSort(source: Value): SortKey[] {
  if (source === undefined || source === null) return [];
  if (!isDoc(source)) throw new MongoFailure("TypeMismatch", "Expected field sort to be of type object");
  return Object.keys(source).map((path) => {
    const value = field(source, path);
    const direction = isNumeric(value) ? toNumber(value) : Number.NaN;
    if (direction !== 1 && direction !== -1) {
      if (isDoc(value)) throw new MongoFailure("NotImplemented", "$meta sorts are not served by this embedded server");
      throw new MongoFailure("BadValue", "$sort key ordering must be 1 (for ascending) or -1 (for descending)");
    }
    const parts = path.split(".");
    if (parts.includes("")) throw new MongoFailure("BadValue", "FieldPath field names may not be empty strings.");
    return { path, parts, direction };
  });
}

/**
 * Bytes that sort as the document does: the least of the keys that it would have in an index of that order.
 * @throws {MongoFailure} BadValue where two of the keys are different arrays, as MongoDB does.
 */
export function sortKeyOf(doc: Doc, keys: readonly SortKey[]): Buffer {
  return tuples(doc, keys)
    .map((tuple) => encodeTuple(keys, tuple))
    .reduce((least, key) => (Buffer.compare(key, least) < 0 ? key : least));
}

function tuples(doc: Doc, keys: readonly SortKey[]): Value[][] {
  try {
    return tuplesOf(keys, doc);
  } catch (error) {
    if (!(error instanceof MongoFailure) || error.codeName !== "CannotIndexParallelArrays") throw error;
    throw new MongoFailure("BadValue", "cannot sort with keys that are parallel arrays");
  }
}

/** Sorts documents in memory, stably. */
export function sortDocs(docs: readonly Doc[], keys: readonly SortKey[]): Doc[] {
  return docs
    .map((doc) => ({ doc, key: sortKeyOf(doc, keys) }))
    .sort((left, right) => Buffer.compare(left.key, right.key))
    .map(({ doc }) => doc);
}
