import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Api, type Bench, furnished, inRoom, inThread, type Json } from "./world.ts";

// What people do through the control calls, seen by a bot over the wire, and the reverse.

let bench: Bench;
let bot: Api;

beforeEach(async () => {
  bench = await furnished();
  bot = bench.api(bench.bot);
});

afterEach(() => bench.sandbox.close());

const event = async (id: string): Promise<Json> => (await bot.get(inRoom(bench.caf, `/event/${id}`))).body;
const act = (call: Promise<unknown>) =>
  call.then(
    () => ({ status: 200 }),
    (error: { status?: number; message: string }) => ({ status: error.status, sentence: error.message }),
  );

describe("what a person sends is what Element would", () => {
  test("text with a mention: a pill, and m.mentions", async () => {
    const { control } = bench.sandbox;
    const { event_id: id } = await control.message({
      as: "camille",
      channel: "CAF de l'Ain",
      text: "Vu <b> @Dominique Modèle, @room",
    });
    expect(await event(id)).toMatchObject({
      sender: bench.camille.userId,
      content: {
        msgtype: "m.text",
        body: "Vu <b> Dominique Modèle, @room",
        format: "org.matrix.custom.html",
        formatted_body: `Vu &lt;b&gt; <a href="https://matrix.to/#/${encodeURIComponent(bench.dominique.userId)}">Dominique Modèle</a>, @room`,
        "m.mentions": { user_ids: [bench.dominique.userId], room: true },
      },
    });
  });

  test("plain text has no HTML; HTML given is kept, with whom it mentions", async () => {
    const { control } = bench.sandbox;
    const plain = await control.message({ as: "camille", channel: bench.caf, text: "a@exemple.fr & <script>" });
    expect(await event(plain.event_id)).toMatchObject({ content: { body: "a@exemple.fr & <script>", "m.mentions": {} } });
    expect((await event(plain.event_id)).content).not.toHaveProperty("formatted_body");
    const html = `<em>oui</em> <a href="https://matrix.to/#/${bench.bot.userId}">bot</a>`;
    const rich = await control.message({ as: "camille", channel: bench.caf, text: "oui bot", html });
    expect(await event(rich.event_id)).toMatchObject({
      content: { formatted_body: html, "m.mentions": { user_ids: [bench.bot.userId] } },
    });
  });

  test("in a thread, with what clients without threads fall back on; an answer there is none of that", async () => {
    const { control } = bench.sandbox;
    const root = await bot.say(bench.caf, "carte");
    const first = await control.message({ as: "camille", channel: bench.caf, thread: root, text: "un" });
    const second = await control.message({ as: "dominique", channel: bench.caf, thread: first.event_id, text: "deux" });
    const answer = await control.message({ as: "camille", channel: bench.caf, replyTo: second.event_id, text: "trois" });
    expect((await event(second.event_id)).content).toMatchObject({
      "m.relates_to": {
        rel_type: "m.thread",
        event_id: root,
        is_falling_back: true,
        "m.in_reply_to": { event_id: first.event_id },
      },
    });
    expect((await event(answer.event_id)).content).toMatchObject({
      "m.relates_to": {
        rel_type: "m.thread",
        event_id: root,
        is_falling_back: false,
        "m.in_reply_to": { event_id: second.event_id },
      },
      "m.mentions": { user_ids: [bench.dominique.userId] },
    });
    const roots = await control.messages({ as: "dominique", channel: bench.caf });
    expect(roots.messages).toMatchObject([{ event_id: root, replies: 3 }]);
    const { messages } = await control.messages({ as: "dominique", channel: bench.caf, thread: answer.event_id });
    expect(messages).toMatchObject([
      { body: "carte" },
      { body: "un", thread: root },
      { body: "deux" },
      { body: "trois", reply_to: second.event_id },
    ]);
    const started = await control.message({ as: "dominique", channel: bench.caf, thread: root, replyTo: root, text: "quatre" });
    expect((await event(started.event_id)).content).toMatchObject({ "m.relates_to": { event_id: root, is_falling_back: false } });
  });

  test("edits and deletions of one's own", async () => {
    const { control } = bench.sandbox;
    const { event_id: id } = await control.message({ as: "camille", channel: bench.caf, text: "avent" });
    const { event_id: edit } = await control.edit({ as: "camille", channel: bench.caf, message: id, text: "avant" });
    expect(await event(edit)).toMatchObject({
      content: { body: "* avant", "m.new_content": { body: "avant" }, "m.relates_to": { rel_type: "m.replace", event_id: id } },
    });
    const { messages } = await control.messages({ channel: bench.caf });
    expect(messages).toMatchObject([
      {
        body: "avant",
        edited: { event_id: edit },
        raw: { content: { body: "avent" }, unsigned: { "m.relations": { "m.replace": { event_id: edit } } } },
      },
    ]);
    expect(await act(control.edit({ as: "dominique", channel: bench.caf, message: id, text: "x" }))).toMatchObject({
      status: 403,
    });
    expect(await act(control.delete({ as: "dominique", channel: bench.caf, message: id }))).toMatchObject({ status: 403 });
    await control.delete({ as: "camille", channel: bench.caf, message: id, reason: "erreur" });
    expect((await control.messages({ channel: bench.caf })).messages).toMatchObject([{ deleted: true, content: {} }]);
    expect(await act(control.delete({ as: "camille", channel: bench.caf, message: id }))).toMatchObject({ status: 409 });
  });

  test("files, each its own event, to be downloaded by the bot", async () => {
    const files = [{ name: "avis.pdf", mimetype: "application/pdf", contentBase64: Buffer.from("pdf").toString("base64") }];
    const sent = await bench.sandbox.control.message({ as: "camille", channel: bench.caf, text: "voici", files });
    expect(sent.event_ids).toHaveLength(2);
    const file = await event(sent.event_ids[1] ?? "");
    expect(file).toMatchObject({
      content: { msgtype: "m.file", filename: "avis.pdf", info: { mimetype: "application/pdf", size: 3 } },
    });
    const path = String((file.content as Json).url).slice("mxc://".length);
    expect(await bot.get(`/_matrix/client/v1/media/download/${path}`)).toEqual({ status: 200, body: { text: "pdf" } });
  });

  test("in an encrypted room, what nobody without the keys can read", async () => {
    const { control } = bench.sandbox;
    const room = await control.createRoom({ name: "Chiffré", members: ["camille", "bot", "dominique"], encrypted: true });
    const { event_id: id } = await control.message({ as: "camille", channel: "chiffré", text: "secret" });
    const seen = (await bot.get(inRoom(room.id, `/event/${id}`))).body;
    expect(seen).toMatchObject({ type: "m.room.encrypted", content: { algorithm: "m.megolm.v1.aes-sha2" } });
    expect(JSON.stringify(seen)).not.toContain("secret");
    await control.edit({ as: "camille", channel: room.id, message: id, text: "discret" });
    const { messages } = await control.messages({ as: "dominique", channel: room.id });
    expect(messages).toMatchObject([{ encrypted: true, body: "discret", sender_name: "Camille Exemple" }]);
  });
});

