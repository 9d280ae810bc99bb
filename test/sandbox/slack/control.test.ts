import { once } from "node:events";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { App } from "@slack/bolt";
import { handleSlackControl } from "../../../sandbox/slack/control/http.ts";
import { type Bench, furnished, socketApp, socketClient } from "./world.ts";

let bench: Bench;
let app: App;

beforeAll(async () => {
  bench = await furnished();
  app = socketApp(bench);
  app.command("/demande", async ({ ack }) => ack("Reçu"));
  await app.start();
});

afterAll(async () => {
  await socketClient(app).disconnect();
  await bench.sandbox.close();
});

type Json = Record<string, unknown>;

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
  const raw = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${bench.sandbox.url}/sandbox/slack/${path}`, { method, ...(raw !== undefined && { body: raw }) });
  return { status: response.status, body: (await response.json()) as Json };
}

test("the calls work over HTTP", async () => {
  const sent = await call("POST", "message", { as: "camille@exemple.fr", channel: "#caf-ain", text: "Bonjour" });
  expect(sent).toMatchObject({
    status: 200,
    body: { ok: true, ts: expect.any(String), acked: true, ephemeral: [], messages: [] },
  });
  const reply = await call("POST", "message", { as: "dominique", channel: bench.caf, thread: sent.body.ts, text: "Oui ?" });
  const thread = await call("GET", `messages?channel=caf-ain&thread=${String(sent.body.ts)}&as=camille`);
  expect(thread.body.messages).toMatchObject([{ text: "Bonjour", reply_count: 1 }, { text: "Oui ?" }]);
  const ran = await call("POST", "command", { as: "camille", channel: "caf-ain", command: "/demande", text: "" });
  expect(ran.body).toMatchObject({ ok: true, ephemeral: [{ text: "Reçu" }], messages: [], view: null });
  const edited = await call("POST", "edit", { as: "dominique", channel: "caf-ain", message: reply.body.ts, text: "Oui !" });
  expect(edited.body).toMatchObject({ ok: true });
  expect((await call("POST", "delete", { as: "dominique", channel: "caf-ain", message: reply.body.ts })).body).toMatchObject({
    ok: true,
  });
  expect((await call("GET", "view?as=camille")).body).toEqual({ ok: true, view: null, values: {}, errors: {} });
});

describe("what makes no sense is refused in French, and changes nothing", () => {
  test.each<[string, string, string, unknown, number, RegExp]>([
    ["no JSON", "POST", "message", "{", 400, /JSON/],
    ["another shape", "POST", "message", [], 400, /attendu/],
    ["nothing", "POST", "message", {}, 400, /« as »/],
    ["an unknown parameter", "POST", "message", { as: "camille", channel: "caf-ain", text: "x", couleur: 1 }, 400, /couleur/],
    ["an empty message", "POST", "message", { as: "camille", channel: "caf-ain", text: "  " }, 400, /vide/],
    ["a number for a text", "POST", "message", { as: "camille", channel: "caf-ain", text: 3 }, 400, /text/],
    ["a null character", "POST", "message", { as: "camille", channel: "caf-ain", text: "a\u0000b" }, 400, /nul/],
    ["half a character", "POST", "message", { as: "camille", channel: "caf-ain", text: "\ud800" }, 400, /Unicode/],
    ["a text without end", "POST", "message", { as: "camille", channel: "caf-ain", text: "a".repeat(12_001) }, 400, /12000/],
    ["nobody", "POST", "message", { as: "inconnue", channel: "caf-ain", text: "x" }, 404, /Personne/],
    ["a hostile name", "POST", "message", { as: "__proto__", channel: "caf-ain", text: "x" }, 404, /Personne/],
    ["no such channel", "POST", "message", { as: "camille", channel: "nulle-part", text: "x" }, 404, /canal/],
    ["a channel they are not in", "POST", "message", { as: "sacha", channel: "caf-ain", text: "x" }, 403, /membre/],
    ["no such thread", "POST", "message", { as: "camille", channel: "caf-ain", thread: "1.000001", text: "x" }, 404, /fil/],
    ["no timestamp", "POST", "edit", { as: "camille", channel: "caf-ain", message: "hier", text: "x" }, 400, /horodatage/],
    [
      "a command in a thread",
      "POST",
      "command",
      { as: "camille", channel: "caf-ain", command: "/demande", thread: "1.000001" },
      400,
      /fil/,
    ],
    ["no command", "POST", "command", { as: "camille", channel: "caf-ain", command: "demande" }, 400, /commande/],
    ["no form", "POST", "submit", { as: "camille", values: {} }, 409, /formulaire/],
    ["no place to click", "POST", "click", { as: "camille", action: "x" }, 400, /channel/],
    ["no such call", "POST", "inconnu", {}, 404, /existe pas/],
    ["another verb", "GET", "message", undefined, 405, /POST/],
    ["no such fault", "POST", "faults", { kind: "incendie" }, 400, /kind/],
    ["a foreign channel's messages", "GET", "messages?channel=entre-nous&as=sacha", undefined, 403, /membre/],
  ])("%s", async (_what, method, path, body, status, sentence) => {
    const before = (await bench.sandbox.control.messages({ channel: bench.caf })).messages;
    const answer = await call(method, path, body);
    expect(answer).toMatchObject({ status, body: { ok: false, error: expect.stringMatching(sentence) } });
    expect(JSON.stringify(answer.body)).not.toMatch(/\bat .*:\d+:\d+|node_modules|ZodError/);
    expect((await bench.sandbox.control.messages({ channel: bench.caf })).messages).toEqual(before);
  });

  test("a huge body", async () => {
    const answer = await call("POST", "message", { as: "camille", channel: "caf-ain", text: "a".repeat(33 * 1024 * 1024) });
    expect(answer).toMatchObject({ status: 413, body: { ok: false } });
  });

  test("an archived channel", async () => {
    const { control } = bench.sandbox;
    const old = await control.createChannel({ workspace: bench.installation.teamId, name: "ancien", members: ["camille"] });
    await control.archive(old.id);
    expect(await call("POST", "message", { as: "camille", channel: "ancien", text: "x" })).toMatchObject({ status: 409 });
  });

  test("another's message to edit", async () => {
    const { ts } = await bench.sandbox.control.message({ as: "dominique", channel: "caf-ain", text: "à moi", wait: "ack" });
    expect(await call("POST", "edit", { as: "camille", channel: "caf-ain", message: ts, text: "x" })).toMatchObject({
      status: 403,
    });
    expect(await call("POST", "delete", { as: "camille", channel: "caf-ain", message: ts })).toMatchObject({ status: 403 });
  });
});

/** Sends a call with headers that fetch would not. */
async function withHeaders(headers: Record<string, string>): Promise<number | undefined> {
  const sent = request(`${bench.sandbox.url}/sandbox/slack/messages?channel=caf-ain`, { headers });
  sent.end();
  const [response] = await once(sent, "response");
  response.resume();
  return response.statusCode;
}

test("only this machine may call: other hosts and origins are refused", async () => {
  expect(await withHeaders({})).toBe(200);
  expect(await withHeaders({ origin: "http://localhost:3000" })).toBe(200);
  expect(await withHeaders({ host: "exemple.fr" })).toBe(403);
  expect(await withHeaders({ origin: "https://exemple.fr" })).toBe(403);
  expect(await withHeaders({ origin: "null" })).toBe(403);
});

test("faults are listed, set and cleared over HTTP", async () => {
  const set = await call("POST", "faults", { kind: "refuse", method: "chat.update", status: 500, times: 2 });
  expect((await call("GET", "faults")).body).toEqual({
    ok: true,
    faults: [{ kind: "refuse", method: "chat.update", status: 500, times: 2, id: set.body.id }],
  });
  await call("DELETE", "faults");
  expect((await call("GET", "faults")).body).toEqual({ ok: true, faults: [] });
});

test("another server may mount the calls; what is not theirs is left to it", async () => {
  const mounted = { method: "GET", query: {}, body: {} };
  expect(await handleSlackControl(bench.sandbox, { ...mounted, path: "/sante" })).toBeUndefined();
  const answer = await handleSlackControl(bench.sandbox, {
    ...mounted,
    path: "/sandbox/slack/messages",
    query: { channel: "caf-ain", limit: "1" },
  });
  expect(answer).toMatchObject({ status: 200, body: { messages: [expect.any(Object)] } });
});
