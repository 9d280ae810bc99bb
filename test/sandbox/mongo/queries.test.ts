import { Binary, type Collection, Decimal128, Double, Int32, Long, ObjectId, openSession, type Session } from "./session.ts";

let session: Session;
beforeAll(async () => {
  session = await openSession();
});
afterAll(() => session.close());

const ids = async (collection: Collection, filter: object): Promise<unknown[]> =>
  (await collection.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);

async function filled(docs: object[]): Promise<Collection> {
  const collection = session.fresh();
  await collection.insertMany(docs.map((doc, i) => ({ _id: i, ...doc })) as never);
  return collection;
}

describe("equality", () => {
  test("null asks for null and for missing, not for an empty array", async () => {
    const collection = await filled([{ a: null }, {}, { a: 0 }, { a: [] }, { a: [null] }]);
    expect(await ids(collection, { a: null })).toEqual([0, 1, 4]);
    expect(await ids(collection, { a: { $ne: null } })).toEqual([2, 3]);
  });

  test("numbers of all types are equal when their values are", async () => {
    const collection = await filled([{ a: new Int32(5) }, { a: new Double(5) }, { a: Long.fromNumber(5) }, { a: "5" }]);
    expect(await ids(collection, { a: 5 })).toEqual([0, 1, 2]);
  });

  test("a document is equal to one with the same fields in the same order", async () => {
    const collection = await filled([{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }, { a: { x: 1, y: 2, z: 3 } }]);
    expect(await ids(collection, { a: { x: 1, y: 2 } })).toEqual([0]);
  });

  test("an array is equal to its elements and to itself", async () => {
    const collection = await filled([{ a: [1, 2] }, { a: [[1, 2]] }, { a: 1 }]);
    expect(await ids(collection, { a: 1 })).toEqual([0, 2]);
    expect(await ids(collection, { a: [1, 2] })).toEqual([0, 1]);
  });

  test("a name that every object inherits is a field like another", async () => {
    const collection = await filled([{ constructor: "x" }, {}]);
    expect(await ids(collection, { constructor: { $exists: true } })).toEqual([0]);
    expect(await ids(collection, { toString: null })).toEqual([0, 1]);
  });
});

describe("ranges", () => {
  test("stay within a kind of value", async () => {
    const collection = await filled([{ a: 1 }, { a: "1" }, { a: new Date(1) }, { a: null }, { a: true }, { a: 10 }]);
    expect(await ids(collection, { a: { $gt: 0 } })).toEqual([0, 5]);
    expect(await ids(collection, { a: { $gte: "" } })).toEqual([1]);
    expect(await ids(collection, { a: { $lt: new Date(5) } })).toEqual([2]);
  });

  test("may be fulfilled by two elements of an array, unless $elemMatch asks for one", async () => {
    const collection = await filled([{ a: [1, 10] }, { a: [5] }]);
    expect(await ids(collection, { a: { $gt: 4, $lt: 6 } })).toEqual([0, 1]);
    expect(await ids(collection, { a: { $elemMatch: { $gt: 4, $lt: 6 } } })).toEqual([1]);
  });
});

describe("paths", () => {
  test("go into the documents of an array", async () => {
    const collection = await filled([
      {
        t: [
          { c: "x", r: 1 },
          { c: "y", r: 2 },
        ],
      },
      { t: [{ c: "x", r: 2 }] },
      { t: { c: "x" } },
    ]);
    expect(await ids(collection, { "t.c": "x" })).toEqual([0, 1, 2]);
    expect(await ids(collection, { "t.c": "x", "t.r": 2 })).toEqual([0, 1]);
    expect(await ids(collection, { t: { $elemMatch: { c: "x", r: 2 } } })).toEqual([1]);
    expect(await ids(collection, { "t.1.c": "y" })).toEqual([0]);
  });

  test("$exists and $size look at the array itself", async () => {
    const collection = await filled([{ a: [] }, { a: [1] }, {}, { a: { b: 1 } }]);
    expect(await ids(collection, { a: { $exists: true } })).toEqual([0, 1, 3]);
    expect(await ids(collection, { a: { $size: 1 } })).toEqual([1]);
    expect(await ids(collection, { "a.b": { $exists: false } })).toEqual([0, 1, 2]);
  });
});

