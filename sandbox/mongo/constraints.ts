/** What a filter says, for certain, of single paths; which of it an index may use together; and what it implies. */

import { EVERYTHING, type Interval, intersect, intervalsOf, invert } from "./bounds.ts";
import type { IndexField, IndexInfo } from "./catalog.ts";
import { compare, equal, rankOf } from "./compare.ts";
import type { Filter, Predicate } from "./filter.ts";
import { passes } from "./matcher.ts";
import { covers } from "./paths.ts";
import { BsonType, typeOf, type Value } from "./values.ts";

/** A condition that every match fulfils. Those of one `$elemMatch` have the same group: one element fulfils them all. */
export interface Constraint {
  readonly path: string;
  readonly predicate: Predicate;
  readonly group: { readonly path: string } | undefined;
}

export function constraintsOf(filter: Filter): Constraint[] {
  const found: Constraint[] = [];
  collect(filter, "", undefined, found);
  return found;
}

function collect(filter: Filter, prefix: string, group: Constraint["group"], found: Constraint[]): void {
  if (filter.kind === "and") for (const clause of filter.clauses) collect(clause, prefix, group, found);
  if (filter.kind !== "field") return;
  const path = prefix + filter.path;
  const { predicate } = filter;
  found.push({ path, predicate, group });
  if (predicate.op === "elemMatchDoc") collect(predicate.filter, `${path}.`, { path }, found);
  if (predicate.op === "elemMatchValue") {
    const inner = { path };
    for (const one of predicate.predicates) found.push({ path, predicate: one, group: inner });
  }
}

/** For each field of the index the intervals that the filter leaves; `used` tells how many fields it restricts. */
export function fieldIntervals(index: IndexInfo, constraints: readonly Constraint[]): Interval[][] {
  const claims = new Map<string, Constraint["group"] | "one">();
  return index.fields.map((field) => {
    const intervals = restrict(index, field, constraints, claims);
    return field.direction === 1 ? intervals : intervals.map(invert).reverse();
  });
}

/**
 * Where a path goes through an array, two conditions may be met by two different elements, of which the index has two
 * entries: they are used together only when they come from the same `$elemMatch`.
 */
function restrict(
  index: IndexInfo,
  field: IndexField,
  constraints: readonly Constraint[],
  claims: Map<string, Constraint["group"] | "one">,
): Interval[] {
  const arrays = [...index.arrays].filter((path) => covers(path, field.path));
  const usable = constraints.filter((one) => one.path === field.path && intervalsOf(one.predicate) !== undefined);
  if (usable.length === 0) return [EVERYTHING];
  if (arrays.length === 0) return intersectAll(usable);
  const first = usable.find((one) => arrays.every((path) => mayClaim(claims, path, one.group)));
  if (first === undefined) return [EVERYTHING];
  for (const path of arrays) claims.set(path, sameElement(path, first.group) ? first.group : "one");
  const together = arrays.every((path) => sameElement(path, first.group))
    ? usable.filter((one) => one.group === first.group)
    : [first];
  return intersectAll(together);
}

const sameElement = (array: string, group: Constraint["group"]): boolean => group !== undefined && covers(array, group.path);

function mayClaim(claims: Map<string, Constraint["group"] | "one">, path: string, group: Constraint["group"]): boolean {
  return !claims.has(path) || (group !== undefined && claims.get(path) === group);
}

function intersectAll(constraints: readonly Constraint[]): Interval[] {
  return constraints.reduce<Interval[]>(
    (left, { predicate }) => intersect(left, intervalsOf(predicate) ?? [EVERYTHING]),
    [EVERYTHING],
  );
}

/** Whether all matches are in the index: for a partial one its filter must follow from the query, for a sparse one a field must exist. */
export function holdsAllMatches(index: IndexInfo, constraints: readonly Constraint[]): boolean {
  if (index.partial !== undefined && !implies(constraints, index.partial.filter)) return false;
  if (!index.sparse) return true;
  return constraints.some((one) => index.fields.some((field) => field.path === one.path) && excludesMissing(one.predicate));
}

function excludesMissing(predicate: Predicate): boolean {
  switch (predicate.op) {
    case "not":
      return false;
    case "eq":
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return predicate.value !== null && predicate.value !== undefined;
    case "in":
      return predicate.values.every((value) => value !== null && value !== undefined);
    default:
      return true;
  }
}

function implies(constraints: readonly Constraint[], wanted: Filter): boolean {
  switch (wanted.kind) {
    case "and":
      return wanted.clauses.every((clause) => implies(constraints, clause));
    case "or":
      return wanted.clauses.some((clause) => implies(constraints, clause));
    case "field":
      return constraints.some((one) => one.path === wanted.path && predicateImplies(one.predicate, wanted.predicate));
    default:
      return false;
  }
}

function predicateImplies(known: Predicate, wanted: Predicate): boolean {
  if (wanted.op === "not" || wanted.op === "size" || wanted.op === "elemMatchDoc" || wanted.op === "elemMatchValue") return false;
  if (wanted.op === "exists") return excludesMissing(known);
  switch (known.op) {
    case "eq":
      return !Array.isArray(known.value) && passes(known.value, wanted);
    case "in":
      return known.patterns.length === 0 && known.values.every((value) => !Array.isArray(value) && passes(value, wanted));
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return rangeImplies(known, wanted);
    case "type":
      return wanted.op === "type" && [...known.codes].every((code) => wanted.codes.has(code));
    default:
      return false;
  }
}

const ONE_TYPE = new Set<number>([BsonType.string, BsonType.date, BsonType.objectId, BsonType.bool]);

function rangeImplies(known: Extract<Predicate, { op: "gt" | "gte" | "lt" | "lte" }>, wanted: Predicate): boolean {
  if (wanted.op === "type") {
    const type = typeOf(known.value);
    return ONE_TYPE.has(type) && wanted.codes.has(type);
  }
  if (wanted.op !== "gt" && wanted.op !== "gte" && wanted.op !== "lt" && wanted.op !== "lte") return false;
  if (wanted.op[0] !== known.op[0] || rankOf(known.value) !== rankOf(wanted.value)) return false;
  if (equal(known.value, wanted.value)) return known.op === wanted.op || known.op.length === 2;
  const order = compare(known.value, wanted.value);
  return wanted.op[0] === "g" ? order > 0 : order < 0;
}

/** Whether the filter says nothing but what the intervals of these paths say exactly, as long as no document has an array there. */
export function isDecidedBy(filter: Filter, paths: ReadonlySet<string>): boolean {
  if (filter.kind === "and") return filter.clauses.every((clause) => isDecidedBy(clause, paths));
  if (filter.kind !== "field" || !paths.has(filter.path)) return false;
  const { predicate } = filter;
  switch (predicate.op) {
    case "eq":
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return hasExactKey(predicate.value);
    case "in":
      return predicate.patterns.length === 0 && predicate.values.every(hasExactKey);
    default:
      return false;
  }
}

const EXACT = new Set<number>([
  BsonType.string,
  BsonType.int,
  BsonType.long,
  BsonType.double,
  BsonType.bool,
  BsonType.date,
  BsonType.objectId,
  BsonType.binData,
]);

/** Null also asks for what is missing in other ways than the index knows; arrays and documents have a comparison of their own. */
const hasExactKey = (value: Value): boolean => EXACT.has(typeOf(value));
