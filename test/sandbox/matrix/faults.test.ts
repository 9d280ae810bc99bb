import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { MatrixClient } from "matrix-bot-sdk";
import { sdk } from "./sdk.ts";
import { type Api, type Bench, furnished, inRoom, type Json, sectionOf, until, waitingSync } from "./world.ts";

let bench: Bench;
let bot: Api;

beforeEach(async () => {
  bench = await furnished();
  bot = bench.api(bench.bot);
});

afterEach(() => bench.sandbox.close());

const stored = async (): Promise<unknown[]> => {
  const { messages } = await bench.sandbox.control.messages({ channel: bench.caf });
  return messages.map(({ body }) => body);
};

test("refuse: what is named, by whom it is named, as often as it says", async () => {
  const { faults } = bench.sandbox;
  faults.add({ kind: "refuse", method: "PUT rooms/*/send/m.reaction/*", status: 503, times: 1 });
  faults.add({
    kind: "refuse",
    method: "PUT rooms/{roomId}/send/{eventType}/{txnId}",
    user: bench.camille.userId,
    retryAfterMs: 1500,
  });
  const event = await bot.say(bench.caf, "passe");
  expect(await bot.react(bench.caf, event, "1")).toMatchObject({ status: 503, body: { errcode: "M_UNKNOWN" } });
  expect(await bot.react(bench.caf, event, "1")).toMatchObject({ status: 200 });
  const refused = await bench.api(bench.camille).send(bench.caf, { msgtype: "m.text", body: "x" });
  expect(refused).toMatchObject({ status: 429, body: { errcode: "M_LIMIT_EXCEEDED", retry_after_ms: 1500 } });
  expect(faults.list()).toMatchObject([{ kind: "refuse", user: bench.camille.userId }]);
  faults.clear();
  faults.add({ kind: "refuse", status: 403, errcode: "M_FORBIDDEN", error: "non", times: 1 });
  expect(await bot.get("/account/whoami")).toEqual({ status: 403, body: { errcode: "M_FORBIDDEN", error: "non" } });
});

test("loseAnswer acts, dropBefore does not, and the same transaction then tells which", async () => {
  const { faults } = bench.sandbox;
  const content = (body: string) => ({ msgtype: "m.text", body });
  faults.add({ kind: "loseAnswer", times: 1 });
  await expect(bot.send(bench.caf, content("perdue"), "m.room.message", "a")).rejects.toThrow();
  expect(await stored()).toEqual(["perdue"]);
  expect((await bot.send(bench.caf, content("perdue"), "m.room.message", "a")).status).toBe(200);
  expect(await stored()).toEqual(["perdue"]);
  faults.add({ kind: "dropBefore", times: 1 });
  await expect(bot.send(bench.caf, content("jamais"), "m.room.message", "b")).rejects.toThrow();
  expect(await stored()).toEqual(["perdue"]);
});

test("down drops everything until it is cleared, waiting syncs included; delay delays; cut cuts", async () => {
  const { faults } = bench.sandbox;
  const since = (await bot.sync()).body.next_batch;
  const waiting = await waitingSync(bench.sandbox, bot, { since });
  const down = faults.add({ kind: "down" });
  await expect(waiting.answer).rejects.toThrow();
  await expect(bot.get("/account/whoami")).rejects.toThrow();
  faults.clear(down);
  faults.add({ kind: "delay", ms: 60, times: 1 });
  const start = performance.now();
  expect((await bot.get("/account/whoami")).status).toBe(200);
  expect(performance.now() - start).toBeGreaterThanOrEqual(55);
  const again = await waitingSync(bench.sandbox, bot, { since });
  faults.add({ kind: "cut" });
  await expect(again.answer).rejects.toThrow();
  expect((await bot.get("/account/whoami")).status).toBe(200);
});

