/** Whether a server finds by an index what it is asked meanwhile, as its own `explain` says. */
import mongoose from "mongoose";
import type { Database } from "../models/database.ts";

interface Query {
  readonly collection: string;
  readonly filter: Record<string, unknown>;
  readonly options: { readonly sort?: Record<string, 1 | -1>; readonly limit?: number };
}

/** Stages of a plan that read a whole collection, as MongoDB and DocumentDB name them. */
const SCANS = /"(?:COLLSCAN|Seq Scan)"/i;

async function queriesOf(work: () => Promise<unknown>): Promise<Query[]> {
  const queries = new Map<string, Query>();
  mongoose.set("debug", (collection, method, filter: Query["filter"], ...rest: Query["options"][]) => {
    const options = method === "find" ? (rest.find((one) => one && ("sort" in one || "limit" in one)) ?? {}) : {};
    // One of each shape: the values differ, the plan does not.
    const shape = JSON.stringify([collection, method, Object.keys(filter ?? {}), options]);
    if (["find", "findOne", "countDocuments"].includes(method)) queries.set(shape, { collection, filter, options });
  });
  try {
    await work();
  } finally {
    mongoose.set("debug", false);
  }
  return [...queries.values()];
}

const COMMAND_NOT_FOUND = 59;

const isUnknownCommand = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === COMMAND_NOT_FOUND;

/** How many shapes of query were sent, and how many of them read a whole collection; null where the server explains nothing. */
export async function scansOf(
  db: Database,
  work: () => Promise<unknown>,
): Promise<{ readonly queries: number; readonly withoutIndex: number } | null> {
  try {
    return await countScans(db, work);
  } catch (error) {
    if (isUnknownCommand(error)) return null;
    throw error;
  }
}

async function countScans(db: Database, work: () => Promise<unknown>) {
  const queries = await queriesOf(work);
  let withoutIndex = 0;
  for (const { collection, filter, options } of queries) {
    const { sort, limit } = options;
    const cursor = db.connection.collection(collection).find(filter, { ...(sort && { sort }), ...(limit && { limit }) });
    const plan = JSON.stringify(await cursor.explain("executionStats"));
    if (!SCANS.test(plan)) continue;
    withoutIndex += 1;
    console.error(`  sans index : ${collection} ${JSON.stringify(filter)}`);
  }
  return { queries: queries.length, withoutIndex };
}
