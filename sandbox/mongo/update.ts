/** Updates as the write commands give them: operators, a replacement, or an aggregation pipeline. */
import { ObjectId } from "bson";
import { runPipelineOn } from "./aggregation.ts";
import { equal } from "./compare.ts";
import { MongoFailure } from "./failure.ts";
import { type Filter, isOperators, type Predicate, parseFilter } from "./filter.ts";
import type { MatchContext } from "./matcher.ts";
import { covers } from "./paths.ts";
import { OPERATORS } from "./update-operators.ts";
import { assertViable, comparePaths, resolvePath, setAt, splitPath, throughArray, unsetAt, valueAt } from "./update-paths.ts";
import { clone, type Doc, field, isDoc, setField, type Value } from "./values.ts";

export type Update =
  | { readonly kind: "operators"; readonly changes: readonly Change[]; readonly arrayFilters: ReadonlyMap<string, Filter> }
  | { readonly kind: "replacement"; readonly doc: Doc }
  | { readonly kind: "pipeline"; readonly stages: readonly Doc[]; readonly variables: Doc };

interface Change {
  readonly operator: string;
  readonly path: string;
  readonly parts: readonly string[];
  readonly argument: Value;
}

export interface ApplyContext {
  readonly match: MatchContext;
  readonly element: number | undefined;
  readonly now: Date;
  /** The document is being made by an upsert: `$setOnInsert` counts. */
  readonly inserting: boolean;
}

/** @throws {MongoFailure} for an update that MongoDB refuses whatever the document. */
export function parseUpdate(source: Value, arrayFilters: Value, variables: Doc): Update {
  if (Array.isArray(source)) {
    if (arrayFilters !== undefined)
      throw new MongoFailure("FailedToParse", "arrayFilters may not be specified for pipeline-style updates");
    return { kind: "pipeline", stages: source.map(stageOf), variables };
  }
  if (!isDoc(source)) throw new MongoFailure("FailedToParse", "Update argument must be either an object or an array");
  if (!isOperators(source)) {
    const stray = Object.keys(source).find((name) => name.startsWith("$"));
    if (stray !== undefined)
      throw new MongoFailure(
        "DollarPrefixedFieldName",
        `The dollar ($) prefixed field '${stray}' in '${stray}' is not allowed in the context of an update's replacement document.`,
      );
    return { kind: "replacement", doc: source };
  }
  const filters = parseArrayFilters(arrayFilters);
  const changes = Object.keys(source).flatMap((operator) => changesOf(operator, field(source, operator)));
  assertNoConflict(changes);
  assertFiltersUsed(filters, changes);
  return {
    kind: "operators",
    changes: changes.sort((left, right) => comparePaths(left.parts, right.parts)),
    arrayFilters: filters,
  };
}

const UPDATE_STAGES = new Set(["$set", "$addFields", "$unset", "$project", "$replaceRoot", "$replaceWith"]);

function stageOf(stage: Value): Doc {
  if (!isDoc(stage)) throw new MongoFailure("TypeMismatch", "Each element of the 'pipeline' array must be an object");
  const name = Object.keys(stage)[0] ?? "";
  if (!UPDATE_STAGES.has(name)) throw new MongoFailure("InvalidOptions", `${name} is not allowed to be used within an update`);
  return stage;
}

