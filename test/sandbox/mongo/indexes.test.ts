import { Double, failure, Int32, openSession, type Session } from "./session.ts";

let session: Session;
beforeAll(async () => {
  session = await openSession();
});
afterAll(() => session.close());

describe("unique indexes", () => {
  test("refuse a second document, saying which key, and leave nothing behind", async () => {
    const collection = session.fresh();
    await collection.createIndex({ ref: 1 }, { unique: true });
    await collection.insertOne({ ref: "D-1" });
    const key = session.exact ? { keyPattern: { ref: 1 }, keyValue: { ref: "D-1" } } : {};
    expect(await failure(collection.insertOne({ ref: "D-1" }))).toMatchObject({ code: 11000, ...key });
    await collection.insertOne({ ref: "D-2", n: 1 });
    expect((await failure(collection.updateOne({ ref: "D-2" }, { $set: { ref: "D-1", n: 2 } }))).code).toBe(11000);
    expect(await collection.findOne({ ref: "D-2" })).toMatchObject({ n: 1 });
    const { code } = await failure(collection.findOneAndUpdate({ ref: "D-2" }, { $set: { ref: "D-1" } }));
    if (session.exact) expect(code).toBe(11000);
    await collection.deleteOne({ ref: "D-1" });
    await collection.updateOne({ ref: "D-2" }, { $set: { ref: "D-1" } });
  });

  test("count numbers of different types as the same key, and missing as null", async () => {
    const collection = session.fresh();
    await collection.createIndex({ n: 1 }, { unique: true });
    await collection.insertOne({ n: new Int32(1) });
    expect((await failure(collection.insertOne({ n: new Double(1) }))).code).toBe(11000);
    await collection.insertOne({});
    expect((await failure(collection.insertOne({ n: null }))).code).toBe(11000);
  });

  test("sparse: documents without the field do not count", async () => {
    const collection = session.fresh();
    await collection.createIndex({ email: 1 }, { unique: true, sparse: true });
    await collection.insertMany([{ a: 1 }, { a: 2 }, { email: "x" }]);
    expect((await failure(collection.insertOne({ email: "x" }))).code).toBe(11000);
    expect(await collection.countDocuments({ email: null })).toBe(2);
  });

  test("partial: only the documents of the filter count", async () => {
    const collection = session.fresh();
    await collection.createIndex({ channel: 1 }, { unique: true, partialFilterExpression: { active: true } });
    await collection.insertMany([
      { channel: "C1", active: false },
      { channel: "C1", active: false },
      { channel: "C1", active: true },
    ]);
    expect((await failure(collection.insertOne({ channel: "C1", active: true }))).code).toBe(11000);
    expect((await failure(collection.updateOne({ active: false }, { $set: { active: true } }))).code).toBe(11000);
    expect(await collection.countDocuments({ channel: "C1" })).toBe(3);
  });

  test("compound and over arrays: the fields of one element make one key", async () => {
    const collection = session.fresh();
    await collection.createIndex({ "threads.channel": 1, "threads.root": 1 }, { unique: true });
    await collection.insertOne({
      _id: 1 as never,
      threads: [
        { channel: "A", root: 1 },
        { channel: "B", root: 2 },
      ],
    });
    await collection.insertOne({ _id: 2 as never, threads: [{ channel: "A", root: 2 }] });
    const taken = collection.insertOne({
      threads: [
        { channel: "X", root: 9 },
        { channel: "B", root: 2 },
      ],
    });
    expect((await failure(taken)).code).toBe(11000);
    // The same key twice within one document is no conflict.
    await collection.insertOne({
      _id: 3 as never,
      threads: [
        { channel: "C", root: 1 },
        { channel: "C", root: 1 },
      ],
    });
    const found = await collection.find({ "threads.channel": "A", "threads.root": 2 }).sort({ _id: 1 }).toArray();
    expect(found.map(({ _id }) => _id)).toEqual([1, 2]);
    expect(await collection.find({ threads: { $elemMatch: { channel: "A", root: 2 } } }).toArray()).toMatchObject([{ _id: 2 }]);
  });

  test("cannot be built where they are broken already", async () => {
    const collection = session.fresh();
    await collection.insertMany([{ n: 1 }, { n: 1 }]);
    const { code } = await failure(collection.createIndex({ n: 1 }, { unique: true }));
    if (session.exact) expect(code).toBe(11000);
    expect(await collection.listIndexes().toArray()).toHaveLength(1);
  });

  test("two arrays in one key are refused", async () => {
    const collection = session.fresh();
    await collection.createIndex({ a: 1, b: 1 });
    const attempt = collection.insertOne({ a: [1], b: [2] });
    if (session.exact) expect((await failure(attempt)).code).toBe(171);
    else await attempt;
  });
});

describe("making and dropping", () => {
  test("twice the same is one; the same name for another is refused", async () => {
    const collection = session.fresh();
    expect(await collection.createIndex({ a: 1, b: -1 })).toBe("a_1_b_-1");
    await collection.createIndex({ a: 1, b: -1 });
    expect(await collection.listIndexes().toArray()).toMatchObject([
      { name: "_id_", key: { _id: 1 } },
      { name: "a_1_b_-1", key: { a: 1, b: -1 } },
    ]);
    expect((await failure(collection.createIndex({ c: 1 }, { name: "a_1_b_-1" }))).code).toBe(86);
    await collection.dropIndex("a_1_b_-1");
    expect((await failure(collection.dropIndex("a_1_b_-1"))).code).toBe(27);
    expect(await collection.listIndexes().toArray()).toHaveLength(1);
  });

  test("collections are listed and dropped", async () => {
    const collection = session.fresh();
    await collection.insertOne({ a: 1 });
    const names = async (): Promise<string[]> => (await session.db.listCollections().toArray()).map(({ name }) => name);
    expect(await names()).toContain(collection.collectionName);
    if (session.exact) expect(await session.db.command({ create: collection.collectionName })).toMatchObject({ ok: 1 });
    expect(await collection.countDocuments()).toBe(1);
    expect(await collection.drop()).toBe(true);
    expect(await names()).not.toContain(collection.collectionName);
    await collection.insertOne({ a: 2 });
    expect(await collection.countDocuments()).toBe(1);
  });
});

describe("long values", () => {
  test("of thousands of characters are indexed, found, unique and sorted", async () => {
    const collection = session.fresh();
    await collection.createIndex({ s: 1 }, { unique: true });
    const long = (tail: string): string => "é".repeat(2000) + tail;
    await collection.insertMany([{ s: long("b") }, { s: long("a") }, { s: "z" }, { s: "a" }]);
    expect((await failure(collection.insertOne({ s: long("a") }))).code).toBe(11000);
    expect(await collection.countDocuments({ s: long("a") })).toBe(1);
    expect(await collection.countDocuments({ s: { $gt: long("a") } })).toBe(1);
    expect((await collection.find().sort({ s: 1 }).toArray()).map(({ s }) => (s as string).slice(-1))).toEqual([
      "a",
      "z",
      "a",
      "b",
    ]);
  });
});
