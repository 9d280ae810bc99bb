import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { App, HTTPReceiver, LogLevel } from "@slack/bolt";
import { type Bench, furnished } from "./world.ts";

let bench: Bench;
let app: App;
let front: Server;
let requests: { headers: Record<string, unknown>; status: number }[];
let refusing: number;

/** Puts the app behind a server that notes what comes, and refuses as many requests as told. */
beforeEach(async () => {
  requests = [];
  refusing = 0;
  bench = await furnished({ ackTimeout: 500 });
  const receiver = new HTTPReceiver({ signingSecret: bench.installation.signingSecret, logLevel: LogLevel.ERROR });
  app = new App({
    token: bench.installation.botToken,
    receiver,
    clientOptions: { slackApiUrl: bench.sandbox.apiUrl },
    logLevel: LogLevel.ERROR,
  });
  front = createServer((request, response) => {
    response.on("finish", () => requests.push({ headers: request.headers, status: response.statusCode }));
    if (refusing-- > 0) response.writeHead(503).end();
    else receiver.requestListener(request, response);
  });
  front.listen(0, "127.0.0.1");
  await once(front, "listening");
  const { port } = front.address() as AddressInfo;
  await bench.sandbox.control.setRequestUrl(bench.installation.teamId, `http://127.0.0.1:${port}/slack/events`);
});

afterEach(async () => {
  front.close();
  front.closeAllConnections();
  await bench.sandbox.close();
});

test("commands, modals, clicks and events reach Bolt's HTTP receiver, signed", async () => {
  const heard: string[] = [];
  app.message(async ({ message }) => void heard.push(String((message as { text?: string }).text)));
  app.command("/ouvrir", async ({ ack, client, body }) => {
    await ack("Voici");
    const text = (words: string) => ({ type: "plain_text" as const, text: words });
    const element = { type: "plain_text_input" as const, action_id: "nom" };
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: "modal",
        callback_id: "f",
        title: text("T"),
        submit: text("S"),
        blocks: [{ type: "input", block_id: "nom", label: text("Nom"), element }],
      },
    });
  });
  app.view("f", async ({ ack, view }) => {
    const value = view.state.values.nom?.nom?.value;
    if (value === "non") await ack({ response_action: "errors", errors: { nom: "Refusé" } });
    else await ack();
  });
  const { control } = bench.sandbox;
  expect(await control.message({ as: "camille", channel: "caf-ain", text: "bonjour" })).toMatchObject({ acked: true });
  expect(heard).toEqual(["bonjour"]);
  const opened = await control.command({ as: "camille", channel: "caf-ain", command: "/ouvrir" });
  expect(opened).toMatchObject({ ok: true, view: { callback_id: "f" }, ephemeral: [{ text: "Voici" }] });
  expect(await control.submit({ as: "camille", values: { nom: "non" } })).toMatchObject({ ok: false, errors: { nom: "Refusé" } });
  expect(await control.submit({ as: "camille", values: { nom: "oui" } })).toMatchObject({ ok: true, closed: true });
  expect(requests.every(({ status }) => status === 200)).toBe(true);
  expect(requests[0]?.headers).toMatchObject({ "x-slack-signature": expect.stringMatching(/^v0=[0-9a-f]{64}$/) });
});

test("an event refused comes again with its number and reason", async () => {
  refusing = 2;
  const sent = await bench.sandbox.control.message({ as: "camille", channel: "caf-ain", text: "encore" });
  expect(sent.acked).toBe(true);
  expect(requests.map(({ headers, status }) => [status, headers["x-slack-retry-num"], headers["x-slack-retry-reason"]])).toEqual([
    [503, undefined, undefined],
    [503, "1", "http_error"],
    [200, "2", "http_error"],
  ]);
});

test("a wrong secret is refused by the app, and the person sees the failure", async () => {
  const other = new HTTPReceiver({ signingSecret: "autre", logLevel: LogLevel.ERROR });
  const wrong = createServer((request, response) => other.requestListener(request, response));
  wrong.listen(0, "127.0.0.1");
  await once(wrong, "listening");
  const { port } = wrong.address() as AddressInfo;
  const { control } = bench.sandbox;
  await control.setRequestUrl(bench.installation.teamId, `http://127.0.0.1:${port}/slack/events`);
  const seen = await control.command({ as: "camille", channel: "caf-ain", command: "/x" });
  expect(seen).toMatchObject({ ok: false, error: "dispatch_failed" });
  wrong.close();
  wrong.closeAllConnections();
});
