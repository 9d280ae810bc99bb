/** Sort orders, and the keys by which documents are put in them. */
import { compare } from "./compare.ts";
import { MongoFailure } from "./failure.ts";
import { orderValues } from "./index-keys.ts";
import { KeyWriter } from "./key-string.ts";
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

/** Bytes that sort as the document does. An array counts as its least element, or as its greatest when descending. */
export function sortKeyOf(doc: Doc, keys: readonly SortKey[]): Buffer {
  const writer = new KeyWriter();
  for (const { parts, direction } of keys) writer.append(representative(doc, parts, direction), direction);
  return writer.finish();
}

function representative(doc: Doc, parts: readonly string[], direction: 1 | -1): Value {
  const values = orderValues(doc, parts);
  return values.reduce((best, value) => (compare(value, best) * direction < 0 ? value : best), values[0]);
}

/** Sorts documents in memory, stably. */
export function sortDocs(docs: readonly Doc[], keys: readonly SortKey[]): Doc[] {
  return docs
    .map((doc) => ({ doc, key: sortKeyOf(doc, keys) }))
    .sort((left, right) => Buffer.compare(left.key, right.key))
    .map(({ doc }) => doc);
}
