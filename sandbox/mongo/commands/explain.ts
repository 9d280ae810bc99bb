/** `explain`, in the shape of MongoDB's answers: the stages of the winning plan, and the work that was done. */

import { checkPipeline } from "../aggregation.ts";
import { argument, commandSchema, parseArguments } from "../arguments.ts";
import { keyPattern } from "../catalog.ts";
import { MongoFailure } from "../failure.ts";
import type { Access, IndexPlan } from "../planner.ts";
import { isIdentity, isPlainProjection, parseProjection } from "../projection.ts";
import { parseQuery, type Query, startRun } from "../query.ts";
import type { QueryRun, RunStats } from "../query-run.ts";
import { type Doc, field, isDoc, toNumber, type Value } from "../values.ts";
import type { Answer } from "../wire.ts";
import { aggregateSchema, splitPipeline } from "./aggregate.ts";
import { type CommandContext, collectionName } from "./command.ts";
import { countSchema, distinctSchema, findSchema } from "./find.ts";
import { findAndModifySchema } from "./find-and-modify.ts";

type StageDoc = Record<string, unknown>;

/** What is put around the plan of the query: `{stage: "LIMIT", limitAmount: 5}`… the innermost first. */
interface Explained {
  readonly name: string;
  readonly query: Query;
  readonly filter: Doc;
  readonly around: readonly StageDoc[];
  /** Stages that run on the documents found (an aggregation's). */
  readonly stages?: readonly Doc[];
}

const explainSchema = commandSchema({ explain: argument.doc, verbosity: argument.text.optional() });

export async function explain(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(explainSchema, "explain", body);
  const explained = read(given.explain, db, service.now());
  const verbosity = given.verbosity ?? "allPlansExecution";
  if (!["queryPlanner", "executionStats", "allPlansExecution"].includes(verbosity)) {
    throw new MongoFailure(
      "FailedToParse",
      `verbosity string must be one of {'queryPlanner', 'executionStats', 'allPlansExecution'}`,
    );
  }
  service.store.freshen();
  const { run, access } = startRun(service.store, service.store.collection(db, explained.name), explained.query);
  const started = performance.now();
  if (verbosity !== "queryPlanner") await run.each(() => true);
  const millis = Math.round(performance.now() - started);
  const planner = {
    namespace: `${db}.${explained.name}`,
    parsedQuery: explained.filter,
    indexFilterSet: false,
    optimizedPipeline: explained.stages !== undefined && explained.stages.length === 0,
    winningPlan: assemble(access, explained, run, undefined),
    rejectedPlans: [],
  };
  const stats =
    verbosity === "queryPlanner"
      ? {}
      : {
          executionStats: {
            executionSuccess: true,
            nReturned: run.stats.returned,
            executionTimeMillis: millis,
            totalKeysExamined: run.stats.keysExamined,
            totalDocsExamined: run.stats.docsExamined,
            executionStages: assemble(access, explained, run, run.stats),
          },
        };
  const answer = { explainVersion: "1", queryPlanner: planner, ...stats };
  const command = given.explain;
  const server = { host: "127.0.0.1", port: 0, version: "7.0.0", gitVersion: "embedded" };
  if (explained.stages === undefined || explained.stages.length === 0) return { ...answer, command, serverInfo: server, ok: 1 };
  return {
    explainVersion: "1",
    stages: [{ $cursor: { queryPlanner: planner, ...stats } }, ...explained.stages],
    command,
    serverInfo: server,
    ok: 1,
  };
}

function read(command: Doc, db: string, now: Date): Explained {
  const name = Object.keys(command)[0];
  switch (name) {
    case "find": {
      const given = parseArguments(findSchema, name, command);
      const projection = parseProjection(given.projection, "find");
      const around = isIdentity(projection)
        ? []
        : [{ stage: isPlainProjection(projection) ? "PROJECTION_SIMPLE" : "PROJECTION_DEFAULT", transformBy: given.projection }];
      return { name: collectionName(db, given.find), query: parseQuery(given, now), filter: given.filter ?? {}, around };
    }
    case "aggregate": {
      const given = parseArguments(aggregateSchema, name, command);
      if (!Array.isArray(given.pipeline))
        throw new MongoFailure("TypeMismatch", "'pipeline' option must be specified as an array");
      const pipeline: readonly Value[] = given.pipeline;
      checkPipeline(pipeline);
      const { query, rest } = splitPipeline(pipeline, given.hint, given.let, now);
      const match = pipeline[0] === undefined ? undefined : field(pipeline[0], "$match");
      return { name: collectionName(db, given.aggregate), query, filter: isDoc(match) ? match : {}, around: [], stages: rest };
    }
    case "count": {
      const given = parseArguments(countSchema, name, command);
      const query = parseQuery(
        { filter: given.query, skip: given.skip, limit: Math.abs(given.limit ?? 0), hint: given.hint },
        now,
      );
      return { name: collectionName(db, given.count), query, filter: given.query ?? {}, around: [{ stage: "COUNT" }] };
    }
    case "distinct": {
      const given = parseArguments(distinctSchema, name, command);
      return {
        name: collectionName(db, given.distinct),
        query: parseQuery({ filter: given.query, hint: given.hint }, now),
        filter: given.query ?? {},
        around: [],
      };
    }
    case "findAndModify": {
      const given = parseArguments(findAndModifySchema, name, command);
      const query = parseQuery({ filter: given.query, sort: given.sort, hint: given.hint, limit: 1 }, now);
      return {
        name: collectionName(db, given.findAndModify),
        query,
        filter: given.query ?? {},
        around: [{ stage: given.remove === true ? "DELETE" : "UPDATE" }],
      };
    }
    case "update":
    case "delete":
      return readWrite(name, command, db, now);
    default:
      throw new MongoFailure("CommandNotFound", `Explain failed due to unknown command: ${name}`);
  }
}

