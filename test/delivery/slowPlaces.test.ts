/**
 * A place that is slow holds up what is for that place, and nothing else: over the wire, with more demandes waiting for it than may
 * be under way. What is slow is held by the test until it has seen what it came for.
 */
import { randomUUID } from "node:crypto";
import PQueue from "p-queue";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Notice } from "../../models/notices.ts";
import { sweepReminders } from "../../src/demandes/remind.ts";
import { groupeId } from "../../src/domain/ids.ts";
import { richText } from "../../src/domain/richtext.ts";
import { say } from "../../src/presentation/message.ts";
import { type LocalBot, startBotHere } from "../support/bot.ts";
import { compareWorlds } from "../support/compareWorlds.ts";
import { demandeOf, type Name, threadOf, VALID } from "../support/demandes.ts";
import { matrixView } from "../support/matrixView.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { until } from "../support/until.ts";
import { openWorld, type World, type WorldOptions } from "../support/world.ts";

/** More than were ever under way at once. */
const CROWD = 70;
/** A hang ends the test there; on a machine at rest, each of these conditions comes within a second. */
const WITHIN_MS = 40_000;

let world: World;
let bot: LocalBot | null = null;
let release: () => void;

async function open(options: WorldOptions = {}, callsPerSecond?: number): Promise<void> {
  world = await openWorld(options);
  const matrix = world.matrix && {
    ...world.matrix,
    settings: { ...world.matrix.settings, ...(callsPerSecond !== undefined && { callsPerSecond }) },
  };
  bot = await startBotHere({ ...world, matrix });
}

beforeEach(() => {
  release = () => undefined;
});

afterEach(async () => {
  release();
  await bot?.stop();
  bot = null;
  await world?.close();
});

const channelOf = async (groupe: Name): Promise<string | undefined> =>
  (await world.db.groupes.model.findOne({ _id: groupe }).lean())?.place?.channel;

/** Does this, and resolves once something was shown in the channel of that groupe since. */
async function untilShownIn(groupe: Name, act: () => Promise<unknown>): Promise<void> {
  const channel = await channelOf(groupe);
  let shown = 0;
  const end = world.slack.onCall((phase, method, args) => {
    if (phase === "after" && method.startsWith("chat.") && args.channel === channel) shown += 1;
  });
  await act();
  await until(`something shown to ${groupe}`, () => shown > 0, WITHIN_MS);
  end();
}

/** Slack answers nothing that is asked of this channel until `release`, and does none of what was asked: it is to be asked again. */
async function holdSlack(groupe: Name & ("caf-01" | "cpam-01")): Promise<void> {
  const channel = await channelOf(groupe);
  const released = new Promise<never>((_, reject) => {
    release = () => reject(new Error("held until now"));
  });
  let isHeld = true;
  released.catch(() => {
    isHeld = false;
  });
  world.slack.onCall((phase, method, args) =>
    isHeld && phase === "before" && method.startsWith("chat.") && args.channel === channel ? released : undefined,
  );
}

const people = () => slackPeople(world, "ack");

/** As people do on the card, not waiting for what they then see. */
async function take(who: string, ref: number, groupe: Name): Promise<void> {
  const { channel, root } = threadOf(await demandeOf(world.db, ref), groupe);
  const { user: as } = world.account(who);
  await world.slack.control.click({ as, channel: channel ?? "", message: root ?? "", action: "prendre", wait: "ack" });
}

function running(): LocalBot["runtime"] {
  if (bot === null) throw new Error("there is no bot");
  return bot.runtime;
}

/** Opens so many, and does not wait for what follows from it; gives their numbers. */
async function openSome(count: number, groupes: readonly string[], who = "camille.exemple"): Promise<number[]> {
  const { desk } = running();
  const before = await world.db.demandes.model.distinct("ref");
  const values = { ...VALID, groupes: [...groupes] };
  const person = world.account(who);
  const queue = new PQueue({ concurrency: 8 });
  const one = () => desk.submitForm({ id: randomUUID(), person, form: "ouvrir", context: {}, values });
  await queue.addAll(Array.from({ length: count }, () => one));
  return (await world.db.demandes.model.distinct("ref")).filter((ref) => !before.includes(ref));
}