function changesOf(operator: string, fields: Value): Change[] {
  if (operator !== "$rename" && !OPERATORS.has(operator)) {
    throw new MongoFailure(
      "FailedToParse",
      `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
    );
  }
  if (!isDoc(fields)) {
    throw new MongoFailure(
      "FailedToParse",
      `Modifiers operate on fields but we found type ${typeof fields} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${JSON.stringify(fields)}}`,
    );
  }
  return Object.keys(fields).flatMap((path) => {
    const argument = field(fields, path);
    if (operator !== "$rename") return [{ operator, path, parts: splitPath(path), argument }];
    if (typeof argument !== "string")
      throw new MongoFailure("BadValue", `The 'to' field for $rename must be a string: ${path}: ${JSON.stringify(argument)}`);
    if (path === argument)
      throw new MongoFailure("BadValue", `The source and target field for $rename must differ: ${path}: "${argument}"`);
    if (/(?:^|\.)\$/.test(`${path}.${argument}`))
      throw new MongoFailure("BadValue", `The source field for $rename may not be dynamic: ${path}`);
    // The removal of the source is a change of its own, so that conflicts with other operators show.
    return [
      { operator: "$rename from", path, parts: splitPath(path), argument },
      { operator: "$rename to", path: argument, parts: splitPath(argument), argument: path },
    ];
  });
}

/** Two changes at one path, or at a path and within it, have no order. */
function assertNoConflict(changes: readonly Change[]): void {
  const paths = changes.map(({ path }) => path).sort((left, right) => comparePaths(left.split("."), right.split(".")));
  for (let i = 1; i < paths.length; i++) {
    const [shorter, longer] = [paths[i - 1] as string, paths[i] as string];
    if (covers(shorter, longer)) {
      throw new MongoFailure(
        "ConflictingUpdateOperators",
        `Updating the path '${longer}' would create a conflict at '${shorter}'`,
      );
    }
  }
  assertOneKindOfChild(changes);
}

/** All the elements of an array (`a.$[]`) and a named child (`a.b`) cannot both be changed. */
function assertOneKindOfChild(changes: readonly Change[]): void {
  const kinds = new Map<string, boolean>();
  for (const { path, parts } of changes) {
    for (const [i, part] of parts.entries()) {
      const parent = parts.slice(0, i).join(".");
      const elements = part.startsWith("$[");
      if (kinds.has(parent) && kinds.get(parent) !== elements) {
        throw new MongoFailure(
          "ConflictingUpdateOperators",
          `Updating the path '${path}' would create a conflict at '${parent}'`,
        );
      }
      kinds.set(parent, elements);
    }
  }
}

function parseArrayFilters(source: Value): Map<string, Filter> {
  const filters = new Map<string, Filter>();
  if (source === undefined || source === null) return filters;
  if (!Array.isArray(source)) throw new MongoFailure("TypeMismatch", "arrayFilters must be an array");
  for (const entry of source) {
    if (!isDoc(entry)) throw new MongoFailure("TypeMismatch", "arrayFilters entries must be objects");
    const names = new Set(namesIn(entry));
    const [name] = names;
    if (name === undefined || names.size !== 1)
      throw new MongoFailure(
        "FailedToParse",
        "Error parsing array filter :: caused by :: Expected a single top-level field name",
      );
    if (!/^[a-z][A-Za-z0-9]*$/.test(name))
      throw new MongoFailure(
        "BadValue",
        `Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${name}'`,
      );
    if (filters.has(name))
      throw new MongoFailure("FailedToParse", `Found multiple array filters with the same top-level field name ${name}`);
    filters.set(name, parseFilter(entry));
  }
  return filters;
}

function namesIn(filter: Doc): string[] {
  return Object.keys(filter).flatMap((name) => {
    const value = field(filter, name);
    if (!name.startsWith("$")) return [name.split(".")[0] as string];
    return Array.isArray(value) ? value.flatMap((entry) => (isDoc(entry) ? namesIn(entry) : [])) : [];
  });
}

function assertFiltersUsed(filters: ReadonlyMap<string, Filter>, changes: readonly Change[]): void {
  const used = new Set(
    changes.flatMap(({ parts }) => parts.filter((part) => part.startsWith("$[")).map((part) => part.slice(2, -1))),
  );
  for (const name of filters.keys()) {
    if (!used.has(name))
      throw new MongoFailure("FailedToParse", `The array filter for identifier '${name}' was not used in the update`);
  }
  for (const name of used) {
    if (name !== "" && !filters.has(name))
      throw new MongoFailure("BadValue", `No array filter found for identifier '${name}' in path`);
  }
}

/**
 * The document after the update; the one given stays as it is.
 * @throws {MongoFailure} when the update cannot be applied to this document, or would change its `_id`.
 */
export function applyUpdate(update: Update, before: Doc, context: ApplyContext): Doc {
  const after = changed(update, before, context);
  const id = field(before, "_id");
  const next = field(after, "_id");
  if (id === undefined || (context.inserting && update.kind === "pipeline")) return after;
  if (next === undefined && update.kind !== "operators") return withId(after, id);
  if (next === undefined || !equal(id, next)) {
    const message =
      update.kind === "replacement"
        ? `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${JSON.stringify(next)}`
        : "Performing an update on the path '_id' would modify the immutable field '_id'";
    throw new MongoFailure("ImmutableField", message);
  }
  return after;
}

function changed(update: Update, before: Doc, context: ApplyContext): Doc {
  switch (update.kind) {
    case "replacement": {
      const copy = clone(update.doc) as Doc;
      const id = field(copy, "_id") ?? field(before, "_id");
      return id === undefined ? copy : withId(copy, id);
    }
    case "pipeline":
      return runPipelineOn(before, update.stages, update.variables, context.now);
    case "operators":
      return applyChanges(update, before, context);
  }
}

/** `_id` is always the first field. */
export function withId(doc: Doc, id: Value): Doc {
  const ordered: Doc = { _id: id };
  for (const name of Object.keys(doc)) if (name !== "_id") setField(ordered, name, doc[name]);
  return ordered;
}

