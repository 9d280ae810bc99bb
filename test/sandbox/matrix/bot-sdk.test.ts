import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { MatrixClient } from "matrix-bot-sdk";
import { sdk } from "./sdk.ts";
import { type Bench, furnished, inThread, type Json, until } from "./world.ts";

// An unmodified matrix-bot-sdk over the sandbox.

let bench: Bench;
let client: MatrixClient;
let heard: { roomId: string; event: Json }[];

beforeEach(async () => {
  bench = await furnished();
  client = new sdk.MatrixClient(bench.sandbox.url, bench.bot.accessToken);
  heard = [];
  client.on("room.event", (roomId: string, event: Json) => heard.push({ roomId, event }));
});

afterEach(async () => {
  client.stop();
  await bench.sandbox.close();
});

const hasHeard = (body: string) => () => heard.some(({ event }) => (event.content as Json).body === body);

test("a bot hears people, answers them, and they see it at once", async () => {
  client.on("room.message", async (roomId: string, event: Json) => {
    if (event.sender !== bench.bot.userId) await client.replyText(roomId, event, "Entendu");
  });
  await client.start();
  const { control } = bench.sandbox;
  const said = await control.message({ as: "Camille Exemple", channel: "caf de l'ain", text: "Bonjour @Administration+" });
  expect(said.seen).toMatchObject([{ sender: bench.bot.userId, reply_to: said.event_id, content: { msgtype: "m.text" } }]);
  expect(String(said.seen[0]?.body)).toContain("Entendu");
});

test("pills: seeded by the bot, clicked by their label, counted, and the card edited", async () => {
  await client.start();
  const card = await client.sendMessage(bench.caf, { msgtype: "m.text", body: "D-000001 : nouvelle" });
  const key = "✋\uFE0F Je m’en occupe";
  await client.unstableApis.addReactionToEvent(bench.caf, card, key);
  client.on("room.event", async (roomId: string, event: Json) => {
    const relation = (event.content as Json)["m.relates_to"] as Json | undefined;
    if (event.type !== "m.reaction" || event.sender === bench.bot.userId || relation?.key !== key) return;
    await client.sendMessage(roomId, {
      msgtype: "m.text",
      body: "* D-000001 : en cours",
      "m.new_content": { msgtype: "m.text", body: "D-000001 : en cours" },
      "m.relates_to": { rel_type: "m.replace", event_id: card },
    });
  });
  const { control } = bench.sandbox;
  const click = await control.react({ as: "dominique", channel: bench.caf, key: "Je m'en occupe" });
  expect(click).toMatchObject({ message: card, key });
  expect(click.seen).toMatchObject([
    {
      event_id: card,
      body: "D-000001 : en cours",
      reactions: [{ key, count: 2, senders: [bench.bot.userId, bench.dominique.userId] }],
    },
  ]);
  await expect(control.react({ as: "dominique", channel: bench.caf, key })).rejects.toMatchObject({ status: 409 });
  const away = await control.react({ as: "dominique", channel: bench.caf, key, remove: true, wait: "ack" });
  expect(away).toMatchObject({ ok: true, message: card });
  const { messages } = await control.messages({ channel: bench.caf });
  expect(messages).toMatchObject([{ reactions: [{ key, count: 1 }], raw: { content: { body: "D-000001 : nouvelle" } } }]);
});

