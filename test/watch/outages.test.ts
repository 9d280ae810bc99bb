/**
 * What an operator reads at `/sante` while something that the bot needs is really away: each fault by its code and its sentence,
 * the status with it, and all well again once it is back, with nothing lost of what people did meanwhile. A real bot, the
 * sandbox's platforms, and gates before what it needs. The codes that are not here are in sante.test.ts.
 */

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Metrics } from "../../src/metrics.ts";
import { matrixTexts } from "../../src/texts/matrix.ts";
import { healthTexts as texts } from "../../src/texts/veille.ts";
import { slackTexts } from "../../src/texts.ts";
import type { Verdict } from "../bots/matrix/homeserver.ts";
import { type LocalBot, startBotHere } from "../support/bot.ts";
import { type DatabaseGate, startDatabaseGate } from "../support/databaseGate.ts";
import { demandeOf, openDemande, threadOf } from "../support/demandes.ts";
import { sampleOf } from "../support/exposition.ts";
import { matrixPeople } from "../support/matrixPeople.ts";
import type { PlatformUnderTest } from "../support/platformUnderTest.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";
import { type HealthSite, openHealthSite } from "./healthSite.ts";

/** How long the homeserver holds its answers here when it has nothing to tell (ms): the silence that is too long can be short. */
const POLL_MS = 400;
const LIMITS = { lateSeconds: 2, silentSeconds: 4, unreadSeconds: 1 };
/** In memory where there is such a disk: nobody else writes much there. */
const DISK = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const ROOM_BYTES = 64e6;
const SOME_TIME = "\\d+ (?:secondes|minutes)";

const onSlack = slackTexts.health;
const onMatrix = matrixTexts.health;
/** A sentence in which a number of seconds is not known beforehand. */
const timed = (sentence: (seconds: number) => string): RegExp =>
  new RegExp(`^${sentence(0).replace("0 secondes", SOME_TIME).replaceAll(".", "\\.")}$`);

let world: World;
let gate: DatabaseGate;
let bot: LocalBot;
let site: HealthSite;
let slack: PlatformUnderTest;
let matrix: PlatformUnderTest;
let ref: number;

/** What the homeserver answers to calls of that name from now on; null: what it would. */
function homeserverSays(call: string, verdict: Verdict | Promise<undefined> | null): void {
  if (world.matrix === null) throw new Error("nobody is on Matrix");
  world.matrix.proxy.judge = ({ path }) => (verdict !== null && path.includes(call) ? verdict : undefined);
}
const refusal = (status: number, errcode: string): Verdict => ({ kind: "refuse", status, body: { errcode, error: "" } });
const homeserverIsBack = () => homeserverSays("", null);

async function start(keys = world.keys): Promise<void> {
  bot = await startBotHere({ ...world, mongodbUri: gate.uri, keys });
  site.watched = bot.runtime.watch({ limits: LIMITS, readingMs: 0 });
}

const thread = async (name: "caf-01" | "prefecture-01" | "aidant") => threadOf(await demandeOf(world.db, ref), name);
const quiet = () => untilQuiet(world.db, sitesOf(world));

/** Said by the aidant, and shown once in the threads of the two groupes, on the two platforms. */
async function shownOnce(text: string): Promise<void> {
  await quiet();
  for (const [people, name] of [
    [slack, "caf-01"],
    [matrix, "prefecture-01"],
  ] as const) {
    const { workspace, channel, root } = await thread(name);
    const place = { platform: people.name, workspace: workspace ?? "", channel: channel ?? "" };
    const messages = await people.view.thread(place, root ?? "");
    expect(messages.filter(({ words }) => words.includes(text))).toHaveLength(1);
  }
}

beforeAll(async () => {
  world = await openWorld({ matrix: "seed" });
  world.matrix?.proxy.listen({
    before: ({ url }) => (url.includes("/sync?") ? url.replace(/timeout=\d+/, `timeout=${POLL_MS}`) : undefined),
  });
  gate = await startDatabaseGate(world.mongodbUri);
  site = await openHealthSite();
  slack = slackPeople(world);
  matrix = matrixPeople(world);
});

afterAll(async () => {
  gate?.set("open");
  await bot?.stop();
  await site?.close();
  await gate?.close();
  await world?.close();
});

test("while Slack is away at the start, Matrix is served; after a stop, both adapters are said to be stopped", async () => {
  const away = world.slack.faults.add({ kind: "refuse", method: "auth.test", status: 503 });
  await start();
  await site.turnsBad({ "slack-demarrage": onSlack.starting });
  world.slack.faults.clear(away);
  await site.turnsGood();
  ref = await openDemande(slack, { groupes: ["caf-01", "prefecture-01"] });
  await quiet();
  await bot.runtime.stop();
  await site.turnsBad({ "slack-arret": onSlack.stopped, "matrix-arret": onMatrix.stopped });
  await bot.stop();
});

test("while the homeserver is away at the start, nobody reads Matrix", async () => {
  homeserverSays("/account/whoami", refusal(502, "M_UNKNOWN"));
  await start();
  await site.turnsBad({ "matrix-demarrage": onMatrix.starting, "matrix-sans-lecteur": timed(texts.matrixUnread) });
  homeserverIsBack();
  await site.turnsGood();
});

