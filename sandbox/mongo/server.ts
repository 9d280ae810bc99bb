/**
 * A MongoDB-wire server inside the process, for what mongoose, the driver and Agenda send; anything else is refused by name.
 *
 * It is a stand-alone server without accounts, for its owner's socket or the loopback interface: no replica set, no transactions, no change
 * streams. Queries are this directory's own, with real indexes (planner.ts); aggregations are run by mingo; the data is in
 * LMDB under one folder. See store.ts for what is durable when.
 */
import { createServer, type Socket } from "node:net";
import { type Address, listenInFolder, listenOnPort } from "./address.ts";
import type { Intercept, Service } from "./commands/command.ts";
import { serveConnection } from "./connection.ts";
import { CursorTable } from "./cursors.ts";
import { deleteExpired } from "./expiry.ts";
import { lockFolder } from "./folder-lock.ts";
import { Store } from "./store.ts";

export type { Intercept } from "./commands/command.ts";

export interface MongoServerOptions {
  /** Where the data is; made if need be. One process at a time. */
  readonly folder: string;
  /** Listens in the folder, for the account that owns it alone, and not on a port; on a port all the same where that cannot be. */
  readonly socket?: boolean;
  /** 0, the default, for any free port. */
  readonly port?: number;
  /** 127.0.0.1 by default; there are no accounts, so anything wider lets everybody in. */
  readonly host?: string;
  /** Called before and after each write command, which waits for it. */
  readonly intercept?: Intercept;
  /** The clock of TTL indexes, `$currentDate` and `$$NOW`. */
  readonly now?: () => Date;
  /** How often expired documents are deleted, in milliseconds: 60 000 by default, as MongoDB does. */
  readonly expiryPeriod?: number;
}

export interface MongoServer {
  /** `mongodb://127.0.0.1:PORT/?directConnection=true`, or the path of a socket in place of host and port; without a database name. */
  readonly uri: string;
  /** Why every account of the machine can reach it, though a socket was asked for; null where none can, or none was asked for. */
  readonly exposed: "pathTooLong" | "noSockets" | null;
  setIntercept(intercept: Intercept | undefined): void;
  /** Deletes what TTL indexes say has expired, now; for those who move the clock. */
  deleteExpired(): Promise<number>;
  /** Ends the commands under way, closes the sockets and the files, gives back the folder. */
  close(): Promise<void>;
}

/**
 * Starts a server.
 * @throws {Error} when the folder is in use by another process, or the port is taken
 */
export async function startMongoServer(options: MongoServerOptions): Promise<MongoServer> {
  const unlock = await lockFolder(options.folder);
  try {
    return await startLocked(options, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function startLocked(options: MongoServerOptions, unlock: () => Promise<void>): Promise<MongoServer> {
  const host = options.host ?? "127.0.0.1";
  const now = options.now ?? (() => new Date());
  const store = new Store(options.folder);
  const service: Service = { store, cursors: new CursorTable(), now, startedAt: now(), intercept: options.intercept };
  const connections = new Map<Socket, { stop(): Promise<void> }>();
  let lastConnection = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    connections.set(socket, serveConnection(socket, service, ++lastConnection));
    socket.once("close", () => connections.delete(socket));
  });
  let address: Address;
  try {
    address = await (options.socket ? listenInFolder(server, options.folder) : listenOnPort(server, options.port ?? 0, host));
  } catch (error) {
    service.cursors.close();
    await store.close();
    throw error;
  }
  const sweeper = startSweeper(() => deleteExpired(store, now()), options.expiryPeriod ?? 60_000);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const ended = new Promise((resolve) => server.close(resolve));
    await sweeper.stop();
    await Promise.all([...connections.values()].map((connection) => connection.stop()));
    await ended;
    service.cursors.close();
    await store.close();
    await unlock();
  };
  return {
    uri: address.uri,
    exposed: address.onPort === "asked" ? null : address.onPort,
    setIntercept: (intercept) => {
      service.intercept = intercept;
    },
    deleteExpired: () => deleteExpired(store, now()),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}

/** Sweeps one after the other, never two at once; a sweep that fails is tried again at the next turn. */
function startSweeper(sweep: () => Promise<number>, period: number): { stop(): Promise<void> } {
  let running: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    running ??= sweep()
      .catch(() => 0)
      .finally(() => {
        running = undefined;
      });
  }, period).unref();
  return {
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
