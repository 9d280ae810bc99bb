import { type Collection, Double, failure, Int32, Long, ObjectId, openSession, type Session } from "./session.ts";

let session: Session;
beforeAll(async () => {
  session = await openSession();
});
afterAll(() => session.close());

const typed = { promoteValues: false, promoteLongs: false } as const;

/** The document after an update, without its `_id`. */
async function updated(doc: object, update: object, options: object = {}, filter: object = {}): Promise<unknown> {
  const collection = session.fresh();
  await collection.insertOne({ ...doc });
  await collection.updateOne(filter, update, options);
  return collection.findOne({}, { projection: { _id: 0 } });
}

describe("insert", () => {
  test("makes an _id, and puts it first", async () => {
    const collection = session.fresh();
    await session.db.command({ insert: collection.collectionName, documents: [{ b: 1, a: 2 }] });
    const found = await collection.findOne();
    expect(found?._id).toBeInstanceOf(ObjectId);
    expect(Object.keys(found ?? {})).toEqual(["_id", "b", "a"]);
  });

  test("ordered stops at the first fault, unordered goes on", async () => {
    const docs = [{ _id: 1 }, { _id: 1 }, { _id: 2 }] as never[];
    const [first, second] = [session.fresh(), session.fresh()];
    await expect(first.insertMany(docs)).rejects.toMatchObject({ code: 11000, insertedCount: 1 });
    expect(await first.countDocuments()).toBe(1);
    await expect(second.insertMany(docs, { ordered: false })).rejects.toMatchObject({ code: 11000, insertedCount: 2 });
    expect(await second.countDocuments()).toBe(2);
  });

  test("a document of more than 16 MB is refused, and the connection serves on", async () => {
    const collection = session.fresh();
    await expect(collection.insertOne({ big: "x".repeat(17 * 1024 * 1024) })).rejects.toThrow();
    await collection.insertOne({ small: 1 });
    expect(await collection.countDocuments()).toBe(1);
  });
});

describe("the statements of one update", () => {
  const put = (_id: number, n: number) => ({ updateOne: { filter: { _id }, update: { $set: { n } }, upsert: true } });
  const clash = { updateOne: { filter: { _id: 99 }, update: { $set: { n: 1 } }, upsert: true } };
  const unread = { updateOne: { filter: { _id: 98 }, update: { $unknown: { n: 1 } } } };

  test.each([
    ["one that cannot be applied", [put(1, 1), put(2, 2), clash, put(3, 3), unread], 11000],
    ["one that cannot be read", [put(1, 1), put(2, 2), unread, clash, put(3, 3)], 9],
  ])("run in their order up to %s, or all but those when unordered", async (_, operations, code) => {
    const [first, second] = [session.fresh(), session.fresh()];
    for (const collection of [first, second]) await collection.createIndex({ n: 1 }, { unique: true });
    await expect(first.bulkWrite(operations as never)).rejects.toMatchObject({ code, upsertedCount: 2 });
    expect(await first.distinct("n")).toEqual([1, 2]);
    await expect(second.bulkWrite(operations as never, { ordered: false })).rejects.toMatchObject({ upsertedCount: 3 });
    expect(await second.distinct("n")).toEqual([1, 2, 3]);
  });

  test("each sees what those before it did, those of many documents too", async () => {
    const collection = session.fresh();
    const many = { updateMany: { filter: {}, update: { $inc: { n: 10 } } } };
    const steps = Array.from({ length: 450 }, () => ({ updateOne: { filter: { _id: 1 }, update: { $inc: { n: 1 } } } }));
    const done = await collection.bulkWrite([put(1, 0), put(2, 0), many, ...steps, many] as never);
    expect(done).toMatchObject({ upsertedCount: 2, modifiedCount: 454 });
    expect(await collection.find({}, { sort: { _id: 1 } }).toArray()).toEqual([
      { _id: 1, n: 470 },
      { _id: 2, n: 20 },
    ]);
  });
});

