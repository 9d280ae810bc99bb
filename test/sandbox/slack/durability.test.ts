import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { App, LogLevel } from "@slack/bolt";
import { callApi, socketClient, until } from "./world.ts";

interface Held {
  process: ChildProcess;
  url: string;
  apiUrl: string;
  channel: string;
  botToken: string;
  appToken: string;
}

let folder: string;
let held: Held;

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

async function hold(): Promise<Held> {
  const child = spawn(process.execPath, ["--import", here("./register-typescript.mjs"), here("./holder.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, "line")) as [string];
  return { process: child, ...JSON.parse(line) };
}

async function kill(): Promise<void> {
  const gone = once(held.process, "exit");
  held.process.kill("SIGKILL");
  await gone;
}

/** Kills the sandbox and starts another on what it left. */
async function killAndReturn(): Promise<void> {
  await kill();
  held = await hold();
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "slack-"));
  held = await hold();
});

afterEach(async () => {
  await kill();
  await rm(folder, { recursive: true });
});

const api = (method: string, args: Record<string, unknown>) => callApi(held.apiUrl, method, args, held.botToken);

async function control(name: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
  const response = await fetch(`${held.url}/sandbox/slack/${name}`, { method: "POST", body: JSON.stringify(body) });
  return (await response.json()) as Record<string, unknown>;
}

function heldApp(): App {
  return new App({
    token: held.botToken,
    appToken: held.appToken,
    socketMode: true,
    clientOptions: { slackApiUrl: held.apiUrl },
    installerOptions: { clientOptions: { slackApiUrl: held.apiUrl } },
    logLevel: LogLevel.ERROR,
  });
}

test("whatever was answered outlives a kill: messages, threads, metadata, edits, files, homes, ephemerals", async () => {
  const { channel } = held;
  const metadata = { event_type: "livraison", event_payload: { id: 1 } };
  const root = await api("chat.postMessage", { channel, text: "racine", metadata });
  await api("chat.postMessage", { channel, text: "réponse", thread_ts: root.ts });
  await api("chat.update", { channel, ts: root.ts, text: "racine, changée" });
  const gone = await api("chat.postMessage", { channel, text: "effacé" });
  await api("chat.delete", { channel, ts: gone.ts });
  const users = (await api("users.list", {})).members as { id: string; name: string }[];
  const camille = users.find(({ name }) => name === "camille")?.id;
  await api("chat.postEphemeral", { channel, user: camille, text: "éphémère" });
  await api("views.publish", { user_id: camille, view: { type: "home", blocks: [{ type: "divider" }] } });
  const upload = await api("files.getUploadURLExternal", { filename: "a.txt", length: 4 });
  await fetch(String(upload.upload_url), { method: "POST", body: "abcd" });
  await killAndReturn();
  await api("files.completeUploadExternal", { files: [{ id: upload.file_id }], channel_id: channel });
  await killAndReturn();

  const history = await api("conversations.replies", { channel, ts: root.ts, include_all_metadata: "true" });
  expect(history.messages).toMatchObject([{ text: "racine, changée", metadata, reply_count: 1 }, { text: "réponse" }]);
  const seen = await fetch(`${held.url}/sandbox/slack/messages?channel=caf-ain&as=camille`);
  const { messages } = (await seen.json()) as { messages: Record<string, unknown>[] };
  expect(messages).toMatchObject([
    { text: "racine, changée" },
    { text: "éphémère", is_ephemeral: true },
    { files: [{ name: "a.txt", size: 4 }] },
  ]);
  const [file] = (messages[2]?.files ?? []) as { url_private: string }[];
  const bytes = await fetch(String(file?.url_private), { headers: { authorization: `Bearer ${held.botToken}` } });
  expect(await bytes.text()).toBe("abcd");
  const home = await fetch(`${held.url}/sandbox/slack/home?as=camille&quiet=true`);
  expect(await home.json()).toMatchObject({ view: { blocks: [{ type: "divider" }] } });
  const next = await api("chat.postMessage", { channel, text: "après" });
  expect(Number(next.ts)).toBeGreaterThan(Number(messages[2]?.ts));
});

test("an event that was not acknowledged comes after the restart", async () => {
  const sent = await control("message", { as: "camille", channel: "caf-ain", text: "m’entends-tu ?", wait: "ack" });
  expect(sent).toMatchObject({ ok: true, acked: false });
  await killAndReturn();
  const heard: unknown[] = [];
  const app = heldApp();
  app.message(async ({ message }) => void heard.push(message.ts));
  await app.start();
  await until(() => heard.length > 0, "the message");
  expect(heard).toEqual([sent.ts]);
  await socketClient(app).disconnect();
});

test("an open form and what was typed in it outlive a kill", async () => {
  const app = heldApp();
  app.command("/ouvrir", async ({ ack, client, body }) => {
    await ack();
    const text = (words: string) => ({ type: "plain_text" as const, text: words });
    const element = { type: "plain_text_input" as const, action_id: "nom" };
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: "modal",
        title: text("T"),
        submit: text("S"),
        blocks: [{ type: "input", block_id: "nom", label: text("Nom"), element }],
      },
    });
  });
  await app.start();
  await control("command", { as: "camille", channel: "caf-ain", command: "/ouvrir" });
  await control("fill", { as: "camille", values: { nom: "Val" } });
  await socketClient(app).disconnect();
  await killAndReturn();
  const view = await fetch(`${held.url}/sandbox/slack/view?as=camille`);
  expect(await view.json()).toMatchObject({ view: { type: "modal" }, values: { nom: { nom: { value: "Val" } } } });
});

test("killed at random instants, it has every message it answered for, once, and in order", async () => {
  const answered: string[] = [];
  for (let round = 0; round < 4; round++) {
    let isDead = false;
    const writer = async () => {
      for (let i = 0; !isDead; i++) {
        const sent = await api("chat.postMessage", { channel: held.channel, text: `tour ${round}, message ${i}` }).catch(
          () => undefined,
        );
        if (sent?.ok) answered.push(String(sent.ts));
      }
    };
    const writers = [writer(), writer(), writer()];
    await until(() => answered.length > (round + 1) * 40, "messages");
    await kill();
    isDead = true;
    await Promise.all(writers);
    held = await hold();
  }
  const page = await api("conversations.history", { channel: held.channel, limit: "999" });
  const stored = (page.messages as { ts: string }[]).map(({ ts }) => ts).reverse();
  expect(stored).toEqual(stored.toSorted());
  expect(new Set(stored).size).toBe(stored.length);
  expect(answered.filter((ts) => !stored.includes(ts))).toEqual([]);
});
