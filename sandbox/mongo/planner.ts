/** How to find the documents of a query: which index, which part of it, and whether its order serves the sort. */

import { cutBytes, type Interval, isEverything, successor } from "./bounds.ts";
import { type CollectionInfo, type IndexInfo, keyPattern } from "./catalog.ts";
import { type Constraint, constraintsOf, fieldIntervals, holdsAllMatches, isDecidedBy } from "./constraints.ts";
import { MongoFailure } from "./failure.ts";
import type { Filter } from "./filter.ts";
import { shortenBound } from "./index-keys.ts";
import { covers } from "./paths.ts";
import type { SortKey } from "./sort.ts";
import type { Store } from "./store.ts";
import { type Doc, isDoc, isNumeric, toNumber, type Value } from "./values.ts";

/** A stretch of an index, in bytes of its encoded fields. */
export interface Stretch {
  readonly from: Buffer;
  readonly to: Buffer;
}

export interface IndexPlan {
  readonly kind: "index";
  readonly index: IndexInfo;
  /** In the order of the index; a reversed scan takes the last one first. */
  readonly stretches: readonly Stretch[];
  readonly reverse: boolean;
  /** By field, for `explain`. */
  readonly bounds: readonly (readonly Interval[])[];
  /** The scan gives the documents in the order asked. */
  readonly ordered: boolean;
  /** The stretches hold the matches and nothing else: the documents need not be checked. */
  readonly exact: boolean;
}

export type Access =
  | IndexPlan
  | { readonly kind: "records"; readonly reverse: boolean; readonly ordered: boolean }
  | { readonly kind: "or"; readonly branches: readonly IndexPlan[]; readonly ordered: false }
  | { readonly kind: "nothing"; readonly ordered: true };

export interface PlanRequest {
  readonly filter: Filter;
  readonly sort: readonly SortKey[];
  readonly hint: Value;
}

const NOTHING: Access = { kind: "nothing", ordered: true };

/** @throws {MongoFailure} BadValue for a hint that names no index. */
export function plan(store: Store, collection: CollectionInfo | undefined, request: PlanRequest): Access {
  if (collection === undefined) return NOTHING;
  const natural = naturalOrder(request);
  const hinted = hintedIndex(collection, request.hint);
  if (natural !== undefined && hinted === undefined)
    return {
      kind: "records",
      reverse: natural === -1,
      ordered: request.sort.length === 0 || request.sort[0]?.path === "$natural",
    };
  const constraints = constraintsOf(request.filter);
  if (hinted !== undefined) return asAccess(indexPlan(hinted, request.filter, constraints, request.sort));
  const candidates = candidatesFor(collection, request.filter, constraints, request.sort);
  const certain = candidates.find(isSingleDocument);
  if (certain !== undefined) return asAccess(certain);
  const union = candidates.some(isRestricted) ? undefined : unionPlan(collection, request.filter);
  if (union !== undefined) return union;
  const best = candidates.length <= 1 ? candidates[0] : compete(store, candidates);
  return best === undefined ? { kind: "records", reverse: false, ordered: request.sort.length === 0 } : asAccess(best);
}

const asAccess = (found: IndexPlan): Access => (found.stretches.length === 0 ? NOTHING : found);

function naturalOrder({ sort, hint }: PlanRequest): number | undefined {
  const first = sort[0];
  if (first?.path === "$natural") return first.direction;
  const value = isDoc(hint) ? hint.$natural : undefined;
  return isNumeric(value) ? Math.sign(toNumber(value)) : undefined;
}

function hintedIndex(collection: CollectionInfo, hint: Value): IndexInfo | undefined {
  if (hint === undefined || hint === null || (isDoc(hint) && Object.hasOwn(hint, "$natural"))) return undefined;
  if (isDoc(hint) && Object.keys(hint).length === 0) return undefined;
  const index = collection.indexes.find((one) =>
    typeof hint === "string" ? one.name === hint : isDoc(hint) && samePattern(one, hint),
  );
  if (index === undefined)
    throw new MongoFailure(
      "BadValue",
      "error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index",
    );
  return index;
}

function samePattern(index: IndexInfo, pattern: Doc): boolean {
  const own = JSON.stringify(keyPattern(index));
  return (
    own ===
    JSON.stringify(
      Object.fromEntries(Object.entries(pattern).map(([path, value]) => [path, isNumeric(value) ? toNumber(value) : value])),
    )
  );
}

function candidatesFor(
  collection: CollectionInfo,
  filter: Filter,
  constraints: readonly Constraint[],
  sort: readonly SortKey[],
): IndexPlan[] {
  return collection.indexes
    .filter((index) => !index.hidden && holdsAllMatches(index, constraints))
    .map((index) => indexPlan(index, filter, constraints, sort))
    .filter((one) => isRestricted(one) || (one.ordered && sort.length > 0));
}

/** The first field is restricted: the scan does not read the whole index. */
const isRestricted = (one: IndexPlan): boolean => !leavesAll(one.bounds[0] ?? []);
const leavesAll = (intervals: readonly Interval[]): boolean => intervals[0] !== undefined && isEverything(intervals[0]);

function isSingleDocument({ index, bounds, stretches }: IndexPlan): boolean {
  return (
    index.unique && stretches.length <= 1 && bounds.every((intervals) => intervals.length <= 1 && intervals[0]?.point !== false)
  );
}

/** More stretches than this are not worth the seeks: the fields that would multiply them are left to the filter. */
const MOST_STRETCHES = 1000;