describe("update operators", () => {
  test("$set, $unset, $inc, $mul, $min, $max, $rename, $currentDate, $bit", async () => {
    expect(await updated({ a: 1 }, { $set: { "b.c": 2, a: 3 } })).toEqual({ a: 3, b: { c: 2 } });
    expect(await updated({ a: 1, b: { c: 1, d: 2 } }, { $unset: { a: 1, "b.c": 1, z: 1 } })).toEqual({ b: { d: 2 } });
    expect(await updated({ l: [1, 2] }, { $unset: { "l.0": 1 } })).toEqual({ l: [null, 2] });
    expect(await updated({ a: 1 }, { $inc: { a: 2, n: 5 } })).toEqual({ a: 3, n: 5 });
    expect(await updated({ a: 3 }, { $mul: { a: 2, n: 5 } })).toEqual({ a: 6, n: 0 });
    expect(await updated({ a: 3, b: 3 }, { $min: { a: 2, c: 1 }, $max: { b: 2 } })).toEqual({ a: 2, b: 3, c: 1 });
    expect(await updated({ a: 1, b: { c: 2 } }, { $rename: { a: "z", "b.c": "b.d", no: "never" } })).toEqual({
      b: { d: 2 },
      z: 1,
    });
    expect(await updated({}, { $currentDate: { at: true } })).toEqual({ at: expect.any(Date) });
    expect(await updated({ a: 12 }, { $bit: { a: { and: 10 } } })).toEqual({ a: 8 });
  });

  test("arithmetic keeps the type, and widens it when it must", async () => {
    const collection = session.fresh();
    await collection.insertOne({ i: new Int32(1), big: new Int32(2147483647), d: new Double(1), l: Long.fromNumber(1) });
    await collection.updateOne({}, { $inc: { i: new Int32(1), big: new Int32(1), d: new Int32(1), l: new Int32(1) } });
    const found = await collection.findOne({}, typed);
    expect(found).toMatchObject({ i: new Int32(2), big: Long.fromNumber(2147483648), d: new Double(2), l: Long.fromNumber(2) });
    expect(found?.l).toBeInstanceOf(Long);
    await expect(
      collection.updateOne({}, { $set: { s: "x" } }).then(() => collection.updateOne({}, { $inc: { s: 1 } } as never)),
    ).rejects.toMatchObject({ code: 14 });
  });

  test("$push with $each, $position, $sort, $slice; $addToSet; $pull; $pullAll; $pop", async () => {
    expect(await updated({ l: [1] }, { $push: { l: 2, m: 3 } })).toEqual({ l: [1, 2], m: [3] });
    expect(await updated({ l: [5, 1] }, { $push: { l: { $each: [3, 4], $position: 1 } } })).toEqual({ l: [5, 3, 4, 1] });
    expect(await updated({ l: [5, 1] }, { $push: { l: { $each: [3, 4], $sort: 1, $slice: -3 } } })).toEqual({ l: [3, 4, 5] });
    expect(await updated({ l: [{ n: 2 }] }, { $push: { l: { $each: [{ n: 1 }], $sort: { n: 1 } } } })).toEqual({
      l: [{ n: 1 }, { n: 2 }],
    });
    expect(await updated({ l: [1] }, { $addToSet: { l: { $each: [1, 2, 2] }, m: { a: 1 } } })).toEqual({
      l: [1, 2],
      m: [{ a: 1 }],
    });
    expect(await updated({ l: [1, 5, 9], t: [{ k: 1, v: 1 }, { k: 2 }] }, { $pull: { l: { $gte: 5 }, t: { k: 1 } } })).toEqual({
      l: [1],
      t: [{ k: 2 }],
    });
    expect(await updated({ l: [1, 2, 1] }, { $pullAll: { l: [1] } })).toEqual({ l: [2] });
    expect(await updated({ l: [1, 2, 3] }, { $pop: { l: -1 } })).toEqual({ l: [2, 3] });
    await expect(updated({ l: 1 }, { $push: { l: 1 } })).rejects.toMatchObject({ code: 2 });
  });

  test("positions: by number, $, $[], $[name]", async () => {
    const doc = {
      threads: [
        { c: "a", delivered: 0 },
        { c: "b", delivered: 0 },
        { c: "b", delivered: 5 },
      ],
    };
    const delivered = (found: unknown): number[] => (found as typeof doc).threads.map((thread) => thread.delivered);
    expect(delivered(await updated(doc, { $set: { "threads.1.delivered": 7 } }))).toEqual([0, 7, 5]);
    expect(delivered(await updated(doc, { $set: { "threads.$.delivered": 7 } }, {}, { "threads.c": "b" }))).toEqual([0, 7, 5]);
    expect(
      delivered(
        await updated(doc, { $inc: { "threads.$.delivered": 1 } }, {}, { threads: { $elemMatch: { c: "b", delivered: 5 } } }),
      ),
    ).toEqual([0, 0, 6]);
    expect(delivered(await updated(doc, { $inc: { "threads.$[].delivered": 1 } }))).toEqual([1, 1, 6]);
    const arrayFilters = [{ "t.c": "b", "t.delivered": { $lt: 5 } }];
    expect(delivered(await updated(doc, { $set: { "threads.$[t].delivered": 9 } }, { arrayFilters }))).toEqual([0, 9, 5]);
    expect(await updated({ l: [1] }, { $set: { "l.3": 4 } })).toEqual({ l: [1, null, null, 4] });
  });

  test("what makes no sense is refused, and nothing is changed", async () => {
    const collection = session.fresh();
    await collection.insertOne({ a: 1, l: [1] });
    expect((await failure(collection.updateOne({}, { $set: { a: 1, "a.b": 2 } }))).code).toBe(40);
    expect((await failure(collection.updateOne({}, { $set: { _id: 5 } } as never))).code).toBe(66);
    expect((await failure(collection.updateOne({}, { $foo: { a: 1 } } as never))).code).toBe(9);
    await expect(collection.updateOne({}, { $set: { ok: 1, "a.b": 2 } })).rejects.toThrow();
    expect(await collection.findOne({}, { projection: { _id: 0 } })).toEqual({ a: 1, l: [1] });
  });

  test("a pipeline computes from the document and keeps the types of what it leaves alone", async () => {
    const collection = session.fresh();
    await collection.insertOne({ a: 2, d: new Double(5) });
    await collection.updateOne({}, [
      { $set: { b: { $add: ["$a", 3] }, status: { $cond: [{ $gt: ["$a", 1] }, "high", "low"] } } },
      { $unset: "a" },
    ]);
    expect(await collection.findOne({}, { projection: { _id: 0 }, ...typed })).toEqual({
      d: new Double(5),
      b: new Int32(5),
      status: "high",
    });
  });
});

