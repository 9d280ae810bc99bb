/** The paths of update operators: which real paths `$`, `$[]` and `$[nom]` stand for, and reading and writing at a path. */
import { MongoFailure } from "./failure.ts";
import type { Filter } from "./filter.ts";
import { type MatchContext, matches } from "./matcher.ts";
import { isIndex } from "./paths.ts";
import { type Doc, field, isDoc, setField, type Value } from "./values.ts";

export interface PathContext {
  /** The array element that the query matched. */
  readonly element: number | undefined;
  /** By name: the elements that `$[nom]` stands for. */
  readonly arrayFilters: ReadonlyMap<string, Filter>;
  readonly match: MatchContext;
}

/** @throws {MongoFailure} for an empty component, a `$`-prefixed one that is no positional operator, and a leading positional. */
export function splitPath(path: string): string[] {
  const parts = path.split(".");
  if (path === "") throw new MongoFailure("EmptyFieldName", "An empty update path is not valid.");
  if (parts.includes("")) {
    throw new MongoFailure("EmptyFieldName", `The update path '${path}' contains an empty field name, which is not allowed.`);
  }
  for (const [i, part] of parts.entries()) {
    if (!part.startsWith("$")) continue;
    if (i === 0) throw new MongoFailure(isPositional(part) ? "BadValue" : "DollarPrefixedFieldName", firstDollar(part, path));
    if (!isPositional(part) && part !== "$id" && part !== "$ref" && part !== "$db") {
      throw new MongoFailure(
        "DollarPrefixedFieldName",
        `The dollar ($) prefixed field '${part}' in '${path}' is not allowed in the context of an update's replacement document.`,
      );
    }
  }
  return parts;
}

const firstDollar = (part: string, path: string): string =>
  isPositional(part)
    ? `Cannot have positional (i.e. '$') element in the first position in path '${path}'`
    : `The dollar ($) prefixed field '${part}' in '${path}' is not valid for storage.`;

const isPositional = (part: string): boolean => part === "$" || (part.startsWith("$[") && part.endsWith("]"));

/** The real paths for one document. */
export function resolvePath(doc: Doc, parts: readonly string[], context: PathContext): string[][] {
  return parts.some(isPositional) ? expand(doc, parts, 0, [], context) : [[...parts]];
}

function expand(value: Value, parts: readonly string[], at: number, done: readonly string[], context: PathContext): string[][] {
  const part = parts[at];
  if (part === undefined) return [[...done]];
  if (!isPositional(part)) return expand(child(value, part), parts, at + 1, [...done, part], context);
  if (part === "$") {
    if (context.element === undefined) {
      throw new MongoFailure("BadValue", "The positional operator did not find the match needed from the query.");
    }
    const name = String(context.element);
    return expand(child(value, name), parts, at + 1, [...done, name], context);
  }
  if (!Array.isArray(value)) {
    const path = done.join(".");
    if (value === undefined) {
      throw new MongoFailure("BadValue", `The path '${path}' must exist in the document in order to apply array updates.`);
    }
    throw new MongoFailure(
      "BadValue",
      `Cannot apply array updates to non-array element ${done.at(-1)}: ${JSON.stringify(value)}`,
    );
  }
  const name = part.slice(2, -1);
  return [...value.keys()]
    .filter((i) => name === "" || elementPasses(name, value[i], context))
    .flatMap((i) => expand(value[i], parts, at + 1, [...done, String(i)], context));
}

function elementPasses(name: string, element: Value, context: PathContext): boolean {
  const filter = context.arrayFilters.get(name);
  if (filter === undefined) throw new MongoFailure("BadValue", `No array filter found for identifier '${name}' in path`);
  return matches(filter, { [name]: element }, { evaluate: context.match.evaluate });
}

/** The child of that name or position; missing for anything that has no children. */
export function child(value: Value, name: string): Value {
  if (isDoc(value)) return field(value, name);
  return Array.isArray(value) && isIndex(name) ? value[Number(name)] : undefined;
}

export function valueAt(doc: Doc, parts: readonly string[]): Value {
  return parts.reduce<Value>((value, name) => child(value, name), doc);
}

/** MongoDB pads an array with nulls up to a position that is set, within reason. */
const MOST_PADDING = 1_500_000;

/** Sets the value, making the documents on the way. @throws {MongoFailure} PathNotViable where something else is on the way. */
export function setAt(doc: Doc, parts: readonly string[], value: Value): void {
  let holder: Doc | Value[] = doc;
  for (const [i, name] of parts.entries()) {
    const last = i === parts.length - 1;
    const present = child(holder, name);
    if (last || present === undefined) {
      const made: Value = last ? value : {};
      put(holder, name, made, parts);
      if (!last) holder = made as Doc;
    } else if (isDoc(present) || Array.isArray(present)) {
      holder = present;
    } else {
      throw notViable(parts[i + 1] as string, name, present);
    }
  }
}

/** @throws {MongoFailure} PathNotViable where the path could not be made: something else than documents is on the way */
export function assertViable(doc: Doc, parts: readonly string[]): void {
  let value: Value = doc;
  for (const [i, name] of parts.entries()) {
    if (value === undefined) return;
    if (!isDoc(value) && !(Array.isArray(value) && isIndex(name))) throw notViable(name, parts[i - 1] ?? "", value);
    value = child(value, name);
  }
}

/** Whether the path goes through an array. */
export function throughArray(doc: Doc, parts: readonly string[]): boolean {
  return parts.some((_, i) => i > 0 && Array.isArray(valueAt(doc, parts.slice(0, i))));
}

function put(holder: Doc | Value[], name: string, value: Value, parts: readonly string[]): void {
  if (!Array.isArray(holder)) {
    setField(holder, name, value);
    return;
  }
  if (!isIndex(name)) throw notViable(name, parts[parts.indexOf(name) - 1] ?? "", holder);
  const position = Number(name);
  if (position - holder.length > MOST_PADDING) {
    throw new MongoFailure("BadValue", `can't backfill more than ${MOST_PADDING} elements`);
  }
  while (holder.length < position) holder.push(null);
  holder[position] = value;
}

function notViable(name: string, parent: string, value: Value): MongoFailure {
  return new MongoFailure("PathNotViable", `Cannot create field '${name}' in element {${parent}: ${JSON.stringify(value)}}`);
}

/** Removes the field; an array element becomes null, so that the others keep their positions. */
export function unsetAt(doc: Doc, parts: readonly string[]): void {
  const holder = valueAt(doc, parts.slice(0, -1));
  const name = parts.at(-1) as string;
  if (isDoc(holder)) delete holder[name];
  else if (Array.isArray(holder) && isIndex(name) && Number(name) < holder.length) holder[Number(name)] = null;
}

/** The order in which MongoDB makes new fields: by name, positions by number. */
export function comparePaths(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const a = left[i] as string;
    const b = right[i] as string;
    if (a === b) continue;
    if (isIndex(a) && isIndex(b)) return Number(a) - Number(b);
    return a < b ? -1 : 1;
  }
  return left.length - right.length;
}