function applyChanges(
  { changes, arrayFilters }: Extract<Update, { kind: "operators" }>,
  before: Doc,
  context: ApplyContext,
): Doc {
  const doc = clone(before) as Doc;
  const pathContext = { element: context.element, arrayFilters, match: context.match };
  const touched: string[][] = [];
  for (const change of changes) {
    if (change.operator === "$setOnInsert" && !context.inserting) continue;
    if (change.operator.startsWith("$rename")) {
      rename(doc, before, change);
      continue;
    }
    for (const parts of resolvePath(before, change.parts, pathContext)) {
      touched.push(parts);
      applyChange(doc, change, parts, context);
    }
  }
  if (changes.some(({ parts }) => parts.some((part) => part.startsWith("$")))) assertDistinct(touched);
  return doc;
}

/** `a.$.b` and `a.0.b` are only known to be one path when the document is. */
function assertDistinct(touched: readonly string[][]): void {
  const paths = touched.map((parts) => parts.join(".")).sort();
  for (let i = 1; i < paths.length; i++) {
    const [shorter, longer] = [paths[i - 1] as string, paths[i] as string];
    if (covers(shorter, longer)) {
      throw new MongoFailure("ConflictingUpdateOperators", `Update created a conflict at '${shorter}'`);
    }
  }
}

function applyChange(doc: Doc, { operator, argument }: Change, parts: readonly string[], context: ApplyContext): void {
  const apply = OPERATORS.get(operator);
  if (apply === undefined) throw new MongoFailure("FailedToParse", `Unknown modifier: ${operator}`);
  const present = valueAt(doc, parts);
  const outcome = apply({ path: parts.join("."), present, argument, match: context.match, now: context.now });
  // Only $unset is content with a path that could not exist.
  if (outcome.kind === "keep" && present === undefined) assertViable(doc, parts);
  if (outcome.kind === "remove") unsetAt(doc, parts);
  if (outcome.kind === "set") setAt(doc, parts, outcome.value);
}

function rename(doc: Doc, before: Doc, { operator, parts, argument }: Change): void {
  const other = splitPath(argument as string);
  const from = operator === "$rename from" ? parts : other;
  const value = valueAt(before, from);
  if (value === undefined) return;
  if (throughArray(before, parts)) {
    const end = from === parts ? "source" : "destination";
    throw new MongoFailure("BadValue", `The ${end} field cannot be an array element, '${parts.join(".")}'`);
  }
  if (from === parts) unsetAt(doc, parts);
  else setAt(doc, parts, clone(value));
}

/** What an upsert starts from: the fields that the query requires to be equal to something. */
export function upsertBase(filter: Filter): Doc {
  const equalities: Equalities = new Map();
  collectEqualities(filter, equalities);
  const doc: Doc = {};
  for (const { parts, value } of equalities.values()) setAt(doc, parts, clone(value));
  return doc;
}

type Equalities = Map<string, { readonly parts: readonly string[]; readonly value: Value }>;

function collectEqualities(filter: Filter, equalities: Equalities): void {
  if (filter.kind === "and") for (const clause of filter.clauses) collectEqualities(clause, equalities);
  if (filter.kind === "or" && filter.clauses.length === 1 && filter.clauses[0] !== undefined)
    collectEqualities(filter.clauses[0], equalities);
  if (filter.kind !== "field") return;
  const { predicate } = filter;
  if (predicate.op !== "eq" && !(predicate.op === "in" && isSingle(predicate))) return;
  const value = predicate.op === "eq" ? predicate.value : predicate.values[0];
  const { path, parts } = filter;
  const rival = [...equalities.keys()].find((other) => covers(other, path) || covers(path, other));
  if (rival !== undefined) {
    const [short, long] = rival.length < path.length ? [rival, path] : [path, rival];
    const matched = rival === path ? `path '${path}' is matched twice` : `both paths '${long}' and '${short}' are matched`;
    throw new MongoFailure("NotSingleValueField", `cannot infer query fields to set, ${matched}`);
  }
  equalities.set(path, { parts, value });
}

/** Whether a `$in` takes one value only, were it given several times. */
function isSingle({ values, patterns }: Extract<Predicate, { op: "in" }>): boolean {
  return values.length > 0 && patterns.length === 0 && values.every((value) => equal(value, values[0]));
}

/** The document that an upsert inserts. */
export function upserted(update: Update, filter: Filter, context: Omit<ApplyContext, "inserting" | "element">): Doc {
  const base = upsertBase(filter);
  const start: Doc = update.kind === "replacement" ? idOnly(base) : base;
  const made = applyUpdate(update, start, { ...context, inserting: true, element: undefined });
  return withId(made, field(made, "_id") ?? new ObjectId());
}

function idOnly(doc: Doc): Doc {
  const id = field(doc, "_id");
  return id === undefined ? {} : { _id: id };
}