async function openOne(groupes: readonly string[], who?: string): Promise<number> {
  const [ref] = await openSome(1, groupes, who);
  if (ref === undefined) throw new Error("nothing was opened");
  return ref;
}

const isShown = (demande: LoadedDemande, name: Name): boolean => {
  const { root, delivered } = threadOf(demande, name);
  return root !== null && delivered === demande.revision;
};

async function untilShown(ref: number, name: Name): Promise<void> {
  await until(`D-${ref} shown to ${name}`, async () => isShown(await demandeOf(world.db, ref), name), WITHIN_MS);
}

async function shownAmong(refs: readonly number[], name: Name): Promise<number> {
  const demandes = await Promise.all(refs.map((ref) => demandeOf(world.db, ref)));
  return demandes.filter((demande) => isShown(demande, name)).length;
}

const untilAllShown = (refs: readonly number[], name: Name) =>
  until(`${refs.length} shown to ${name}`, async () => (await shownAmong(refs, name)) === refs.length, 2 * WITHIN_MS);

const doneFor = (kind: "groupeId" | "agentId", id: string) =>
  world.db.notices.model.countDocuments({ [`to.${kind}`]: id, state: "done" });

const leases = () => world.db.demandes.model.countDocuments({ lease: { $ne: null } });

async function expectAllShown(): Promise<void> {
  await untilQuiet(world.db, sitesOf(world));
  const views = [people().view, ...(world.matrix ? [matrixView(world.matrix)] : [])];
  const { faults, demandes } = await compareWorlds({ db: world.db, views, now: world.clock.now() });
  expect(faults).toEqual([]);
  expect(demandes).toBeGreaterThan(CROWD);
}

test("a channel of Slack that does not answer holds up no other, whoever came first", async () => {
  await open();
  await holdSlack("caf-01");
  const crowd = await openSome(CROWD, ["caf-01"]);
  const quick = await openOne(["cpam-01"]);
  await untilShown(quick, "cpam-01");
  await untilShown(quick, "aidant");
  await untilShownIn("cpam-01", () => take("sacha.specimen", quick, "cpam-01"));
  await untilShown(quick, "cpam-01");
  await untilShown(quick, "aidant");
  // The aidants of the crowd see theirs too, and who stands in line holds nothing.
  await untilAllShown(crowd, "aidant");
  await until("no lease but of those at work there", async () => (await leases()) <= 4, WITHIN_MS);
  expect(await shownAmong(crowd, "caf-01")).toBe(0);
  release();
  await expectAllShown();
});

test("of one demande, the thread in a quick place does not wait for the one in a slow place", async () => {
  await open();
  await holdSlack("caf-01");
  const ref = await openOne(["caf-01", "cpam-01"]);
  await untilShown(ref, "cpam-01");
  await untilShownIn("cpam-01", () => take("sacha.specimen", ref, "cpam-01"));
  const own = threadOf(await demandeOf(world.db, ref), "aidant");
  for (const text of ["Une précision.", "Une autre."])
    await untilShownIn("cpam-01", () => people().say("camille.exemple", own, text));
  expect(threadOf(await demandeOf(world.db, ref), "caf-01")).toMatchObject({ root: null, delivered: 0 });
  release();
  await untilShown(ref, "caf-01");
  await untilQuiet(world.db, sitesOf(world));
  const { faults } = await compareWorlds({ db: world.db, views: [people().view], now: world.clock.now() });
  expect(faults).toEqual([]);
});