function readWrite(name: "update" | "delete", command: Doc, db: string, now: Date): Explained {
  const statements = field(command, name === "update" ? "updates" : "deletes");
  const statement = Array.isArray(statements) && statements.length === 1 ? statements[0] : undefined;
  if (!isDoc(statement) || !isDoc(statement.q))
    throw new MongoFailure("InvalidLength", `explained ${name} must have exactly one statement`);
  const single = name === "update" ? statement.multi !== true : toNumber(statement.limit as number) === 1;
  const query = parseQuery({ filter: statement.q, hint: statement.hint, limit: single ? 1 : 0 }, now);
  return { name: collectionName(db, field(command, name)), query, filter: statement.q, around: [{ stage: name.toUpperCase() }] };
}

/** The stages from the inside out; with `stats`, each says what it returned. */
function assemble(access: Access, explained: Explained, run: QueryRun, stats: RunStats | undefined): StageDoc {
  const { query } = explained;
  const counted = (extra: StageDoc): StageDoc => (stats === undefined ? {} : extra);
  let plan = accessStage(access, explained, stats);
  if (run.needsSort()) {
    plan = {
      stage: "SORT",
      sortPattern: Object.fromEntries(query.sort.map(({ path, direction }) => [path, direction])),
      memLimit: 104857600,
      ...(query.limit > 0 ? { limitAmount: query.limit + query.skip } : {}),
      type: "simple",
      ...counted({ nReturned: stats?.returned, totalDataSizeSorted: 0, usedDisk: false }),
      inputStage: plan,
    };
  }
  if (query.skip > 0)
    plan = { stage: "SKIP", skipAmount: query.skip, ...counted({ nReturned: stats?.returned }), inputStage: plan };
  if (query.limit > 0 && !run.needsSort() && explained.around[0]?.stage !== "UPDATE" && explained.around[0]?.stage !== "DELETE") {
    plan = { stage: "LIMIT", limitAmount: query.limit, ...counted({ nReturned: stats?.returned }), inputStage: plan };
  }
  for (const outer of explained.around) plan = { ...outer, ...counted({ nReturned: stats?.returned }), inputStage: plan };
  return plan;
}

function accessStage(access: Access, { filter }: Explained, stats: RunStats | undefined): StageDoc {
  const condition = Object.keys(filter).length === 0 ? {} : { filter };
  const seen = stats === undefined ? {} : { nReturned: stats.matched, docsExamined: stats.docsExamined };
  switch (access.kind) {
    case "nothing":
      return { stage: "EOF", ...(stats === undefined ? {} : { nReturned: 0 }) };
    case "records":
      return { stage: "COLLSCAN", ...condition, ...seen, direction: access.reverse ? "backward" : "forward" };
    case "index":
      return { stage: "FETCH", ...condition, ...seen, inputStage: indexStage(access, stats) };
    case "or":
      return {
        stage: "FETCH",
        ...seen,
        inputStage: { stage: "OR", inputStages: access.branches.map((branch) => indexStage(branch, undefined)) },
      };
  }
}

function indexStage({ index, bounds, reverse }: IndexPlan, stats: RunStats | undefined): StageDoc {
  return {
    stage: "IXSCAN",
    ...(stats === undefined ? {} : { nReturned: stats.docsExamined, keysExamined: stats.keysExamined }),
    keyPattern: keyPattern(index),
    indexName: index.name,
    isMultiKey: index.arrays.size > 0,
    multiKeyPaths: Object.fromEntries(
      index.fields.map(({ path }) => [path, [...index.arrays].filter((array) => path === array || path.startsWith(`${array}.`))]),
    ),
    isUnique: index.unique,
    isSparse: index.sparse,
    isPartial: index.partial !== undefined,
    indexVersion: 2,
    direction: reverse ? "backward" : "forward",
    indexBounds: Object.fromEntries(index.fields.map(({ path }, i) => [path, (bounds[i] ?? []).map(({ text }) => text)])),
  };
}