describe("results", () => {
  test("say what matched and what changed", async () => {
    const collection = session.fresh();
    await collection.insertMany([{ a: 1 }, { a: 1 }, { a: 2 }]);
    expect(await collection.updateMany({ a: 1 }, { $set: { a: 1 } })).toMatchObject({ matchedCount: 2, modifiedCount: 0 });
    expect(await collection.updateMany({}, { $set: { a: 1 } })).toMatchObject({ matchedCount: 3, modifiedCount: 1 });
    expect(await collection.updateOne({ a: 9 }, { $set: { b: 1 } })).toMatchObject({
      matchedCount: 0,
      modifiedCount: 0,
      upsertedCount: 0,
    });
    expect(await collection.replaceOne({ a: 1 }, { z: 1 })).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
    expect(await collection.deleteOne({ a: 1 })).toMatchObject({ deletedCount: 1 });
    expect(await collection.deleteMany({})).toMatchObject({ deletedCount: 2 });
  });

  test("what DocumentDB does its own way is done as MongoDB 7 does it", async () => {
    if (!session.exact) return;
    const nested = [1, 4, [4], [1, 4], [[4]], { a: 4 }, { b: 4 }];
    const pulled = async ($pull: object) => (await updated({ l: nested }, { $pull: { l: $pull } })) as { l: unknown[] };
    expect((await pulled({ $gt: 1 })).l).toEqual([1, [[4]], { a: 4 }, { b: 4 }]);
    expect((await pulled({ $ne: 4 })).l).toEqual([4, [4], [1, 4]]);
    expect((await pulled({ $or: [{ a: 4 }, { b: 4 }] })).l).toEqual([1, 4, [4], [1, 4], [[4]]]);
    await expect(updated({}, { $pull: { none: { $in: 3 } } })).rejects.toMatchObject({ code: 2 });
    const whole = { $push: { l: { $each: [{ a: [0, 9] }, { a: 2 }, { a: [] }, {}], $sort: { a: 1 } } } };
    expect(await updated({}, whole)).toEqual({ l: [{}, { a: 2 }, { a: [] }, { a: [0, 9] }] });
    const upsert = async (filter: object) => {
      const collection = session.fresh();
      await collection.updateOne(filter, { $set: { z: 1 } }, { upsert: true });
      return collection.findOne({}, { projection: { _id: 0 } });
    };
    expect(await upsert({ b: { $in: [1, 1] } })).toEqual({ b: 1, z: 1 });
    await expect(upsert({ b: 1, "b.c": 2 })).rejects.toMatchObject({ code: 54 });
    await expect(upsert({ "b.c": 2, b: 1 })).rejects.toMatchObject({ code: 54 });
  });

  test("upserts start from the equalities of the query", async () => {
    const collection = session.fresh();
    const result = await collection.updateOne(
      { ref: "x", n: { $gt: 3 }, "deep.a": 1 },
      { $set: { s: 1 }, $setOnInsert: { made: true } },
      { upsert: true },
    );
    expect(result).toMatchObject({ upsertedCount: 1, matchedCount: 0, upsertedId: expect.any(ObjectId) });
    expect(await collection.findOne({}, { projection: { _id: 0 } })).toEqual({ ref: "x", deep: { a: 1 }, made: true, s: 1 });
    await collection.updateOne({ ref: "x" }, { $set: { s: 2 }, $setOnInsert: { made: false } }, { upsert: true });
    expect(await collection.findOne({ ref: "x" })).toMatchObject({ s: 2, made: true });
    await collection.replaceOne({ _id: 7 as never }, { whole: 1 }, { upsert: true });
    expect(await collection.findOne({ _id: 7 as never })).toEqual({ _id: 7, whole: 1 });
  });

  test("bulkWrite does each operation and counts them", async () => {
    const collection = session.fresh();
    const result = await collection.bulkWrite([
      { insertOne: { document: { _id: 1 as never, n: 1 } } },
      { insertOne: { document: { _id: 2 as never, n: 2 } } },
      { updateOne: { filter: { n: 1 }, update: { $inc: { n: 10 } } } },
      { updateMany: { filter: {}, update: { $set: { seen: true } } } },
      { replaceOne: { filter: { n: 2 }, replacement: { n: 3 } } },
      { updateOne: { filter: { n: 99 }, update: { $set: { n: 99 } }, upsert: true } },
      { deleteOne: { filter: { n: 3 } } },
    ]);
    expect(result).toMatchObject({ insertedCount: 2, matchedCount: 4, modifiedCount: 4, deletedCount: 1, upsertedCount: 1 });
    expect(await collection.find({}, { projection: { _id: 0 } }).toArray()).toEqual([{ n: 11, seen: true }, { n: 99 }]);
  });
});

