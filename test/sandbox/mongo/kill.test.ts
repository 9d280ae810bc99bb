/** A process killed in the middle of writes: what it acknowledged is there afterwards, and the indexes agree with the documents. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import mongoose from "mongoose";
import { type MongoServer, startMongoServer } from "../../../sandbox/mongo/server.ts";

const here = dirname(fileURLToPath(import.meta.url));

interface Serving {
  readonly process: ChildProcess;
  readonly uri: string;
}

async function serve(folder: string): Promise<Serving> {
  const hooks = pathToFileURL(join(here, "typescript-hooks.mjs")).href;
  const child = spawn(process.execPath, ["--import", hooks, join(here, "serve.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [uri] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return { process: child, uri };
}

const connect = (uri: string): Promise<mongoose.mongo.MongoClient> =>
  new mongoose.mongo.MongoClient(uri, { serverSelectionTimeoutMS: 2000, retryWrites: false, retryReads: false }).connect();

interface Journal {
  /** What the server has acknowledged, by document: the number of its last change. */
  readonly acknowledged: Map<string, number>;
  /** What was asked and not answered: it may be there or not. */
  readonly asked: Map<string, number>;
}

/** Changes its own documents, one after the other, until the server is gone. */
async function write(client: mongoose.mongo.MongoClient, writer: number, journal: Journal): Promise<void> {
  const collection = client.db("kill").collection<{ _id: string; n: number; tags: string[]; owner: number }>("docs");
  try {
    for (let i = 0; ; i++) {
      const id = `${writer}-${i % 20}`;
      const n = (journal.asked.get(id) ?? 0) + 1;
      journal.asked.set(id, n);
      const update = { $set: { n, owner: n % 5 }, $push: { tags: { $each: [`t${n}`], $slice: -5 } } };
      await collection.updateOne({ _id: id }, update, { upsert: true });
      journal.acknowledged.set(id, n);
    }
  } catch {
    // The server was killed: this writer is done.
  }
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aplus-kill-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function check(server: MongoServer, journal: Journal): Promise<void> {
  const client = await connect(server.uri);
  try {
    const collection = client.db("kill").collection<{ _id: string; n: number; tags: string[]; owner: number }>("docs");
    const docs = await collection.find().hint({ $natural: 1 }).toArray();
    const found = new Map(docs.map((doc) => [doc._id, doc]));
    for (const [id, n] of journal.acknowledged) expect(found.get(id)?.n).toBeGreaterThanOrEqual(n);
    for (const { _id, n, tags, owner } of docs) {
      expect(n).toBeLessThanOrEqual(journal.asked.get(_id) ?? 0);
      expect(tags.at(-1)).toBe(`t${n}`);
      expect(owner).toBe(n % 5);
    }
    // Each index holds each document under its present keys, and no other.
    for (const [index, path] of [
      ["n_1", "n"],
      ["tags_1", "tags"],
      ["owner_1_n_-1", "owner"],
      ["_id_", "_id"],
    ] as const) {
      const indexed = await collection.find().hint(index).toArray();
      expect(indexed.map(({ _id }) => _id).sort()).toEqual([...found.keys()].sort());
      const values = [...new Set(docs.flatMap((doc) => doc[path] as never))];
      const expected = docs.flatMap((doc) => doc[path]).length;
      const explained = await collection
        .find({ [path]: { $in: values } })
        .hint(index)
        .explain("executionStats");
      expect((explained as unknown as { executionStats: { totalKeysExamined: number } }).executionStats.totalKeysExamined).toBe(
        expected,
      );
    }
  } finally {
    await client.close();
  }
}

test("everything acknowledged survives, again and again", async () => {
  const journal: Journal = { acknowledged: new Map(), asked: new Map() };
  for (let round = 0; round < 4; round++) {
    const serving = await serve(folder);
    const client = await connect(serving.uri);
    if (round === 0) {
      await client
        .db("kill")
        .collection("docs")
        .createIndexes([{ key: { n: 1 } }, { key: { tags: 1 } }, { key: { owner: 1, n: -1 } }]);
    }
    const before = [...journal.acknowledged.values()].reduce((sum, n) => sum + n, 0);
    const target = before + 20 + Math.floor(Math.random() * 400);
    const writers = Array.from({ length: 4 }, (_, writer) => write(client, writer, journal));
    // The kill comes in the middle of writes, wherever they are by then.
    while ([...journal.acknowledged.values()].reduce((sum, n) => sum + n, 0) < target)
      await new Promise((resolve) => setImmediate(resolve));
    serving.process.kill("SIGKILL");
    await once(serving.process, "exit");
    await Promise.all(writers);
    await client.close();
    const server = await startMongoServer({ folder });
    await check(server, journal);
    await server.close();
  }
}, 180_000);
