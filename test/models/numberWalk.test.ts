/** Reading by number in stretches: the same whatever is thought to be the highest number, and nothing twice or left out. */
import fc from "fast-check";
import { groupeId } from "../../src/domain/ids.ts";
import { openStore, type Store, store } from "./store.ts";

/** At the ends of the stretches, and far between. */
const NUMBERS = [1, 2, 3999, 4000, 4001, 7999, 8000, 35_999, 36_000, 36_001, 250_000, 292_000, 900_000, 900_001];

let s: Store;
beforeAll(async () => {
  s = await openStore();
  for (const ref of NUMBERS) await store(s.db, `d${ref}`, { ref, groupes: [groupeId(ref % 2 === 0 ? "paire" : "impaire")] });
});
afterAll(() => s.close());

const ways = fc.record({
  order: fc.constantFrom(1 as const, -1 as const),
  beyond: fc.option(fc.constantFrom(0, ...NUMBERS, 500_000, 900_002), { nil: null }),
  limit: fc.integer({ min: 1, max: NUMBERS.length + 1 }),
  highest: fc.constantFrom(0, 1, 3999, 40_000, 900_001, 5_000_000),
});

test("from any number, either way", async () => {
  const filters = ["paire", "impaire"].map((groupe) => ({ active: groupe, status: "nouvelle" }));
  await fc.assert(
    fc.asyncProperty(ways, async (way) => {
      const { order, beyond, limit } = way;
      const ordered = NUMBERS.toSorted((a, b) => order * (a - b));
      const expected = ordered.filter((ref) => beyond === null || order * (ref - beyond) > 0).slice(0, limit);
      expect((await s.db.demandes.walk(filters, way)).map(({ ref }) => ref)).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});