describe("findAndModify", () => {
  let collection: Collection;
  beforeEach(async () => {
    collection = session.fresh();
    await collection.insertMany([
      { n: 2, s: "b" },
      { n: 1, s: "a" },
      { n: 3, s: "c" },
    ]);
  });

  test("takes the first in the order asked, before or after the change", async () => {
    const before = await collection.findOneAndUpdate({}, { $inc: { n: 10 } }, { sort: { n: 1 }, projection: { _id: 0 } });
    expect(before).toEqual({ n: 1, s: "a" });
    const now = await collection.findOneAndUpdate(
      { n: { $gte: 2 } },
      { $set: { s: "z" } },
      { sort: { n: -1 }, returnDocument: "after", projection: { _id: 0 } },
    );
    expect(now).toEqual({ n: 11, s: "z" });
  });

  test("tells by lastErrorObject whether it updated or inserted", async () => {
    const options = { upsert: true, returnDocument: "after", includeResultMetadata: true } as const;
    const made = await collection.findOneAndUpdate({ s: "new" }, { $set: { n: 1 } }, options);
    expect(made).toMatchObject({
      lastErrorObject: { n: 1, updatedExisting: false, upserted: made.value?._id },
      value: { s: "new", n: 1 },
    });
    const again = await collection.findOneAndUpdate({ s: "new" }, { $set: { n: 2 } }, options);
    expect(again).toMatchObject({ lastErrorObject: { n: 1, updatedExisting: true }, value: { n: 2 } });
    expect(await collection.findOneAndUpdate({ s: "none" }, { $set: { n: 2 } })).toBeNull();
  });

  test("replaces and deletes", async () => {
    expect(
      await collection.findOneAndReplace({ s: "a" }, { whole: 1 }, { returnDocument: "after", projection: { _id: 0 } }),
    ).toEqual({ whole: 1 });
    expect(await collection.findOneAndDelete({ s: "b" }, { projection: { _id: 0 } })).toEqual({ n: 2, s: "b" });
    expect(await collection.countDocuments()).toBe(2);
  });

  test("is atomic: of many at once, each sees the one before", async () => {
    const one = session.fresh();
    await one.insertOne({ _id: 1 as never, n: 0 });
    const seen = await Promise.all(
      Array.from({ length: 50 }, () =>
        one.findOneAndUpdate({ _id: 1 as never }, { $inc: { n: 1 } }, { returnDocument: "after" }),
      ),
    );
    expect(seen.map((doc) => doc?.n).sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    const races = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        one.findOneAndUpdate({ _id: 1 as never, revision: { $exists: false } }, { $set: { revision: i } }),
      ),
    );
    expect(races.filter((won) => won !== null)).toHaveLength(1);
  });
});
