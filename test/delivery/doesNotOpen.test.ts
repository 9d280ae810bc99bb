/** What is stored and does not open, over the wire: it is given back for ten minutes, holds up nothing, and comes once it is mended. */
import type { Notice } from "../../models/notices.ts";
import { groupeId } from "../../src/domain/ids.ts";
import { richText } from "../../src/domain/richtext.ts";
import { say } from "../../src/presentation/message.ts";
import { demandeOf, openDemande, threadOf } from "../support/demandes.ts";
import { type Here, openHere } from "../support/hereOn.ts";
import { until } from "../support/until.ts";

const WITHIN_MS = 40_000;
const SOON_MS = 5 * 60_000;

let here: Here;
beforeAll(async () => {
  here = await openHere("slack");
});
afterAll(() => here.close());

const notice = (n: number): Notice => ({
  id: `avis-${n}`,
  to: { kind: "groupe", groupeId: groupeId("caf-01") },
  content: { kind: "message", message: say(richText(`Avis n° ${n}`)) },
});

type Stored = { readonly _id: string; readonly lease: unknown; readonly deliverAt: Date | null };

const collection = (name: string) => here.world.db.connection.collection<Stored>(name);
/** Held by nobody, and not to be tried soon. */
const isPutOff = async (name: string, id: string): Promise<boolean> => {
  const found = await collection(name).findOne({ _id: id });
  return found?.lease === null && (found.deliverAt?.getTime() ?? 0) > Date.now() + SOON_MS;
};

test("a demande that does not open is put off, the others are shown, and it comes once it is mended", async () => {
  const { world, people } = here;
  const [bad, good] = [await openDemande(people, { sujet: "Abîmée" }), await openDemande(people, { sujet: "Entière" })];
  await here.quiet();
  const { id, threads } = await demandeOf(world.db, bad);
  const stored = await world.db.connection.collection<{ _id: string; events: unknown[] }>("demandes").findOne({ _id: id });
  await people.say("alix.modele", threadOf(await demandeOf(world.db, bad), "caf-01"), "Ce qui n’est pas encore relayé.");
  await here.quiet();
  const after = await world.db.connection.collection<{ _id: string; events: unknown[] }>("demandes").findOne({ _id: id });
  expect(after?.events.length).toBe((stored?.events.length ?? 0) + 1);
  const set = (fields: object) =>
    world.db.connection.collection<{ _id: string }>("demandes").updateOne({ _id: id }, { $set: fields });
  // As if nothing had been shown, and what was said did not open.
  await set({ "events.0.secret": Buffer.from("illisible"), deliverAt: new Date(0), "threads.0.delivered": 1 });
  await until("it is put off", () => isPutOff("demandes", id), WITHIN_MS);
  await people.click("alix.modele", threadOf(await demandeOf(world.db, good), "caf-01"), "prendre");
  await until(
    "the other is shown",
    async () => (await demandeOf(world.db, good)).threads.every((t) => t.delivered === 2),
    WITHIN_MS,
  );
  expect(await isPutOff("demandes", id)).toBe(true);
  await set({ events: after?.events, deliverAt: new Date() });
  await here.quiet();
  expect((await demandeOf(world.db, bad)).threads.map(({ delivered }) => delivered)).toEqual(threads.map(() => 2));
});

test("a notice that does not open is put off, and those behind it are posted", async () => {
  const { notices } = here.world.db;
  // Nobody posts it before it is damaged.
  await notices.add(notice(1), new Date(Date.now() + SOON_MS));
  const stored = await collection("notices").findOne({ _id: "avis-1" });
  await collection("notices").updateOne(
    { _id: "avis-1" },
    { $set: { content: Buffer.from("illisible"), deliverAt: new Date() } },
  );
  await notices.add(notice(2), new Date());
  const stateOf = async (n: number) => (await notices.model.findById(`avis-${n}`).lean())?.state;
  await until("the one behind it", async () => (await stateOf(2)) === "done", WITHIN_MS);
  await until("the first is put off", () => isPutOff("notices", "avis-1"), WITHIN_MS);
  const { content } = stored as unknown as { content: Buffer };
  await collection("notices").updateOne({ _id: "avis-1" }, { $set: { content, deliverAt: new Date() } } as never);
  await until("the first, mended", async () => (await stateOf(1)) === "done", WITHIN_MS);
});
