/** The installation through OAuth, from outside: what no browser sends. What the flow itself refuses is in test/oauth/workspaces. */
import fc from "fast-check";
import { OTHER, openStage, PUBLIC_URL, REDIRECT, type Stage } from "../oauth/stage.ts";
import type { BotProcess } from "../support/bot.ts";
import { brokenDemandes } from "../support/wholeness.ts";
import { runs } from "./runs.ts";
import { type Answer, expectDiscreet, type Sent, sendTo } from "./site.ts";

const COOKIE = "slack-app-oauth-state";
const FLOOD = 300;
const INSTALL = "/slack/install";
const BACK = "/slack/oauth_redirect";

let stage: Stage;
let bot: BotProcess;
const lines: string[] = [];

beforeAll(async () => {
  stage = await openStage();
  bot = await stage.start("hostile", (line) => lines.push(line));
});
afterAll(async () => {
  await bot?.stop();
  await stage?.close();
});

const send = (path: string, sent: Sent = {}): Promise<Answer> =>
  sendTo(`${new URL(bot.url).origin}${path}`, { method: "GET", ...sent });

/** Every document of every collection, but for what tells that a process is alive. */
async function written(): Promise<Record<string, number>> {
  const { connection } = stage.world.db;
  const names = (await connection.listCollections()).map(({ name }) => name).filter((name) => !/jobs|pulses|locks/.test(name));
  const counts = await Promise.all(names.map((name) => connection.collection(name).countDocuments({})));
  return Object.fromEntries(names.map((name, n) => [name, counts[n] ?? 0]));
}

function expectSafePage({ headers }: Answer): void {
  expect(headers).toMatchObject({
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
}

const MARKS = ["<script>alert(1)</script>", "\r\nset-cookie: a=b", "%00", "__proto__", "🦊", "..", "x".repeat(3_000)];
const word = fc.oneof(fc.constantFrom(...MARKS), fc.string({ maxLength: 200 }), fc.string({ unit: "binary", maxLength: 50 }));
/** Parameters given once, several times, under other names, or not at all. */
const query = fc.array(fc.tuple(fc.oneof(fc.constantFrom("code", "state", "error", "team"), word), word), { maxLength: 6 });

test("T-90 whatever comes back in the place of what Slack sends installs nothing, and nothing of it is shown", async () => {
  const before = await written();
  const { location } = await stage.browser(bot).visit(`${PUBLIC_URL}${INSTALL}`);
  const good = new URL(location).searchParams.get("state") ?? "";
  await fc.assert(
    fc.asyncProperty(query, fc.oneof(word, fc.constant(good)), async (given, cookie) => {
      const address = `${BACK}?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, value]))}`;
      const answer = await send(address, { headers: { cookie: `${COOKIE}=${encodeURIComponent(cookie)}` } });
      expect([400, 403, 431, 502]).toContain(answer.status);
      expectDiscreet(answer);
      if (answer.status === 431) return;
      expectSafePage(answer);
      expect(answer.text).not.toContain("<script");
      for (const [, value] of given.filter(([, one]) => one.length > 12)) expect(answer.text).not.toContain(value);
      expect(String(answer.headers["set-cookie"])).not.toContain("a=b");
    }),
    runs(10),
  );
  expect(await stage.installedTeams()).toEqual([]);
  expect(await written()).toEqual(before);
  expect(await brokenDemandes(stage.world.db)).toEqual([]);
  expect(lines.filter((line) => line.includes(good))).toEqual([]);
});

test("T-91 whoever asks to install again and again has nothing written, and the others are served", async () => {
  const before = await written();
  const answers = await Promise.all(Array.from({ length: FLOOD }, () => send(INSTALL)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([302]));
  expect(new Set(answers.map(({ headers }) => new URL(String(headers.location)).searchParams.get("state"))).size).toBe(FLOOD);
  expect(await written()).toEqual(before);
  expect((await send("/sante/vivant")).status).toBe(200);
});

test("T-92 no header sends the browser elsewhere than to Slack and back to the address of the configuration", async () => {
  const elsewhere = "piege.exemple.test";
  const headers = {
    host: elsewhere,
    "x-forwarded-host": elsewhere,
    "x-forwarded-proto": "http",
    forwarded: `host=${elsewhere}`,
    referer: `https://${elsewhere}/`,
    origin: `https://${elsewhere}`,
  };
  const answer = await send(`${INSTALL}?redirect_uri=https://${elsewhere}/&team=${OTHER}&state=choisi`, { headers });
  const location = new URL(String(answer.headers.location));
  expect(location.origin).toBe(new URL(stage.world.slack.apiUrl).origin);
  expect(location.searchParams.get("redirect_uri")).toBe(REDIRECT);
  expect(location.href).not.toContain(elsewhere);
  expect(location.searchParams.get("state")).not.toBe("choisi");
  const cookies = [answer.headers["set-cookie"] ?? []].flat();
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatch(/; Secure; HttpOnly; Path=\/; Max-Age=600/);
});

test("T-93 other methods, bodies and paths beside these are refused, and read nothing", async () => {
  const before = await written();
  for (const path of [INSTALL, BACK])
    for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
      const answer = await send(path, { method, body: "code=a&state=b", headers: { "content-length": 14 } });
      expect([path, method, answer.status, answer.text]).toEqual([path, method, 405, ""]);
    }
  for (const path of [`${INSTALL}/`, `${BACK}/x`, `${BACK}%2f`, "/slack/INSTALL", "/slack/"])
    expect((await send(path)).status).toBe(404);
  expect(await written()).toEqual(before);
});
