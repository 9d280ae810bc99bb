/** Reading by number in stretches: the same whatever is thought to be the highest number, and nothing twice or left out. */
import fc from "fast-check";
import { walkByNumber } from "../../models/numberWalk.ts";
import { groupeShelf } from "../../models/shelves.ts";
import { groupeId } from "../../src/domain/ids.ts";
import { ADA, CAMILLE, openStore, type Store, store } from "./store.ts";

/** At the ends of the stretches, and far between. */
const NUMBERS = [1, 2, 3999, 4000, 4001, 7999, 8000, 35_999, 36_000, 36_001, 250_000, 292_000, 900_000, 900_001];
const GROUPES = ["paire", "impaire"].map(groupeId);

let s: Store;
beforeAll(async () => {
  s = await openStore();
  for (const ref of NUMBERS) {
    const groupes = GROUPES.filter((_, n) => n === ref % 2);
    await store(s.db, `d${ref}`, { ref, groupes });
    const by = { ...ADA, groupeId: groupes[0] ?? null };
    const next = [
      { by, events: [{ type: "processed", audience: "tous" }] as const },
      { by: CAMILLE, events: [{ type: "archived", audience: "tous", usefulness: "oui" }] as const },
    ];
    await store(s.db, `a${ref}`, { ref: ref + 1_000_000, groupes, next });
  }
});
afterAll(() => s.close());

describe.each([
  ["shelves", "nouvelle", 0],
  ["archives", "archivee", 1_000_000],
] as const)("of %s", (kind, status, base) => {
  const ways = fc.record({
    order: fc.constantFrom(1 as const, -1 as const),
    beyond: fc.option(fc.constantFrom(0, ...NUMBERS, 500_000, 900_002), { nil: null }),
    limit: fc.integer({ min: 1, max: NUMBERS.length + 1 }),
    // An archive ends at the highest number.
    highest: kind === "shelves" ? fc.constantFrom(0, 1, 3999, 40_000, 900_001, 5_000_000) : fc.constantFrom(900_001, 5_000_000),
    /** Of what is known, rightly or not. */
    newest: fc.option(
      fc.constantFrom(0, ...NUMBERS).map((ref) => ref + base),
      { nil: null },
    ),
    /** Few are read at once, unless they are said to be many. */
    few: fc.boolean(),
  });
  const shelvesOf = (ids: typeof GROUPES) => ids.map((id) => groupeShelf("asked", id, status));

  test.each([
    ["in one question", [{ kind, shelves: shelvesOf(GROUPES) }]],
    ["in two", GROUPES.map((id) => ({ kind, shelves: shelvesOf([id]) }))],
  ] as const)("from any number, either way, %s", async (_, wanted) => {
    await fc.assert(
      fc.asyncProperty(ways, async ({ order, beyond, limit, highest, newest, few }) => {
        const ordered = NUMBERS.toSorted((a, b) => order * (a - b));
        const expected = ordered.filter((ref) => beyond === null || order * (ref - beyond) > 0).slice(0, limit);
        const way = { order, beyond: beyond === null ? null : beyond + base, limit, highest: highest + base };
        const found = few
          ? (await s.db.demandes.walk(wanted, way)).map(({ ref }) => ref)
          : (
              await Promise.all(
                wanted.map((one) => walkByNumber(s.db.demandes.model, { ref: 1 }, one, way, { many: true, newest })),
              )
            )
              .flat()
              .map(({ ref }) => ref)
              .toSorted((a, b) => order * (a - b))
              .slice(0, limit);
        expect(found.map((ref) => ref - base)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});
