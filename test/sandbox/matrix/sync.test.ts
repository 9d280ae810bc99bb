import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { type Answer, type Api, type Bench, furnished, inRoom, sectionOf, waitingSync } from "./world.ts";

let bench: Bench;
let bot: Api;
let camille: Api;

beforeEach(async () => {
  bench = await furnished();
  bot = bench.api(bench.bot);
  camille = bench.api(bench.camille);
});

afterEach(() => bench.sandbox.close());

type Timeline = ReturnType<typeof sectionOf>["timeline"];

const timeline = (answer: Answer): Timeline => sectionOf(answer, bench.caf).timeline;
const bodies = ({ events }: Timeline) => events.map(({ content }) => content.body);
const first = async (api: Api): Promise<string> => (await api.sync()).body.next_batch;

describe("waiting for news", () => {
  test("a sync waits until something comes, and then answers at once", async () => {
    const since = await first(bot);
    const waiting = await waitingSync(bench.sandbox, bot, { since });
    await camille.say(bench.caf, "enfin");
    expect(bodies(timeline(await waiting.answer))).toEqual(["enfin"]);
  });

  test("it answers empty, with a token to go on from, once its time is up", async () => {
    const since = await first(bot);
    const { body } = await bot.sync({ since, timeout: "20" });
    expect(body.rooms).toBeUndefined();
    await camille.say(bench.caf, "après");
    expect(bodies(timeline(await bot.sync({ since: body.next_batch })))).toEqual(["après"]);
  });

  test("what a filter hides does not wake it, nor comes later", async () => {
    const since = await first(bot);
    const filter = JSON.stringify({ room: { timeline: { types: ["m.reaction"] }, ephemeral: { types: [] } } });
    const waiting = await waitingSync(bench.sandbox, bot, { since, filter });
    const message = await camille.say(bench.caf, "caché");
    await camille.react(bench.caf, message, "👍");
    expect(timeline(await waiting.answer).events).toMatchObject([{ type: "m.reaction" }]);
  });

  test("a logout ends it with the token unknown", async () => {
    const since = await first(bot);
    const waiting = await waitingSync(bench.sandbox, bot, { since });
    await bot.post("/logout");
    await camille.say(bench.caf, "encore ?");
    expect(await waiting.answer).toMatchObject({ status: 401, body: { errcode: "M_UNKNOWN_TOKEN", soft_logout: false } });
  });
});

describe("nothing is lost between syncs", () => {
  test("the same token gives the same events again", async () => {
    const since = await first(bot);
    await camille.say(bench.caf, "un");
    const [once, twice] = [await bot.sync({ since }), await bot.sync({ since })];
    expect(timeline(once).events.map(({ event_id }) => event_id)).toEqual(timeline(twice).events.map(({ event_id }) => event_id));
  });

  test("a limited timeline's gap is exactly what messages gives from its prev_batch to the old token", async () => {
    const since = await first(bot);
    for (let i = 1; i <= 25; i++) await camille.say(bench.caf, `message ${i}`);
    const { events, limited, prev_batch: from } = timeline(await bot.sync({ since }));
    expect({ limited, count: events.length }).toEqual({ limited: true, count: 10 });
    const missed: unknown[] = [];
    let start: string | undefined = from;
    while (start !== undefined) {
      const { body } = await bot.get(inRoom(bench.caf, "/messages"), { dir: "b", from: start, to: since, limit: "4" });
      missed.unshift(...body.chunk.map((event) => event.content.body).reverse());
      start = body.end;
    }
    expect([...missed, ...bodies({ events, limited, prev_batch: from })]).toEqual(
      Array.from({ length: 25 }, (_, i) => `message ${i + 1}`),
    );
  });

  test("state that changed in the gap comes with the limited timeline, with what it was", async () => {
    const since = await first(bot);
    await camille.put(inRoom(bench.caf, "/state/m.room.name/"), { name: "Autre nom" });
    for (let i = 0; i < 12; i++) await camille.say(bench.caf, String(i));
    expect(sectionOf(await bot.sync({ since }), bench.caf).state.events).toMatchObject([
      { type: "m.room.name", content: { name: "Autre nom" }, unsigned: { prev_content: { name: "CAF de l’Ain" } } },
    ]);
  });

  test("somebody who comes later sees what was said before, but not where history is for members only", async () => {
    const secret = (
      await camille.post("/createRoom", {
        preset: "private_chat",
        initial_state: [{ type: "m.room.history_visibility", content: { history_visibility: "joined" } }],
      })
    ).body.room_id;
    for (const roomId of [bench.caf, secret]) await camille.say(roomId, "avant");
    const sacha = bench.api(bench.sacha);
    for (const roomId of [bench.caf, secret]) {
      await camille.post(inRoom(roomId, "/invite"), { user_id: bench.sacha.userId });
      await sacha.post(inRoom(roomId, "/join"));
      await camille.say(roomId, "après");
    }
    const seen = async (roomId: string) => {
      const { body } = await sacha.get(inRoom(roomId, "/messages"), { dir: "b", filter: '{"types":["m.room.message"]}' });
      return body.chunk.map((event) => event.content.body);
    };
    expect(await seen(bench.caf)).toEqual(["après", "avant"]);
    expect(await seen(secret)).toEqual(["après"]);
  });
});