describe("operators", () => {
  test("$in, $nin, $all, $mod, $type, $regex, $not, $nor, $expr", async () => {
    const collection = await filled([{ n: 4, s: "Abc" }, { n: 7, s: "xyz", t: ["a", "b"] }, { s: 3 }, { n: new Double(2.5) }]);
    expect(await ids(collection, { s: { $in: [/^a/i, "xyz"] } })).toEqual([0, 1]);
    expect(await ids(collection, { n: { $nin: [4, null] } })).toEqual([1, 3]);
    expect(await ids(collection, { t: { $all: ["b", "a"] } })).toEqual([1]);
    expect(await ids(collection, { n: { $mod: [4, 0] } })).toEqual([0]);
    expect(await ids(collection, { n: { $type: "double" } })).toEqual([3]);
    expect(await ids(collection, { s: { $type: ["number"] } })).toEqual([2]);
    expect(await ids(collection, { s: { $not: { $regex: "b" } } })).toEqual([1, 2, 3]);
    expect(await ids(collection, { $nor: [{ n: 4 }, { n: 7 }] })).toEqual([2, 3]);
    expect(await ids(collection, { $expr: { $gt: ["$n", 3] } })).toEqual([0, 1]);
  });

  test("what is no operator is refused", async () => {
    const collection = session.fresh();
    await collection.insertOne({ a: 1 });
    await expect(collection.findOne({ a: { $foo: 1 } })).rejects.toMatchObject({ code: 2 });
    await expect(collection.findOne({ $foo: 1 } as never)).rejects.toMatchObject({ code: 2 });
  });
});

describe("order", () => {
  test("follows the kinds of values", async () => {
    const values = [
      null,
      -1,
      new Double(1.5),
      Long.fromNumber(2),
      "a",
      "b",
      { x: 1 },
      new Binary(Buffer.from("x")),
      new ObjectId("00".repeat(12)),
      false,
      true,
      new Date(0),
    ];
    const collection = await filled([...values].reverse().map((v) => ({ v })));
    const sorted = await collection.find().sort({ v: 1 }).toArray();
    expect(sorted.map(({ _id }) => _id)).toEqual([...values.keys()].reverse());
    const reversed = await collection.find().sort({ v: -1 }).toArray();
    expect(reversed.map(({ _id }) => _id)).toEqual([...values.keys()]);
  });

  test("takes the least element of an array ascending, the greatest descending", async () => {
    const collection = await filled([{ v: [5, 1] }, { v: 3 }, { v: [4] }]);
    expect((await collection.find().sort({ v: 1 }).toArray()).map(({ _id }) => _id)).toEqual([0, 1, 2]);
    expect((await collection.find().sort({ v: -1 }).toArray()).map(({ _id }) => _id)).toEqual([0, 2, 1]);
  });

  test("of two keys within one array is that of its least pair; two arrays are refused", async () => {
    if (!session.exact) return;
    const collection = await filled([
      {
        l: [
          { a: 2, b: 1 },
          { a: 1, b: 9 },
        ],
      },
      { l: [{ a: 1, b: 5 }] },
    ]);
    const order = async (by: object) =>
      (
        await collection
          .find()
          .sort(by as never)
          .toArray()
      ).map(({ _id }) => _id);
    expect(await order({ "l.a": 1, "l.b": 1 })).toEqual([1, 0]);
    expect(await order({ "l.b": 1, "l.a": 1 })).toEqual([0, 1]);
    await collection.insertOne({ l: [1], m: [] });
    await expect(order({ l: 1, m: 1 })).rejects.toMatchObject({ code: 2 });
    await expect(collection.aggregate([{ $sort: { l: 1, m: 1 } }]).toArray()).rejects.toMatchObject({ code: 2 });
  });

  test("without a sort, documents come as they were inserted; skip and limit count in the order", async () => {
    const collection = session.fresh();
    for (const n of [3, 1, 2]) await collection.insertOne({ n });
    expect((await collection.find().toArray()).map(({ n }) => n)).toEqual([3, 1, 2]);
    expect((await collection.find().sort({ n: 1 }).skip(1).limit(1).toArray()).map(({ n }) => n)).toEqual([2]);
  });
});

describe("values", () => {
  test("come back with the type they were stored with", async () => {
    const collection = session.fresh();
    const doc = {
      i: new Int32(1),
      d: new Double(1),
      l: Long.fromString("9007199254740993"),
      m: Decimal128.fromString("1.10"),
      b: new Binary(Buffer.from([1, 2])),
      t: new Date(5),
      n: null,
    };
    await collection.insertOne(doc);
    const found = await collection.findOne({}, { promoteValues: false, promoteLongs: false });
    expect(found).toMatchObject(doc);
    await collection.updateOne({}, { $set: { other: 1 } });
    expect(await collection.findOne({}, { promoteValues: false, promoteLongs: false })).toMatchObject(doc);
  });

  test("beyond 2^53, longs that a double cannot tell apart are told apart", async () => {
    const [low, high] = [Long.fromString("9007199254740992"), Long.fromString("9007199254740993")];
    const collection = await filled([{ l: high }, { l: low }]);
    expect(await ids(collection, { l: high })).toEqual([0]);
    expect(await ids(collection, { l: { $lt: high } })).toEqual([1]);
    await collection.createIndex({ l: 1 });
    expect(await ids(collection, { l: high })).toEqual([0]);
    expect((await collection.find().sort({ l: 1 }).toArray()).map(({ _id }) => _id)).toEqual([1, 0]);
  });
});

