/** Hostile bytes: whatever comes, the server neither ends nor hangs, and others are served. */
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serialize } from "bson";
import fc from "fast-check";
import mongoose from "mongoose";
import { type MongoServer, startMongoServer } from "../../../sandbox/mongo/server.ts";

let folder: string;
let server: MongoServer;
let client: mongoose.mongo.MongoClient;
let port: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aplus-wire-"));
  server = await startMongoServer({ folder });
  client = await new mongoose.mongo.MongoClient(server.uri).connect();
  port = Number(new URL(server.uri).port);
});
afterAll(async () => {
  await client.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const served = async (): Promise<void> => {
  expect(await client.db("x").command({ ping: 1 })).toMatchObject({ ok: 1 });
};

/** Sends the bytes and half-closes; resolves with whatever came back once the server has closed its side or answered. */
function send(...parts: Uint8Array[]): Promise<Buffer> {
  return new Promise((resolve) => {
    const received: Buffer[] = [];
    const socket: Socket = connect(port, "127.0.0.1", () => {
      for (const part of parts) socket.write(part);
      socket.end();
    });
    socket.on("data", (chunk) => received.push(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(Buffer.concat(received)));
  });
}

function header(length: number, opCode: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(7, 4);
  bytes.writeInt32LE(opCode, 12);
  return bytes;
}

function message(body: Uint8Array, flags = 0, opCode = 2013): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32LE(flags, 0);
  return Buffer.concat([header(16 + 5 + body.length, opCode), prefix, body]);
}

const command = (body: object): Buffer => message(serialize({ ...body, $db: "x" }));

test("any bytes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      await send(bytes);
    }),
    { numRuns: 100 },
  );
  await served();
});

test("a right header and any body, as each kind of message", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(2013, 2004, 2012, 1, 2001), async (body, opCode) => {
      await send(header(16 + body.length, opCode), body);
    }),
    { numRuns: 150 },
  );
  await served();
});

test("real commands with bytes changed", async () => {
  const commands = [
    { insert: "c", documents: [{ _id: 1, a: [1, { b: "text" }], d: new Date(0) }] },
    { find: "c", filter: { a: { $gt: 1 }, b: { $in: ["x", null] } }, sort: { a: -1 }, limit: 3 },
    {
      update: "c",
      updates: [{ q: { _id: 1 }, u: { $set: { "a.0": 2 }, $push: { l: { $each: [1], $slice: -2 } } }, upsert: true }],
    },
    { aggregate: "c", pipeline: [{ $match: { a: 1 } }, { $group: { _id: "$a", n: { $sum: 1 } } }], cursor: {} },
    { findAndModify: "c", query: { a: 1 }, update: { $inc: { n: 1 } }, new: true },
    { createIndexes: "c", indexes: [{ key: { a: 1 }, name: "a_1" }] },
  ].map(command);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...commands),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      async (original, changes) => {
        const bytes = Buffer.from(original);
        // The length stays right, so that the body is read at all.
        for (const [at, value] of changes) bytes[16 + (at % (bytes.length - 16))] = value;
        await send(bytes);
      },
    ),
    { numRuns: 400 },
  );
  await served();
});

test("arguments of any type", async () => {
  const value = fc.oneof(
    fc.constant(null),
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.object({ maxDepth: 2 }),
    fc.array(fc.integer()),
  );
  const names = [
    "find",
    "insert",
    "update",
    "delete",
    "aggregate",
    "count",
    "distinct",
    "findAndModify",
    "createIndexes",
    "dropIndexes",
    "explain",
    "getMore",
    "listCollections",
    "create",
  ];
  const options = [
    "filter",
    "documents",
    "updates",
    "deletes",
    "pipeline",
    "query",
    "update",
    "key",
    "indexes",
    "index",
    "sort",
    "limit",
    "cursor",
    "projection",
    "hint",
    "let",
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...names),
      value,
      fc.dictionary(fc.constantFrom(...options), value, { maxKeys: 4 }),
      async (name, first, rest) => {
        const answered = await send(message(serialize({ [name]: first, ...rest, $db: "x" }, { checkKeys: false })));
        expect(answered.length).toBeGreaterThan(16);
      },
    ),
    { numRuns: 300 },
  );
  await served();
});

describe("lengths", () => {
  test.each([-1, 0, 15, 48_000_001, 0x7fffffff])("a message that says it has %d bytes closes the socket", async (length) => {
    expect(await send(header(length, 2013), Buffer.alloc(64))).toHaveLength(0);
    await served();
  });

  test("a message byte by byte is read like another", async () => {
    const bytes = command({ ping: 1 });
    const answer = await send(...[...bytes].map((byte) => Uint8Array.of(byte)));
    expect(answer.includes("ok")).toBe(true);
  });

  test("several messages at once are answered in order", async () => {
    const answers = await send(Buffer.concat([command({ ping: 1 }), command({ nothing: 1 }), command({ ping: 1 })]));
    const [first, second] = [answers.readInt32LE(0), answers.readInt32LE(answers.readInt32LE(0))];
    expect(answers.subarray(first, first + second).includes("no such command")).toBe(true);
  });
});

test("a document nested too deeply is refused, not recursed into", async () => {
  let nested: Buffer = Buffer.from(serialize({}));
  for (let i = 0; i < 20_000; i++) {
    const size = Buffer.alloc(4);
    size.writeInt32LE(nested.length + 8);
    nested = Buffer.concat([size, Buffer.from([3, 0x61, 0]), nested, Buffer.from([0])]);
  }
  const rest = Buffer.from(serialize({ $db: "x" }));
  const find = Buffer.concat([
    Buffer.from("\x02find\0\x02\0\0\0c\0", "latin1"),
    Buffer.from([3]),
    Buffer.from("filter\0"),
    nested,
    rest.subarray(4),
  ]);
  const size = Buffer.alloc(4);
  size.writeInt32LE(find.length + 4);
  const answer = await send(message(Buffer.concat([size, find])));
  expect(answer.includes("nested depth")).toBe(true);
  await served();
});

test("names that mean something to JavaScript are names like others", async () => {
  const collection = client.db("x").collection("proto");
  const hostile = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "_bsontype2": 1}');
  await collection.insertOne(hostile);
  await collection.updateOne({}, { $set: { "constructor.prototype.x": 1, hasOwnProperty: 5, toString: "t" } });
  await expect(collection.updateOne({}, JSON.parse('{"$set": {"__proto__.polluted": 1}}'))).resolves.toMatchObject({
    matchedCount: 1,
  });
  await collection.aggregate([{ $project: { a: "$constructor", b: "$toString" } }]).toArray();
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
  expect(await collection.findOne({ hasOwnProperty: 5 })).toMatchObject({ toString: "t" });
});

test("a client that goes away in the middle of an answer harms nobody", async () => {
  await client
    .db("x")
    .collection("many")
    .insertMany(Array.from({ length: 200 }, () => ({ text: "x".repeat(10_000) })));
  for (let i = 0; i < 20; i++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(command({ find: "many", batchSize: 200 }));
    await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
  }
  await served();
});
