/** The renewal of keys, while the bot works and is killed: all reads with the new key alone, and nothing of it is lost. */
import fc from "fast-check";
import { type Database, openDatabase } from "../../models/database.ts";
import { createSealer, UnknownKey } from "../../models/sealing.ts";
import { agentId, demandeId } from "../../src/domain/ids.ts";
import { richText } from "../../src/domain/richtext.ts";
import { say } from "../../src/presentation/message.ts";
import { claimOldest } from "../support/notices.ts";
import { ADA, append, keyNumber, openStore, SEARCH_KEY, type Store, store } from "./store.ts";

const OLD = createSealer([keyNumber(1)], SEARCH_KEY);
const BOTH = createSealer([keyNumber(2), keyNumber(1)], SEARCH_KEY);
const NEW = createSealer([keyNumber(2)], SEARCH_KEY);

let s: Store;
let both: Database;
let next: Database;

beforeEach(async () => {
  s = await openStore(OLD);
  [both, next] = await Promise.all([openDatabase(s.uri, BOTH), openDatabase(s.uri, NEW)]);
});
afterEach(async () => {
  await both.close();
  await next.close();
  await s.close();
});

const notice = (n: number) => ({
  id: `avis-${n}`,
  to: { kind: "agent", agentId: agentId("camille") } as const,
  content: { kind: "message", message: say(richText(`Avis secret ${n}`)) } as const,
});

async function fill(count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    await store(s.db, `d${n}`, { ref: n, sujet: `Sujet ${n}` });
    await s.db.notices.add(notice(n), new Date());
    await s.db.dialogues.begin(`dialogue-${n}`, `@p${n}:exemple`, { typed: `Secret ${n}` }, new Date());
    const bot = { botToken: `xoxb-secret-${n}`, botUserId: "U0BOT", botId: "B0BOT" };
    await s.db.installations.save({ team: `T0ESSAI${n}`, name: "Essai", ...bot }, new Date());
  }
}

const message = (text: string) => [{ type: "message", audience: "tous", text: richText(text) } as const];

test("everything sealed with the former key is sealed with the new one, and opens with it alone", async () => {
  await fill(5);
  expect(await both.resealing.uses()).toEqual({
    keys: [
      { id: "cle-2", counts: { demandes: 0, dialogues: 0, notices: 0, installations: 0 } },
      { id: "cle-1", counts: { demandes: 5, dialogues: 5, notices: 5, installations: 5 } },
    ],
    unnoted: { demandes: 0, dialogues: 0, notices: 0, installations: 0 },
  });
  await expect(next.demandes.load(demandeId("d1"))).rejects.toThrow(UnknownKey);
  expect(await both.resealing.run()).toEqual({ done: 20, unreadable: 0 });
  expect(await both.resealing.usesOf("cle-1")).toBe(0);
  for (let n = 1; n <= 5; n += 1) {
    expect((await next.demandes.load(demandeId(`d${n}`)))?.state.sujet).toBe(`Sujet ${n}`);
    expect(await next.dialogues.current(`@p${n}:exemple`)).toMatchObject({ state: { typed: `Secret ${n}` } });
  }
  expect((await next.demandes.summaries([demandeId("d3")]))[0]?.sujet).toBe("Sujet 3");
  const claimed = await claimOldest(next, "x", new Date(Date.now() + 1000), new Date(Date.now() + 60_000));
  expect(JSON.stringify(claimed?.content)).toContain("Avis secret");
  expect((await next.installations.all()).map(({ botToken }) => botToken).sort()).toEqual(
    [1, 2, 3, 4, 5].map((n) => `xoxb-secret-${n}`),
  );
  // Done again, it does nothing.
  expect(await both.resealing.run()).toEqual({ done: 0, unreadable: 0 });
});