test("what was refused just before the workspace came back, and written down just after, is shown at once", async () => {
  await open();
  const ref = await openOne(["caf-01", "cpam-01"]);
  for (const name of ["caf-01", "cpam-01", "aidant"] as const) await untilShown(ref, name);
  const demande = await demandeOf(world.db, ref);
  await holdSlack("cpam-01");
  const [aidant, caf] = [threadOf(demande, "aidant"), threadOf(demande, "caf-01")];
  const { faults } = world.slack;
  let isFirst = true;
  world.slack.onCall((phase, method, args) => {
    if (!isFirst || phase === "before" || method !== "chat.postMessage" || args.channel !== caf.channel) return;
    isFirst = false;
    faults.add({ kind: "refuse", method, error: "token_revoked", times: 1 });
  });
  await people().say("camille.exemple", aidant, "Une question.");
  await until("the first is shown", () => !isFirst, WITHIN_MS);
  await people().say("camille.exemple", aidant, "Une autre.");
  await until("the second is refused", () => faults.list().length === 0, WITHIN_MS);
  // Slack takes the token again for what is asked next, while the demande is still being delivered to the other groupe.
  expect(await people().begin("camille.exemple", "dm")).toMatchObject({ kind: "form" });
  release();
  await untilShown(ref, "cpam-01");
  await untilShown(ref, "caf-01");
});

test("what is told in person does not wait for a thread in a slow place", async () => {
  // A call in ten minutes: as good as none.
  await open({ matrix: "seed", begins: new Date("2031-03-03T10:00:00+01:00") }, 1 / 600);
  const ref = await openOne(["cpam-01"], "andrea.essai");
  await untilShown(ref, "cpam-01");
  for (const day of ["2031-03-11", "2031-03-19", "2031-03-27"]) {
    await world.clock.set(new Date(`${day}T10:00:00+01:00`));
    await sweepReminders(running().jobs.useCases);
  }
  await until("the responsable is told", async () => (await doneFor("agentId", "lou.specimen")) > 0, WITHIN_MS);
  expect(threadOf(await demandeOf(world.db, ref), "aidant").root).toBeNull();
});

test("the pace set for Matrix holds up nothing on Slack", async () => {
  // A call in ten minutes: as good as none.
  await open({ matrix: "seed" }, 1 / 600);
  const crowd = await openSome(CROWD, ["prefecture-01"]);
  const quick = await openOne(["cpam-01"]);
  await untilShown(quick, "cpam-01");
  // Also the aidants' own threads, of demandes whose other thread waits.
  await untilAllShown(crowd, "aidant");
  expect(await shownAmong(crowd, "prefecture-01")).toBeLessThan(2);
});

const told = (name: Name, text: string, n: number): Notice => ({
  id: `avis.${name}.${n}`,
  to: { kind: "groupe", groupeId: groupeId(name) },
  content: { kind: "message", message: say(richText(`${text} n° ${n}`)) },
});

async function write(name: Name, text: string, count: number): Promise<void> {
  const all = Array.from({ length: count }, (_, n) => told(name, text, n + 1));
  // In their order.
  for (const [n, notice] of all.entries()) await world.db.notices.add(notice, new Date(Date.now() - CROWD * 1000 + n));
}

test("notices for a slow place hold up no others, and those of one place come in their order", async () => {
  // A call in ten minutes: as good as none.
  await open({ matrix: "seed" }, 1 / 600);
  await holdSlack("caf-01");
  await write("prefecture-01", "Lent", CROWD);
  await write("caf-01", "Muet", CROWD);
  await write("cpam-01", "Vif", 5);
  await until("the notices of the quick place", async () => (await doneFor("groupeId", "cpam-01")) === 5, WITHIN_MS);
  expect(await doneFor("groupeId", "caf-01")).toBe(0);
  expect(await doneFor("groupeId", "prefecture-01")).toBeLessThan(2);
  expect(await world.db.notices.model.countDocuments({ lease: { $ne: null } })).toBeLessThanOrEqual(4);
  const channel = (await channelOf("cpam-01")) ?? "";
  const { messages } = await world.slack.control.messages({ channel });
  const shown = messages.flatMap((message) => /Vif n° \d/.exec(JSON.stringify(message)) ?? []);
  expect(shown.map(String)).toEqual([1, 2, 3, 4, 5].map((n) => `Vif n° ${n}`));
  release();
  await until("those that were held", async () => (await doneFor("groupeId", "caf-01")) === CROWD, 3 * WITHIN_MS);
});
