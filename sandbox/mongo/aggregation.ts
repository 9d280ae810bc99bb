/**
 * Aggregation expressions and pipelines, run by mingo on plain JavaScript values. Where mingo's idea of equality and order is
 * not MongoDB's ($match, $sort, the comparison expressions), the operators of this server take the place of its own.
 */
import { BSONRegExp, Double, Int32, Long } from "bson";
import { Aggregator } from "mingo/aggregator";
import { Context, evalExpr, ProcessingMode } from "mingo/core";
import { Lazy } from "mingo/lazy";
import * as accumulators from "mingo/operators/accumulator";
import * as expressions from "mingo/operators/expression";
import * as stages from "mingo/operators/pipeline";
import * as projections from "mingo/operators/projection";
import * as windows from "mingo/operators/window";
import type { AnyObject, Options } from "mingo/types";
import { compare } from "./compare.ts";
import { MongoFailure } from "./failure.ts";
import { isOperators, parseFilter } from "./filter.ts";
import { type MatchContext, matches } from "./matcher.ts";
import { applyProjection, isPlainProjection, parseProjection } from "./projection.ts";
import { parseSort, sortDocs } from "./sort.ts";
import { type Doc, decode, encode, isDoc, setField, type Value } from "./values.ts";

/** The stages that are served; the others are refused by name. */
const STAGES = new Set([
  "$addFields",
  "$bucket",
  "$bucketAuto",
  "$count",
  "$densify",
  "$documents",
  "$facet",
  "$fill",
  "$graphLookup",
  "$group",
  "$limit",
  "$lookup",
  "$match",
  "$project",
  "$redact",
  "$replaceRoot",
  "$replaceWith",
  "$sample",
  "$set",
  "$setWindowFields",
  "$skip",
  "$sort",
  "$sortByCount",
  "$unionWith",
  "$unset",
  "$unwind",
]);
/** Stages that MongoDB has and this server has not. */
const NOT_SERVED = new Set([
  "$changeStream",
  "$changeStreamSplitLargeEvent",
  "$collStats",
  "$currentOp",
  "$geoNear",
  "$indexStats",
  "$listLocalSessions",
  "$listSessions",
  "$merge",
  "$out",
  "$planCacheStats",
  "$search",
  "$searchMeta",
  "$vectorSearch",
]);
const SCRIPTS = new Set(["$function", "$accumulator", "$where"]);

type Compared = [left: Value, right: Value];
const operands = (doc: unknown, expression: unknown, options: Options): Compared => {
  if (!Array.isArray(expression) || expression.length !== 2)
    throw new MongoFailure("Location16020", "Expression takes exactly 2 arguments");
  return evalExpr(doc, expression, options) as Compared;
};
const comparison =
  (test: (order: number) => boolean | number) =>
  (doc: unknown, expression: unknown, options: Options): unknown =>
    test(compare(...operands(doc, expression, options)));

type Stage = typeof stages.$match;
const listed = <T>(table: object): T => Object.fromEntries(Object.entries(table).filter(([name]) => name.startsWith("$"))) as T;

const matchStage: Stage = (documents, expression, options) => {
  const filter = parseFilter(typed(expression as Value) as Doc);
  return documents.filter((doc) => matches(filter, doc as Doc, contextWithin(options)));
};

const sortStage: typeof stages.$sort = (documents, keys) => {
  const sort = parseSort(keys as Value);
  return documents.transform(((docs: Doc[]) => Lazy(sortDocs(docs, sort))) as never);
};

/** mingo's own `$project` puts `_id` last and loses the order of fields: the plain ones are done as `find` does them. */
const projectStage: typeof stages.$project = (documents, expression, options) => {
  const projection = parseProjection(typed(expression as Value), "aggregate");
  if (!isPlainProjection(projection)) return stages.$project(documents, expression, options).map((doc) => idFirst(doc as Doc));
  return documents.map((doc) => applyProjection(projection, doc as Doc, undefined, contextWithin(options)) as unknown);
};