test("what the SDK offers works: profile, members, state, threads, relations, redactions, files, direct rooms, power levels", async () => {
  await client.start();
  expect(await client.getUserId()).toBe(bench.bot.userId);
  expect(await client.getWhoAmI()).toMatchObject({ device_id: bench.bot.deviceId });
  expect((await client.getServerVersions()).versions).toContain("v1.11");
  await client.setDisplayName("Robot Exemple");
  expect(await client.getUserProfile(bench.bot.userId)).toMatchObject({ displayname: "Robot Exemple" });
  expect((await client.getJoinedRoomMembers(bench.caf)).toSorted()).toEqual(
    [bench.bot, bench.camille, bench.dominique].map(({ userId }) => userId).toSorted(),
  );
  expect(await client.getRoomStateEvent(bench.caf, "m.room.name", "")).toEqual({ name: "CAF de l’Ain" });
  expect(await client.userHasPowerLevelFor(bench.bot.userId, bench.caf, "m.room.name", true)).toBe(false);

  const root = await client.sendText(bench.caf, "racine");
  const reply = await client.sendMessage(bench.caf, { msgtype: "m.text", body: "réponse", ...inThread(root) });
  const relations = await client.unstableApis.getRelationsForEvent(bench.caf, root, "m.thread");
  expect(relations.chunk).toMatchObject([{ event_id: reply }]);
  const redaction = await client.redactEvent(bench.caf, reply, "erreur");
  expect(await client.getEvent(bench.caf, reply)).toMatchObject({
    content: {},
    unsigned: { redacted_because: { event_id: redaction } },
  });

  const mxc = await client.uploadContent(Buffer.from("contenu"), "text/plain", "pièce jointe.txt");
  // Not downloadContent: before its version 0.8 it asks at the old address, where files are no longer given.
  const file = await bench.api(bench.camille).get(`/_matrix/client/v1/media/download/${mxc.slice("mxc://".length)}`);
  expect(file).toEqual({ status: 200, body: { text: "contenu" } });

  const direct = await client.dms.getOrCreateDm(bench.sacha.userId);
  expect(await client.dms.getOrCreateDm(bench.sacha.userId)).toBe(direct);
  await client.sendText(direct, "Bonjour Sacha");
  const { control } = bench.sandbox;
  const { messages } = await control.messages({ as: "sacha", channel: "dm" });
  expect(messages).toMatchObject([{ room_id: direct, body: "Bonjour Sacha" }]);
  expect(control.rooms().find(({ id }) => id === direct)).toMatchObject({ direct: bench.sacha.userId });
  await control.message({ as: "sacha", channel: direct, text: "Bonjour robot" });
  await until(hasHeard("Bonjour robot"), "Sacha's answer");
  await client.leaveRoom(direct);
  expect(await client.getJoinedRooms()).toEqual([bench.caf]);
});

test("an invited bot is told by whom, joins, and hears what follows", async () => {
  const invitations: Json[] = [];
  client.on("room.invite", async (roomId: string, event: Json) => {
    invitations.push(event);
    await client.joinRoom(roomId);
  });
  await client.start();
  const { control } = bench.sandbox;
  const opened = await control.direct({ as: "sacha" });
  expect(opened).toMatchObject({ opened: true, bot: { id: bench.bot.userId, membership: "join" } });
  expect(invitations).toMatchObject([{ sender: bench.sacha.userId, content: { membership: "invite", is_direct: true } }]);
  expect(await control.direct({ as: "sacha" })).toMatchObject({ opened: false, channel: opened.channel });
  await control.message({ as: "sacha", channel: "dm", text: "tu es là ?" });
  await until(hasHeard("tu es là ?"), "the message");
});

test("a bot learns that its room was replaced", async () => {
  const replaced: Json[] = [];
  client.on("room.archived", (_: string, event: Json) => replaced.push(event));
  client.on("room.invite", (roomId: string) => void client.joinRoom(roomId));
  await client.start();
  const { channel } = await bench.sandbox.control.upgrade({ as: "camille", channel: bench.caf, version: "12" });
  expect(channel).toMatch(/^![\w-]{43}$/);
  await until(() => replaced.length > 0, "the tombstone");
  expect(replaced).toMatchObject([{ type: "m.room.tombstone", content: { replacement_room: channel } }]);
  await until(async () => (await client.getJoinedRooms()).includes(channel), "the bot in the new room");
  expect(await client.getRoomStateEvent(channel, "m.room.create", "")).toMatchObject({ predecessor: { room_id: bench.caf } });
  await expect(client.sendText(bench.caf, "trop tard")).rejects.toMatchObject({ errcode: "M_FORBIDDEN" });
});

test("limits are told to the SDK with the time to wait", async () => {
  const limited = await furnished({ rateLimits: true });
  const bot = new sdk.MatrixClient(limited.sandbox.url, limited.bot.accessToken);
  for (let i = 0; i < 10; i++) await bot.sendText(limited.caf, `message ${i}`);
  const refusal = (await bot.sendText(limited.caf, "de trop").catch((error: unknown) => error)) as InstanceType<
    typeof sdk.MatrixError
  >;
  expect(refusal).toMatchObject({ errcode: "M_LIMIT_EXCEEDED", statusCode: 429 });
  expect(refusal.retryAfterMs).toBeGreaterThan(3000);
  expect(refusal.retryAfterMs).toBeLessThanOrEqual(5000);
  await limited.sandbox.close();
});
