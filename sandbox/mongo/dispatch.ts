/** From a request to the answer: finds the command, runs it between the intercepts, and turns faults into answers. */
import { aggregate } from "./commands/aggregate.ts";
import {
  create,
  createIndexes,
  drop,
  dropDatabase,
  dropIndexes,
  listCollections,
  listDatabases,
  listIndexes,
} from "./commands/collections.ts";
import { type Command, type CommandContext, databaseName, type Service } from "./commands/command.ts";
import {
  acknowledge,
  buildInfo,
  connectionStatus,
  dbStats,
  getParameter,
  hello,
  hostInfo,
  serverStatus,
  whatsMyUri,
} from "./commands/diagnostics.ts";
import { explain } from "./commands/explain.ts";
import { count, distinct, find, getMore, killCursors } from "./commands/find.ts";
import { findAndModify } from "./commands/find-and-modify.ts";
import { insert, remove, update } from "./commands/write.ts";
import { asFailure, MongoFailure } from "./failure.ts";
import type { Doc } from "./values.ts";
import type { Answer } from "./wire.ts";

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["aggregate", aggregate],
  ["buildInfo", buildInfo],
  ["buildinfo", buildInfo],
  ["connectionStatus", connectionStatus],
  ["count", count],
  ["create", create],
  ["createIndexes", createIndexes],
  ["dbStats", dbStats],
  ["dbstats", dbStats],
  ["delete", remove],
  ["distinct", distinct],
  ["drop", drop],
  ["dropDatabase", dropDatabase],
  ["dropIndexes", dropIndexes],
  ["endSessions", acknowledge],
  ["explain", explain],
  ["find", find],
  ["findAndModify", findAndModify],
  ["findandmodify", findAndModify],
  ["getMore", getMore],
  ["getParameter", getParameter],
  ["hello", hello],
  ["hostInfo", hostInfo],
  ["insert", insert],
  ["isMaster", hello],
  ["ismaster", hello],
  ["killAllSessions", acknowledge],
  ["killCursors", killCursors],
  ["killSessions", acknowledge],
  ["listCollections", listCollections],
  ["listDatabases", listDatabases],
  ["listIndexes", listIndexes],
  ["ping", acknowledge],
  ["refreshSessions", acknowledge],
  ["serverStatus", serverStatus],
  ["update", update],
  ["whatsmyuri", whatsMyUri],
]);

const WRITES = new Set(["insert", "update", "delete", "findAndModify", "findandmodify"]);

/** Runs a command; never throws: a fault is an answer too. */
export async function dispatch(body: Doc, service: Service, connection: number): Promise<Answer> {
  try {
    return await run(body, service, connection);
  } catch (error) {
    const failure = asFailure(error);
    return { ok: 0, errmsg: failure.message, code: failure.code, codeName: failure.codeName, ...failure.details };
  }
}

async function run(body: Doc, service: Service, connection: number): Promise<Answer> {
  const name = Object.keys(body)[0] ?? "";
  const command = COMMANDS.get(name);
  if (command === undefined) throw new MongoFailure("CommandNotFound", `no such command: '${name}'`);
  if (body.startTransaction !== undefined || body.autocommit !== undefined) {
    throw new MongoFailure("IllegalOperation", "Transaction numbers are only allowed on a replica set member or mongos");
  }
  const context: CommandContext = { service, connection, db: databaseName(body.$db), name };
  if (!WRITES.has(name)) return command(body, context);
  const collection = typeof body[name] === "string" ? body[name] : "";
  const canonical = name === "findandmodify" ? "findAndModify" : name;
  await service.intercept?.("before", canonical, context.db, collection);
  const answer = await command(withoutTransactionNumber(body), context);
  await service.intercept?.("after", canonical, context.db, collection);
  return answer;
}

/** A retryable write is run as any other: drivers send none to a stand-alone server, unless they are told to. */
function withoutTransactionNumber({ txnNumber: _number, stmtId: _id, stmtIds: _ids, ...body }: Doc): Doc {
  return body;
}