/** What `$match` within a pipeline needs for `$expr`: the variables of the whole pipeline and those of a `$lookup`. */
function contextWithin(options: Options): MatchContext {
  const variables = { ...options.variables, ...(options as { local?: { variables?: AnyObject } }).local?.variables };
  return { evaluate: (doc, expression) => evaluateWith(variables, doc, expression) };
}

function idFirst(doc: Doc): Doc {
  return Object.hasOwn(doc, "_id") ? { _id: doc._id, ...doc } : doc;
}

const CONTEXT = Context.from(
  Context.init({
    expression: {
      $eq: comparison((order) => order === 0),
      $ne: comparison((order) => order !== 0),
      $gt: comparison((order) => order > 0),
      $gte: comparison((order) => order >= 0),
      $lt: comparison((order) => order < 0),
      $lte: comparison((order) => order <= 0),
      $cmp: comparison((order) => Math.sign(order)),
    } as never,
    pipeline: { $match: matchStage, $sort: sortStage, $project: projectStage } as never,
  }),
  Context.init({
    accumulator: listed(accumulators),
    expression: listed(expressions),
    pipeline: listed(stages),
    projection: listed(projections),
    window: listed(windows),
  }),
);

const OPTIONS = {
  idKey: "_id",
  processingMode: ProcessingMode.CLONE_OFF,
  useStrictMode: true,
  scriptEnabled: false,
  failOnError: true,
} as const;

export interface PipelineContext {
  readonly variables: Doc;
  readonly now: Date;
  /** The documents of another collection of the database, for `$lookup` and `$unionWith`. */
  readonly resolve: (collection: string) => Doc[];
}

/** @throws {MongoFailure} for stages and expressions that are not served, before anything is read. */
export function checkPipeline(pipeline: readonly Value[]): asserts pipeline is readonly Doc[] {
  for (const stage of pipeline) {
    if (!isDoc(stage)) throw new MongoFailure("TypeMismatch", "Each element of the 'pipeline' array must be an object");
    const names = Object.keys(stage);
    const name = names[0];
    if (names.length !== 1 || name === undefined) {
      throw new MongoFailure("Location40323", "A pipeline stage specification object must contain exactly one field.");
    }
    if (NOT_SERVED.has(name)) throw new MongoFailure("NotImplemented", `the stage ${name} is not served by this embedded server`);
    if (!STAGES.has(name)) throw new MongoFailure("Location40324", `Unrecognized pipeline stage name: '${name}'`);
    checkExpressions(stage[name]);
    for (const inner of innerPipelines(name, stage[name])) checkPipeline(inner);
  }
}

function innerPipelines(name: string, body: Value): Value[][] {
  if (!isDoc(body)) return [];
  const candidates = name === "$facet" ? Object.values(body) : name === "$lookup" || name === "$unionWith" ? [body.pipeline] : [];
  return candidates.filter((candidate) => Array.isArray(candidate));
}

function checkExpressions(value: Value): void {
  if (Array.isArray(value)) {
    value.forEach(checkExpressions);
    return;
  }
  if (!isDoc(value)) return;
  for (const name of Object.keys(value)) {
    if (SCRIPTS.has(name))
      throw new MongoFailure("NotImplemented", `${name} runs JavaScript, which this embedded server does not do`);
    if (name !== "$literal") checkExpressions(value[name]);
  }
}

/** Runs a checked pipeline on documents as {@link plain} makes them. */
export function runPipeline(docs: unknown[], pipeline: readonly Doc[], context: PipelineContext): Doc[] {
  const options = {
    ...OPTIONS,
    context: CONTEXT,
    variables: variablesOf(context.variables, context.now),
    collectionResolver: (name: string) => context.resolve(name).map((doc) => plain(doc) as AnyObject),
  };
  const stages = pipeline.map((stage) => expressionOf(stage) as AnyObject);
  return guarded(() => new Aggregator(stages, options).run(docs as AnyObject[])) as Doc[];
}

