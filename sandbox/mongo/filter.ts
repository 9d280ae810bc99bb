/** Filters of the query language, read once into a tree that matcher.ts evaluates and bounds.ts turns into index ranges. */
import { BSONRegExp } from "bson";
import { MongoFailure } from "./failure.ts";
import { typeCodes } from "./type-names.ts";
import { type Doc, field, isDoc, isNumeric, toNumber, type Value } from "./values.ts";

export type Comparison = "gt" | "gte" | "lt" | "lte";

/** What is asked of the values found at a path. */
export type Predicate =
  | { readonly op: "eq"; readonly value: Value }
  | { readonly op: "in"; readonly values: readonly Value[]; readonly patterns: readonly Pattern[] }
  | { readonly op: Comparison; readonly value: Value }
  | { readonly op: "exists" }
  | { readonly op: "type"; readonly codes: ReadonlySet<number> }
  | { readonly op: "regex"; readonly pattern: Pattern }
  | { readonly op: "mod"; readonly divisor: number; readonly remainder: number }
  | { readonly op: "size"; readonly length: number }
  | { readonly op: "bits"; readonly mask: bigint; readonly wanted: "allSet" | "allClear" | "anySet" | "anyClear" }
  | { readonly op: "elemMatchValue"; readonly predicates: readonly Predicate[] }
  | { readonly op: "elemMatchDoc"; readonly filter: Filter }
  | { readonly op: "not"; readonly predicates: readonly Predicate[] };

export interface Pattern {
  readonly source: string;
  readonly flags: string;
  readonly compiled: RegExp;
}

export type Filter =
  | { readonly kind: "and" | "or" | "nor"; readonly clauses: readonly Filter[] }
  | { readonly kind: "constant"; readonly result: boolean }
  | { readonly kind: "expression"; readonly expression: Value }
  | { readonly kind: "field"; readonly path: string; readonly parts: readonly string[]; readonly predicate: Predicate };

const REFUSED = new Set(["$where", "$text", "$jsonSchema", "$near", "$nearSphere", "$geoWithin", "$geoIntersects", "$within"]);

/** @throws {MongoFailure} BadValue (or the code MongoDB has for it) where the filter is not one that MongoDB accepts. */
export function parseFilter(source: Doc): Filter {
  const clauses: Filter[] = [];
  for (const name of Object.keys(source)) {
    const value = field(source, name);
    if (name.startsWith("$")) clauses.push(...topLevel(name, value));
    else clauses.push(...fieldClauses(name, value));
  }
  return clauses.length === 1 && clauses[0] !== undefined ? clauses[0] : { kind: "and", clauses };
}

