/** `aggregate`: what the stages at the start of the pipeline ask of the collection is done by the planner, the rest by mingo. */
import { checkPipeline, plain, runPipeline } from "../aggregation.ts";
import { argument, commandSchema, parseArguments } from "../arguments.ts";
import { MongoFailure } from "../failure.ts";
import { parseProjection } from "../projection.ts";
import { ListBatches, parseQuery, type Query, QueryBatches, startRun } from "../query.ts";
import type { QueryRun } from "../query-run.ts";
import type { Store } from "../store.ts";
import { type Doc, decode, encode, field, isDoc, isNumeric, toNumber, type Value } from "../values.ts";
import type { Answer } from "../wire.ts";
import { type CommandContext, collectionName, deadlineOf } from "./command.ts";
import { firstBatch } from "./find.ts";

export const aggregateSchema = commandSchema({
  aggregate: argument.value,
  pipeline: argument.value,
  cursor: argument.doc.optional(),
  explain: argument.flag.optional(),
  hint: argument.value.optional(),
  let: argument.doc.optional(),
  bypassDocumentValidation: argument.flag.optional(),
  fromMongos: argument.flag.optional(),
  exchange: argument.value.optional(),
});

export async function aggregate(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(aggregateSchema, "aggregate", body);
  const { store } = service;
  if (!Array.isArray(given.pipeline)) throw new MongoFailure("TypeMismatch", "'pipeline' option must be specified as an array");
  if (given.cursor === undefined)
    throw new MongoFailure("FailedToParse", "The 'cursor' option is required, except for aggregate with the explain argument");
  const pipeline: readonly Value[] = given.pipeline;
  checkPipeline(pipeline);
  const withoutCollection = isNumeric(given.aggregate);
  const name = withoutCollection ? "$cmd.aggregate" : collectionName(db, given.aggregate);
  const now = service.now();
  const { query, rest } = splitPipeline(pipeline, given.hint, given.let, now);
  const batchSize = given.cursor.batchSize;
  const size = isNumeric(batchSize) ? toNumber(batchSize) : undefined;
  const deadline = deadlineOf(given.maxTimeMS);
  store.freshen();
  const { run } = startRun(store, withoutCollection ? undefined : store.collection(db, name), query);
  if (rest.length === 0) {
    const source = new QueryBatches(run, parseProjection(undefined, "aggregate"), query.context);
    return firstBatch(service, `${db}.${name}`, source, size, false, deadline);
  }
  const context = { variables: given.let ?? {}, now, resolve: (collection: string): Doc[] => allOf(store, db, collection) };
  const counted = countStage(rest);
  const results =
    counted === undefined
      ? runPipeline(await gather(run, deadline), rest, context)
      : runPipeline(asCount(counted, await countMatches(run, deadline)), rest.slice(1), context);
  return firstBatch(service, `${db}.${name}`, new ListBatches(results.map((doc) => encode(doc))), size, false, deadline);
}

async function gather(run: QueryRun, deadline: number): Promise<unknown[]> {
  const docs: unknown[] = [];
  await run.each(({ doc }) => docs.push(plain(doc)) > 0, deadline);
  return docs;
}

async function countMatches(run: QueryRun, deadline: number): Promise<number> {
  const counted = run.countByKeys();
  if (counted !== undefined) return counted;
  await run.each(() => true, deadline);
  return run.stats.returned;
}

/** Of nothing there is no count: the stage gives no document. */
const asCount = (counted: (count: number) => Doc, count: number): Doc[] => (count === 0 ? [] : [counted(count)]);

/** `$match`, `$sort`, `$skip` and `$limit` at the start, as far as they come in the order in which a query does them. */
export function splitPipeline(
  pipeline: readonly Doc[],
  hint: Value,
  variables: Doc | undefined,
  now: Date,
): { query: Query; rest: readonly Doc[] } {
  const filters: Doc[] = [];
  let sort: Value;
  let skip = 0;
  let limit = 0;
  let at = 0;
  for (; at < pipeline.length; at++) {
    const stage = pipeline[at] as Doc;
    const match = field(stage, "$match");
    const order = field(stage, "$sort");
    const skipped = wholeNumber(stage, "$skip");
    const limited = wholeNumber(stage, "$limit");
    if (isDoc(match) && sort === undefined && skip === 0 && limit === 0) filters.push(match);
    else if (isDoc(order) && sort === undefined && skip === 0 && limit === 0) sort = order;
    else if (skipped !== undefined && limit === 0) skip += skipped;
    else if (limited !== undefined && limit === 0) limit = limited;
    else break;
  }
  const filter = filters.length === 1 ? filters[0] : filters.length === 0 ? {} : { $and: filters };
  return { query: parseQuery({ filter, sort, skip, limit, hint, let: variables }, now), rest: pipeline.slice(at) };
}

function wholeNumber(stage: Doc, name: "$skip" | "$limit"): number | undefined {
  if (!Object.hasOwn(stage, name)) return undefined;
  const value = field(stage, name);
  const number = isNumeric(value) ? toNumber(value) : Number.NaN;
  const least = name === "$limit" ? 1 : 0;
  if (!Number.isInteger(number) || number < least) {
    throw new MongoFailure(
      "Location15958",
      `invalid argument to ${name} stage: the ${name.slice(1)} must be ${least === 1 ? "positive" : "a non-negative number"}`,
    );
  }
  return number;
}

/** `countDocuments` sends `{$group: {_id: 1, n: {$sum: 1}}}`: the documents need not be gathered for it. */
function countStage(rest: readonly Doc[]): ((count: number) => Doc) | undefined {
  const first = rest[0];
  const name = first === undefined ? undefined : field(first, "$count");
  if (typeof name === "string" && name !== "") return (count) => ({ [name]: count });
  const group = first === undefined ? undefined : field(first, "$group");
  if (!isDoc(group)) return undefined;
  const { _id: id, ...sums } = group;
  if (!(isNumeric(id) || id === null)) return undefined;
  const factors = Object.entries(sums).map(
    ([key, value]) => [key, isDoc(value) && Object.keys(value).length === 1 ? value.$sum : undefined] as const,
  );
  if (!factors.every(([, factor]) => isNumeric(factor))) return undefined;
  return (count) => ({
    _id: id,
    ...Object.fromEntries(factors.map(([key, factor]) => [key, count * toNumber(factor as number)])),
  });
}

function allOf(store: Store, db: string, name: string): Doc[] {
  const collection = store.collection(db, name);
  return collection === undefined ? [] : [...store.scanRecords(collection, false, undefined)].map(({ bytes }) => decode(bytes));
}
