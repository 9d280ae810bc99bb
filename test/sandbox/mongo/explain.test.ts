import { type Collection, openSession, type Session } from "./session.ts";

let session: Session;
let collection: Collection;
const DAY = 24 * 3600 * 1000;
const due = (n: number): Date => new Date(Date.UTC(2026, 0, 1) + n * DAY);

beforeAll(async () => {
  session = await openSession();
  if (!session.exact) return;
  collection = session.fresh();
  await collection.createIndexes([
    { key: { status: 1, dueAt: 1 } },
    { key: { ref: 1 }, unique: true },
    { key: { "threads.channel": 1, "threads.root": 1 } },
    { key: { email: 1 }, sparse: true },
    { key: { owner: 1, rank: -1 } },
    { key: { lease: 1 }, partialFilterExpression: { open: true } },
  ]);
  const docs = Array.from({ length: 1000 }, (_, n) => ({
    _id: n as never,
    ref: `D-${n}`,
    status: n % 2 === 0 ? "ouverte" : "archivee",
    dueAt: due(n),
    owner: n % 10,
    rank: n,
    open: n % 4 === 0,
    lease: n % 7,
    threads: [
      { channel: `C${n % 50}`, root: n },
      { channel: `D${n}`, root: 0 },
    ],
    ...(n % 100 === 0 ? { email: `a${n}@exemple.fr` } : {}),
  }));
  await collection.insertMany(docs);
});
afterAll(() => session.close());

interface Work {
  readonly stages: string[];
  readonly index: string | undefined;
  readonly keys: number;
  readonly docs: number;
  readonly returned: number;
}

interface Stage {
  readonly stage: string;
  readonly indexName?: string;
  readonly inputStage?: Stage;
}

/** The stages from the outside in, and the work. MongoDB 8 has one stage for simple look-ups by index: it counts as both. */
function read(explained: Record<string, never>): Work {
  const stages: string[] = [];
  let index: string | undefined;
  const { winningPlan } = explained.queryPlanner as unknown as { winningPlan: Stage & { queryPlan?: Stage } };
  for (let stage: Stage | undefined = winningPlan.queryPlan ?? winningPlan; stage !== undefined; stage = stage.inputStage) {
    stages.push(...(stage.stage === "EXPRESS_IXSCAN" || stage.stage === "IDHACK" ? ["FETCH", "IXSCAN"] : [stage.stage]));
    index ??= stage.indexName;
  }
  const stats = explained.executionStats as unknown as {
    totalKeysExamined: number;
    totalDocsExamined: number;
    nReturned: number;
  };
  return { stages, index, keys: stats.totalKeysExamined, docs: stats.totalDocsExamined, returned: stats.nReturned };
}

type Sort = Record<string, 1 | -1>;
async function explain(
  filter: object,
  options: { sort?: Sort; limit?: number; skip?: number; projection?: object; hint?: string } = {},
): Promise<Work> {
  return read((await collection.find(filter, options as never).explain("executionStats")) as never);
}

/** Without MongoDB's own `explain` there is nothing to see; the run says so once, when the session opens. */
const explained = (name: string, body: () => Promise<void>): void => {
  test(name, async () => {
    if (session.exact) await body();
  });
};

