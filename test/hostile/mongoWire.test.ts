/** The embedded database as its socket has it: bytes that no driver sends. Right clients are answered all the same, and find what they wrote. */
import { mkdtemp, rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { Binary, Code, Int32, serialize } from "bson";
import fc from "fast-check";
import mongoose from "mongoose";
import { type MongoServer, startMongoServer } from "../../sandbox/mongo/server.ts";
import { runs } from "./runs.ts";

/** What a right client waits at most, whatever others do (ms). */
const SERVED_MS = 15_000;
const OP_MSG = 2013;
const OP_COMPRESSED = 2012;
const HEADER = 16;

let folder: string;
let server: MongoServer;
let client: mongoose.mongo.MongoClient;
let heard: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aplus-hostile-wire-"));
  server = await startMongoServer({ folder });
  client = await new mongoose.mongo.MongoClient(server.uri, {
    serverSelectionTimeoutMS: SERVED_MS,
    socketTimeoutMS: SERVED_MS,
  }).connect();
  await client
    .db("aplus")
    .collection<{ _id: number }>("kept")
    .insertOne({ _id: 1, words: ["one", "two"] } as never);
  heard = 0;
});
afterAll(async () => {
  await client.close();
  await server.close();
  await rm(folder, { recursive: true, force: true });
});
/** A right client is answered, what was written is there, and a write is whole. */
afterEach(async () => {
  const kept = client.db("aplus").collection<{ _id: number; n?: number }>("kept");
  heard += 1;
  await kept.updateOne({ _id: 1 }, { $set: { n: heard } }, { upsert: true });
  expect(await kept.findOne({ _id: 1 })).toEqual({ _id: 1, words: ["one", "two"], n: heard });
});

const open = (): Socket => {
  const socket = connect(Number(new URL(server.uri).port), "127.0.0.1");
  socket.on("error", () => undefined);
  return socket;
};

/** Sends, says that nothing more comes, and gives what was answered before the server closed. */
function exchange(...parts: readonly Uint8Array[]): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = open();
    const received: Buffer[] = [];
    socket.on("data", (chunk) => received.push(chunk));
    socket.on("close", () => resolve(Buffer.concat(received)));
    for (const part of parts) socket.write(part);
    socket.end();
  });
}

function int32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [n, value] of values.entries()) bytes.writeInt32LE(value | 0, n * 4);
  return bytes;
}

const framed = (opCode: number, body: Uint8Array, length = HEADER + body.length): Buffer =>
  Buffer.concat([int32(length, 7, 0, opCode), body]);
const body = (document: object): Buffer => Buffer.concat([Buffer.of(0), serialize({ ...document, $db: "hostile" })]);
const section = (name: string, documents: readonly Uint8Array[], claimed?: number): Buffer => {
  const inside = Buffer.concat([Buffer.from(`${name}\0`), ...documents]);
  return Buffer.concat([Buffer.of(1), int32(claimed ?? inside.length + 4), inside]);
};
const message = (flags: number, ...sections: readonly Uint8Array[]): Buffer =>
  framed(OP_MSG, Buffer.concat([int32(flags), ...sections]));
const command = (document: object): Buffer => message(0, body(document));
const PING = command({ ping: 1 });

/** Any number that a length may claim: small, negative, near the limits, near the truth. */
const lying = fc.oneof(
  fc.integer({ min: -4, max: 40 }),
  fc.constantFrom(-(2 ** 31), -1, 2 ** 31 - 1, 48_000_000, 48_000_001, 16_777_216),
  fc.integer(),
);

test("T-46 lengths that lie, in the header, a section, a sequence or a document, close the connection or are refused", async () => {
  await fc.assert(
    fc.asyncProperty(lying, lying, lying, fc.nat(3), async (one, two, three, which) => {
      const documents = [serialize({ _id: 1 }), serialize({ _id: 2, text: "x".repeat(50) })];
      if (which === 0) await exchange(framed(OP_MSG, Buffer.concat([int32(0), body({ ping: 1 })]), one), PING);
      if (which === 1) await exchange(message(0, body({ insert: "c" }), section("documents", documents, one)));
      if (which > 1) {
        const spoilt = Buffer.from(documents[1] ?? Buffer.alloc(4));
        spoilt.writeInt32LE(two | 0, 0);
        // The length of the text within, which stands after the number and the name.
        if (which === 3) spoilt.writeInt32LE(three | 0, spoilt.indexOf("text\0") + 5);
        await exchange(message(0, body({ insert: "c" }), section("documents", [spoilt])));
      }
    }),
    runs(10),
  );
  expect((await exchange(PING)).length).toBeGreaterThan(HEADER);
});

