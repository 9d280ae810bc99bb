/** What a former version derived is derived anew: what is under way at the start, the rest some at a time, and then never again. */
import { Database } from "../../models/database.ts";
import { storeEvent } from "../../models/events.ts";
import { createSealer, UnknownKey } from "../../models/sealing.ts";
import type { Wanted } from "../../models/shelves.ts";
import { groupeShelf } from "../../models/shelves.ts";
import { demandeId, groupeId } from "../../src/domain/ids.ts";
import type { Status } from "../../src/domain/status.ts";
import { ADA, append, CAMILLE, keyNumber, openStore, SEARCH_KEY, type Store, store } from "./store.ts";

const CAF = groupeId("caf");
const OPENED = [1, 2, 3];
const ARCHIVED = [4, 5, 6, 7];
const FORMER_INDEX = "asked_1_status_1_ref_1";

let s: Store;
beforeEach(async () => {
  s = await openStore();
  const next = [
    { by: ADA, events: [{ type: "processed", audience: "tous" }] as const },
    { by: CAMILLE, events: [{ type: "archived", audience: "tous", usefulness: "oui" }] as const },
  ];
  for (const ref of OPENED) await store(s.db, `d${ref}`, { ref });
  for (const ref of ARCHIVED) await store(s.db, `d${ref}`, { ref, next });
  // As a former version left it.
  const collection = s.db.connection.collection("demandes");
  await collection.updateMany({}, { $unset: { shelves: "", processedFor: "" }, $set: { names: ["d’avant"] } });
  await collection.createIndex({ asked: 1, status: 1, ref: 1 });
});
afterEach(() => s.close());

async function refsIn(kind: "shelves" | "archives", status: Status): Promise<number[]> {
  const wanted: Wanted = { kind, shelves: [groupeShelf("asked", CAF, status)] };
  const found = await s.db.demandes.walk([wanted], { order: 1, beyond: null, limit: 100, highest: 10 });
  return found.map(({ ref }) => ref);
}

const indexes = async () => (await s.db.demandes.model.collection.indexes()).map(({ name }) => name);

test("what is under way first, the rest some at a time; then nothing more is asked", async () => {
  expect([await refsIn("shelves", "nouvelle"), await refsIn("archives", "archivee")]).toEqual([[], []]);
  expect(await s.db.derivation.underWay()).toEqual({ done: OPENED.length, unreadable: 0, complete: false });
  expect([await refsIn("shelves", "nouvelle"), await refsIn("archives", "archivee")]).toEqual([OPENED, []]);

  expect(await s.db.derivation.run(5)).toEqual({ done: 5, unreadable: 0, complete: false });
  expect(await refsIn("archives", "archivee")).toEqual([4, 5]);
  expect(await indexes()).toContain(FORMER_INDEX);
  expect(await s.db.derivation.run(5)).toEqual({ done: 2, unreadable: 0, complete: true });
  expect(await refsIn("archives", "archivee")).toEqual(ARCHIVED);
  expect(await indexes()).not.toContain(FORMER_INDEX);

  await s.db.connection.collection("demandes").updateOne({ ref: 4 }, { $unset: { shelves: "" } });
  expect(await s.db.derivation.run()).toEqual({ done: 0, unreadable: 0, complete: true });
  expect(await s.db.derivation.underWay()).toEqual({ done: 0, unreadable: 0, complete: true });
});

test("what changes meanwhile is left to who changed it", async () => {
  const before = await s.db.demandes.loadByRef(1);
  if (!before) throw new Error("no demande");
  await append(s.db, before, ADA, [{ type: "taken", audience: "tous" }], "prise");
  await s.db.derivation.run();
  expect([await refsIn("shelves", "nouvelle"), await refsIn("shelves", "en_cours")]).toEqual([[2, 3], [1]]);
});

test("what does not open stays as it is, is counted, and keeps nothing else waiting", async () => {
  await s.db.connection
    .collection<{ _id: string }>("demandes")
    .updateOne({ _id: "d2" }, { $set: { "events.0.secret": Buffer.from("illisible") } });
  expect(await s.db.derivation.run()).toEqual({ done: 6, unreadable: 1, complete: true });
  expect(await refsIn("shelves", "nouvelle")).toEqual([1, 3]);
});

test("what waits for a key keeps the bot from nothing: it is passed over at the start, and gone on with once the key is there", async () => {
  const other = createSealer([keyNumber(9)], SEARCH_KEY);
  const stored = await s.db.demandes.load(demandeId("d2"));
  if (!stored) throw new Error("no demande");
  const events = stored.events.map((event) => storeEvent(stored.id, event, other));
  await s.db.connection.collection<{ _id: string }>("demandes").updateOne({ _id: "d2" }, { $set: { events } });
  expect(await s.db.derivation.underWay()).toEqual({ done: 2, unreadable: 1, complete: false });
  expect(await refsIn("shelves", "nouvelle")).toEqual([1, 3]);
  for (let n = 0; n < 2; n += 1) await expect(s.db.derivation.run()).rejects.toThrow(UnknownKey);
  const both = new Database(
    s.db.connection.useDb(s.db.connection.name, { useCache: false }),
    createSealer([keyNumber(1), keyNumber(9)], SEARCH_KEY),
  );
  // The first is done already: it goes on where it was.
  expect(await both.derivation.run()).toEqual({ done: 6, unreadable: 0, complete: true });
  expect(await refsIn("shelves", "nouvelle")).toEqual([1, 2, 3]);
});

test("a new database has nothing to derive anew", async () => {
  await s.db.connection.collection("demandes").deleteMany({});
  expect(await s.db.derivation.underWay()).toEqual({ done: 0, unreadable: 0, complete: true });
  await store(s.db, "d1", { ref: 1 });
  expect(await s.db.derivation.run()).toEqual({ done: 0, unreadable: 0, complete: true });
});