/** One document through the stages of an update; what the stages leave alone keeps its type. */
export function runPipelineOn(doc: Doc, pipeline: readonly Doc[], variables: Doc, now: Date): Doc {
  checkPipeline(pipeline);
  const [result] = runPipeline([plain(doc)], pipeline, { variables, now, resolve: () => [] });
  // Through the encoder, so that nothing of mingo's making (missing values, patterns) stays in the document.
  return restoreTypes(decode(encode(result ?? {})), doc) as Doc;
}

/** What evaluates `$expr` and computed fields, with the variables of the command's `let`. */
export function expressionContext(variables: Doc, now: Date): MatchContext {
  const all = variablesOf(variables, now);
  return { evaluate: (doc, expression) => evaluateWith(all, doc, expression) };
}

function evaluateWith(variables: AnyObject, doc: Doc, expression: Value): Value {
  checkExpressions(expression);
  const options = { ...OPTIONS, context: CONTEXT, variables };
  return typed(guarded(() => evalExpr(plain(doc), expressionOf(expression), options)) as Value);
}

const NOW = "serverNow";
const variablesOf = (variables: Doc, now: Date): AnyObject => ({ ...(plain(variables) as AnyObject), [NOW]: now });

/** An expression for mingo, whose own `$$NOW` is the system's clock: the server's clock may be another one. */
function expressionOf(value: Value): unknown {
  if (typeof value === "string")
    return value === "$$NOW" || value.startsWith("$$NOW.") ? value.replace("$$NOW", () => `$$${NOW}`) : value;
  if (Array.isArray(value)) return value.map(expressionOf);
  if (!isDoc(value)) return plain(value);
  const copy: Doc = {};
  for (const name of Object.keys(value))
    setField(copy, name, (name === "$literal" ? plain(value[name]) : expressionOf(value[name])) as Value);
  return copy;
}

function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof MongoFailure) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const name = /'(\$\w+)' is not registered/.exec(message)?.[1];
    if (name !== undefined) throw new MongoFailure("InvalidPipelineOperator", `Unrecognized expression '${name}'`, { cause });
    throw new MongoFailure("BadValue", message, { cause });
  }
}

/** Numbers as JavaScript has them, longs too where they are exact; patterns as RegExp outside of `$match`. */
export function plain(value: Value): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (value instanceof BSONRegExp) return new RegExp(value.pattern, value.options.replaceAll(/[^ims]/g, ""));
  if (Array.isArray(value)) return value.map(plain);
  if (isDoc(value)) {
    const copy: Doc = {};
    for (const name of Object.keys(value)) setField(copy, name, plain(value[name]) as Value);
    return copy;
  }
  if (Object.getPrototypeOf(value) === Long.prototype) {
    const number = (value as Long).toNumber();
    return Number.isSafeInteger(number) ? number : value;
  }
  return value;
}

/** The other way: JavaScript numbers and patterns as BSON values. */
export function typed(value: Value): Value {
  if (typeof value === "number")
    return Number.isInteger(value) && Math.abs(value) <= 0x7fffffff && !Object.is(value, -0)
      ? new Int32(value)
      : new Double(value);
  if (typeof value !== "object" || value === null) return value;
  if ((value as unknown) instanceof RegExp) {
    const pattern = value as unknown as RegExp;
    return new BSONRegExp(pattern.source, pattern.flags.replaceAll(/[^ims]/g, ""));
  }
  if (Array.isArray(value)) return value.map(typed);
  if (!isDoc(value)) return value;
  const copy: Doc = {};
  for (const name of Object.keys(value)) setField(copy, name, typed(value[name]));
  return copy;
}

/** Where a value is the same as before, the one before: 5.0 that went through JavaScript would come back as an int. */
function restoreTypes(after: Value, before: Value): Value {
  if (isDoc(after) && isDoc(before) && !isOperators(after)) {
    for (const name of Object.keys(after))
      if (Object.hasOwn(before, name)) setField(after, name, restoreTypes(after[name], before[name]));
    return after;
  }
  if (Array.isArray(after) && Array.isArray(before)) return after.map((item, i) => restoreTypes(item, before[i]));
  return compare(after, before) === 0 ? before : after;
}
