/**
 * `/sante` over the wire: a fault that is caused for true is named, and goes when what caused it goes, while `/sante/vivant` and
 * `/sante/pret` stay good; the others are decided from what would be read.
 */
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { healthRoute } from "../../src/http/health.ts";
import { type HttpServer, startHttpServer } from "../../src/http/server.ts";
import { createLog } from "../../src/log.ts";
import { clockOffsetOf } from "../../src/watch/clocks.ts";
import { FAULT_CODES, faultsOf, LIMITS, type Read } from "../../src/watch/faults.ts";
import { type LocalBot, startBotHere } from "../support/bot.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

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
let http: HttpServer;
let clock: Awaited<ReturnType<typeof clockServer>>;

const ask = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${http.port}${path}`);
  return {
    status: response.status,
    body: (await response.json()) as { status: string; reasons?: { code: string; reason: string }[] },
  };
};
const codes = async (): Promise<string[]> => ((await ask("/sante")).body.reasons ?? []).map(({ code }) => code);

/** It comes, with a sentence, and nothing makes the process seem dead. */
async function turnsBad(...awaited: readonly string[]): Promise<void> {
  let seen: string[] = [];
  await until(
    () => `/sante naming ${awaited.join(", ")}; it names: ${seen.join(", ")}`,
    async () => {
      seen = await codes();
      return awaited.every((code) => seen.includes(code));
    },
    60_000,
  );
  const { status, body } = await ask("/sante");
  expect(status).toBe(503);
  for (const { code, reason } of body.reasons ?? []) {
    expect(FAULT_CODES).toContain(code);
    expect(reason).toMatch(/^\p{Lu}.*\.$/u);
  }
  expect((await ask("/sante/vivant")).status).toBe(200);
  expect((await ask("/sante/pret")).status).toBe(awaited.includes("base-injoignable") ? 503 : 200);
}

async function turnsGood(): Promise<void> {
  let seen: string[] = [];
  await until(
    () => `/sante turning good; it names: ${seen.join(", ")}`,
    async () => {
      seen = await codes();
      return seen.length === 0;
    },
    60_000,
  );
  expect(await ask("/sante")).toEqual({ status: 200, body: { status: "ok" } });
}

beforeAll(async () => {
  world = await openWorld({ matrix: "seed" });
  clock = await clockServer();
  http = await startHttpServer(0, "127.0.0.1", createLog("fatal"));
  let running: ReturnType<LocalBot["runtime"]["watch"]> | null = null;
  http.add(healthRoute(() => running));
  expect(await ask("/sante")).toMatchObject({ status: 503, body: { reasons: [{ code: "demarrage" }] } });
  expect([(await ask("/sante/pret")).status, (await ask("/sante/vivant")).status]).toEqual([503, 200]);
  bot = await startBotHere(world);
  clock.set(4 * 60_000);
  running = bot.runtime.watch({
    clocks: { slack: () => clockOffsetOf(new Request(clock.url)) },
    limits: { lateSeconds: 2 },
    readingMs: 0,
  });
});

afterAll(async () => {
  await bot?.stop();
  await http?.close();
  clock?.close();
  await world?.close();
});

test("a clock that is wrong, and a clock that is put right", async () => {
  await turnsBad("horloge");
  expect((await ask("/sante")).body.reasons?.[0]?.reason).toBe(
    "L’horloge de cette machine et celle de Slack diffèrent de 4 minutes.",
  );
  clock.set(0);
  await turnsGood();
});

test("a job that nobody runs", async () => {
  const jobs = world.db.connection.collection("jobs");
  const held = { nextRunAt: new Date(Date.now() - DAY_MS), lockedAt: new Date(Date.now() + DAY_MS) };
  await jobs.updateOne({ name: "reminders" }, { $set: held });
  await turnsBad("tache-en-retard");
  expect((await ask("/sante")).body.reasons).toContainEqual({
    code: "tache-en-retard",
    reason: "La tâche « reminders » est en retard.",
  });
  await jobs.updateOne({ name: "reminders" }, { $set: { lockedAt: null } });
  await turnsGood();
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
