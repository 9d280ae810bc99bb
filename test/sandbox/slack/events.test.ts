import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { App } from "@slack/bolt";
import { type Bench, furnished, socketApp, socketClient, until } from "./world.ts";

type Json = Record<string, unknown>;

let bench: Bench;
let app: App;
let received: { event: Json; body: Json; retryNum: number | undefined }[];

beforeEach(async () => {
  bench = await furnished();
  app = socketApp(bench);
  received = [];
  app.use(async ({ body, context, next }) => {
    const { event } = body as unknown as { event?: Json };
    if (event) received.push({ event, body: body as unknown as Json, retryNum: context.retryNum });
    await next();
  });
  await app.start();
});

afterEach(async () => {
  await socketClient(app).disconnect();
  await bench.sandbox.close();
});

const events = () => received.map(({ event }) => event);
const ofType = (type: string, subtype?: string) => events().filter((event) => event.type === type && event.subtype === subtype);

describe("what happens in channels", () => {
  test("a person's message comes with its envelope, as Slack documents", async () => {
    const sent = await bench.sandbox.control.message({ as: "camille", channel: "caf-ain", text: "Bonjour <!channel> & vous" });
    expect(sent).toMatchObject({ ok: true, acked: true });
    expect(received[0]?.body).toMatchObject({
      type: "event_callback",
      team_id: bench.installation.teamId,
      api_app_id: bench.installation.appId,
      event_id: expect.stringMatching(/^Ev/),
      event_time: expect.any(Number),
      authorizations: [{ team_id: bench.installation.teamId, user_id: bench.installation.botUserId, is_bot: true }],
      event: {
        type: "message",
        user: bench.camille,
        channel: bench.caf,
        channel_type: "channel",
        ts: sent.ts,
        event_ts: sent.ts,
        text: "Bonjour &lt;!channel&gt; &amp; vous",
        blocks: [{ type: "rich_text" }],
      },
    });
  });

  test("what a person types as a mention is one, and calls the app", async () => {
    const { botUserId } = bench.installation;
    await bench.sandbox.control.message({ as: "camille", channel: "caf-ain", text: `<@${botUserId}> et @dominique, @channel` });
    const text = `<@${botUserId}> et <@${bench.dominique}>, <!channel>`;
    expect(ofType("app_mention")).toMatchObject([{ text, user: bench.camille, channel: bench.caf }]);
    expect(ofType("message")).toMatchObject([{ text }]);
    expect(events().map(({ type }) => type)).toEqual(["message", "app_mention"]);
  });

  test("replies, files, edits and deletions each have their event", async () => {
    const { control } = bench.sandbox;
    const root = await control.message({ as: "camille", channel: "caf-ain", text: "racine" });
    const reply = await control.message({ as: "dominique", channel: "caf-ain", thread: root.ts, text: "réponse" });
    expect(ofType("message").at(-1)).toMatchObject({ thread_ts: root.ts, parent_user_id: bench.camille });
    const file = { name: "pièce.txt", mimetype: "text/plain", contentBase64: Buffer.from("contenu").toString("base64") };
    await control.message({ as: "camille", channel: "caf-ain", text: "", files: [file] });
    expect(ofType("message", "file_share")).toMatchObject([{ files: [{ name: "pièce.txt", mimetype: "text/plain", size: 7 }] }]);
    const [shared] = (ofType("message", "file_share")[0]?.files ?? []) as { url_private: string }[];
    const down = await fetch(String(shared?.url_private), {
      headers: { authorization: `Bearer ${bench.installation.botToken}` },
    });
    expect(await down.text()).toBe("contenu");
    await control.edit({ as: "dominique", channel: "caf-ain", message: reply.ts, text: "corrigée" });
    expect(ofType("message", "message_changed")).toMatchObject([
      {
        hidden: true,
        message: { ts: reply.ts, text: "corrigée", edited: { user: bench.dominique } },
        previous_message: { text: "réponse" },
      },
    ]);
    await control.delete({ as: "dominique", channel: "caf-ain", message: reply.ts });
    expect(ofType("message", "message_deleted")).toMatchObject([
      { deleted_ts: reply.ts, previous_message: { text: "corrigée" } },
    ]);
  });

  test("the deletion of a root with replies is told as a change to a tombstone", async () => {
    const { control } = bench.sandbox;
    const root = await control.message({ as: "camille", channel: "caf-ain", text: "racine" });
    await control.message({ as: "dominique", channel: "caf-ain", thread: root.ts, text: "réponse" });
    await control.delete({ as: "camille", channel: "caf-ain", message: root.ts });
    expect(ofType("message", "message_deleted")).toEqual([]);
    expect(ofType("message", "message_changed")).toMatchObject([
      { message: { subtype: "tombstone", ts: root.ts, user: "USLACKBOT" } },
    ]);
  });

  test("the bot hears its own messages, as Slack has it", async () => {
    // Bolt drops an app's own messages before its middleware: the envelopes are read from the socket client.
    const heard: Json[] = [];
    socketClient(app).on("message", ({ event }) => heard.push(event as Json));
    const plain = await app.client.chat.postMessage({ channel: bench.caf, text: "moi" });
    const named = await app.client.chat.postMessage({ channel: bench.caf, text: "au nom de", username: "Camille" });
    await app.client.chat.update({ channel: bench.caf, ts: String(plain.ts), text: "moi, changé" });
    await app.client.chat.delete({ channel: bench.caf, ts: String(named.ts) });
    await bench.sandbox.settled();
    const { botId, botUserId, appId } = bench.installation;
    expect(heard).toMatchObject([
      { type: "message", user: botUserId, bot_id: botId, app_id: appId, ts: plain.ts, text: "moi" },
      { type: "message", subtype: "bot_message", bot_id: botId, username: "Camille", ts: named.ts },
      { type: "message", subtype: "message_changed", message: { ts: plain.ts, text: "moi, changé" } },
      { type: "message", subtype: "message_deleted", deleted_ts: named.ts },
    ]);
    // Changes and deletions name no author at their top, so that Bolt lets them through.
    expect(events().map(({ subtype }) => subtype)).toEqual(["message_changed", "message_deleted"]);
  });

  test("what happens where the bot is not is not told", async () => {
    const sent = await bench.sandbox.control.message({ as: "camille", channel: "entre-nous", text: "secret" });
    expect(sent).toMatchObject({ ok: true });
    await bench.sandbox.settled();
    expect(received).toEqual([]);
  });

  test("direct messages with the bot are of the im type", async () => {
    await bench.sandbox.control.message({ as: "sacha", channel: "dm", text: "bonjour" });
    expect(ofType("message")).toMatchObject([{ channel_type: "im", channel: expect.stringMatching(/^D/) }]);
  });

  test("joining, leaving, archiving, renaming and reacting are told", async () => {
    const { control } = bench.sandbox;
    await control.join(bench.caf, "sacha", "camille");
    await control.leave(bench.caf, "sacha");
    const { ts } = await control.message({ as: "camille", channel: "caf-ain", text: "à saluer" });
    await control.react({ as: "dominique", channel: "caf-ain", message: ts, reaction: ":eyes:" });
    await control.react({ as: "dominique", channel: "caf-ain", message: ts, reaction: "eyes", remove: true });
    await control.rename(bench.caf, "caf-de-l-ain");
    await control.archive(bench.caf);
    await control.archive(bench.caf, false);
    await bench.sandbox.settled();
    expect(ofType("member_joined_channel")).toMatchObject([{ user: bench.sacha, inviter: bench.camille, channel_type: "C" }]);
    expect(ofType("member_left_channel")).toMatchObject([{ user: bench.sacha, channel: bench.caf }]);
    expect(ofType("message", "channel_join")).toMatchObject([{ user: bench.sacha }]);
    expect(ofType("reaction_added")).toMatchObject([
      { reaction: "eyes", item: { ts, channel: bench.caf }, item_user: bench.camille },
    ]);
    expect(ofType("reaction_removed")).toMatchObject([{ reaction: "eyes" }]);
    expect(ofType("channel_rename")).toMatchObject([{ channel: { id: bench.caf, name: "caf-de-l-ain" } }]);
    expect(ofType("channel_archive")).toMatchObject([{ channel: bench.caf }]);
    expect(ofType("channel_unarchive")).toMatchObject([{ channel: bench.caf }]);
  });

  test("people coming and changing are told", async () => {
    const { control } = bench.sandbox;
    const workspace = bench.installation.teamId;
    const user = await control.createUser({
      workspace,
      name: "alix",
      realName: "Alix Fictif",
      email: "alix@exemple.fr",
      announced: true,
    });
    await control.updateUser(user.id, { deleted: true });
    await bench.sandbox.settled();
    expect(ofType("team_join")).toMatchObject([{ user: { id: user.id, profile: { email: "alix@exemple.fr" } } }]);
    expect(ofType("user_change")).toMatchObject([{ user: { id: user.id, deleted: true } }]);
  });

  test("uninstalling tells the app, and ends its token", async () => {
    await bench.sandbox.control.uninstall(bench.installation.teamId);
    await bench.sandbox.settled();
    expect(events().map(({ type }) => type)).toEqual(["tokens_revoked", "app_uninstalled"]);
    await expect(app.client.auth.test()).rejects.toThrow("token_revoked");
  });
});

