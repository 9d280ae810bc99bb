/** The handshake, and what clients ask about the server itself. */
import { hostname } from "node:os";
import { type Doc, field, MAX_DOCUMENT_BYTES } from "../values.ts";
import { type Answer, MAX_MESSAGE_BYTES } from "../wire.ts";
import type { CommandContext } from "./command.ts";

/** The MongoDB whose behaviour is served, as far as it goes. */
const VERSION = "7.0.0";
const WIRE_VERSION = 21;

/**
 * A stand-alone server: no set name, so that drivers retry no writes and start no transactions; no `topologyVersion`, so
 * that they ask again now and then instead of waiting for news; no compressors.
 */
export function hello(_body: Doc, { service, connection, name }: CommandContext): Answer {
  return {
    helloOk: true,
    ...(name === "hello" ? { isWritablePrimary: true } : { ismaster: true }),
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    maxMessageSizeBytes: MAX_MESSAGE_BYTES,
    maxWriteBatchSize: 100_000,
    localTime: service.now(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: connection,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ok: 1,
  };
}

export function buildInfo(): Answer {
  return {
    version: VERSION,
    gitVersion: "aplus-bot embedded",
    versionArray: [...VERSION.split(".").map(Number), 0],
    modules: [],
    bits: 64,
    debug: false,
    maxBsonObjectSize: MAX_DOCUMENT_BYTES,
    storageEngines: ["lmdb"],
    ok: 1,
  };
}

export const acknowledge = (): Answer => ({ ok: 1 });

export function connectionStatus(): Answer {
  return { authInfo: { authenticatedUsers: [], authenticatedUserRoles: [], authenticatedUserPrivileges: [] }, ok: 1 };
}

export function whatsMyUri(): Answer {
  return { you: "127.0.0.1", ok: 1 };
}

export function serverStatus(_body: Doc, { service }: CommandContext): Answer {
  const uptime = (service.now().getTime() - service.startedAt.getTime()) / 1000;
  const { rss, heapUsed } = process.memoryUsage();
  return {
    host: hostname(),
    version: VERSION,
    process: "aplus-bot",
    pid: process.pid,
    uptime,
    uptimeMillis: Math.round(uptime * 1000),
    localTime: service.now(),
    metrics: { cursor: { open: { total: service.cursors.size } } },
    mem: { bits: 64, resident: Math.round(rss / 2 ** 20), heap: Math.round(heapUsed / 2 ** 20) },
    storageEngine: { name: "lmdb", persistent: true },
    ok: 1,
  };
}

export function hostInfo(_body: Doc, { service }: CommandContext): Answer {
  return { system: { currentTime: service.now(), hostname: hostname() }, os: { type: process.platform }, ok: 1 };
}

export function getParameter(body: Doc): Answer {
  const wanted = field(body, "featureCompatibilityVersion");
  return { ...(wanted === undefined ? {} : { featureCompatibilityVersion: { version: "7.0" } }), ok: 1 };
}

export function dbStats(_body: Doc, { service, db }: CommandContext): Answer {
  const collections = service.store.collectionsOf(db);
  service.store.freshen();
  return {
    db,
    collections: collections.length,
    views: 0,
    objects: collections.reduce((sum, collection) => sum + service.store.countRecords(collection), 0),
    indexes: collections.reduce((sum, collection) => sum + collection.indexes.length, 0),
    storageSize: service.store.size(),
    ok: 1,
  };
}
