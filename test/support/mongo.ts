/** A database of its own for a test: on the embedded server, or on a real one where `MONGODB_TEST_URI` names it. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mongoose from "mongoose";
import { startMongoServer } from "../../sandbox/mongo/server.ts";

export interface TestDatabase {
  /** A connection string that names a fresh database with a random name. */
  readonly uri: string;
  readonly kind: "embedded" | "real";
  /** Embedded only: awaited before and after each write. Undefined ends it. */
  readonly intercept?: (hook: ((phase: "before" | "after") => Promise<void>) | undefined) => void;
  /** Drops the database (and, embedded, stops the server and deletes its folder). Disconnect the clients first. */
  close(): Promise<void>;
}

/**
 * Opens an empty database for one test (or one test file). With `MONGODB_TEST_URI` set, the database is made on that
 * server and dropped by `close`; otherwise an embedded server is started in a temporary folder.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const real = process.env.MONGODB_TEST_URI;
  if (real !== undefined && real !== "") {
    const uri = withDatabase(real, name);
    return { uri, kind: "real", close: () => dropDatabase(uri) };
  }
  const folder = await mkdtemp(join(tmpdir(), "aplus-mongo-"));
  const server = await startMongoServer({ folder });
  return {
    uri: withDatabase(server.uri, name),
    kind: "embedded",
    intercept: (hook) => server.setIntercept(hook),
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The connection string with its database name set, its hosts, credentials and options kept. */
export function withDatabase(uri: string, name: string): string {
  const parts = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/([^?]*))?(\?.*)?$/.exec(uri);
  if (parts === null) throw new Error("MONGODB_TEST_URI is not a MongoDB connection string");
  return `${parts[1]}/${name}${withAuthSource(parts[3] ?? "", parts[2] ?? "", parts[1] ?? "")}`;
}

/** The database of a connection string is also where its user is known: renaming it must not move the user. */
function withAuthSource(options: string, database: string, hosts: string): string {
  if (!hosts.includes("@") || /[?&]authSource=/.test(options)) return options;
  const source = `authSource=${database === "" ? "admin" : database}`;
  return options === "" ? `?${source}` : `${options}&${source}`;
}

async function dropDatabase(uri: string): Promise<void> {
  const client = new mongoose.mongo.MongoClient(uri);
  try {
    await client.db().dropDatabase();
  } finally {
    await client.close();
  }
}