describe("pills", () => {
  test("are meant by key, by label, whatever the apostrophe or the emoji's form; another key is sent as it is", async () => {
    const { control } = bench.sandbox;
    const card = await bot.say(bench.caf, "carte");
    for (const key of ["✋\uFE0F Je m’en occupe", "✅ Traitée"]) await bot.react(bench.caf, card, key);
    const click = (key: string) => control.react({ as: "camille", channel: bench.caf, message: card, key });
    expect(await click("traitée")).toMatchObject({ key: "✅ Traitée", message: card });
    expect(await click("✋ Je m'en occupe")).toMatchObject({ key: "✋\uFE0F Je m’en occupe" });
    expect(await click("✋ Je m’en occupe ✋")).toMatchObject({ key: "✋ Je m’en occupe ✋" });
    expect(await act(control.react({ as: "camille", channel: bench.caf, key: "Inconnue" }))).toMatchObject({ status: 404 });
    await bot.react(bench.caf, card, "❌ Traitée");
    expect(await act(click("Traitée"))).toMatchObject({ status: 409 });
  });
});

describe("refusals change nothing and say why", () => {
  test.each([
    ["somebody unknown", { as: "Personne", channel: "dm" }, 404, "Personne ne s’appelle « Personne »"],
    ["a room unknown", { as: "camille", channel: "Nulle part" }, 404, "Il n’y a pas de salon « Nulle part »"],
    ["not a member", { as: "sacha", channel: "CAF de l’Ain" }, 403, "Sacha Témoin n’est pas membre de ce salon."],
    ["an empty message", { as: "camille", channel: "CAF de l’Ain", text: "  " }, 400, "vide"],
    ["a thread unknown", { as: "camille", channel: "CAF de l’Ain", text: "x", thread: "$inconnu" }, 404, "fil"],
    ["a message too long", { as: "camille", channel: "CAF de l’Ain", text: "x".repeat(65_500) }, 400, "trop long"],
  ])("%s", async (_, input, status, sentence) => {
    const before = bench.sandbox.control.rooms();
    expect(await act(bench.sandbox.control.message({ text: "x", ...input }))).toMatchObject({
      status,
      sentence: expect.stringContaining(sentence),
    });
    expect(bench.sandbox.control.rooms()).toEqual(before);
    expect((await bench.sandbox.control.messages({ channel: bench.caf, all: true })).messages.at(-1)).not.toMatchObject({
      type: "m.room.message",
    });
  });

  test("over HTTP: from this machine only, known calls only, in the right manner", async () => {
    const call = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${bench.sandbox.url}/sandbox/matrix/${path}`, init);
      return { status: response.status, body: (await response.json()) as Json };
    };
    const post = (path: string, body: unknown) => call(path, { method: "POST", body: JSON.stringify(body) });
    expect(await post("message", { as: "camille", channel: bench.caf, text: "bonjour" })).toMatchObject({
      status: 200,
      body: { ok: true, seen: [] },
    });
    expect(await call(`messages?channel=${encodeURIComponent(bench.caf)}&as=camille`)).toMatchObject({
      body: { ok: true, messages: [{ body: "bonjour" }] },
    });
    expect(await call("message")).toMatchObject({ status: 405 });
    expect(await post("messages", {})).toMatchObject({ status: 405 });
    expect(await post("rien", {})).toMatchObject({ status: 404 });
    expect(await post("constructor", {})).toMatchObject({ status: 404 });
    expect(await post("message", { as: "camille", channel: "dm", text: 3 })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("texte") },
    });
    expect(await post("message", { as: "camille", channel: "dm", texte: "x" })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("texte") },
    });
    expect(await post("react", { as: "camille", channel: "dm", key: "a\u0000" })).toMatchObject({ status: 400 });
    expect(await call("message", { method: "POST", body: "{" })).toMatchObject({ status: 400 });
    expect(await call("messages?channel=dm&as=camille", { headers: { origin: "https://exemple.test" } })).toMatchObject({
      status: 403,
    });
  });
});

describe("rooms", () => {
  test("the conversation with the bot: opened once, the bot's own invitation accepted", async () => {
    const { control } = bench.sandbox;
    const { body } = await bot.post("/createRoom", {
      preset: "trusted_private_chat",
      is_direct: true,
      invite: [bench.sacha.userId],
    });
    await bot.say(body.room_id, "bonjour");
    const direct = await control.direct({ as: "sacha" });
    expect(direct).toMatchObject({ ok: true, channel: body.room_id, opened: false });
    expect((await control.messages({ as: "sacha", channel: "dm" })).messages).toMatchObject([{ body: "bonjour" }]);
    const own = await control.direct({ as: "camille" });
    expect(own).toMatchObject({ opened: true, bot: { membership: "invite" } });
    expect((await control.message({ as: "camille", channel: "dm", text: "coucou" })).channel).toBe(own.channel);
    const data = await bench.api(bench.camille).get(`/user/${bench.camille.userId}/account_data/m.direct`);
    expect(data.body).toEqual({ [bench.bot.userId]: [own.channel] });
  });

  test("an invitation to any other room is for the person to accept", async () => {
    const { control } = bench.sandbox;
    await control.invite({ as: "camille", channel: bench.caf, who: "sacha" });
    expect(await act(control.message({ as: "sacha", channel: bench.caf, text: "x" }))).toMatchObject({
      status: 403,
      sentence: expect.stringContaining("est invité(e)"),
    });
    await control.join({ as: "sacha", channel: bench.caf });
    await control.message({ as: "sacha", channel: bench.caf, text: "me voici" });
    await control.kick({ as: "camille", channel: bench.caf, who: "sacha", reason: "au revoir" });
    expect(await act(control.join({ as: "sacha", channel: bench.caf }))).toMatchObject({ status: 403 });
    await control.leave({ as: "dominique", channel: bench.caf });
    expect(control.rooms().find(({ id }) => id === bench.caf)?.members).toEqual([bench.camille.userId, bench.bot.userId]);
    expect(await act(control.kick({ as: "dominique", channel: bench.caf, who: "bot" }))).toMatchObject({ status: 403 });
  });

  test("a replaced room: people go to the new one, the bot is invited, the name leads there", async () => {
    const { control } = bench.sandbox;
    const { channel, replaced } = await control.upgrade({ as: "camille", channel: bench.caf });
    expect(replaced).toBe(bench.caf);
    expect(control.rooms().find(({ id }) => id === bench.caf)).toMatchObject({ replacedBy: channel });
    expect((await control.message({ as: "dominique", channel: "CAF de l’Ain", text: "ici" })).channel).toBe(channel);
    expect((await bot.sync()).body.rooms.invite).toHaveProperty([channel]);
  });

  test("people are known by id, localpart, address and name; two of the same name are not", async () => {
    const { control } = bench.sandbox;
    for (const who of [bench.camille.userId, "camille", "@camille", "CAMILLE@exemple.fr", "camille  exemple"])
      expect(control.user(who).id).toBe(bench.camille.userId);
    await control.createUser({ localpart: "camille2", displayName: "Camille Exemple" });
    expect(await act(control.direct({ as: "Camille Exemple" }))).toMatchObject({ status: 409 });
    expect(await act(control.createUser({ localpart: "camille", displayName: "X" }))).toMatchObject({ status: 400 });
    expect(control.users().map(({ displayName }) => displayName)).toContain("Sacha Témoin");
  });
});

test("a bot in this process that says when it is done is waited for", async () => {
  let finish: () => void = () => undefined;
  const idle = new Promise<void>((resolve) => {
    finish = resolve;
  });
  bench.sandbox.followApp(() => idle);
  const act = bench.sandbox.control.message({ as: "camille", channel: bench.caf, text: "lent ?" });
  await new Promise((resolve) => setImmediate(resolve));
  await bot.say(bench.caf, "lent, mais là");
  finish();
  expect((await act).seen).toMatchObject([{ body: "lent, mais là" }]);
  await bench.sandbox.settled();
});

test("reset empties the world; tokens of before are unknown, positions go on", async () => {
  const before = (await bot.sync()).body.next_batch;
  await bench.sandbox.reset();
  expect(await bot.get("/account/whoami")).toMatchObject({ status: 401 });
  expect(bench.sandbox.control.rooms()).toEqual([]);
  const again = await bench.sandbox.control.createBot();
  const since = (await bench.api(again).sync()).body.next_batch;
  expect(Number(since.slice(1))).toBeGreaterThanOrEqual(Number(before.slice(1)));
});

test("members may be given levels, rooms may be public or have an alias", async () => {
  const { control } = bench.sandbox;
  const room = await control.createRoom({
    name: "Ouvert",
    creator: "camille",
    members: ["bot"],
    public: true,
    alias: "ouvert",
    levels: { bot: 50 },
  });
  expect((await bot.put(inRoom(room.id, "/state/m.room.topic/"), { topic: "par le bot" })).status).toBe(200);
  await control.join({ as: "sacha", channel: "#ouvert:localhost" });
  expect((await control.message({ as: "sacha", channel: "#ouvert", text: "entrée" })).channel).toBe(room.id);
  const root = await bot.say(room.id, "fil");
  await control.message({ as: "sacha", channel: room.id, text: "dans le fil", thread: root });
  const reply = await bot.say(room.id, "réponse", inThread(root));
  expect((await control.messages({ channel: room.id, thread: root })).messages.at(-1)).toMatchObject({ event_id: reply });
});
