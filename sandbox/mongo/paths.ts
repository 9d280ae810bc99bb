/** How a dotted path finds values in a document, going into every element of the arrays on its way. */
import { type Doc, field, isDoc, type Value } from "./values.ts";

/** The last step of a path that ends in an array: its elements and then the array itself, or the array only. */
export type Leaf = "expand" | "whole";

/**
 * Calls `visit` with each value at the path until one call returns true, and returns whether one did. `undefined` stands
 * for a document in which the path is missing. `element` is the position in the first array that was gone into, which
 * the positional operator `$` of updates refers to.
 */
export function visitPath(
  value: Value,
  parts: readonly string[],
  at: number,
  leaf: Leaf,
  visit: (value: Value, element: number | undefined) => boolean,
  element?: number,
): boolean {
  if (at === parts.length) return visitLeaf(value, leaf, visit, element);
  const name = parts[at] as string;
  if (isDoc(value)) return visitPath(field(value, name), parts, at + 1, leaf, visit, element);
  if (!Array.isArray(value)) return at === 0 ? false : visit(undefined, element);
  if (isIndex(name) && Number(name) < value.length) {
    if (visitPath(value[Number(name)], parts, at + 1, leaf, visit, element ?? Number(name))) return true;
  }
  for (const [i, item] of value.entries()) {
    if (isDoc(item) && visitPath(item, parts, at, leaf, visit, element ?? i)) return true;
  }
  return false;
}

function visitLeaf(
  value: Value,
  leaf: Leaf,
  visit: (value: Value, element: number | undefined) => boolean,
  element: number | undefined,
): boolean {
  if (leaf === "expand" && Array.isArray(value)) {
    for (const [i, item] of value.entries()) if (visit(item, element ?? i)) return true;
  }
  return visit(value, element);
}

/** A path component that may be a position in an array: digits without a superfluous zero. */
export function isIndex(name: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(name);
}

/** Whether one path is the other one or leads to it: `a.b` covers `a.b` and `a.b.c`, not `a.bc`. */
export function covers(shorter: string, longer: string): boolean {
  return longer === shorter || longer.startsWith(`${shorter}.`);
}

/** The value at a path that goes through documents only; missing where an array is on the way. */
export function plainPath(doc: Doc, parts: readonly string[]): Value {
  let value: Value = doc;
  for (const name of parts) {
    if (!isDoc(value)) return undefined;
    value = field(value, name);
  }
  return value;
}