describe("the work of a query", () => {
  explained("by an equality is that of its documents", async () => {
    expect(await explain({ ref: "D-7" })).toEqual({ stages: ["FETCH", "IXSCAN"], index: "ref_1", keys: 1, docs: 1, returned: 1 });
  });

  explained("by equality, range, sort and limit stops at the limit", async () => {
    const filter = { status: "ouverte", dueAt: { $lte: due(900) } };
    const work = await explain(filter, { sort: { dueAt: 1 }, limit: 50 });
    expect(work).toEqual({ stages: ["LIMIT", "FETCH", "IXSCAN"], index: "status_1_dueAt_1", keys: 50, docs: 50, returned: 50 });
    expect(await explain(filter, { sort: { dueAt: -1 }, limit: 5 })).toMatchObject({ keys: 5, docs: 5 });
  });

  explained("reads what is due, not what is open", async () => {
    const work = await explain({ status: "ouverte", dueAt: { $lte: due(99) } });
    expect(work).toMatchObject({ index: "status_1_dueAt_1", docs: 50, returned: 50 });
    expect(work.keys).toBeLessThanOrEqual(51);
  });

  explained("by $in reads each of its values", async () => {
    const work = await explain({ ref: { $in: ["D-1", "D-5", "D-9", "none"] } });
    expect(work).toMatchObject({ index: "ref_1", docs: 3, returned: 3 });
    expect(work.keys).toBeLessThanOrEqual(7);
  });

  explained("by the index that reads least, where several could serve", async () => {
    const other = session.fresh();
    await other.createIndexes([{ key: { status: 1 } }, { key: { dueAt: 1 } }]);
    await other.insertMany(Array.from({ length: 1000 }, (_, n) => ({ status: "ouverte", dueAt: due(n) })));
    const work = read((await other.find({ status: "ouverte", dueAt: { $lt: due(5) } }).explain("executionStats")) as never);
    expect(work).toMatchObject({ index: "dueAt_1", docs: 5, returned: 5 });
  });

  explained("over arrays: one element by $elemMatch, the first field only without it", async () => {
    const one = await explain({ threads: { $elemMatch: { channel: "C7", root: 57 } } });
    expect(one).toMatchObject({ index: "threads.channel_1_threads.root_1", keys: 1, docs: 1, returned: 1 });
    const loose = await explain({ "threads.channel": "C7", "threads.root": 57 });
    expect(loose).toMatchObject({ docs: 20, returned: 1 });
  });

  explained("by the beginning of a text", async () => {
    const work = await explain({ ref: /^D-99/ });
    expect(work).toMatchObject({ index: "ref_1", docs: 11, returned: 11 });
  });

  explained("a descending field gives its order in both directions", async () => {
    expect(await explain({ owner: 3 }, { sort: { rank: -1 }, limit: 2 })).toMatchObject({ keys: 2, docs: 2 });
    expect(await explain({ owner: 3 }, { sort: { rank: 1 }, limit: 2 })).toMatchObject({ keys: 2, docs: 2 });
    expect((await collection.find({ owner: 3 }).sort({ rank: -1 }).limit(2).toArray()).map(({ rank }) => rank)).toEqual([
      993, 983,
    ]);
  });

  explained("an order that no index gives is made in memory", async () => {
    const work = await explain({ status: "ouverte" }, { sort: { rank: -1 }, limit: 3 });
    expect(work.stages).toContain("SORT");
    expect(work).toMatchObject({ docs: 500, returned: 3 });
  });

  explained("without an index the collection is read, and nothing else", async () => {
    const work = await explain({ rank: { $gt: 990 } });
    expect(work).toEqual({ stages: ["COLLSCAN"], index: undefined, keys: 0, docs: 1000, returned: 9 });
  });

  explained("$or takes an index for each branch", async () => {
    const work = await explain({ $or: [{ ref: "D-1" }, { owner: 3, rank: { $lt: 10 } }] });
    expect(work.docs).toBeLessThanOrEqual(2);
    expect(work.returned).toBe(2);
  });
});

describe("indexes that hold a part of the documents", () => {
  explained("serve only queries that ask for that part", async () => {
    expect(await explain({ lease: 3, open: true })).toMatchObject({ index: "lease_1" });
    expect((await explain({ lease: 3 })).stages).toContain("COLLSCAN");
    expect(await explain({ email: "a100@exemple.fr" })).toMatchObject({ index: "email_1", docs: 1 });
    expect(await explain({ email: null })).toMatchObject({ returned: 990 });
  });
});

describe("other commands", () => {
  explained("count, update, delete and aggregate have plans too", async () => {
    const name = collection.collectionName;
    const verbosity = "executionStats";
    const counted = await session.db.command({ explain: { count: name, query: { ref: "D-1" } }, verbosity });
    expect(counted.executionStats.totalKeysExamined).toBeLessThanOrEqual(2);
    const updated = await session.db.command({
      explain: { update: name, updates: [{ q: { ref: "D-1" }, u: { $set: { x: 1 } } }] },
      verbosity,
    });
    expect(updated.executionStats).toMatchObject({ totalKeysExamined: 1, totalDocsExamined: 1 });
    expect(await collection.findOne({ ref: "D-1" })).not.toHaveProperty("x");
    const piped = await collection.aggregate([{ $match: { ref: "D-1" } }, { $project: { ref: 1 } }]).explain("executionStats");
    const cursor = "stages" in piped ? piped.stages[0].$cursor : piped;
    expect(cursor.executionStats.totalDocsExamined).toBe(1);
  });

  explained("a hint decides, and one that names no index is refused", async () => {
    expect(await explain({ ref: "D-1" }, { hint: "owner_1_rank_-1" })).toMatchObject({ index: "owner_1_rank_-1", docs: 1000 });
    await expect(explain({ ref: "D-1" }, { hint: "none_1" })).rejects.toMatchObject({ code: 2 });
  });
});