test("a database that is away, while people go on", async () => {
  gate.set("shut");
  const saying = slack.say("camille.exemple", await thread("aidant"), "Pendant-la-panne");
  await site.turnsBad({ "base-injoignable": texts.databaseAway });
  gate.set("open");
  await site.turnsGood();
  await saying;
  await shownOnce("Pendant-la-panne");
});

test("a database that can only be read: what people do on Matrix is kept until it can be written", async () => {
  gate.set("read-only");
  const saying = matrix.say("morgan.fictif", await thread("prefecture-01"), "Sans-écriture");
  await site.turnsBad({ "base-ecriture": texts.databaseReadOnly, "matrix-enregistrement": onMatrix.stuck });
  gate.set("open");
  await site.turnsGood();
  await saying;
  await shownOnce("Sans-écriture");
});

test("a disk that is nearly full, and one where room was made", async () => {
  const folder = await mkdtemp(join(DISK, "aplus-disque-"));
  const { bavail, bsize } = await statfs(folder);
  const limits = { ...LIMITS, freeBytes: bavail * bsize - ROOM_BYTES };
  const { watched } = site;
  site.watched = bot.runtime.watch({ limits, readingMs: 0, storeFolder: folder, metrics: new Metrics() });
  try {
    await site.turnsGood();
    await writeFile(join(folder, "tout-plein"), Buffer.alloc(ROOM_BYTES * 2));
    await site.turnsBad({
      "disque-plein": /^Il reste [\d\s]+ Mo sur le disque de la base embarquée : bientôt, plus rien ne pourra être écrit\.$/,
    });
    await rm(join(folder, "tout-plein"));
    await site.turnsGood();
  } finally {
    site.watched = watched;
    await rm(folder, { recursive: true, force: true });
  }
});

test("tokens that the platforms refuse, each of them named with the platform's word", async () => {
  const refuse = (method: string, error: string) => world.slack.faults.add({ kind: "refuse", method, error });
  const bots = refuse("*", "token_revoked");
  await matrix.say("morgan.fictif", await thread("prefecture-01"), "Jeton-refusé");
  homeserverSays("", refusal(401, "M_UNKNOWN_TOKEN"));
  await site.turnsBad({
    "slack-jeton": onSlack.tokenRefused("token_revoked"),
    "matrix-jeton": onMatrix.tokenRefused("M_UNKNOWN_TOKEN"),
  });
  world.slack.faults.clear(bots);
  homeserverIsBack();
  expect(await slack.begin("camille.exemple", "dm")).toMatchObject({ kind: "form" });
  await slack.dismiss("camille.exemple");
  await site.turnsGood();
  // What was put off does not wait for the ten minutes of a thread that somebody else must mend.
  await shownOnce("Jeton-refusé");
  const apps = refuse("apps.connections.open", "invalid_auth");
  world.slack.faults.add({ kind: "cut" });
  await site.turnsBad({ "slack-jeton-application": onSlack.appTokenRefused("invalid_auth") });
  world.slack.faults.clear(apps);
  await site.turnsGood();
});

test("both platforms away for longer than a restart, and what is to be shown there waits", async () => {
  world.slack.faults.add({ kind: "refuse", method: "chat.*", status: 503 });
  await matrix.say("morgan.fictif", await thread("prefecture-01"), "Avant-la-coupure");
  world.slack.faults.add({ kind: "down" });
  homeserverSays("", { kind: "drop" });
  await site.turnsBad({
    "slack-connexion": onSlack.socketDown,
    "matrix-injoignable": onMatrix.unreachable,
    "envois-en-retard": timed(texts.late),
  });
  world.slack.faults.clear();
  homeserverIsBack();
  await site.turnsGood();
  await shownOnce("Avant-la-coupure");
});

test("a homeserver that takes the question and never answers", async () => {
  let answer: (verdict: undefined) => void = () => undefined;
  homeserverSays("/sync?", new Promise((resolve) => (answer = resolve)));
  await site.turnsBad({ "matrix-lecture": timed(texts.matrixSilent) });
  homeserverIsBack();
  answer(undefined);
  await site.turnsGood();
});

test("a program that was started with another key shows nothing, says so, and keeps all for the one that has the right one", async () => {
  homeserverSays("/send/m.room.message", refusal(503, "M_UNKNOWN"));
  await slack.say("camille.exemple", await thread("aidant"), "Mauvaise-clé");
  await bot.stop();
  homeserverIsBack();
  await start({ ...world.keys, encryption: randomBytes(world.keys.encryption.length) });
  await site.turnsBad({ "envois-en-retard": timed(texts.late) });
  await bot.stop();
  await start();
  await site.turnsGood();
  await shownOnce("Mauvaise-clé");
});

test("a thread that somebody must mend makes nobody else wait: it has a figure of its own", async () => {
  const broken = async () => sampleOf(await site.figures(), "aplus_demandes_broken", { platform: "slack" });
  const { channel } = await thread("caf-01");
  await world.slack.control.archive(channel ?? "");
  await slack.say("camille.exemple", await thread("aidant"), "Canal-archivé");
  await until("the thread counted as broken", async () => (await broken()) === 1);
  await site.turnsGood();
});
