/** `$push`, `$addToSet`, `$pull`, `$pullAll` and `$pop`. */
import { compare, equal } from "./compare.ts";
import { MongoFailure } from "./failure.ts";
import { isOperators, LOGICAL, parseFilter } from "./filter.ts";
import { type MatchContext, matches } from "./matcher.ts";
import { parseSort, type SortKey } from "./sort.ts";
import { typeName } from "./type-names.ts";
import type { OperatorInput } from "./update-operators.ts";
import { valueAt } from "./update-paths.ts";
import { clone, type Doc, field, isDoc, isNumeric, toNumber, typeOf, type Value } from "./values.ts";

const PUSH_MODIFIERS = new Set(["$each", "$slice", "$sort", "$position"]);

/** The array with the values added; `$position`, then `$sort`, then `$slice`. */
export function push({ path, present, argument }: OperatorInput): Value[] {
  const array = arrayOf(path, present, "$push");
  if (!isDoc(argument) || !Object.hasOwn(argument, "$each")) return [...array, clone(argument)];
  const stray = Object.keys(argument).find((name) => !PUSH_MODIFIERS.has(name));
  if (stray !== undefined) throw new MongoFailure("BadValue", `Unrecognized clause in $push: ${stray}`);
  const added = each(argument, "$push");
  const position = wholeNumber(argument, "$position") ?? array.length;
  const at = position < 0 ? Math.max(0, array.length + position) : Math.min(position, array.length);
  const joined = [...array.slice(0, at), ...added, ...array.slice(at)];
  const sorted = Object.hasOwn(argument, "$sort") ? sortArray(joined, argument.$sort) : joined;
  const keep = wholeNumber(argument, "$slice");
  if (keep === undefined) return sorted;
  return keep >= 0 ? sorted.slice(0, keep) : sorted.slice(keep);
}

function arrayOf(path: string, present: Value, name: string): Value[] {
  if (present === undefined) return [];
  if (Array.isArray(present)) return present;
  const found = typeName(typeOf(present));
  if (name === "$addToSet") {
    throw new MongoFailure(
      "BadValue",
      `Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${found}`,
    );
  }
  if (name === "$push") throw new MongoFailure("BadValue", `The field '${path}' must be an array but is of type ${found}`);
  throw new MongoFailure(name === "$pop" ? "TypeMismatch" : "BadValue", `Cannot apply ${name} to a non-array value`);
}

function each(argument: Doc, name: string): Value[] {
  const values = field(argument, "$each");
  if (!Array.isArray(values)) {
    throw new MongoFailure(
      name === "$push" ? "BadValue" : "TypeMismatch",
      `The argument to $each in ${name} must be an array but it was of type ${typeName(typeOf(values))}`,
    );
  }
  return values.map(clone);
}

function wholeNumber(argument: Doc, name: string): number | undefined {
  if (!Object.hasOwn(argument, name)) return undefined;
  const value = field(argument, name);
  const number = isNumeric(value) ? toNumber(value) : Number.NaN;
  if (!Number.isInteger(number)) throw new MongoFailure("BadValue", `The value for ${name} must be an integer value`);
  return number;
}

function sortArray(array: readonly Value[], order: Value): Value[] {
  if (isNumeric(order)) {
    const direction = toNumber(order);
    if (direction !== 1 && direction !== -1) throw new MongoFailure("BadValue", "The $sort element value must be either 1 or -1");
    return [...array].sort((left, right) => compare(left ?? null, right ?? null) * direction);
  }
  const keys = parseSort(order);
  if (keys.length === 0) throw new MongoFailure("BadValue", "The $sort pattern is empty when it should be a set of fields.");
  return array
    .map((value) => ({ value, key: keys.map(({ parts }) => (isDoc(value) ? valueAt(value, parts) : undefined) ?? null) }))
    .sort((left, right) => compareKeys(keys, left.key, right.key))
    .map(({ value }) => value);
}

/** Unlike a sort of documents, this one takes an array as a whole, as MongoDB's does. */
function compareKeys(keys: readonly SortKey[], left: readonly Value[], right: readonly Value[]): number {
  return keys.reduce((order, { direction }, i) => order || compare(left[i], right[i]) * direction, 0);
}

export function addToSet({ path, present, argument }: OperatorInput): Value[] {
  const array = arrayOf(path, present, "$addToSet");
  const several = isDoc(argument) && Object.hasOwn(argument, "$each");
  if (several && Object.keys(argument).length > 1) {
    throw new MongoFailure(
      "BadValue",
      `Found unexpected fields after $each in $addToSet: ${Object.keys(argument).slice(1).join(", ")}`,
    );
  }
  const result = [...array];
  for (const value of several ? each(argument, "$addToSet") : [clone(argument)]) {
    if (!result.some((one) => equal(one, value))) result.push(value);
  }
  return result;
}

/** The array without its first (-1) or last (1) element; undefined where the field is missing. */
export function pop({ path, present, argument }: OperatorInput): Value[] | undefined {
  const end = isNumeric(argument) ? toNumber(argument) : Number.NaN;
  if (end !== 1 && end !== -1) throw new MongoFailure("FailedToParse", "$pop expects 1 or -1");
  if (present === undefined) return undefined;
  const array = arrayOf(path, present, "$pop");
  return end === 1 ? array.slice(0, -1) : array.slice(1);
}

/**
 * Removes what equals the argument, passes its operators, or, for elements that are documents, matches it as a filter. For operators
 * an element is what a field's value would be: an array passes when one of its elements does.
 */
export function pull({ path, present, argument, match }: OperatorInput): Value[] | undefined {
  const goes = pulled(argument, { evaluate: match.evaluate });
  if (present === undefined) return undefined;
  return arrayOf(path, present, "$pull").filter((item) => !goes(item));
}

/** @throws {MongoFailure} for an argument that is no filter, whatever the document holds. */
function pulled(argument: Value, context: MatchContext): (item: Value) => boolean {
  // Here a `$not` is taken for a filter of documents, which has none: MongoDB refuses it.
  const asksOfDocuments = (name: string): boolean => LOGICAL.has(name) || name === "$not";
  if (isDoc(argument) && (!isOperators(argument) || Object.keys(argument).some(asksOfDocuments))) {
    const filter = parseFilter(argument);
    return (item) => isDoc(item) && matches(filter, item, context);
  }
  if (!isDoc(argument) && typeName(typeOf(argument)) !== "regex") return (item) => equal(item, argument);
  const filter = parseFilter({ item: argument });
  return (item) => matches(filter, { item }, context);
}

export function pullAll({ path, present, argument }: OperatorInput): Value[] | undefined {
  if (!Array.isArray(argument))
    throw new MongoFailure("BadValue", `$pullAll requires an array argument but was given a ${typeName(typeOf(argument))}`);
  if (present === undefined) return undefined;
  return arrayOf(path, present, "$pullAll").filter((item) => !argument.some((wanted) => equal(item, wanted)));
}