describe("projections", () => {
  test("include, exclude, slice and choose elements", async () => {
    const collection = session.fresh();
    await collection.insertOne({
      _id: 1 as never,
      a: 1,
      b: { c: 2, d: 3 },
      l: [1, 2, 3],
      t: [
        { k: 1, v: 2 },
        { k: 2, v: 4 },
      ],
    });
    const show = (projection: object, filter: object = {}): Promise<unknown> => collection.findOne(filter, { projection });
    expect(await show({ a: 1 })).toEqual({ _id: 1, a: 1 });
    expect(await show({ "b.c": 1, _id: 0 })).toEqual({ b: { c: 2 } });
    expect(await show({ b: 0, l: 0, t: 0 })).toEqual({ _id: 1, a: 1 });
    expect(await show({ "t.v": 1, _id: 0 })).toEqual({ t: [{ v: 2 }, { v: 4 }] });
    expect(await show({ l: { $slice: -2 }, b: 0, t: 0, a: 0 })).toEqual({ _id: 1, l: [2, 3] });
    expect(await show({ t: { $elemMatch: { k: 2 } } })).toEqual({ _id: 1, t: [{ k: 2, v: 4 }] });
    expect(await show({ "t.$": 1 }, { "t.k": 2 })).toEqual({ _id: 1, t: [{ k: 2, v: 4 }] });
    expect(await show({ _id: 0, twice: { $multiply: ["$a", 2] } })).toEqual({ twice: 2 });
    await expect(show({ a: 1, b: 0 })).rejects.toMatchObject(session.exact ? { code: 31254 } : {});
  });
});

describe("cursors", () => {
  test("give all documents, batch by batch, with or without an index and a sort", async () => {
    const collection = await filled(Array.from({ length: 500 }, (_, n) => ({ n: (n * 7) % 500, half: n % 2 })));
    await collection.createIndex({ n: 1 });
    // DocumentDB now and then loses a cursor: there, one batch has to do.
    const few = session.exact ? 13 : 1000;
    expect(await collection.find().batchSize(few).toArray()).toHaveLength(500);
    const sorted = await collection.find().sort({ n: -1 }).batchSize(few).toArray();
    expect(sorted.map(({ n }) => n)).toEqual(Array.from({ length: 500 }, (_, n) => 499 - n));
    const inMemory = await collection.find({ half: 0 }).sort({ half: 1, _id: -1 }).batchSize(few).toArray();
    expect(inMemory.map(({ _id }) => _id)).toEqual(Array.from({ length: 250 }, (_, n) => 498 - 2 * n));
    expect(
      await collection
        .find({ n: { $gte: 100 } })
        .batchSize(few)
        .limit(120)
        .toArray(),
    ).toHaveLength(120);
  });

  test("documents of several megabytes go into batches of less than 16", async () => {
    const collection = session.fresh();
    const big = "x".repeat(5 * 1024 * 1024);
    for (let i = 0; i < 5; i++) await collection.insertOne({ _id: i as never, big });
    const found: unknown[] = [];
    for await (const { _id } of collection.find()) found.push(_id);
    expect(found).toEqual([0, 1, 2, 3, 4]);
  });

  test("one that was killed is not found any more", async () => {
    const collection = await filled(Array.from({ length: 10 }, () => ({})));
    const cursor = collection.find().batchSize(2);
    await cursor.next();
    const id = cursor.id;
    await cursor.close();
    await expect(session.db.command({ getMore: id, collection: collection.collectionName })).rejects.toMatchObject({ code: 43 });
  });

  test("count, estimatedDocumentCount and distinct", async () => {
    const collection = await filled([{ a: 1 }, { a: [1, 2] }, { b: 1 }]);
    expect(await collection.countDocuments({ a: 1 })).toBe(2);
    expect(await collection.countDocuments({}, { skip: 1, limit: 1 })).toBe(1);
    expect(await collection.estimatedDocumentCount()).toBe(3);
    expect((await collection.distinct("a")).sort()).toEqual([1, 2]);
    expect(await session.fresh().countDocuments({})).toBe(0);
  });
});
