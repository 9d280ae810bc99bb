import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { DeliveryFault } from "../../../src/delivery/port.ts";
import { agentId } from "../../../src/domain/ids.ts";
import { richText } from "../../../src/domain/richtext.ts";
import { type Message, say } from "../../../src/presentation/message.ts";
import { button, card, until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";
import type { Call, Verdict } from "./homeserver.ts";

const NO_USERS = new Map();
const message = (text: string, changes: Partial<Message> = {}): Message => ({ ...say(richText(text)), ...changes });
const spoken = (text: string, changes: Partial<Message> = {}) =>
  message(text, { speaker: { name: "Camille Exemple", groupe: "CAF de l’Ain" }, quiet: false, ...changes });

const faultOf = async (act: Promise<unknown>): Promise<DeliveryFault> => {
  const fault = await act.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(fault).toBeInstanceOf(DeliveryFault);
  return fault as DeliveryFault;
};

describe("delivery to Matrix", () => {
  let bench: Bench;
  let root: string;
  beforeAll(async () => {
    bench = await startBench();
    root = await bench.platform.port.postCard(bench.place, card(), "t1.0", NO_USERS);
  });
  afterAll(() => bench.close());
  afterEach(() => {
    bench.proxy.judge = () => undefined;
  });

  const sentAs = async (id: string) => (await bench.camille.messages(bench.room)).find(({ event_id }) => event_id === id);
  /** Strikes the next sendings, so many times. */
  const strike = (verdict: Verdict, times = 1, what = "/send/m.room.message/") => {
    let left = times;
    bench.proxy.judge = ({ method, path }: Call) => {
      if (method !== "PUT" || !path.includes(what) || left <= 0) return undefined;
      left -= 1;
      return verdict;
    };
  };
  const refuse = (status: number, errcode: string, more: object = {}, times = 1) =>
    strike({ kind: "refuse", status, body: { errcode, error: "non", ...more } }, times);

  test("the card is a root, brought up to date by edits of the original", async () => {
    const { platform, place, camille, room } = bench;
    const own = await platform.port.postCard(place, card({ ref: "D-000777" }), "t7.0", NO_USERS);
    for (const alert of ["⏰ En souffrance depuis le 9 mars", "✅ Traitée"])
      await platform.port.updateCard(place, own, card({ ref: "D-000777", alerts: [alert] }), NO_USERS);
    const original = await sentAs(own);
    expect(original?.content["m.relates_to"]).toBeUndefined();
    expect(original?.content.msgtype).toBe("m.text");
    const edits = (await camille.messages(room)).filter(
      ({ content }) => content["m.relates_to"]?.rel_type === "m.replace" && content["m.relates_to"].event_id === own,
    );
    expect(edits).toHaveLength(2);
    expect(edits[1]?.content["m.new_content"].body).toContain("✅ Traitée");
    expect(edits[1]?.content["m.new_content"].body).toContain("D-000777");
  });

  test("a relay bears its author's name, its mark, and the people to alert", async () => {
    const { platform, place, dominique } = bench;
    const users = new Map([[agentId("a2"), dominique.user]]);
    const pings = [agentId("a2"), agentId("inconnu")];
    const id = await platform.port.post(place, root, spoken("Entre nous", { private: true, pings }), "t1.1", users);
    const shown = await sentAs(id);
    expect(shown?.content).toMatchObject({
      msgtype: "m.text",
      body: `🔒 Entre instructeurs · ${dominique.user}\nCamille Exemple (CAF de l’Ain) : Entre nous`,
      "m.mentions": { user_ids: [dominique.user] },
      "fr.gouv.aplus.delivery": "t1.1",
      "com.beeper.per_message_profile": { displayname: "Camille Exemple (CAF de l’Ain)", has_fallback: true },
      "m.relates_to": { rel_type: "m.thread", event_id: root, is_falling_back: true },
    });
    expect(shown?.content.formatted_body).toContain(`<a href="https://matrix.to/#/${encodeURIComponent(dominique.user)}">`);
    expect(shown?.content.formatted_body).toContain(
      "<strong data-mx-profile-fallback>Camille Exemple (CAF de l’Ain) : </strong>",
    );
    const news = await platform.port.post(place, root, message("✋ Quelqu’un s’en occupe."), "t1.2", NO_USERS);
    expect((await sentAs(news))?.content).toMatchObject({
      msgtype: "m.notice",
      "m.relates_to": { "m.in_reply_to": { event_id: id } },
    });
  });

  test("nothing typed is markup", async () => {
    const { platform, place } = bench;
    const hostile = `<b>gras</b> & @room "x" <img src=x onerror=y>`;
    const id = await platform.port.post(place, root, spoken(hostile), "t1.3", NO_USERS);
    const shown = await sentAs(id);
    expect(shown?.content.formatted_body).toContain(
      "&lt;b&gt;gras&lt;/b&gt; &amp; @room &quot;x&quot; &lt;img src=x onerror=y&gt;",
    );
    expect(shown?.content["m.mentions"]).toEqual({});
  });

  test("the same delivery tried again is the same message", async () => {
    const { platform, place, camille, room } = bench;
    const first = await platform.port.post(place, root, message("Une fois"), "t1.4", NO_USERS);
    expect(await platform.port.post(place, root, message("Une fois"), "t1.4", NO_USERS)).toBe(first);
    expect((await camille.messages(room)).filter(({ content }) => content.body === "Une fois")).toHaveLength(1);
  });

  test("a post whose answer was lost is found again by its delivery id, in a thread and outside", async () => {
    const { platform, place } = bench;
    const since = new Date();
    strike({ kind: "loseAnswer" });
    expect(await faultOf(platform.port.post(place, root, message("Perdue"), "t1.5", NO_USERS))).toMatchObject({
      kind: "retry",
      code: "network",
    });
    const found = await platform.port.find(place, root, "t1.5", since);
    expect((await sentAs(found ?? ""))?.content.body).toBe("Perdue");
    expect(await platform.port.find(place, root, "t1.6", since)).toBeNull();
    strike({ kind: "loseAnswer" });
    await faultOf(platform.port.postCard(place, card({ ref: "D-000999" }), "t9.0", NO_USERS));
    const own = await platform.port.find(place, null, "t9.0", since);
    expect((await sentAs(own ?? ""))?.content.body).toContain("D-000999");
    expect(await platform.port.find(place, "$inconnu", "t9.0", since)).toBeNull();
    // Its pills were lost with it, and come back.
    await until(async () => (await bench.camille.pills(bench.room, own ?? "", bench.bot.user)).length === 2, "the pills");
  });

  test("somebody else's message that claims a delivery id is not the bot's", async () => {
    const { platform, place, camille, room } = bench;
    await camille.send(room, { msgtype: "m.text", body: "x", "fr.gouv.aplus.delivery": "t1.7" });
    expect(await platform.port.find(place, null, "t1.7", new Date())).toBeNull();
  });

  test("a post is found beyond the first page of a long thread", async () => {
    const { platform, place, dominique, room } = bench;
    const long = await platform.port.postCard(place, card(), "long.0", NO_USERS);
    const since = new Date();
    const id = await platform.port.post(place, long, message("Au fond"), "long.1", NO_USERS);
    for (let index = 0; index < 105; index++) await dominique.say(room, `${index}`, long);
    expect(await platform.port.find(place, long, "long.1", since)).toBe(id);
  });

  test("an edit and a removal are the same when done twice", async () => {
    const { platform, place, camille, room } = bench;
    const id = await platform.port.post(place, root, spoken("Avant"), "t1.8", NO_USERS);
    for (const _ of [1, 2]) await platform.port.edit(place, root, id, spoken("Après", { edited: true }), NO_USERS);
    const edits = (await camille.messages(room)).filter(({ content }) => content["m.relates_to"]?.event_id === id);
    expect(edits.at(-1)?.content["m.new_content"].body).toBe("Camille Exemple (CAF de l’Ain) : Après\n(modifié)");
    for (const _ of [1, 2]) await platform.port.remove(place, root, id);
    expect(await sentAs(id)).toBeUndefined();
    await platform.port.remove(place, root, "$inconnu");
  });

  test("posts of one room keep the order in which they were asked for", async () => {
    const { platform, place, camille, room } = bench;
    const ids = await Promise.all(
      Array.from({ length: 12 }, (_, index) => platform.port.post(place, root, message(`${index}`), `ordre.${index}`, NO_USERS)),
    );
    const shown = (await camille.messages(room)).map(({ event_id }) => event_id).filter((id) => ids.includes(id));
    expect(shown).toEqual(ids);
  });

  test("a short limit is waited for as told; a long one is told", async () => {
    const { platform, place } = bench;
    refuse(429, "M_LIMIT_EXCEEDED", { retry_after_ms: 700 });
    const started = performance.now();
    await platform.port.post(place, root, message("Patience"), "t1.9", NO_USERS);
    expect(performance.now() - started).toBeGreaterThan(650);
    refuse(429, "M_LIMIT_EXCEEDED", { retry_after_ms: 30_000 });
    expect(await faultOf(platform.port.post(place, root, message("Trop"), "t1.10", NO_USERS))).toMatchObject({
      kind: "retry",
      code: "M_LIMIT_EXCEEDED",
      afterMs: 30_000,
    });
  });

  test.each([
    [403, "M_FORBIDDEN", "place"],
    [404, "M_NOT_FOUND", "place"],
    [401, "M_UNKNOWN_TOKEN", "place"],
    [413, "M_TOO_LARGE", "content"],
    [400, "M_BAD_JSON", "content"],
    [500, "M_UNKNOWN", "retry"],
    [400, "ORG.EXEMPLE.NOUVEAU", "retry"],
  ] as const)("%i %s is told as %s, its cause kept", async (status, errcode, kind) => {
    refuse(status, errcode);
    const fault = await faultOf(bench.platform.port.post(bench.place, root, message("Refusé"), "t1.11", NO_USERS));
    expect(fault).toMatchObject({ kind, code: errcode });
    expect(fault.cause).toBeInstanceOf(Error);
    expect(fault.message).not.toContain("non");
  });

  test("a proxy's page and a cut connection are to retry", async () => {
    const { platform, place } = bench;
    strike({ kind: "refuse", status: 502, body: ["<html>"] });
    expect(await faultOf(platform.port.post(place, root, message("x"), "t1.12", NO_USERS))).toMatchObject({
      kind: "retry",
      code: "http_502",
    });
    strike({ kind: "drop" });
    expect(await faultOf(platform.port.post(place, root, message("x"), "t1.12", NO_USERS))).toMatchObject({
      kind: "retry",
      code: "network",
    });
  });

  test("a room in which the bot is not, or may not write, is a place to mend", async () => {
    const { platform, place, camille, bot } = bench;
    const outside = await camille.createRoom();
    const at = (channel: string) => ({ ...place, channel });
    expect(await faultOf(platform.port.postCard(at(outside), card(), "c.0", NO_USERS))).toMatchObject({ kind: "place" });
    expect(await faultOf(platform.port.postCard(at("!inconnu:localhost"), card(), "c.1", NO_USERS))).toMatchObject({
      kind: "place",
    });
    const muted = await camille.createRoom({ invite: [bot.user], power_level_content_override: { events_default: 50 } });
    await until(async () => (await camille.membership(muted, bot.user)) === "join", "the bot in the room");
    expect(await faultOf(platform.port.postCard(at(muted), card(), "c.2", NO_USERS))).toMatchObject({
      kind: "place",
      code: "M_FORBIDDEN",
    });
  });

  test("a text too long for an event is cut, whatever it is made of, and edited all the same", async () => {
    const { platform, place } = bench;
    for (const [index, unit] of ["é", "&", "👩‍👩‍👧‍👦", "\n"].entries()) {
      const text = `début${unit.repeat(60_000 / unit.length)}fin`;
      const id = await platform.port.post(place, root, spoken(text), `long.${index + 10}`, NO_USERS);
      const shown = await sentAs(id);
      expect(shown?.content.body).toContain("début");
      await platform.port.edit(place, root, id, spoken(`${text}2`), NO_USERS);
    }
  });

  test("a file is relayed with its caption, once, the bytes as they were", async () => {
    const { platform, place, dominique } = bench;
    const bytes = randomBytes(300_000);
    let saved: string | null = null;
    const note = {
      get saved() {
        return saved;
      },
      save: async (text: string) => {
        saved = text;
      },
    };
    const file = {
      name: "photo.png",
      mimetype: "image/png",
      size: bytes.length,
      open: async () => Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]),
    };
    strike({ kind: "refuse", status: 500, body: { errcode: "M_UNKNOWN" } });
    await faultOf(platform.port.postFile(place, root, file, message("📄 Camille a partagé un fichier"), "f.1", note, NO_USERS));
    expect(saved).not.toBeNull();
    const uploads = () => bench.proxy.calls.filter(({ path }) => path.includes("/upload")).length;
    expect(uploads()).toBe(1);
    const id = await platform.port.postFile(place, root, file, message("📄 Camille a partagé un fichier"), "f.1", note, NO_USERS);
    expect(uploads()).toBe(1);
    const shown = await sentAs(id);
    expect(shown?.content).toMatchObject({
      msgtype: "m.image",
      body: "📄 Camille a partagé un fichier",
      filename: "photo.png",
      info: { mimetype: "image/png", size: bytes.length },
      "m.relates_to": { rel_type: "m.thread", event_id: root },
    });
    expect((await dominique.download(shown?.content.url)).equals(bytes)).toBe(true);
    const short = { ...file, open: async () => Readable.from([bytes.subarray(0, 10)]) };
    expect(
      await faultOf(platform.port.postFile(place, root, short, message("x"), "f.2", { saved: null, save: note.save }, NO_USERS)),
    ).toMatchObject({ kind: "content", code: "file_size" });
    expect(
      await faultOf(
        platform.port.openFile({
          name: "x",
          mimetype: "a/b",
          size: 1,
          platform: "matrix",
          workspace: "",
          file: "mxc://localhost/absent",
        }),
      ),
    ).toMatchObject({ kind: "content" });
  });

  test("a direct conversation is made once, and made anew when its person left it for good", async () => {
    const { platform, workspace, stranger } = bench;
    const person = { platform: "matrix" as const, workspace, user: stranger.user };
    const [first, second] = await Promise.all([platform.port.openDirect(person), platform.port.openDirect(person)]);
    expect(first).toEqual(second);
    await bench.restart();
    expect(await bench.platform.port.openDirect(person)).toEqual(first);
    await stranger.join(first?.channel ?? "");
    await stranger.call("POST", `rooms/${encodeURIComponent(first?.channel ?? "")}/leave`, {});
    await until(async () => (await stranger.membership(first?.channel ?? "", stranger.user)) !== "join", "the person gone");
    await bench.restart();
    expect(await bench.platform.port.openDirect(person)).toEqual(first);
    expect(await stranger.invitations()).toContain(first?.channel);
  });

  test("the pace is kept: so many calls a second, what people wait for before pills", async () => {
    const slow = await startBench({ callsPerSecond: 10 });
    try {
      const started = performance.now();
      const own = await slow.platform.port.postCard(slow.place, card(), "p.0", NO_USERS);
      const buttons = [button("archiver", "Archiver"), button("rouvrir", "Rouvrir")];
      const posts = ["un", "deux"].map((text) =>
        slow.platform.port.post(slow.place, own, message(text, { buttons }), `p.${text}`, NO_USERS),
      );
      const ids = [own, ...(await Promise.all(posts))];
      for (const id of ids)
        await until(async () => (await slow.camille.pills(slow.room, id, slow.bot.user)).length === 2, "the pills");
      const took = performance.now() - started;
      const writes = slow.proxy.calls.filter(({ method, path }) => method === "PUT" && path.includes("/send/"));
      expect(writes).toHaveLength(9);
      expect(took).toBeGreaterThan(8 * 100 - 20);
      const kinds = writes.map(({ path }) => (path.includes("m.reaction") ? "pill" : "message"));
      expect(kinds.lastIndexOf("message")).toBeLessThan(5);
    } finally {
      await slow.close();
    }
  });
});
