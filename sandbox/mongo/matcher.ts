/** Whether a document matches a filter. */
import { Binary, BSONRegExp, BSONSymbol, Long } from "bson";
import { compare, equal, Rank, rankOf } from "./compare.ts";
import type { Comparison, Filter, Pattern, Predicate } from "./filter.ts";
import { visitPath } from "./paths.ts";
import { BsonType, type Doc, isNumeric, toNumber, typeOf, type Value } from "./values.ts";

/** What evaluating a filter needs beyond the document, and what it leaves behind. */
export interface MatchContext {
  /** Evaluates an aggregation expression (`$expr`) on a document. */
  readonly evaluate: (doc: Doc, expression: Value) => Value;
  /** Set by a match that went into an array: the position the operator `$` stands for. */
  element?: number | undefined;
}

export function matches(filter: Filter, doc: Doc, context: MatchContext): boolean {
  switch (filter.kind) {
    case "and":
      return filter.clauses.every((clause) => matches(clause, doc, context));
    case "or":
      return filter.clauses.some((clause) => matches(clause, doc, context));
    case "nor":
      return !filter.clauses.some((clause) => matches(clause, doc, context));
    case "constant":
      return filter.result;
    case "expression":
      return isTrue(context.evaluate(doc, filter.expression));
    case "field":
      return matchesPath(doc, filter.parts, filter.predicate, context);
  }
}

function isTrue(value: Value): boolean {
  if (value === null || value === undefined || value === false) return false;
  return !isNumeric(value) || toNumber(value) !== 0;
}

function matchesPath(doc: Doc, parts: readonly string[], predicate: Predicate, context: MatchContext): boolean {
  if (predicate.op === "not") return !predicate.predicates.every((inner) => matchesPath(doc, parts, inner, context));
  const leaf = predicate.op === "exists" || isAboutArrays(predicate) ? "whole" : "expand";
  return visitPath(doc, parts, 0, leaf, (value, element) => {
    const within = isAboutArrays(predicate) ? arrayPasses(value, predicate, context) : passes(value, predicate);
    if (within === false) return false;
    context.element = element ?? (typeof within === "number" ? within : context.element);
    return true;
  });
}

type AboutArrays = Extract<Predicate, { op: "size" | "elemMatchValue" | "elemMatchDoc" }>;

function isAboutArrays(predicate: Predicate): predicate is AboutArrays {
  return predicate.op === "size" || predicate.op === "elemMatchValue" || predicate.op === "elemMatchDoc";
}

/** False, true, or the position of the element that passed. */
function arrayPasses(value: Value, predicate: AboutArrays, context: MatchContext): boolean | number {
  if (!Array.isArray(value)) return false;
  if (predicate.op === "size") return value.length === predicate.length;
  const position = value.findIndex((item) =>
    predicate.op === "elemMatchValue"
      ? predicate.predicates.every((inner) => elementPasses(item, inner, context))
      : elementMatches(item, predicate.filter, context),
  );
  return position === -1 ? false : position;
}

function elementMatches(item: Value, filter: Filter, context: MatchContext): boolean {
  if (typeof item !== "object" || item === null) return false;
  if (!Array.isArray(item) && typeOf(item) !== BsonType.object) return false;
  return matches(filter, (Array.isArray(item) ? { ...item } : item) as Doc, { evaluate: context.evaluate });
}

function elementPasses(item: Value, predicate: Predicate, context: MatchContext): boolean {
  if (predicate.op === "not") return !predicate.predicates.every((inner) => elementPasses(item, inner, context));
  if (isAboutArrays(predicate)) return arrayPasses(item, predicate, context) !== false;
  return passes(item, predicate);
}

/** Whether one value passes; arrays have been taken apart before. Used too to see what a partial index implies. */
export function passes(value: Value, predicate: Exclude<Predicate, AboutArrays | { op: "not" }>): boolean {
  switch (predicate.op) {
    case "eq":
      return equalsForQuery(value, predicate.value);
    case "in":
      return (
        predicate.values.some((wanted) => equalsForQuery(value, wanted)) ||
        predicate.patterns.some((p) => patternMatches(value, p))
      );
    case "gt":
    case "gte":
    case "lt":
    case "lte":
      return inOrder(value, predicate.op, predicate.value);
    case "exists":
      return value !== undefined;
    case "type":
      return value !== undefined && predicate.codes.has(typeOf(value));
    case "regex":
      return patternMatches(value, predicate.pattern);
    case "mod":
      return isNumeric(value) && Math.trunc(toNumber(value)) % predicate.divisor === predicate.remainder;
    case "bits":
      return bitsMatch(value, predicate.mask, predicate.wanted);
  }
}

/** `null` asks for null or missing. */
function equalsForQuery(value: Value, wanted: Value): boolean {
  if (wanted === null || wanted === undefined) return value === null || value === undefined;
  return value !== undefined && equal(value, wanted);
}

/** Ranges stay within a kind of value: `{$gt: 3}` finds no string. `null` is equal to itself and to missing, never less. */
function inOrder(value: Value, op: Comparison, wanted: Value): boolean {
  const rank = rankOf(wanted);
  if (rank === Rank.null || rank === Rank.undefined)
    return (op === "gte" || op === "lte") && (value === null || value === undefined);
  if (value === undefined) return false;
  const anyKind = rank === Rank.minKey || rank === Rank.maxKey;
  if (!anyKind && rankOf(value) !== rank) return false;
  if (rank === Rank.number && (isNaNValue(value) || isNaNValue(wanted))) {
    return (op === "gte" || op === "lte") && isNaNValue(value) && isNaNValue(wanted);
  }
  const order = compare(value, wanted);
  switch (op) {
    case "gt":
      return order > 0;
    case "gte":
      return order >= 0;
    case "lt":
      return order < 0;
    case "lte":
      return order <= 0;
  }
}

const isNaNValue = (value: Value): boolean => isNumeric(value) && Number.isNaN(toNumber(value));

function patternMatches(value: Value, pattern: Pattern): boolean {
  if (typeof value === "string") return pattern.compiled.test(value);
  if (value instanceof BSONSymbol) return pattern.compiled.test(value.value);
  return value instanceof BSONRegExp && value.pattern === pattern.source && value.options === pattern.flags;
}

function bitsMatch(value: Value, mask: bigint, wanted: "allSet" | "allClear" | "anySet" | "anyClear"): boolean {
  const bits = bitsOf(value);
  if (bits === undefined) return false;
  const set = BigInt.asUintN(64, bits) & mask;
  switch (wanted) {
    case "allSet":
      return set === mask;
    case "allClear":
      return set === 0n;
    case "anySet":
      return set !== 0n;
    case "anyClear":
      return set !== mask;
  }
}

function bitsOf(value: Value): bigint | undefined {
  if (value instanceof Long) return value.toBigInt();
  if (value instanceof Binary) {
    return value.value().reduceRight<bigint>((bits, byte) => (bits << 8n) | BigInt(byte), 0n);
  }
  if (!isNumeric(value)) return undefined;
  const number = toNumber(value);
  return Number.isSafeInteger(number) ? BigInt(number) : undefined;
}
