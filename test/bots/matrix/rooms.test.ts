import type { Place } from "../../../src/delivery/port.ts";
import { DeliveryFault } from "../../../src/delivery/port.ts";
import { card, tell, until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";

const NO_USERS = new Map();

describe("rooms", () => {
  let bench: Bench;
  const moves: { from: Place; to: Place }[] = [];
  beforeAll(async () => {
    bench = await startBench({
      onMoved: async (from, to) => {
        moves.push({ from, to });
      },
    });
  });
  afterAll(() => bench.close());

  const joined = (room: string) =>
    until(async () => (await bench.camille.membership(room, bench.bot.user)) === "join", "the bot in the room");

  test("an invitation from an agent is accepted, one from anybody else is refused with the reason", async () => {
    const { camille, stranger, bot } = bench;
    await joined(await camille.createRoom({ invite: [bot.user] }));
    const foreign = await stranger.createRoom({ invite: [bot.user] });
    await until(async () => (await stranger.membership(foreign, bot.user)) === "leave", "the refusal");
    const state = await stranger.call(
      "GET",
      `rooms/${encodeURIComponent(foreign)}/state/m.room.member/${encodeURIComponent(bot.user)}`,
    );
    expect(state.reason).toContain("agent d’Administration+");
  });

  test("an invitation that came while the bot was away is accepted at its start", async () => {
    const { camille, bot, platform } = bench;
    await platform.stop();
    const room = await camille.createRoom({ invite: [bot.user] });
    bench.platform = bench.create();
    await bench.platform.start();
    await joined(room);
  });

  test("what was said before the bot came in was not said to it", async () => {
    const { camille, bot, desk } = bench;
    desk.calls.length = 0;
    const room = await camille.createRoom({ invite: [] });
    await camille.say(room, "!demande d’avant");
    await camille.invite(room, bot.user);
    await joined(room);
    await camille.say(room, "!demande d’après");
    await bench.heard("command");
    expect(desk.of("command")).toMatchObject([{ text: "d’après" }]);
  });

  test("a direct conversation begun by a person is the one that the bot uses", async () => {
    const { dominique, bot, workspace, desk } = bench;
    const room = await dominique.createRoom({ invite: [bot.user], is_direct: true, preset: "trusted_private_chat" });
    await joined2(room);
    desk.calls.length = 0;
    await dominique.say(room, "Bonjour");
    await bench.heard("message");
    expect(desk.of("message")).toMatchObject([{ direct: true, root: null }]);
    const place = await bench.platform.port.openDirect({ platform: "matrix", workspace, user: dominique.user });
    expect(place.channel).toBe(room);
  });
  const joined2 = (room: string) =>
    until(async () => (await bench.dominique.membership(room, bench.bot.user)) === "join", "the bot in the room");

  test("a room that is upgraded is followed, and what was bound to it with it", async () => {
    const { camille, bot, place, desk } = bench;
    const room = await camille.createRoom({ invite: [bot.user] });
    await joined(room);
    const { replacement_room: replacement } = await camille.call("POST", `rooms/${encodeURIComponent(room)}/upgrade`, {
      new_version: "10",
    });
    await camille.invite(replacement, bot.user).catch(() => undefined);
    await until(() => moves.length > 0, "the move");
    expect(moves).toEqual([{ from: { ...place, channel: room }, to: { ...place, channel: replacement } }]);
    desk.calls.length = 0;
    await camille.say(replacement, "!aplus aide");
    await bench.heard("command");
    expect(desk.of("command")).toMatchObject([{ place: { channel: replacement } }]);
  });

  test("a room from which the bot is put out is a place to mend, and works again once it is back", async () => {
    const { camille, bot, place } = bench;
    const room = await camille.createRoom({ invite: [bot.user] });
    await joined(room);
    await camille.call("POST", `rooms/${encodeURIComponent(room)}/kick`, { user_id: bot.user });
    const refused = await bench.platform.port.postCard({ ...place, channel: room }, card(), "k.0", NO_USERS).catch((e) => e);
    expect(refused).toBeInstanceOf(DeliveryFault);
    expect(refused).toMatchObject({ kind: "place", code: "M_FORBIDDEN" });
    await camille.invite(room, bot.user);
    await joined(room);
    await bench.platform.port.postCard({ ...place, channel: room }, card(), "k.1", NO_USERS);
  });

  test("in an encrypted room, without the library, the bot says once that it cannot read, and writes nothing else", async () => {
    const { camille, bot, place } = bench;
    const encryption = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };
    const room = await camille.createRoom({ invite: [bot.user], initial_state: [encryption] });
    await joined(room);
    const said = async () => (await camille.messages(room)).filter(({ sender }) => sender === bot.user);
    await until(async () => (await said()).length === 1, "the warning");
    expect((await said())[0]?.content.body).toContain("chiffré");
    const secret = { algorithm: "m.megolm.v1.aes-sha2", ciphertext: "AwgA", sender_key: "x", session_id: "y", device_id: "z" };
    await camille.send(room, secret, "m.room.encrypted");
    await bench.restart();
    const refused = await bench.platform.port.postCard({ ...place, channel: room }, card(), "e.0", NO_USERS).catch((e) => e);
    expect(refused).toMatchObject({ kind: "place", code: "encrypted_room" });
    // Encrypted later: told all the same.
    const later = await camille.createRoom({ invite: [bot.user] });
    await joined(later);
    await camille.state(later, "m.room.encryption", encryption.content);
    await until(
      async () =>
        (await camille.messages(later)).some(({ sender, content }) => sender === bot.user && content.body.includes("chiffré")),
      "the other warning",
    );
    expect(await said()).toHaveLength(1);
  });

  test("an encrypted direct conversation is not written in: another is made", async () => {
    const { camille, bot, workspace, desk } = bench;
    const encryption = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };
    const room = await camille.createRoom({ invite: [bot.user], is_direct: true, initial_state: [encryption] });
    await joined(room);
    desk.reaction = tell("Réponse personnelle");
    await camille.say(bench.room, "!aplus aide");
    const { channel } = await bench.platform.port.openDirect({ platform: "matrix", workspace, user: camille.user });
    expect(channel).not.toBe(room);
    await camille.join(channel);
    await until(
      async () => (await camille.messages(channel)).some(({ content }) => content.body === "Réponse personnelle"),
      "the answer in the other conversation",
    );
  });

  test("behind an encrypting proxy, an encrypted room is one like the others", async () => {
    const proxied = await startBench({ proxyEncrypts: true });
    try {
      const { camille, bot, place, platform } = proxied;
      const encryption = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };
      const room = await camille.createRoom({ invite: [bot.user], initial_state: [encryption] });
      await until(async () => (await camille.membership(room, bot.user)) === "join", "the bot in the room");
      const root = await platform.port.postCard({ ...place, channel: room }, card(), "px.0", NO_USERS);
      expect((await camille.messages(room)).map(({ event_id: id }) => id)).toEqual([root]);
    } finally {
      await proxied.close();
    }
  });
});
