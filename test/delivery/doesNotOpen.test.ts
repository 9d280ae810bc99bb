/**
 * What is stored and does not open, over the wire: it is left to whoever may open it, not tried again here, holds up nothing, and comes once
 * it is mended.
 */
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
  here.world.intercept?.(async (phase, command, _, name) => {
    if (phase === "after" && command === "findAndModify") taken[name] = (taken[name] ?? 0) + 1;
  });
});
afterAll(() => here.close());

const notice = (n: number): Notice => ({
  id: `avis-${n}`,
  to: { kind: "groupe", groupeId: groupeId("caf-01") },
  content: { kind: "message", message: say(richText(`Avis n° ${n}`)) },
});

type Stored = { readonly _id: string; readonly lease: unknown; readonly deliverAt: Date | null };

const collection = (name: string) => here.world.db.connection.collection<Stored>(name);
const isLeft = async (name: string, id: string): Promise<boolean> => {
  const found = await collection(name).findOne({ _id: id });
  return found?.lease === null && found.deliverAt !== null && found.deliverAt.getTime() <= Date.now();
};

/** How often a demande, or a notice, was taken to be delivered. */
const taken: Record<string, number> = { demandes: 0, notices: 0 };

/** It is tried, and then no more, though the job that looks for what waits runs again and again. A real server cannot be watched. */
async function expectTriedOnce(name: "demandes" | "notices", damage: () => Promise<unknown>): Promise<void> {
  const jobs = here.world.db.connection.collection("jobs");
  const lastRun = async () => (await jobs.findOne({ name: "delivery" }))?.lastFinishedAt?.getTime() ?? 0;
  const before = taken[name];
  await damage();
  if (here.world.intercept === null) return;
  await until("it is tried", () => taken[name] !== before, WITHIN_MS);
  for (let runs = 0; runs < 3; runs += 1) {
    const last = await lastRun();
    await until("the job to run", async () => (await lastRun()) > last, WITHIN_MS);
  }
  expect(taken[name]).toBe((before ?? 0) + 1);
}

test("a demande that does not open is left, the others are shown, and it comes once it is mended", async () => {
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
  const damaged = { "events.0.secret": Buffer.from("illisible"), deliverAt: new Date(1), "threads.0.delivered": 1 };
  await expectTriedOnce("demandes", () => set(damaged));
  await people.click("alix.modele", threadOf(await demandeOf(world.db, good), "caf-01"), "prendre");
  await until(
    "the other is shown",
    async () => (await demandeOf(world.db, good)).threads.every((t) => t.delivered === 2),
    WITHIN_MS,
  );
  expect(await isLeft("demandes", id)).toBe(true);
  await here.away(async () => void (await set({ events: after?.events })));
  await here.quiet();
  expect((await demandeOf(world.db, bad)).threads.map(({ delivered }) => delivered)).toEqual(threads.map(() => 2));
});

test("a notice that does not open is left, and those behind it are posted", async () => {
  const { notices } = here.world.db;
  // Nobody posts it before it is damaged.
  await notices.add(notice(1), new Date(Date.now() + SOON_MS));
  const stored = await collection("notices").findOne({ _id: "avis-1" });
  const damaged = { content: Buffer.from("illisible"), deliverAt: new Date() };
  await expectTriedOnce("notices", () => collection("notices").updateOne({ _id: "avis-1" }, { $set: damaged }));
  await notices.add(notice(2), new Date());
  const stateOf = async (n: number) => (await notices.model.findById(`avis-${n}`).lean())?.state;
  await until("the one behind it", async () => (await stateOf(2)) === "done", WITHIN_MS);
  expect(await isLeft("notices", "avis-1")).toBe(true);
  const { content } = stored as unknown as { content: Buffer };
  await here.away(async () => void (await collection("notices").updateOne({ _id: "avis-1" }, { $set: { content } } as never)));
  await until("the first, mended", async () => (await stateOf(1)) === "done", WITHIN_MS);
});