test("refuseToken: the token is unknown for a while, and good again", async () => {
  const { faults } = bench.sandbox;
  const id = faults.add({ kind: "refuseToken", user: bench.bot.userId, softLogout: true });
  expect(await bot.get("/account/whoami")).toMatchObject({
    status: 401,
    body: { errcode: "M_UNKNOWN_TOKEN", soft_logout: true },
  });
  expect((await bench.api(bench.camille).get("/account/whoami")).status).toBe(200);
  faults.clear(id);
  expect((await bot.get("/account/whoami")).status).toBe(200);
});

test("limitTimeline hides what is new from a sync, though not from whoever asks for the gap", async () => {
  const since = (await bot.sync()).body.next_batch;
  await bench.api(bench.camille).say(bench.caf, "caché");
  bench.sandbox.faults.add({ kind: "limitTimeline", times: 1, user: bench.bot.userId });
  const limited = await bot.sync({ since });
  const { timeline } = sectionOf(limited, bench.caf);
  expect(timeline).toMatchObject({ events: [], limited: true });
  const gap = await bot.get(inRoom(bench.caf, "/messages"), { dir: "b", from: timeline.prev_batch, to: since });
  expect(gap.body.chunk).toMatchObject([{ content: { body: "caché" } }]);
  await bench.api(bench.camille).say(bench.caf, "clair");
  expect(sectionOf(await bot.sync({ since: limited.body.next_batch }), bench.caf).timeline).toMatchObject({
    events: [{ content: { body: "clair" } }],
    limited: false,
  });
});

test("redeliver gives a real client the same events twice, and it goes on", async () => {
  const client: MatrixClient = new sdk.MatrixClient(bench.sandbox.url, bench.bot.accessToken);
  const heard: unknown[] = [];
  client.on("room.message", (_: string, event: Json) => heard.push((event.content as Json).body));
  await client.start();
  await bench.sandbox.control.message({ as: "camille", channel: bench.caf, text: "zéro" });
  await until(() => heard.includes("zéro"), "the first message");
  heard.length = 0;
  bench.sandbox.faults.add({ kind: "redeliver", times: 1 });
  await bench.sandbox.control.message({ as: "camille", channel: bench.caf, text: "un" });
  await until(() => heard.length === 2, "the message twice");
  await bench.sandbox.control.message({ as: "camille", channel: bench.caf, text: "deux" });
  await until(() => heard.length === 3, "the next message");
  expect(heard).toEqual(["un", "un", "deux"]);
  client.stop();
});

test("faults are played and cleared over HTTP; one that makes no sense is refused in French", async () => {
  const call = async (method: string, body?: unknown, query = "") => {
    const address = `${bench.sandbox.url}/sandbox/matrix/faults${query}`;
    const response = await fetch(address, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
    return { status: response.status, body: (await response.json()) as Json };
  };
  const { body } = await call("POST", { kind: "refuse", status: 500, method: "GET account/whoami" });
  expect((await bot.get("/account/whoami")).status).toBe(500);
  expect((await call("GET")).body).toMatchObject({ faults: [{ id: body.id, kind: "refuse" }] });
  await call("DELETE", undefined, `?id=${body.id}`);
  expect((await bot.get("/account/whoami")).status).toBe(200);
  expect(await call("POST", { kind: "autre" })).toMatchObject({
    status: 400,
    body: { ok: false, error: expect.stringContaining("kind") },
  });
  expect((await call("PATCH")).status).toBe(405);
});

test("hooks see each call before it acts and before it is answered", async () => {
  const seen: string[] = [];
  const end = bench.sandbox.onCall((phase, method, args) => void seen.push(`${phase} ${method} ${String(args.eventType)}`));
  await bot.say(bench.caf, "vu");
  end();
  await bot.say(bench.caf, "pas vu");
  expect(seen).toEqual([
    "before PUT rooms/{roomId}/send/{eventType}/{txnId} m.room.message",
    "after PUT rooms/{roomId}/send/{eventType}/{txnId} m.room.message",
  ]);
});