function topLevel(name: string, value: Value): Filter[] {
  switch (name) {
    case "$and":
    case "$or":
    case "$nor":
      return [{ kind: name.slice(1) as "and" | "or" | "nor", clauses: listOfFilters(name, value) }];
    case "$expr":
      return [{ kind: "expression", expression: value }];
    case "$comment":
      return [];
    case "$alwaysTrue":
    case "$alwaysFalse":
      return [{ kind: "constant", result: name === "$alwaysTrue" }];
    default:
      if (REFUSED.has(name)) throw refused(name);
      throw new MongoFailure(
        "BadValue",
        `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
      );
  }
}

function refused(name: string): MongoFailure {
  return new MongoFailure("NotImplemented", `${name} is not served by this embedded server`);
}

function listOfFilters(name: string, value: Value): Filter[] {
  if (!Array.isArray(value) || value.length === 0)
    throw new MongoFailure("BadValue", `${name} argument must be a nonempty array`);
  return value.map((entry) => {
    if (!isDoc(entry)) throw new MongoFailure("BadValue", "$or/$and/$nor entries need to be full objects");
    return parseFilter(entry);
  });
}

function fieldClauses(path: string, value: Value): Filter[] {
  const parts = path.split(".");
  return predicatesOf(value).map((predicate) => ({ kind: "field", path, parts, predicate }));
}

/** `{age: {$gt: 3, $lt: 5}}`, `{name: /x/}` and `{name: "x"}`: a document of operators, a pattern, or a value to equal. */
function predicatesOf(value: Value): Predicate[] {
  if (value instanceof BSONRegExp) return [{ op: "regex", pattern: compilePattern(value.pattern, value.options) }];
  if (!isOperators(value)) return [{ op: "eq", value }];
  return operators(value);
}

export function isOperators(value: Value): value is Doc {
  if (!isDoc(value)) return false;
  const first = Object.keys(value)[0];
  return first?.startsWith("$") === true && first !== "$ref" && first !== "$id" && first !== "$db";
}

function operators(source: Doc): Predicate[] {
  const found: Predicate[] = [];
  for (const name of Object.keys(source)) {
    if (name === "$options") {
      if (!Object.hasOwn(source, "$regex")) throw new MongoFailure("BadValue", "$options needs a $regex");
      continue;
    }
    found.push(...operator(name, field(source, name), source));
  }
  return found;
}

function operator(name: string, value: Value, siblings: Doc): Predicate[] {
  switch (name) {
    case "$eq":
      return [{ op: "eq", value: noRegex(name, value) }];
    case "$ne":
      return [{ op: "not", predicates: [{ op: "eq", value: noRegex(name, value) }] }];
    case "$gt":
    case "$gte":
    case "$lt":
    case "$lte":
      return [{ op: name.slice(1) as Comparison, value: noRegex(name, value) }];
    case "$in":
      return [inList(name, value)];
    case "$nin":
      return [{ op: "not", predicates: [inList(name, value)] }];
    case "$exists":
      return truthy(value) ? [{ op: "exists" }] : [{ op: "not", predicates: [{ op: "exists" }] }];
    case "$type":
      return [{ op: "type", codes: typeCodes(value) }];
    case "$regex":
      return [{ op: "regex", pattern: patternOf(value, field(siblings, "$options")) }];
    case "$mod":
      return [modulo(value)];
    case "$size":
      return [size(value)];
    case "$all":
      return all(value);
    case "$elemMatch":
      return [elemMatch(value)];
    case "$not":
      return [not(value)];
    case "$bitsAllSet":
      return [{ op: "bits", mask: bitMask(name, value), wanted: "allSet" }];
    case "$bitsAllClear":
      return [{ op: "bits", mask: bitMask(name, value), wanted: "allClear" }];
    case "$bitsAnySet":
      return [{ op: "bits", mask: bitMask(name, value), wanted: "anySet" }];
    case "$bitsAnyClear":
      return [{ op: "bits", mask: bitMask(name, value), wanted: "anyClear" }];
    default:
      if (REFUSED.has(name)) throw refused(name);
      throw new MongoFailure("BadValue", `unknown operator: ${name}`);
  }
}

function noRegex(name: string, value: Value): Value {
  if (value instanceof BSONRegExp && name !== "$eq") throw new MongoFailure("BadValue", `Can't have regex as arg to ${name}.`);
  return value;
}

export function truthy(value: Value): boolean {
  if (value === null || value === undefined || value === false) return false;
  return !isNumeric(value) || toNumber(value) !== 0;
}

function inList(name: string, value: Value): Predicate {
  if (!Array.isArray(value)) throw new MongoFailure("BadValue", `${name} needs an array`);
  const patterns: Pattern[] = [];
  const values: Value[] = [];
  for (const entry of value) {
    if (isOperators(entry)) throw new MongoFailure("BadValue", `cannot nest $ under ${name}`);
    if (entry instanceof BSONRegExp) patterns.push(compilePattern(entry.pattern, entry.options));
    else values.push(entry);
  }
  return { op: "in", values, patterns };
}

function patternOf(value: Value, options: Value): Pattern {
  if (options !== undefined && typeof options !== "string") throw new MongoFailure("BadValue", "$options has to be a string");
  if (value instanceof BSONRegExp) {
    if (options !== undefined && value.options !== "")
      throw new MongoFailure("BadValue", "options set in both $regex and $options");
    return compilePattern(value.pattern, options ?? value.options);
  }
  if (typeof value !== "string") throw new MongoFailure("BadValue", "$regex has to be a string");
  return compilePattern(value, options ?? "");
}

/** MongoDB has PCRE: the flags of a leading `(?i)` are JavaScript's own flags, and `x` (comments) is not served. */
function compilePattern(source: string, options: string): Pattern {
  const inline = /^\(\?([ims]+)\)/.exec(source);
  const flags = [...new Set(`${options}${inline?.[1] ?? ""}`)].filter((flag) => flag !== "u").sort();
  const unknown = flags.find((flag) => !"ims".includes(flag));
  if (unknown !== undefined) throw new MongoFailure("BadValue", `invalid flag in regex options: ${unknown}`);
  const body = source.slice(inline?.[0].length ?? 0);
  const spelled = flags.join("");
  if (body.includes("\0")) throw new MongoFailure("BadValue", "Regular expression cannot contain an embedded null byte");
  for (const mode of ["u", ""]) {
    try {
      return { source: body, flags: spelled, compiled: new RegExp(body, spelled + mode) };
    } catch (cause) {
      if (mode === "") throw new MongoFailure("BadValue", "Regular expression is invalid", { cause });
    }
  }
  throw new MongoFailure("BadValue", "Regular expression is invalid");
}

function modulo(value: Value): Predicate {
  if (!Array.isArray(value) || value.length < 2) throw new MongoFailure("BadValue", "malformed mod, not enough elements");
  if (value.length > 2) throw new MongoFailure("BadValue", "malformed mod, too many elements");
  const [divisor, remainder] = value.map((part) => (isNumeric(part) ? Math.trunc(toNumber(part)) : Number.NaN));
  if (divisor === undefined || Number.isNaN(divisor)) throw new MongoFailure("BadValue", "malformed mod, divisor not a number");
  if (divisor === 0) throw new MongoFailure("BadValue", "divisor cannot be 0");
  if (remainder === undefined || Number.isNaN(remainder))
    throw new MongoFailure("BadValue", "malformed mod, remainder not a number");
  return { op: "mod", divisor, remainder };
}

function size(value: Value): Predicate {
  const length = isNumeric(value) ? toNumber(value) : Number.NaN;
  if (!Number.isInteger(length)) throw new MongoFailure("BadValue", "$size must be a whole number");
  if (length < 0) throw new MongoFailure("BadValue", `$size may not be negative. Got ${length}`);
  return { op: "size", length };
}

function all(value: Value): Predicate[] {
  if (!Array.isArray(value)) throw new MongoFailure("BadValue", "$all needs an array");
  if (value.length === 0) return [{ op: "in", values: [], patterns: [] }];
  return value.flatMap((entry) => {
    if (isDoc(entry) && Object.hasOwn(entry, "$elemMatch")) return [elemMatch(entry.$elemMatch)];
    if (isOperators(entry)) throw new MongoFailure("BadValue", "no $ expressions in $all");
    return predicatesOf(entry);
  });
}

/** Operators that ask something of a document, not of a value. */
export const LOGICAL: ReadonlySet<string> = new Set(["$and", "$or", "$nor", "$expr"]);

function elemMatch(value: Value): Predicate {
  if (!isDoc(value)) throw new MongoFailure("BadValue", "$elemMatch needs an Object");
  const first = Object.keys(value)[0];
  if (first?.startsWith("$") === true && !LOGICAL.has(first)) return { op: "elemMatchValue", predicates: operators(value) };
  return { op: "elemMatchDoc", filter: parseFilter(value) };
}

function not(value: Value): Predicate {
  if (value instanceof BSONRegExp) return { op: "not", predicates: predicatesOf(value) };
  if (!isDoc(value)) throw new MongoFailure("BadValue", "$not needs a regex or a document");
  if (Object.keys(value).length === 0) throw new MongoFailure("BadValue", "$not cannot be empty");
  return { op: "not", predicates: operators(value) };
}

function bitMask(name: string, value: Value): bigint {
  if (Array.isArray(value)) {
    return value.reduce((mask: bigint, position) => {
      const bit = isNumeric(position) ? toNumber(position) : -1;
      if (!Number.isInteger(bit) || bit < 0 || bit > 63)
        throw new MongoFailure("BadValue", `${name} bit positions must be >= 0 and < 64`);
      return mask | (1n << BigInt(bit));
    }, 0n);
  }
  const mask = isNumeric(value) ? toNumber(value) : Number.NaN;
  if (!Number.isInteger(mask) || mask < 0) throw new MongoFailure("BadValue", `${name} takes an Array or a non-negative number`);
  return BigInt(mask);
}
