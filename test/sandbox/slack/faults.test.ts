import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { App } from "@slack/bolt";
import { type Bench, callApi, furnished, socketApp, socketClient, until } from "./world.ts";

let bench: Bench;

beforeEach(async () => {
  bench = await furnished();
});

afterEach(() => bench.sandbox.close());

const post = (text: string) =>
  callApi(bench.sandbox.apiUrl, "chat.postMessage", { channel: bench.caf, text }, bench.installation.botToken);

async function texts(): Promise<unknown[]> {
  const { messages } = await bench.sandbox.control.messages({ channel: bench.caf });
  return messages.map(({ text }) => text);
}

test("a refusal has its status, error and Retry-After, as many times as told, for the methods named", async () => {
  const { faults } = bench.sandbox;
  faults.add({ kind: "refuse", method: "chat.*", status: 429, retryAfter: 7, times: 1 });
  const raw = () =>
    fetch(`${bench.sandbox.apiUrl}chat.postMessage`, {
      method: "POST",
      headers: { authorization: `Bearer ${bench.installation.botToken}` },
      body: new URLSearchParams({ channel: bench.caf, text: "x" }),
    });
  const limited = await raw();
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "7"]);
  expect(await limited.json()).toEqual({ ok: false, error: "ratelimited" });
  expect((await raw()).status).toBe(200);
  faults.add({ kind: "refuse", error: "fatal_error" });
  expect(await post("y")).toEqual({ ok: false, error: "fatal_error" });
  faults.clear();
  faults.add({ kind: "refuse", status: 503, method: "users.list" });
  expect(await post("z")).toMatchObject({ ok: true });
  expect(await texts()).toEqual(["x", "z"]);
});

test("a lost answer has acted, a dropped call has not", async () => {
  const { faults } = bench.sandbox;
  faults.add({ kind: "loseAnswer", times: 1 });
  await expect(post("perdu")).rejects.toThrow("fetch failed");
  faults.add({ kind: "dropBefore", times: 1 });
  await expect(post("jamais")).rejects.toThrow("fetch failed");
  expect(await post("ensuite")).toMatchObject({ ok: true });
  expect(await texts()).toEqual(["perdu", "ensuite"]);
});

test("a delay delays, and hooks are awaited around the act", async () => {
  const steps: string[] = [];
  const end = bench.sandbox.onCall(async (phase, method, args) => {
    steps.push(`${phase} ${method} ${String(args.text)} ${(await texts()).length}`);
  });
  bench.sandbox.faults.add({ kind: "delay", ms: 60, times: 1 });
  const start = performance.now();
  await post("a");
  expect(performance.now() - start).toBeGreaterThanOrEqual(59);
  end();
  await post("b");
  expect(steps).toEqual(["before chat.postMessage a 0", "after chat.postMessage a 1"]);
});

async function started(): Promise<{ app: App; heard: string[] }> {
  const app = socketApp(bench);
  const heard: string[] = [];
  app.message(async ({ message, body }) => void heard.push(`${(message as { text?: string }).text} ${body.event_id}`));
  await app.start();
  return { app, heard };
}

test("an acknowledged event comes again when told, under the same id", async () => {
  const { app, heard } = await started();
  bench.sandbox.faults.add({ kind: "redeliver", method: "message", times: 2 });
  await bench.sandbox.control.message({ as: "camille", channel: "caf-ain", text: "deux fois encore" });
  await until(() => heard.length === 3, "the redeliveries");
  expect(new Set(heard).size).toBe(1);
  await socketClient(app).disconnect();
});

test("a cut closes the sockets; the app comes back and nothing is lost", async () => {
  await bench.sandbox.close();
  bench = await furnished({ retryDelays: [60_000, 60_000, 60_000] });
  const { app, heard } = await started();
  bench.sandbox.faults.add({ kind: "cut" });
  const sent = await bench.sandbox.control.message({ as: "camille", channel: "caf-ain", text: "pendant" });
  expect(sent.acked).toBe(false);
  await until(() => heard.length > 0, "the message after the reconnection", 20_000);
  expect(heard).toHaveLength(1);
  await socketClient(app).disconnect();
});

test("a platform that is down answers nothing", async () => {
  bench.sandbox.faults.add({ kind: "down" });
  await expect(post("x")).rejects.toThrow("fetch failed");
  bench.sandbox.faults.clear();
  expect(await post("y")).toMatchObject({ ok: true });
});