test("a transaction id counts once for a device, also after others", async () => {
  const content = { msgtype: "m.text", body: "une fois" };
  const [one, two] = await Promise.all([1, 2].map(() => bot.send(bench.caf, content, "m.room.message", "livraison-1")));
  expect(one).toEqual(two);
  await bot.say(bench.caf, "autre");
  expect(await bot.send(bench.caf, content, "m.room.message", "livraison-1")).toEqual(one);
  const other = bench.api(await bench.sandbox.control.openSession("bot"));
  expect((await other.send(bench.caf, content, "m.room.message", "livraison-1")).body.event_id).not.toBe(one?.body.event_id);
  const shown = timeline(await bot.sync()).events.filter(({ content: { body: text } }) => text === "une fois");
  expect(shown.map(({ unsigned }) => unsigned.transaction_id)).toEqual(["livraison-1", undefined]);
});

test("keys and messages for devices are kept and handed out once", async () => {
  const { userId, deviceId } = bench.bot;
  const own = { user_id: userId, device_id: deviceId, algorithms: ["m.olm.v1.curve25519-aes-sha2"], keys: {}, signatures: {} };
  const since = await first(camille);
  const upload = await bot.post("/keys/upload", { device_keys: own, one_time_keys: { "signed_curve25519:A": { key: "a" } } });
  expect(upload.body).toEqual({ one_time_key_counts: { signed_curve25519: 1 } });
  const told = await camille.sync({ since });
  expect(told.body.device_lists).toEqual({ changed: [userId] });
  const query = await camille.post("/keys/query", { device_keys: { [userId]: [] } });
  expect(query.body.device_keys).toEqual({ [userId]: { [deviceId]: own } });
  const claim = () => camille.post("/keys/claim", { one_time_keys: { [userId]: { [deviceId]: "signed_curve25519" } } });
  expect((await claim()).body.one_time_keys).toEqual({ [userId]: { [deviceId]: { "signed_curve25519:A": { key: "a" } } } });
  expect((await claim()).body.one_time_keys).toEqual({});
  const message = { messages: { [userId]: { "*": { secret: 1 } } } };
  await camille.put("/sendToDevice/m.room_key/t1", message);
  await camille.put("/sendToDevice/m.room_key/t1", message);
  const got = await bot.sync();
  expect(got.body).toMatchObject({
    to_device: { events: [{ type: "m.room_key", sender: bench.camille.userId, content: { secret: 1 } }] },
    device_one_time_keys_count: { signed_curve25519: 0 },
  });
  expect((await bot.sync({ since: got.body.next_batch })).body.to_device).toBeUndefined();
});
