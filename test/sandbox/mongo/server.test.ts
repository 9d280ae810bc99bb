/** What is the embedded server's own: its folder, its clock, its intercepts, what it refuses. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mongoose from "mongoose";
import { type MongoServer, type MongoServerOptions, startMongoServer } from "../../../sandbox/mongo/server.ts";

let folder: string;
let server: MongoServer;
let client: mongoose.mongo.MongoClient;

async function start(options: Partial<MongoServerOptions> = {}): Promise<mongoose.mongo.Db> {
  server = await startMongoServer({ folder, ...options });
  client = await new mongoose.mongo.MongoClient(server.uri).connect();
  return client.db("own");
}

async function stop(): Promise<void> {
  await client.close();
  await server.close();
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aplus-own-"));
});
afterEach(async () => {
  await stop();
  await rm(folder, { recursive: true, force: true });
});

test("what was written is there after a restart, indexes and all", async () => {
  let db = await start();
  await db.collection("c").createIndex({ n: 1 }, { unique: true });
  await db.collection("c").insertMany([{ n: 1, l: [1, 2] }, { n: 2 }]);
  await db.collection("gone").insertOne({ a: 1 });
  await db.collection("gone").drop();
  await stop();
  db = await start();
  expect(
    await db
      .collection("c")
      .find({}, { projection: { _id: 0 } })
      .toArray(),
  ).toEqual([{ n: 1, l: [1, 2] }, { n: 2 }]);
  await expect(db.collection("c").insertOne({ n: 2 })).rejects.toMatchObject({ code: 11000 });
  expect((await db.listCollections().toArray()).map(({ name }) => name)).toEqual(["c"]);
});

describe("the folder", () => {
  test("is refused to a second server, and free again after the first", async () => {
    await start();
    await expect(startMongoServer({ folder })).rejects.toThrow(/already open/);
    await stop();
    await start();
  });

  test("is refused while another living process has it, taken over when that process is gone", async () => {
    const lock = join(folder, "serveur.lock");
    await writeFile(lock, JSON.stringify({ pid: process.ppid, started: "" }));
    await expect(startMongoServer({ folder })).rejects.toThrow(new RegExp(`in use by process ${process.ppid}`));
    await writeFile(lock, JSON.stringify({ pid: 4_000_000, started: "1" }));
    await start();
    expect(JSON.parse(await readFile(lock, "utf8"))).toMatchObject({ pid: process.pid });
    await stop();
    // The same number, but a process that began at another time: it was given again.
    await writeFile(lock, JSON.stringify({ pid: process.ppid, started: "1" }));
    await start();
    await stop();
    await writeFile(lock, "{half");
    await start();
  });
});

test("intercepts come before and after each write, and the write waits for them", async () => {
  const seen: string[] = [];
  const db = await start({
    intercept: (phase, command, name, collection) => void seen.push(`${phase} ${command} ${name}.${collection}`),
  });
  const collection = db.collection("c");
  await collection.insertOne({ n: 1 });
  await collection.findOne();
  await collection.findOneAndUpdate({}, { $inc: { n: 1 } });
  expect(seen).toEqual(["before insert own.c", "after insert own.c", "before findAndModify own.c", "after findAndModify own.c"]);
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  server.setIntercept((phase) => (phase === "before" ? gate : undefined));
  const updating = collection.updateOne({}, { $set: { n: 9 } });
  expect(await collection.findOne({}, { projection: { _id: 0 } })).toEqual({ n: 2 });
  release();
  await updating;
  expect(await collection.findOne({}, { projection: { _id: 0 } })).toEqual({ n: 9 });
});

test("documents expire by the server's clock", async () => {
  let now = new Date("2026-03-01T00:00:00Z");
  const db = await start({ now: () => now });
  const collection = db.collection("c");
  await collection.createIndex({ at: 1 }, { expireAfterSeconds: 3600 });
  const ids = ["old", "new", "none", "text", "list"];
  const dates = [now, new Date("2026-03-01T02:00:00Z"), undefined, "2026", [new Date("2027-01-01"), now]];
  await collection.insertMany(ids.map((_id, i) => ({ _id: _id as never, ...(dates[i] === undefined ? {} : { at: dates[i] }) })));
  expect(await server.deleteExpired()).toBe(0);
  now = new Date("2026-03-01T01:00:01Z");
  expect(await server.deleteExpired()).toBe(2);
  expect((await collection.find().sort({ _id: 1 }).toArray()).map(({ _id }) => _id)).toEqual(["new", "none", "text"]);
  await collection.updateOne({ _id: "none" as never }, { $currentDate: { at: true } });
  expect((await collection.findOne({ _id: "none" as never }))?.at).toEqual(now);
});

describe("what it does not serve is refused by name", () => {
  test("commands, transactions, scripts, collations", async () => {
    const db = await start();
    const collection = db.collection("c");
    await collection.insertOne({ n: 1 });
    await expect(db.command({ mapReduce: "c" })).rejects.toMatchObject({ code: 59, message: "no such command: 'mapReduce'" });
    await expect(db.command({ find: "c", foo: 1 })).rejects.toMatchObject({
      code: 40415,
      message: "BSON field 'find.foo' is an unknown field.",
    });
    await expect(db.command({ find: 5 })).rejects.toMatchObject({ code: 14 });
    await expect(collection.find({ $where: "true" }).toArray()).rejects.toThrow(/\$where/);
    await expect(collection.find({}, { collation: { locale: "fr" } }).toArray()).rejects.toThrow(/collations/);
    await expect(collection.createIndex({ n: "text" })).rejects.toThrow(/"text"/);
    await expect(db.createCollection("capped", { capped: true, size: 1000 })).rejects.toThrow(/capped/);
    const session = client.startSession();
    session.startTransaction();
    await expect(collection.insertOne({ n: 2 }, { session })).rejects.toThrow(/does not support/);
    await session.abortTransaction().catch(() => undefined);
    await session.endSession();
    expect(await collection.countDocuments()).toBe(1);
  });

  test("names that cannot be", async () => {
    const db = await start();
    await expect(db.command({ insert: "a$b", documents: [{}] })).rejects.toMatchObject({ code: 73 });
    await expect(db.command({ insert: "", documents: [{}] })).rejects.toMatchObject({ code: 73 });
  });
});

test("a query that takes too long is given up, and others are served meanwhile", async () => {
  const db = await start();
  const collection = db.collection("c");
  await collection.insertMany(Array.from({ length: 5000 }, (_, n) => ({ n, text: "x".repeat(500) })));
  await expect(collection.find({ text: /y$/ }, { maxTimeMS: 1 }).toArray()).rejects.toMatchObject({ code: 50 });
});

test("a stranger's old handshake, and writes that want no answer", async () => {
  const db = await start();
  expect(await db.admin().command({ ismaster: 1 })).toMatchObject({ ismaster: true, maxWireVersion: 21 });
  await db.collection("c").insertOne({ n: 1 }, { writeConcern: { w: 0 } });
  while ((await db.collection("c").countDocuments()) === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(await db.admin().buildInfo()).toMatchObject({ version: "7.0.0" });
  expect(await db.admin().serverStatus()).toMatchObject({ ok: 1, pid: process.pid });
});
