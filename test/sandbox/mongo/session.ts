/** A client on a database of its own, for the tests that run on the embedded server and on a real one alike. */
import mongoose from "mongoose";
import { type TestDatabase, testDatabase } from "../../support/mongo.ts";

/** The BSON classes that the driver itself uses: the tests' own import of bson may be another copy of it. */
export const { Binary, Decimal128, Double, Int32, Long, ObjectId } = mongoose.mongo;

export type Db = mongoose.mongo.Db;
export type Collection = mongoose.mongo.Collection;

export interface Session {
  readonly db: Db;
  readonly kind: TestDatabase["kind"];
  readonly uri: string;
  /** Error details and `explain` are MongoDB's own; false on a server that only resembles it (DocumentDB). */
  readonly exact: boolean;
  /** A collection that no other test has. */
  fresh(): Collection;
  close(): Promise<void>;
}

/** False on a server that only resembles it (DocumentDB). */
export async function isMongoDb(db: mongoose.mongo.Db): Promise<boolean> {
  const { modules } = await db.command({ buildInfo: 1 });
  return !(modules as string[]).includes("documentdb");
}

export async function openSession(): Promise<Session> {
  const database = await testDatabase();
  const client = await new mongoose.mongo.MongoClient(database.uri).connect();
  const db = client.db();
  const exact = await isMongoDb(db);
  if (!exact) process.stdout.write("This server is no MongoDB: explain and the details of errors are not compared.\n");
  let made = 0;
  return {
    exact,
    db,
    kind: database.kind,
    uri: database.uri,
    fresh: () => db.collection(`c${++made}`),
    close: async () => {
      await client.close();
      await database.close();
    },
  };
}

/** The code and key of the error that a call fails with; fails where it does not. */
export async function failure(call: Promise<unknown>): Promise<{ code: unknown; keyPattern: unknown; keyValue: unknown }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof mongoose.mongo.MongoServerError)
      return { code: error.code, keyPattern: error.keyPattern, keyValue: error.keyValue };
    throw error;
  }
  throw new Error("no error");
}