test("T-47 what no driver would send is answered with an error, or ends its own connection and no other", async () => {
  const compressed = (claimed: number, bytes: Uint8Array, compressor = 2, inner = OP_MSG): Buffer =>
    framed(OP_COMPRESSED, Buffer.concat([int32(inner, claimed), Buffer.of(compressor), bytes]));
  const bomb = deflateSync(Buffer.alloc(32 * 1024 * 1024));
  const badUtf8 = Buffer.from(serialize({ find: "c", filter: { text: "zzzz" }, $db: "hostile" }));
  badUtf8.set([0xff, 0xfe, 0xc0, 0x80], badUtf8.indexOf("zzzz"));
  const badType = Buffer.from(serialize({ find: "c", filter: { text: 1 }, $db: "hostile" }));
  badType[badType.indexOf("text\0") - 1] = 0x7e;
  const attacks: Record<string, Buffer> = {
    "a bomb": compressed(32 * 1024 * 1024, bomb),
    "a bomb that claims more than there is": compressed(2 ** 31 - 1, bomb),
    "a compressed message within a compressed one": compressed(40, compressed(16, PING), 0, OP_COMPRESSED),
    "a message that a compressor never made": compressed(-1, Buffer.from("x"), 255),
    ...Object.fromEntries(
      [0, 1, 2002, 2003, 2005, 2006, 2007, 2010, 2011, -1, 2 ** 31 - 1].map((op) => [
        `operation ${op}`,
        framed(op, Buffer.alloc(64)),
      ]),
    ),
    "unknown flags": message(1 << 5, body({ ping: 1 })),
    "no section": message(0),
    "two bodies": message(0, body({ ping: 1 }), body({ ping: 1 })),
    "a section of an unknown kind": message(0, Buffer.of(9), int32(20), Buffer.alloc(16)),
    "a sequence named as a field": message(
      0,
      body({ insert: "c", documents: [] }),
      section("documents", [serialize({ _id: 9 })]),
    ),
    "a sequence named __proto__": message(0, body({ insert: "c" }), section("__proto__", [serialize({ _id: 9 })])),
    "a text that is not UTF-8": message(0, Buffer.of(0), badUtf8),
    "a value of no type": message(0, Buffer.of(0), badType),
    "JavaScript in a filter": command({ find: "c", filter: { $where: new Code("while (true) {}") } }),
    "JavaScript in a pipeline": command({
      aggregate: "c",
      pipeline: [{ $project: { x: { $function: { body: "function () { process.exit() }", args: [], lang: "js" } } } }],
      cursor: {},
    }),
    "a pipeline that writes elsewhere": command({ aggregate: "kept", pipeline: [{ $match: {} }, { $out: "kept" }], cursor: {} }),
    "a database that is a path": message(0, Buffer.of(0), serialize({ insert: "c", documents: [{ _id: 1 }], $db: "../../etc" })),
    "an order to stop": command({ shutdown: 1, force: true }),
    "an old query": framed(2004, Buffer.concat([int32(0), Buffer.from("hostile.c\0"), int32(0, 1), serialize({})])),
    "a command without a name": message(0, Buffer.of(0), serialize({ $db: "hostile" })),
    "a document of more than 16 MB": command({
      insert: "c",
      documents: [{ _id: 1, x: new Binary(new Uint8Array(17_000_000)) }],
    }),
    "numbers that are none": command({ find: "c", filter: {}, limit: Number.NaN, skip: new Int32(-5), batchSize: 1e308 }),
  };
  for (const [what, bytes] of Object.entries(attacks)) {
    const answer = await exchange(bytes);
    const text = answer.toString("latin1");
    expect({ what, refused: answer.length === 0 || /errmsg|writeErrors|\$err/.test(text) }).toEqual({ what, refused: true });
    expect(text).not.toMatch(/node_modules|node:internal|\.ts:\d|\n\s+at /);
  }
  // A checksum is not asked for; one that is wrong is no worse than none.
  expect((await exchange(Buffer.concat([message(1, body({ ping: 1 }))]))).length).toBe(0);
});

test("T-48 half a message and then silence, thousands of answers not read, hundreds of connections: others are served", async () => {
  // A worker that has run other tests holds what they left.
  const held = process.memoryUsage().rss;
  const silent = Array.from({ length: 300 }, (_, n) => {
    const socket = open();
    // Each stops at another place; some say that 48 MB will come.
    const claimed = framed(OP_MSG, Buffer.alloc(0), 47_000_000);
    socket.write(n % 3 === 0 ? claimed : PING.subarray(0, 1 + (n % (PING.length - 1))));
    return socket;
  });
  const deaf = open();
  deaf.pause();
  const many = Buffer.concat(Array.from({ length: 5_000 }, () => PING));
  for (let n = 0; n < 20; n++) deaf.write(many);
  try {
    const began = performance.now();
    for (let n = 0; n < 20; n++) expect(await client.db("aplus").command({ ping: 1 })).toMatchObject({ ok: 1 });
    expect(performance.now() - began).toBeLessThan(SERVED_MS);
    expect(process.memoryUsage().rss - held).toBeLessThan(1024 ** 3);
  } finally {
    for (const socket of [...silent, deaf]) socket.destroy();
  }
});

test("T-49 a connection cut anywhere in a write leaves each document whole, or not at all", async () => {
  const written = client.db("hostile").collection<{ _id: string; a: number; b: number; text: string }>("whole");
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.nat(30), async (cut, size) => {
      const id = `${cut}-${size}-${Math.random()}`;
      const text = "x".repeat(size * 1_000);
      const insert = message(0, body({ insert: "whole" }), section("documents", [serialize({ _id: id, a: 1, b: 1, text })]));
      const update = command({
        update: "whole",
        updates: [{ q: { _id: id }, u: { $inc: { a: 1, b: 1 }, $set: { text: `${text}y` } } }],
      });
      const all = Buffer.concat([insert, update]);
      const socket = open();
      await new Promise<void>((resolve) => {
        socket.on("close", () => resolve());
        socket.write(all.subarray(0, cut % (all.length + 1)), () =>
          cut % 2 === 0 ? socket.destroy() : socket.resetAndDestroy(),
        );
      });
      const found = await written.findOne({ _id: id });
      if (found) expect(found).toEqual({ _id: id, a: found.a, b: found.a, text: found.a === 2 ? `${text}y` : text });
    }),
    runs(4),
  );
});