describe("delivery", () => {
  test("what was not acknowledged comes again with its number and reason, under the same id", async () => {
    await socketClient(app).disconnect();
    received.length = 0;
    await bench.sandbox.close();
    bench = await furnished({ ackTimeout: 50, retryDelays: [10, 10, 10] });
    app = socketApp(bench);
    const tries: { id: unknown; retry: unknown }[] = [];
    socketClient(app).on("slack_event", ({ body, retry_num }) => tries.push({ id: (body as Json).event_id, retry: retry_num }));
    let seen = 0;
    app.processEvent = async (event) => {
      seen += 1;
      if (seen === 3) await event.ack();
    };
    await app.start();
    const sent = await bench.sandbox.control.message({ as: "camille", channel: "caf-ain", text: "encore" });
    expect(sent.acked).toBe(true);
    expect(tries.map(({ retry }) => retry)).toEqual([0, 1, 2]);
    expect(new Set(tries.map(({ id }) => id)).size).toBe(1);
  });

  test("events wait for a socket, then come at once and in order", async () => {
    await socketClient(app).disconnect();
    await bench.sandbox.close();
    bench = await furnished({ retryDelays: [60_000, 60_000, 60_000] });
    const { control } = bench.sandbox;
    for (const text of ["un", "deux", "trois"]) await control.message({ as: "camille", channel: "caf-ain", text, wait: "ack" });
    received.length = 0;
    app = socketApp(bench);
    app.message(async ({ message }) => void received.push({ event: message as unknown as Json, body: {}, retryNum: undefined }));
    await app.start();
    await until(() => received.length === 3, "the three messages");
    expect(events().map(({ text }) => text)).toEqual(["un", "deux", "trois"]);
    await bench.sandbox.settled();
  });

  test("several sockets share the events", async () => {
    const counts = [0, 0];
    const second = socketApp(bench);
    app.event("message", async () => void counts.splice(0, 1, (counts[0] ?? 0) + 1));
    second.event("message", async () => void counts.splice(1, 1, (counts[1] ?? 0) + 1));
    await second.start();
    for (let i = 0; i < 4; i++) await bench.sandbox.control.message({ as: "camille", channel: "caf-ain", text: `m${i}` });
    await second.stop();
    expect(counts).toEqual([2, 2]);
  });

  test("an app without the scope hears nothing", async () => {
    const { control } = bench.sandbox;
    const other = await control.createWorkspace({ name: "Sourd", botScopes: ["chat:write"] });
    await control.createUser({ workspace: other.teamId, name: "val", realName: "Val Fictif", email: "val@exemple.fr" });
    await control.createChannel({ workspace: other.teamId, name: "muet", members: ["bot", "val"] });
    await control.message({ as: "val", channel: "muet", text: "m’entends-tu ?" });
    await bench.sandbox.settled();
    expect(received.filter(({ body }) => body.team_id === other.teamId)).toEqual([]);
  });
});
