/** Demandes in bulk: each once, the oldest first, however they crowd. */
import { groupeId } from "../../src/domain/ids.ts";
import { openStore, type Store, store } from "./store.ts";

const AT = new Date("2026-01-05T08:00:00Z");
const DAY = 86_400_000;
const CROWD = 1_200;
let s: Store;

beforeAll(async () => {
  s = await openStore();
  await store(s.db, "modele", { at: AT });
  const model = await s.db.demandes.model.collection.findOne({ _id: "modele" as never });
  await s.db.demandes.model.deleteOne({ _id: "modele" });
  const put = (id: string, openedAt: Date, more: object = {}) => ({
    ...model,
    _id: id,
    ref: ref++,
    openedAt,
    threads: [],
    ...more,
  });
  let ref = 1;
  const documents = [
    // More at one instant than are read at once, after a silence of years and before another.
    ...Array.from({ length: CROWD }, (_, n) => put(`meme-${n}`, AT)),
    ...Array.from({ length: CROWD }, (_, n) => put(`serre-${n}`, new Date(AT.getTime() + DAY + n))),
    put("ancienne", new Date("2020-02-29T00:00:00Z")),
    put("lointaine", new Date("2027-06-01T00:00:00Z")),
    // Opened by a groupe that was asked too, and by one that was not.
    put("soi-meme", new Date(AT.getTime() + 2 * DAY), { asked: ["fs", "caf"], openerGroupeId: "fs" }),
    put("a-un-autre", new Date(AT.getTime() + 3 * DAY), { asked: ["cpam"], openerGroupeId: "fs" }),
  ];
  await s.db.demandes.model.collection.insertMany(documents as never);
});
afterAll(() => s.close());

async function read(groupe: string | null, from: string, before: string) {
  const found: { at: number; isAsked: boolean }[] = [];
  const scope = { groupe: groupe === null ? null : groupeId(groupe), from: new Date(from), before: new Date(before) };
  for await (const { openedAt, isAsked } of s.db.bulk.figures(scope)) found.push({ at: openedAt.getTime(), isAsked });
  return found;
}

test("each once and in order, at one instant or far apart", async () => {
  const all = await read("caf", "2019-01-01T00:00:00Z", "2030-01-01T00:00:00Z");
  expect(all).toHaveLength(2 * CROWD + 3);
  expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted((a, b) => a - b));
  expect(await read(null, "2019-01-01T00:00:00Z", "2030-01-01T00:00:00Z")).toHaveLength(2 * CROWD + 4);
});

test("from the first instant, before the last", async () => {
  expect(await read("caf", AT.toISOString(), new Date(AT.getTime() + 1).toISOString())).toHaveLength(CROWD);
  expect(await read("caf", "2019-01-01T00:00:00Z", AT.toISOString())).toHaveLength(1);
  expect(await read("caf", AT.toISOString(), AT.toISOString())).toEqual([]);
});

test("what a groupe opened and what was asked of it, once where it is both", async () => {
  const found = await read("fs", "2026-01-07T00:00:00Z", "2026-01-10T00:00:00Z");
  expect(found.map(({ isAsked }) => isAsked)).toEqual([true, false]);
});