test("what was written before keys were noted, and what is wiped, are gone through as well", async () => {
  await fill(3);
  await s.db.connection.collection("demandes").updateMany({ ref: { $lte: 2 } }, { $unset: { sealedWith: "" } });
  await s.db.connection.collection("notices").updateMany({}, { $unset: { sealedWith: "" } });
  const wiped = await store(s.db, "d9", { ref: 9 });
  await append(s.db, wiped, ADA, [{ type: "wiped", audience: "tous" }], "wipe");
  const { unnoted } = await both.resealing.uses();
  expect(unnoted).toEqual({ demandes: 2, dialogues: 0, notices: 3, installations: 0 });
  expect(await both.resealing.usesOf("cle-1")).toBeGreaterThanOrEqual(5);
  await both.resealing.run();
  expect(await both.resealing.usesOf("cle-1")).toBe(0);
  expect((await next.demandes.load(demandeId("d1")))?.state.sujet).toBe("Sujet 1");
  expect((await next.demandes.load(demandeId("d9")))?.state).toMatchObject({ sujet: "", usager: null });
});

test("what is written meanwhile, by processes that seal with either key, is all there", async () => {
  await fill(6);
  const said = new Map<number, string[]>();
  let over = false;
  const talk = async (db: Database, n: number, who: string) => {
    for (let k = 0; !over || k < 10; k += 1) {
      const words = `${who}-${n}-${k}`;
      const loaded = await db.demandes.load(demandeId(`d${n}`));
      if (!loaded) throw new Error("gone");
      if (await append(db, loaded, ADA, message(words), words)) said.set(n, [...(said.get(n) ?? []), words]);
      if (k > 40) break;
    }
  };
  // A process that knows the new key and seals with the old one: the first half of a rolling renewal.
  const former = await openDatabase(s.uri, createSealer([keyNumber(1), keyNumber(2)], SEARCH_KEY));
  const talking = Promise.all([1, 2, 3, 4, 5, 6].flatMap((n) => [talk(former, n, "ancien"), talk(both, n, "nouveau")]));
  for (let round = 0; round < 5; round += 1) await both.resealing.run();
  over = true;
  await talking;
  await both.resealing.run();
  expect(await both.resealing.usesOf("cle-1")).toBe(0);
  for (const [n, words] of said) {
    const texts = (await next.demandes.load(demandeId(`d${n}`)))?.events.flatMap((e) =>
      e.type === "message" ? [JSON.stringify(e.text)] : [],
    );
    expect(texts?.length).toBe(words.length);
    for (const one of words) expect(texts?.filter((text) => text.includes(`"${one}"`))).toHaveLength(1);
  }
  await former.close();
});

test("cut short at any write, it goes on where it was", async () => {
  await fill(4);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 4 }), async (most) => {
      const { done } = await both.resealing.run(most);
      expect(done).toBeLessThanOrEqual(most);
      const left = await both.resealing.usesOf("cle-1");
      for (let n = 1; n <= 4; n += 1) expect((await both.demandes.load(demandeId(`d${n}`)))?.state.sujet).toBe(`Sujet ${n}`);
      expect(left + (await both.resealing.usesOf("cle-2"))).toBe(16);
    }),
    { numRuns: 8, seed: 3 },
  );
  await both.resealing.run();
  expect(await both.resealing.usesOf("cle-1")).toBe(0);
});

test("what opens with no key stays as it is, is counted, and holds back nothing else", async () => {
  await fill(3);
  const lost = await openDatabase(s.uri, createSealer([keyNumber(7)], SEARCH_KEY));
  await store(lost, "perdue", { ref: 70 });
  const loaded = await lost.demandes.load(demandeId("perdue"));
  await lost.close();
  expect(loaded).not.toBeNull();
  // As if it held something of both.
  await s.db.connection.collection("demandes").updateOne({ ref: 70 }, { $set: { sealedWith: ["cle-7", "cle-1"] } });
  expect(await both.resealing.run()).toEqual({ done: 12, unreadable: 1 });
  expect((await both.resealing.uses()).keys.find(({ id }) => id === "cle-7")?.counts.demandes).toBe(1);
});
