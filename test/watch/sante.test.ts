/**
 * `/sante` over the wire: a fault that is caused for true is named, and goes when what caused it goes, while `/sante/vivant` and
 * `/sante/pret` stay good; what depends on thresholds is decided from what would be read. What must be away for true is in
 * outages.test.ts.
 */
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { clockOffsetOf } from "../../src/watch/clocks.ts";
import { faultsOf, LIMITS, type Read } from "../../src/watch/faults.ts";
import { type LocalBot, startBotHere } from "../support/bot.ts";
import { openWorld, type World } from "../support/world.ts";
import { type HealthSite, openHealthSite } from "./healthSite.ts";

const DAY_MS = 86_400_000;

/** A server whose clock can be wrong. */
async function clockServer() {
  let aheadMs = 0;
  const server = createHttpServer((_, response) => {
    response.setHeader("date", new Date(Date.now() + aheadMs).toUTCString());
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    set: (ms: number) => {
      aheadMs = ms;
    },
    close: () => server.close(),
  };
}

let world: World;
let bot: LocalBot;
let site: HealthSite;
let clock: Awaited<ReturnType<typeof clockServer>>;

beforeAll(async () => {
  world = await openWorld({ matrix: "seed" });
  clock = await clockServer();
  site = await openHealthSite();
  const starting = [{ code: "demarrage", reason: "Démarrage en cours." }];
  expect(await site.ask("/sante")).toMatchObject({ status: 503, body: { reasons: starting } });
  expect([(await site.ask("/sante/pret")).status, (await site.ask("/sante/vivant")).status]).toEqual([503, 200]);
  bot = await startBotHere(world);
  clock.set(4 * 60_000);
  site.watched = bot.runtime.watch({
    clocks: { slack: () => clockOffsetOf(new Request(clock.url)) },
    limits: { lateSeconds: 2 },
    readingMs: 0,
  });
});

afterAll(async () => {
  await bot?.stop();
  await site?.close();
  clock?.close();
  await world?.close();
});

test("a clock that is wrong, and a clock that is put right", async () => {
  await site.turnsBad({ horloge: "L’horloge de cette machine et celle de Slack diffèrent de 4 minutes." });
  clock.set(0);
  await site.turnsGood();
});

test("a job that nobody runs", async () => {
  const jobs = world.db.connection.collection("jobs");
  const held = { nextRunAt: new Date(Date.now() - DAY_MS), lockedAt: new Date(Date.now() + DAY_MS) };
  await jobs.updateOne({ name: "reminders" }, { $set: held });
  await site.turnsBad({ "tache-en-retard": "La tâche « reminders » est en retard." });
  await jobs.updateOne({ name: "reminders" }, { $set: { lockedAt: null } });
  await site.turnsGood();
});

const WELL: Read = {
  database: "up",
  platforms: [{ ok: true }],
  matrix: { reads: true, newsAgeMs: 1000 },
  standing: null,
  unreadSeconds: 0,
  clocks: { slack: 1, base: -2 },
  freeBytes: null,
};

test.each<[Partial<Read>, readonly string[]]>([
  [{}, []],
  [{ freeBytes: LIMITS.freeBytes }, []],
  [{ freeBytes: LIMITS.freeBytes - 1 }, ["disque-plein"]],
  [{ matrix: { reads: false, newsAgeMs: null }, unreadSeconds: 30 }, []],
  [{ matrix: { reads: false, newsAgeMs: 1e9 }, unreadSeconds: 46 }, ["matrix-sans-lecteur"]],
  [{ matrix: { reads: true, newsAgeMs: 121_000 } }, ["matrix-lecture"]],
  [{ matrix: null, unreadSeconds: 1000 }, []],
  [{ clocks: { base: -31 } }, ["horloge"]],
  [{ database: "away", freeBytes: 0 }, ["base-injoignable", "disque-plein"]],
])("%j gives %j", (read, expected) => {
  const faults = faultsOf({ ...WELL, ...read });
  expect(faults.map(({ code }) => code)).toEqual(expected);
  for (const { reason } of faults) expect(reason).toMatch(/^\p{Lu}.*\.$/u);
});
