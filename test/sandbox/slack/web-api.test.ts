import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { WebClient } from "@slack/web-api";
import { type Bench, callApi, furnished } from "./world.ts";

let bench: Bench;
let client: WebClient;

beforeAll(async () => {
  bench = await furnished();
  client = new WebClient(bench.installation.botToken, { slackApiUrl: bench.sandbox.apiUrl });
});

afterAll(() => bench.sandbox.close());

const call = (method: string, args: Record<string, unknown> = {}, token = bench.installation.botToken) =>
  callApi(bench.sandbox.apiUrl, method, args, token);

describe("tokens, scopes and arguments", () => {
  test("auth.test says who the bot is", async () => {
    const { botUserId, botId, teamId } = bench.installation;
    expect(await client.auth.test()).toMatchObject({
      ok: true,
      user_id: botUserId,
      bot_id: botId,
      team_id: teamId,
      team: "Espace Exemple",
    });
  });

  test("tokens are told apart: none, unknown, of another kind", async () => {
    expect(await call("auth.test", {}, "")).toMatchObject({ ok: false, error: "not_authed" });
    expect(await call("auth.test", {}, "xoxb-faux")).toMatchObject({ ok: false, error: "invalid_auth" });
    expect(await call("chat.postMessage", {}, bench.installation.appToken)).toMatchObject({ error: "not_allowed_token_type" });
    expect(await call("apps.connections.open")).toMatchObject({ ok: false, error: "not_allowed_token_type" });
  });

  test("an unknown method and an api.test are answered as Slack does", async () => {
    expect(await call("chat.inconnu")).toMatchObject({ ok: false, error: "unknown_method" });
    expect(await call("api.test", { foo: "bar" })).toMatchObject({ ok: true, args: { foo: "bar" } });
    expect(await call("api.test", { error: "my_error" })).toMatchObject({ ok: false, error: "my_error" });
  });

  test("a missing scope names what is needed and provided", async () => {
    const poor = await bench.sandbox.control.createWorkspace({ name: "Pauvre", botScopes: ["chat:write", "channels:read"] });
    const answer = await call("users.list", {}, poor.botToken);
    expect(answer).toMatchObject({
      ok: false,
      error: "missing_scope",
      needed: "users:read",
      provided: "chat:write,channels:read",
    });
    const other = await call("conversations.list", { types: "private_channel" }, poor.botToken);
    expect(other).toMatchObject({ error: "missing_scope", needed: "groups:read" });
  });

  test("a missing argument is named", async () => {
    const answer = await call("chat.postMessage", { text: "x" });
    expect(answer).toMatchObject({
      ok: false,
      error: "invalid_arguments",
      response_metadata: { messages: ["[ERROR] missing required field: channel [json-pointer:]"] },
    });
  });

  test("JSON and form bodies are both taken", async () => {
    const sent = await fetch(`${bench.sandbox.apiUrl}chat.postMessage`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${bench.installation.botToken}` },
      body: JSON.stringify({ channel: bench.caf, text: "en JSON", metadata: { event_type: "essai", event_payload: { n: 1 } } }),
    });
    expect(await sent.json()).toMatchObject({ ok: true, warning: "missing_charset", message: { text: "en JSON" } });
    const broken = await fetch(`${bench.sandbox.apiUrl}chat.postMessage`, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8", authorization: `Bearer ${bench.installation.botToken}` },
      body: "{",
    });
    expect(await broken.json()).toMatchObject({ ok: false, error: "invalid_json" });
  });
});

describe("messages", () => {
  test("a message comes back as posted, its metadata only when asked for", async () => {
    const metadata = { event_type: "livraison", event_payload: { id: "abc" } };
    const posted = await client.chat.postMessage({ channel: bench.caf, text: "Bonjour", metadata });
    expect(posted.message).toMatchObject({ bot_id: bench.installation.botId, app_id: bench.installation.appId, text: "Bonjour" });
    const plain = await client.conversations.history({ channel: bench.caf, limit: 1 });
    expect(plain.messages?.[0]).toMatchObject({ ts: posted.ts, text: "Bonjour" });
    expect(plain.messages?.[0]).not.toHaveProperty("metadata");
    const full = await client.conversations.history({ channel: bench.caf, limit: 1, include_all_metadata: true });
    expect(full.messages?.[0]?.metadata).toEqual(metadata);
  });

  test("a thread keeps its counters, and its replies stay out of the channel unless broadcast", async () => {
    const root = await client.chat.postMessage({ channel: bench.caf, text: "racine" });
    const thread_ts = String(root.ts);
    await client.chat.postMessage({ channel: bench.caf, text: "réponse 1", thread_ts });
    const second = await client.chat.postMessage({ channel: bench.caf, text: "réponse 2", thread_ts, reply_broadcast: true });
    const replies = await client.conversations.replies({ channel: bench.caf, ts: thread_ts });
    expect(replies.messages?.map(({ text }) => text)).toEqual(["racine", "réponse 1", "réponse 2"]);
    expect(replies.messages?.[0]).toMatchObject({
      thread_ts,
      reply_count: 2,
      latest_reply: second.ts,
      reply_users: [bench.installation.botUserId],
      reply_users_count: 1,
    });
    const history = await client.conversations.history({ channel: bench.caf, oldest: thread_ts, inclusive: true });
    expect(history.messages?.map(({ text, subtype }) => [text, subtype])).toEqual([
      ["réponse 2", "thread_broadcast"],
      ["racine", undefined],
    ]);
    // Replying to a reply is replying to its root.
    await client.chat.postMessage({ channel: bench.caf, text: "réponse 3", thread_ts: String(second.ts) });
    const again = await client.conversations.replies({ channel: bench.caf, ts: thread_ts });
    expect(again.messages?.[0]?.reply_count).toBe(3);
  });

  test("a root with replies leaves a tombstone; without, it goes", async () => {
    const root = await client.chat.postMessage({ channel: bench.caf, text: "à supprimer" });
    const reply = await client.chat.postMessage({ channel: bench.caf, text: "reste", thread_ts: String(root.ts) });
    await client.chat.delete({ channel: bench.caf, ts: String(root.ts) });
    const left = await client.conversations.replies({ channel: bench.caf, ts: String(root.ts) });
    expect(left.messages?.[0]).toMatchObject({ subtype: "tombstone", text: "This message was deleted." });
    await client.chat.delete({ channel: bench.caf, ts: String(reply.ts) });
    expect(await call("conversations.replies", { channel: bench.caf, ts: root.ts })).toMatchObject({ error: "thread_not_found" });
    expect(await call("chat.delete", { channel: bench.caf, ts: reply.ts })).toMatchObject({ error: "message_not_found" });
  });

  test("an update keeps the parts it does not name", async () => {
    const blocks = [{ type: "section", block_id: "carte", text: { type: "mrkdwn", text: "*Carte*" } }];
    const metadata = { event_type: "carte", event_payload: { id: 1 } };
    const posted = await client.chat.postMessage({ channel: bench.caf, text: "carte", blocks, metadata });
    const where = { channel: bench.caf, ts: String(posted.ts) };
    await client.chat.update({ ...where, text: "autre" });
    const { messages } = await client.conversations.history({ channel: bench.caf, limit: 1, include_all_metadata: true });
    expect(messages?.[0]).toMatchObject({ text: "autre", blocks: [{ block_id: "carte" }], metadata, edited: {} });
    await client.chat.update({ ...where, text: "sans bloc", blocks: [] });
    const bare = await client.conversations.history({ channel: bench.caf, limit: 1 });
    expect(bare.messages?.[0]?.blocks).toMatchObject([{ type: "rich_text" }]);
    expect(await call("chat.update", { ...where, text: "a".repeat(4001) })).toMatchObject({ error: "msg_too_long" });
    expect(await call("chat.update", where)).toMatchObject({ error: "no_text" });
  });

  test("another's message cannot be changed", async () => {
    const { ts } = await bench.sandbox.control.message({ as: "camille", channel: bench.caf, text: "la mienne", wait: "ack" });
    expect(await call("chat.update", { channel: bench.caf, ts, text: "x" })).toMatchObject({ error: "cant_update_message" });
    expect(await call("chat.delete", { channel: bench.caf, ts })).toMatchObject({ error: "cant_delete_message" });
  });

  test("an author's name needs its scope, and makes a bot_message", async () => {
    const posted = await client.chat.postMessage({
      channel: bench.caf,
      text: "relayé",
      username: "Camille",
      icon_emoji: ":wave:",
    });
    expect(posted.message).toMatchObject({ subtype: "bot_message", username: "Camille", icons: { emoji: ":wave:" } });
    expect(posted.message).not.toHaveProperty("user");
    const poor = await bench.sandbox.control.createWorkspace({ name: "Sans nom", botScopes: ["chat:write"] });
    const channel = await bench.sandbox.control.createChannel({ workspace: poor.teamId, name: "seul", members: ["bot"] });
    const refused = await call("chat.postMessage", { channel: channel.id, text: "x", username: "Y" }, poor.botToken);
    expect(refused).toMatchObject({ error: "missing_scope", needed: "chat:write.customize" });
  });

  test("conversations that cannot be posted into are refused each in its word", async () => {
    const { control } = bench.sandbox;
    const poor = await control.createWorkspace({ name: "Fermé", botScopes: ["chat:write", "channels:join"] });
    const open = await control.createChannel({ workspace: poor.teamId, name: "ouvert", members: [] });
    expect(await call("chat.postMessage", { channel: open.id, text: "x" }, poor.botToken)).toMatchObject({
      error: "not_in_channel",
    });
    expect(await call("conversations.join", { channel: open.id }, poor.botToken)).toMatchObject({ ok: true });
    expect(await call("conversations.join", { channel: open.id }, poor.botToken)).toMatchObject({
      warning: "already_in_channel",
    });
    await control.archive(open.id);
    expect(await call("chat.postMessage", { channel: open.id, text: "x" }, poor.botToken)).toMatchObject({
      error: "is_archived",
    });
    expect(await call("chat.postMessage", { channel: bench.secret, text: "x" })).toMatchObject({ error: "channel_not_found" });
    expect(await call("chat.postMessage", { channel: bench.caf, text: " " })).toMatchObject({ error: "no_text" });
    expect(await call("chat.postMessage", { channel: bench.caf, text: "a".repeat(40_001) })).toMatchObject({
      error: "msg_too_long",
    });
    const orphan = { channel: bench.caf, text: "x", thread_ts: "1.000001" };
    expect(await call("chat.postMessage", orphan)).toMatchObject({ error: "thread_not_found" });
  });

  test("text is escaped where it must be, and only there", async () => {
    const text = `1 < 2 & 3 > 2 &amp; <@${bench.camille}> <https://exemple.fr|lien>`;
    const { message } = await client.chat.postMessage({ channel: bench.caf, text });
    expect(message?.text).toBe(`1 &lt; 2 &amp; 3 > 2 &amp; <@${bench.camille}> <https://exemple.fr|lien>`);
  });

  test("an ephemeral message is for one member only", async () => {
    const sent = await client.chat.postEphemeral({ channel: bench.caf, user: bench.camille, text: "pour vous" });
    const { control } = bench.sandbox;
    const mine = await control.messages({ channel: bench.caf, as: "camille" });
    expect(mine.messages.at(-1)).toMatchObject({ ts: sent.message_ts, is_ephemeral: true, text: "pour vous" });
    const others = await control.messages({ channel: bench.caf, as: "dominique" });
    expect(others.messages.some(({ ts }) => ts === sent.message_ts)).toBe(false);
    const foreign = { channel: bench.caf, user: bench.sacha, text: "x" };
    expect(await call("chat.postEphemeral", foreign)).toMatchObject({ error: "user_not_in_channel" });
  });

  test("posting to a person opens the direct conversation", async () => {
    const opened = await client.conversations.open({ users: bench.sacha });
    const posted = await client.chat.postMessage({ channel: bench.sacha, text: "bonjour" });
    expect(posted.channel).toBe(opened.channel?.id);
    expect(posted.channel).toMatch(/^D/);
    expect(await call("conversations.open", { users: "U0INCONNU" })).toMatchObject({ error: "user_not_found" });
  });
});

describe("listing", () => {
  test("pages follow each other by cursor, for WebClient's paginate too", async () => {
    const channel = (
      await bench.sandbox.control.createChannel({ workspace: bench.installation.teamId, name: "pages", members: ["bot"] })
    ).id;
    for (let i = 0; i < 7; i++) await client.chat.postMessage({ channel, text: `m${i}` });
    const texts: (string | undefined)[] = [];
    for await (const page of client.paginate("conversations.history", { channel, limit: 3 }))
      texts.push(...(page as unknown as { messages: { text?: string }[] }).messages.map(({ text }) => text));
    expect(texts).toEqual(["m6", "m5", "m4", "m3", "m2", "m1", "m0"]);
    expect(await call("conversations.history", { channel, cursor: "n’importe quoi" })).toMatchObject({ error: "invalid_cursor" });
  });

  test("replies lead every page by their root", async () => {
    const root = await client.chat.postMessage({ channel: bench.caf, text: "long fil" });
    const ts = String(root.ts);
    for (let i = 0; i < 3; i++) await client.chat.postMessage({ channel: bench.caf, text: `r${i}`, thread_ts: ts });
    const first = await client.conversations.replies({ channel: bench.caf, ts, limit: 2 });
    expect(first.messages?.map(({ text }) => text)).toEqual(["long fil", "r0", "r1"]);
    const cursor = String(first.response_metadata?.next_cursor);
    const second = await client.conversations.replies({ channel: bench.caf, ts, limit: 2, cursor });
    expect(second.messages?.map(({ text }) => text)).toEqual(["long fil", "r2"]);
    expect(second.has_more).toBe(false);
  });

  test("people are found by id, list and address; addresses only with their scope", async () => {
    expect((await client.users.info({ user: bench.camille })).user?.profile?.email).toBe("camille@exemple.fr");
    expect((await client.users.lookupByEmail({ email: "Camille@Exemple.fr" })).user?.id).toBe(bench.camille);
    expect(await call("users.lookupByEmail", { email: "nul@exemple.fr" })).toMatchObject({ error: "users_not_found" });
    const members = (await client.users.list({})).members?.map(({ id }) => id);
    expect(members).toEqual(expect.arrayContaining([bench.camille, bench.sacha, bench.installation.botUserId]));
  });

  test("private channels show only to the bot that is in them", async () => {
    const all = await client.conversations.list({ types: "public_channel,private_channel" });
    expect(all.channels?.map(({ id }) => id)).toContain(bench.caf);
    expect(all.channels?.map(({ id }) => id)).not.toContain(bench.secret);
    expect(await call("conversations.info", { channel: bench.secret })).toMatchObject({ error: "channel_not_found" });
    const members = await client.conversations.members({ channel: bench.caf });
    expect(members.members).toEqual([bench.installation.botUserId, bench.camille, bench.dominique]);
    const own = await client.users.conversations({ user: bench.camille });
    expect(own.channels?.map(({ id }) => id)).toEqual([bench.caf]);
  });

  test("another workspace's things do not exist here", async () => {
    const other = await bench.sandbox.control.createWorkspace({ name: "Ailleurs" });
    expect(await call("users.info", { user: bench.camille }, other.botToken)).toMatchObject({ error: "user_not_found" });
    expect(await call("conversations.info", { channel: bench.caf }, other.botToken)).toMatchObject({
      error: "channel_not_found",
    });
    expect(other.appToken).toBe(bench.installation.appToken);
  });
});

describe("files and reactions", () => {
  test("a file goes up in Slack's three steps, and down again with the token only", async () => {
    const bytes = Buffer.from("numéro;statut\n1;ok\n");
    await client.filesUploadV2({ channel_id: bench.caf, filename: "liste.csv", file: bytes, initial_comment: "la liste" });
    const { messages } = await client.conversations.history({ channel: bench.caf, limit: 1 });
    const file = messages?.[0]?.files?.[0];
    expect(messages?.[0]).toMatchObject({ text: "la liste" });
    expect(file).toMatchObject({ name: "liste.csv", mimetype: "text/csv", size: bytes.length, mode: "hosted" });
    const address = String(file?.url_private_download);
    const down = await fetch(address, { headers: { authorization: `Bearer ${bench.installation.botToken}` } });
    expect(Buffer.from(await down.arrayBuffer())).toEqual(bytes);
    expect((await fetch(address, { redirect: "manual" })).status).toBe(302);
    await client.files.delete({ file: String(file?.id) });
    expect(await call("files.info", { file: file?.id })).toMatchObject({ error: "file_deleted" });
    const after = await client.conversations.history({ channel: bench.caf, limit: 1 });
    expect(after.messages?.[0]?.files).toMatchObject([{ id: file?.id, mode: "tombstone" }]);
  });

  test("an upload of another length than announced is refused, and cannot be completed", async () => {
    const { upload_url, file_id } = await client.files.getUploadURLExternal({ filename: "a.txt", length: 5 });
    expect((await fetch(String(upload_url), { method: "POST", body: "trop long" })).status).toBe(400);
    expect(await call("files.completeUploadExternal", { files: [{ id: file_id }] })).toMatchObject({ error: "file_not_found" });
  });

  test("a reaction is added once and removed once", async () => {
    const { ts } = await client.chat.postMessage({ channel: bench.caf, text: "réagir" });
    const target = { channel: bench.caf, timestamp: String(ts), name: "eyes" };
    await client.reactions.add(target);
    expect(await call("reactions.add", target)).toMatchObject({ error: "already_reacted" });
    const got = await client.reactions.get({ channel: bench.caf, timestamp: String(ts) });
    expect(got.message?.reactions).toEqual([{ name: "eyes", users: [bench.installation.botUserId], count: 1 }]);
    await client.reactions.remove(target);
    expect(await call("reactions.remove", target)).toMatchObject({ error: "no_reaction" });
  });
});

test("timestamps only grow, even when the clock goes back", async () => {
  let now = new Date("2026-03-02T10:00:00Z");
  const other = await furnished({ clock: { now: () => now } });
  try {
    const post = async () =>
      String(
        (await callApi(other.sandbox.apiUrl, "chat.postMessage", { channel: other.caf, text: "x" }, other.installation.botToken))
          .ts,
      );
    const first = await post();
    expect(first).toMatch(/^1772445600\.\d{6}$/);
    const second = await post();
    now = new Date("2026-03-01T10:00:00Z");
    const third = await post();
    now = new Date("2026-03-06T10:00:00Z");
    const fourth = await post();
    expect([first, second, third, fourth]).toEqual([first, second, third, fourth].toSorted());
    expect(new Set([first, second, third, fourth]).size).toBe(4);
    expect(fourth).toMatch(/^1772791200\./);
  } finally {
    await other.sandbox.close();
  }
});

test("a revoked token no longer works", async () => {
  const gone = await bench.sandbox.control.createWorkspace({ name: "Parti" });
  expect(await call("auth.revoke", {}, gone.botToken)).toMatchObject({ ok: true, revoked: true });
  expect(await call("auth.test", {}, gone.botToken)).toMatchObject({ ok: false, error: "token_revoked" });
});

test("rates are held as Slack's tiers say, with Retry-After", async () => {
  const strict = await furnished({ rateLimits: true });
  try {
    const post = () =>
      fetch(`${strict.sandbox.apiUrl}chat.postMessage`, {
        method: "POST",
        headers: { authorization: `Bearer ${strict.installation.botToken}` },
        body: new URLSearchParams({ channel: strict.caf, text: "x" }),
      });
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push(await post());
    const refused = answers.find(({ status }) => status === 429);
    expect(answers.slice(0, 10).every(({ status }) => status === 200)).toBe(true);
    expect(refused?.headers.get("retry-after")).toBe("1");
    expect(await refused?.json()).toEqual({ ok: false, error: "ratelimited" });
  } finally {
    await strict.sandbox.close();
  }
});
