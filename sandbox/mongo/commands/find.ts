/** `find`, `getMore`, `killCursors`, `count` and `distinct`. */
import { Long } from "bson";
import { argument, commandSchema, parseArguments } from "../arguments.ts";
import { batchAnswer } from "../batch.ts";
import type { BatchSource } from "../cursors.ts";
import { MongoFailure } from "../failure.ts";
import { encodeKey } from "../key-string.ts";
import { visitPath } from "../paths.ts";
import { parseProjection } from "../projection.ts";
import { parseQuery, QueryBatches, startRun } from "../query.ts";
import { type Doc, isNumeric, toNumber, type Value } from "../values.ts";
import type { Answer } from "../wire.ts";
import { type CommandContext, collectionName, deadlineOf } from "./command.ts";

const FIRST_BATCH = 101;
/** Asked for no number of documents, a batch ends by its size in bytes. */
const ANY_NUMBER = Number.MAX_SAFE_INTEGER;

export const findSchema = commandSchema({
  find: argument.text,
  filter: argument.doc.optional(),
  sort: argument.value.optional(),
  projection: argument.doc.optional(),
  hint: argument.value.optional(),
  skip: argument.integer.optional(),
  limit: argument.integer.optional(),
  batchSize: argument.integer.optional(),
  singleBatch: argument.flag.optional(),
  noCursorTimeout: argument.flag.optional(),
  allowPartialResults: argument.flag.optional(),
  let: argument.doc.optional(),
  tailable: argument.flag.optional(),
  awaitData: argument.flag.optional(),
  returnKey: argument.flag.optional(),
  showRecordId: argument.flag.optional(),
  min: argument.doc.optional(),
  max: argument.doc.optional(),
});

export async function find(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(findSchema, "find", body);
  for (const option of ["tailable", "awaitData", "returnKey", "showRecordId", "min", "max"] as const) {
    if (given[option] !== undefined && given[option] !== false) {
      throw new MongoFailure("NotImplemented", `the option ${option} of find is not served by this embedded server`);
    }
  }
  const name = collectionName(db, given.find);
  const query = parseQuery(given, service.now());
  const projection = parseProjection(given.projection, "find");
  service.store.freshen();
  const { run } = startRun(service.store, service.store.collection(db, name), query);
  const source = new QueryBatches(run, projection, query.context);
  return firstBatch(service, `${db}.${name}`, source, given.batchSize, given.singleBatch === true, deadlineOf(given.maxTimeMS));
}

/** The first documents, and a cursor for the others if there may be any. */
export async function firstBatch(
  service: CommandContext["service"],
  namespace: string,
  source: BatchSource,
  batchSize: number | undefined,
  single: boolean,
  deadline: number,
): Promise<Buffer> {
  if (batchSize !== undefined && batchSize < 0) {
    throw new MongoFailure("Location51024", `BSON field 'batchSize' value must be >= 0, actual value '${batchSize}'`);
  }
  const { documents, done } = await source.batch(batchSize ?? FIRST_BATCH, deadline);
  const id = done || single ? 0n : service.cursors.add(namespace, source);
  return batchAnswer("firstBatch", documents, id, namespace);
}

const getMoreSchema = commandSchema({
  getMore: argument.value,
  collection: argument.text,
  batchSize: argument.integer.optional(),
  term: argument.value.optional(),
  lastKnownCommittedOpTime: argument.value.optional(),
});

export async function getMore(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(getMoreSchema, "getMore", body);
  const id = cursorId(given.getMore);
  const namespace = `${db}.${given.collection}`;
  const count = given.batchSize === undefined || given.batchSize === 0 ? ANY_NUMBER : given.batchSize;
  const { documents, done } = await service.cursors.next(id, namespace, count, deadlineOf(given.maxTimeMS));
  return batchAnswer("nextBatch", documents, done ? 0n : id, namespace);
}

function cursorId(given: Value): bigint {
  if (given instanceof Long) return given.toBigInt();
  if (isNumeric(given)) return BigInt(Math.trunc(toNumber(given)));
  throw new MongoFailure("TypeMismatch", "BSON field 'getMore.getMore' is the wrong type, expected type long");
}

const killSchema = commandSchema({ killCursors: argument.text, cursors: argument.value });

export function killCursors(body: Doc, { service }: CommandContext): Answer {
  const given = parseArguments(killSchema, "killCursors", body);
  if (!Array.isArray(given.cursors)) throw new MongoFailure("TypeMismatch", "BSON field 'killCursors.cursors' must be an array");
  const ids = given.cursors.map(cursorId);
  const killed = ids.filter((id) => service.cursors.kill(id));
  const asLongs = (list: readonly bigint[]): Long[] => list.map((id) => Long.fromBigInt(id));
  return {
    cursorsKilled: asLongs(killed),
    cursorsNotFound: asLongs(ids.filter((id) => !killed.includes(id))),
    cursorsAlive: [],
    cursorsUnknown: [],
    ok: 1,
  };
}

export const countSchema = commandSchema({
  count: argument.text,
  query: argument.doc.optional(),
  limit: argument.integer.optional(),
  skip: argument.integer.optional(),
  hint: argument.value.optional(),
  fields: argument.value.optional(),
});

export async function count(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(countSchema, "count", body);
  const name = collectionName(db, given.count);
  // A negative limit means the same as its absolute value.
  const limit = Math.abs(given.limit ?? 0);
  const query = parseQuery({ filter: given.query, skip: given.skip, limit, hint: given.hint }, service.now());
  service.store.freshen();
  const collection = service.store.collection(db, name);
  if (collection === undefined) return { n: 0, ok: 1 };
  if (Object.keys(given.query ?? {}).length === 0) {
    const rest = Math.max(0, service.store.countRecords(collection) - query.skip);
    return { n: limit === 0 ? rest : Math.min(limit, rest), ok: 1 };
  }
  const { run } = startRun(service.store, collection, query);
  const counted = run.countByKeys();
  if (counted !== undefined) return { n: counted, ok: 1 };
  await run.each(() => true, deadlineOf(given.maxTimeMS));
  return { n: run.stats.returned, ok: 1 };
}

export const distinctSchema = commandSchema({
  distinct: argument.text,
  key: argument.text,
  query: argument.doc.optional(),
  hint: argument.value.optional(),
});

export async function distinct(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(distinctSchema, "distinct", body);
  const name = collectionName(db, given.distinct);
  const query = parseQuery({ filter: given.query, hint: given.hint }, service.now());
  const parts = given.key.split(".");
  const values = new Map<string, Value>();
  service.store.freshen();
  const { run } = startRun(service.store, service.store.collection(db, name), query);
  const add = (value: Value): void => {
    if (value !== undefined) values.set(encodeKey(value).toString("latin1"), value);
  };
  await run.each(({ doc }) => {
    visitPath(doc, parts, 0, "whole", (value) => {
      if (Array.isArray(value)) value.forEach(add);
      else add(value);
      return false;
    });
    return true;
  }, deadlineOf(given.maxTimeMS));
  return { values: [...values.values()], ok: 1 };
}
