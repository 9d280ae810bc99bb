import { type Collection, openSession, type Session } from "./session.ts";

let session: Session;
let collection: Collection;
beforeAll(async () => {
  session = await openSession();
  collection = session.fresh();
  await collection.insertMany([
    { _id: 1 as never, groupe: "caf", n: 1, tags: ["a", "b"], at: new Date(Date.UTC(2026, 0, 5, 12)) },
    { _id: 2 as never, groupe: "caf", n: 2, tags: [], at: new Date(Date.UTC(2026, 1, 5, 12)) },
    { _id: 3 as never, groupe: "cpam", n: 3, tags: ["b"], at: new Date(Date.UTC(2026, 1, 9, 12)) },
    { _id: 4 as never, n: 4, closed: null },
  ]);
});
afterAll(() => session.close());

const run = (pipeline: object[]): Promise<unknown[]> => collection.aggregate(pipeline).toArray();

test("$match, $sort, $skip, $limit, $project", async () => {
  expect(
    await run([{ $match: { n: { $gt: 1 } } }, { $sort: { n: -1 } }, { $skip: 1 }, { $limit: 1 }, { $project: { groupe: 1 } }]),
  ).toEqual([{ _id: 3, groupe: "cpam" }]);
  expect(await run([{ $limit: 2 }, { $match: { n: { $gt: 1 } } }, { $project: { _id: 0, n: 1 } }])).toEqual([{ n: 2 }]);
  expect(await run([{ $match: { _id: 1 } }, { $project: { n: 1, twice: { $multiply: ["$n", 2] } } }])).toEqual([
    { _id: 1, n: 1, twice: 2 },
  ]);
});

test("$group with its accumulators", async () => {
  const groups = await run([
    {
      $group: {
        _id: "$groupe",
        count: { $sum: 1 },
        total: { $sum: "$n" },
        mean: { $avg: "$n" },
        last: { $max: "$at" },
        all: { $push: "$n" },
      },
    },
    { $sort: { _id: 1 } },
  ]);
  expect(groups).toEqual([
    { _id: null, count: 1, total: 4, mean: 4, last: null, all: [4] },
    { _id: "caf", count: 2, total: 3, mean: 1.5, last: new Date(Date.UTC(2026, 1, 5, 12)), all: [1, 2] },
    { _id: "cpam", count: 1, total: 3, mean: 3, last: new Date(Date.UTC(2026, 1, 9, 12)), all: [3] },
  ]);
});

test("$count and counts of matches", async () => {
  expect(await run([{ $match: { groupe: "caf" } }, { $count: "total" }])).toEqual([{ total: 2 }]);
  if (session.exact) expect(await run([{ $match: { groupe: "none" } }, { $count: "total" }])).toEqual([]);
  expect(await run([{ $group: { _id: null, n: { $sum: 2 } } }])).toEqual([{ _id: null, n: 8 }]);
});

test("$unwind, $addFields, $facet, $sortByCount", async () => {
  expect(await run([{ $unwind: "$tags" }, { $sort: { _id: 1, tags: 1 } }, { $project: { tags: 1 } }])).toEqual([
    { _id: 1, tags: "a" },
    { _id: 1, tags: "b" },
    { _id: 3, tags: "b" },
  ]);
  expect(
    await run([{ $facet: { counted: [{ $count: "n" }], first: [{ $sort: { n: -1 } }, { $limit: 1 }, { $project: { n: 1 } }] } }]),
  ).toEqual([{ counted: [{ n: 4 }], first: [{ _id: 4, n: 4 }] }]);
  expect(await run([{ $match: { _id: 2 } }, { $addFields: { size: { $size: "$tags" } } }, { $project: { size: 1 } }])).toEqual([
    { _id: 2, size: 0 },
  ]);
  expect(await run([{ $unwind: "$tags" }, { $sortByCount: "$tags" }])).toEqual([
    { _id: "b", count: 2 },
    { _id: "a", count: 1 },
  ]);
});

test("$lookup joins another collection", async () => {
  const groupes = session.fresh();
  await groupes.insertMany([{ _id: "caf" as never, name: "CAF de l’Ain" }]);
  const joined = await run([
    { $match: { _id: { $in: [1, 3] } } },
    { $lookup: { from: groupes.collectionName, localField: "groupe", foreignField: "_id", as: "found" } },
    { $project: { "found.name": 1 } },
    { $sort: { _id: 1 } },
  ]);
  expect(joined).toEqual([
    { _id: 1, found: [{ name: "CAF de l’Ain" }] },
    { _id: 3, found: [] },
  ]);
});

test("expressions compare values of different kinds by MongoDB's order", async () => {
  const [one] = await run([
    { $match: { _id: 4 } },
    {
      $project: {
        _id: 0,
        dateAfterNull: { $gt: [new Date(0), null] },
        missingIsLess: { $lt: ["$none", 0] },
        textAfterNumber: { $gt: ["", 10] },
        orElse: { $ifNull: ["$none", "d"] },
        month: { $dateToString: { date: new Date(Date.UTC(2026, 1, 3)), format: "%Y-%m" } },
      },
    },
  ]);
  expect(one).toEqual({ dateAfterNull: true, missingIsLess: true, textAfterNumber: true, orElse: "d", month: "2026-02" });
});

test("what is not served is refused by name", async () => {
  await expect(run([{ $nothing: {} }])).rejects.toMatchObject(session.exact ? { code: 40324 } : {});
  await expect(run([{ $project: { a: { $nothing: 1 } } }])).rejects.toThrow(/\$nothing/);
  if (session.kind === "real") return;
  await expect(run([{ $out: "x" }])).rejects.toThrow(/\$out/);
  await expect(run([{ $project: { a: { $function: { body: "return 1", args: [], lang: "js" } } } }])).rejects.toThrow(
    /\$function/,
  );
  await expect(collection.watch().next()).rejects.toThrow(/\$changeStream/);
});