function indexPlan(index: IndexInfo, filter: Filter, constraints: readonly Constraint[], sort: readonly SortKey[]): IndexPlan {
  const bounds = fieldIntervals(index, constraints);
  const order = orderOf(index, bounds, sort);
  const { stretches, fields } = stretchesOf(bounds);
  const exact =
    index.arrays.size === 0 &&
    !index.shortened &&
    isDecidedBy(filter, new Set(index.fields.slice(0, fields).map(({ path }) => path)));
  return { kind: "index", index, bounds, stretches, exact, reverse: order === "reverse", ordered: order !== undefined };
}

/** Points multiply; the first interval that is none ends the prefix. `fields` counts those that the stretches restrict. */
function stretchesOf(bounds: readonly (readonly Interval[])[]): { stretches: Stretch[]; fields: number } {
  let prefixes: Buffer[] = [Buffer.alloc(0)];
  let fields = 0;
  for (const intervals of bounds) {
    const many = prefixes.length > 1 && prefixes.length * intervals.length > MOST_STRETCHES;
    if (many || leavesAll(intervals)) break;
    fields++;
    if (intervals.every((interval) => interval.point)) {
      prefixes = prefixes.flatMap((prefix) => intervals.map((interval) => Buffer.concat([prefix, interval.low.bytes])));
      continue;
    }
    const stretches = prefixes.flatMap((prefix) =>
      intervals.map(({ low, high }) => stretch(Buffer.concat([prefix, cutBytes(low)]), Buffer.concat([prefix, cutBytes(high)]))),
    );
    return { stretches, fields };
  }
  return { stretches: prefixes.map((prefix) => stretch(prefix, successor(prefix))), fields };
}

function stretch(from: Buffer, to: Buffer): Stretch {
  const low = shortenBound(from);
  const high = shortenBound(to);
  return { from: low.bound, to: high.cut ? Buffer.concat([high.bound, Buffer.alloc(40, 0xff)]) : high.bound };
}

/** Whether the index gives the sort's order, forward or in reverse. Fields that have one value only have any order. */
function orderOf(
  index: IndexInfo,
  bounds: readonly (readonly Interval[])[],
  sort: readonly SortKey[],
): "forward" | "reverse" | undefined {
  if (sort.length === 0) return "forward";
  if (index.shortened) return undefined;
  const inArray = (path: string): boolean => [...index.arrays].some((array) => covers(array, path));
  const fixed = (path: string): boolean => {
    const at = index.fields.findIndex((one) => one.path === path);
    return at >= 0 && !inArray(path) && isFixed(bounds, at);
  };
  const wanted = sort.filter(({ path }) => !fixed(path));
  let direction: number | undefined;
  let at = 0;
  for (const [i, one] of index.fields.entries()) {
    if (at === wanted.length) break;
    const key = wanted[at] as SortKey;
    if (key.path !== one.path) {
      if (isFixed(bounds, i)) continue;
      return undefined;
    }
    if (inArray(one.path)) return undefined;
    direction ??= key.direction * one.direction;
    if (direction !== key.direction * one.direction) return undefined;
    at++;
  }
  if (at < wanted.length) return undefined;
  return direction === -1 ? "reverse" : "forward";
}

/** One value, and one stretch up to there: two prefixes one after the other would break the order of what follows. */
function isFixed(bounds: readonly (readonly Interval[])[], at: number): boolean {
  const intervals = bounds[at];
  return intervals?.length === 1 && intervals[0]?.point === true;
}

/** `$or` at the top, each branch with an index of its own. */
function unionPlan(collection: CollectionInfo, filter: Filter): Access | undefined {
  const clauses = filter.kind === "and" ? filter.clauses : [filter];
  const choice = clauses.find((clause) => clause.kind === "or");
  if (choice?.kind !== "or") return undefined;
  const others = clauses.filter((clause) => clause !== choice);
  const branches: IndexPlan[] = [];
  for (const branch of choice.clauses) {
    const whole: Filter = { kind: "and", clauses: [branch, ...others] };
    const best = candidatesFor(collection, whole, constraintsOf(whole), [])
      .filter(isRestricted)
      .sort((left, right) => score(right) - score(left))[0];
    if (best === undefined) return undefined;
    if (best.stretches.length > 0) branches.push(best);
  }
  return branches.length === 0 ? NOTHING : { kind: "or", branches, ordered: false };
}

const TRIAL_KEYS = 128;

/** Lets the candidates run side by side for a few keys: the first to be through reads the least, whatever its rank on paper. */
function compete(store: Store, candidates: readonly IndexPlan[]): IndexPlan {
  const ranked = [...candidates].sort((left, right) => score(right) - score(left));
  const runs = ranked.map((candidate) => ({ candidate, keys: trialKeys(store, candidate) }));
  for (let i = 0; i < TRIAL_KEYS; i++) {
    const done = runs.find(({ keys }) => keys.next().done === true);
    if (done === undefined) continue;
    for (const { keys } of runs) keys.return(undefined);
    return done.candidate;
  }
  for (const { keys } of runs) keys.return(undefined);
  return ranked[0] as IndexPlan;
}

function* trialKeys(store: Store, { index, stretches }: IndexPlan): Generator<Buffer, void, undefined> {
  for (const { from, to } of stretches) yield* store.scanEntries(index, from, to, false, undefined);
}

/** Equalities first, then an order that spares a sort, then ranges; a unique index before another. */
function score({ index, bounds, ordered }: IndexPlan): number {
  let total = ordered ? 3 : 0;
  for (const intervals of bounds) {
    if (leavesAll(intervals)) break;
    if (intervals.every((interval) => interval.point)) total += 4;
    else return total + 2;
  }
  return total + (index.unique ? 1 : 0);
}
