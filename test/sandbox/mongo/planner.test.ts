/** Indexes change the work, never the result: generated queries find the same with indexes as by reading everything. */
import fc from "fast-check";
import { doc, filter, index, sort, update } from "./generated.ts";
import { type Collection, openSession, type Session } from "./session.ts";

let session: Session;
beforeAll(async () => {
  session = await openSession();
});
afterAll(() => session.close());

/** Two arrays in one key are no fault of the test: such an index is left out. */
async function tryIndex(collection: Collection, key: object): Promise<void> {
  await collection.createIndex(key as never).catch(() => undefined);
}

async function fill(collection: Collection, docs: readonly object[]): Promise<void> {
  if (docs.length > 0)
    await collection
      .insertMany(
        docs.map((one, i) => ({ _id: i as never, ...one })),
        { ordered: false },
      )
      .catch(() => undefined);
}

/** The results in their order, and by reading everything in order of insertion; or that both refuse to sort by two arrays. */
async function compareResults(collection: Collection, wanted: object, order: [string, 1 | -1][]): Promise<void> {
  const keys: [string, 1 | -1][] = [...order, ["_id", 1]];
  const run = async (hint?: object): Promise<unknown> => {
    const options = { sort: keys, projection: { _id: 1 }, ...(hint === undefined ? {} : { hint }) };
    try {
      return (await collection.find(wanted, options as never).toArray()).map(({ _id }) => _id);
    } catch (error) {
      if (error instanceof Error && error.message === "cannot sort with keys that are parallel arrays") return error.message;
      throw error;
    }
  };
  const [indexed, plain] = [await run(), await run({ $natural: 1 })];
  expect(indexed).toEqual(plain);
}

// A real server plans by itself; what is tested here is this one's planner.
const embedded = (name: string, body: () => Promise<void>): void => {
  test(name, async () => {
    if (session.kind === "embedded") await body();
  });
};

embedded("indexes made before or after the documents", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(doc, { maxLength: 25 }),
      fc.array(index, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(filter, sort), { minLength: 8, maxLength: 12 }),
      fc.boolean(),
      async (docs, indexes, queries, first) => {
        const collection = session.fresh();
        if (!first) await fill(collection, docs);
        for (const key of indexes) await tryIndex(collection, key);
        if (first) await fill(collection, docs);
        for (const [wanted, order] of queries) await compareResults(collection, wanted, order);
        await collection.drop();
      },
    ),
    { numRuns: 40 },
  );
});

embedded("indexes kept up through updates and deletions", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(doc, { minLength: 5, maxLength: 15 }),
      fc.array(index, { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(fc.nat(14), fc.option(update)), { minLength: 5, maxLength: 25 }),
      fc.array(filter, { minLength: 5, maxLength: 8 }),
      async (docs, indexes, changes, filters) => {
        const collection = session.fresh();
        await fill(collection, docs);
        for (const key of indexes) await tryIndex(collection, key);
        for (const [_id, change] of changes) {
          const one = { _id: _id as never };
          // An update that this document cannot take is refused, and must leave the indexes as they are.
          if (change === null) await collection.deleteOne(one);
          else await collection.updateOne(one, change).catch(() => undefined);
        }
        for (const wanted of filters) await compareResults(collection, wanted, []);
        for (const { name } of (await collection.listIndexes().toArray()) as { name: string }[]) {
          const all = await collection.find({}, { hint: name }).toArray();
          expect(all).toHaveLength(await collection.countDocuments({}, { hint: { $natural: 1 } }));
        }
        await collection.drop();
      },
    ),
    { numRuns: 30 },
  );
});
