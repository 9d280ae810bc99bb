import { button, card, nothing, tell, until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";

const NO_USERS = new Map();
const aidantCard = () => card({ side: "aidant", buttons: [button("archiver", "Archiver")] });

describe("pills", () => {
  let bench: Bench;
  let root: string;
  let count = 0;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    const { platform, place, desk, dominique, bot, room } = bench;
    desk.calls.length = 0;
    desk.reaction = nothing;
    count += 1;
    const buttons = [
      { ...button("prendre", "Je m’en occupe"), emoji: "✋" },
      { ...button("decliner", "Je ne suis pas le bon interlocuteur"), emoji: "↪️" },
      { ...button("inviter", "Inviter un organisme"), emoji: "➕" },
      { ...button("voir", "Voir la demande"), emoji: "🔎" },
      { ...button("repondre", "Répondre à l’aidant"), emoji: "💬" },
      { ...button("traitee", "Traitée"), emoji: "✅" },
    ];
    root = await platform.port.postCard(place, card({ buttons }), `pills:${count}`, NO_USERS);
    await until(async () => (await dominique.pills(room, root, bot.user)).length === 5, "the pills of the card");
  });

  test("the bot shows at most five, to the letter; the card names the words of all of them", async () => {
    const { dominique, bot, room } = bench;
    expect(await dominique.pills(room, root, bot.user)).toEqual([
      "✋ Je m’en occupe",
      "↪️ Je ne suis pas le bon interlocuteur",
      "🔎 Voir la demande",
      "💬 Répondre à l’aidant",
      "✅ Traitée",
    ]);
    const shown = (await dominique.messages(room)).find(({ event_id: id }) => id === root);
    for (const word of ["!prendre", "!decliner", "!inviter", "!voir", "!repondre", "!traitee"])
      expect(shown?.content.body).toContain(word);
  });

  test("a reaction with a pill's key is a click, in whatever way the client writes it", async () => {
    const { camille, dominique, room, desk, place } = bench;
    await camille.react(room, root, "✋ Je m’en occupe");
    await bench.heard("click", 1);
    await dominique.react(room, root, "↪ Je ne suis pas le bon interlocuteur");
    await bench.heard("click", 2);
    await dominique.react(room, root, "✋🏽 je m'en occupe");
    await bench.heard("click", 3);
    await camille.react(room, root, "➕");
    await bench.heard("click", 4);
    expect(desk.of("click")).toMatchObject([
      { action: "prendre", value: "d1", root, place, person: { user: camille.user } },
      { action: "decliner", person: { user: dominique.user } },
      { action: "prendre", person: { user: dominique.user } },
      { action: "inviter", person: { user: camille.user } },
    ]);
  });

  test("two people at once are two clicks; the same reaction read twice bears the same id", async () => {
    const { camille, dominique, room, desk } = bench;
    const [first, second] = await Promise.all([
      camille.react(room, root, "✅ Traitée"),
      dominique.react(room, root, "✅ Traitée"),
    ]);
    await bench.heard("click", 2);
    expect(new Set(desk.of("click").map(({ id }) => id))).toEqual(new Set([first, second]));
  });

  test("what is no pill, or under somebody else's message, is no click", async () => {
    const { camille, dominique, room, desk } = bench;
    const forged = await dominique.say(room, "✋ Je m’en occupe", root);
    await dominique.react(room, forged, "✋ Je m’en occupe");
    await camille.react(room, forged, "✋ Je m’en occupe");
    await camille.react(room, root, "👍");
    await camille.send(room, { "m.relates_to": { rel_type: "m.reference", event_id: root } }, "m.reaction");
    await camille.react(room, root, "✅ Traitée");
    await bench.heard("click", 1);
    expect(desk.of("click")).toMatchObject([{ action: "traitee" }]);
  });

  test("whoever clicks a pill that has just been withdrawn is heard, and told by the desk what has become of it", async () => {
    const { camille, dominique, room, desk, platform, place } = bench;
    await platform.port.updateCard(place, root, aidantCard(), NO_USERS);
    await camille.react(room, root, "✋ Je m’en occupe");
    await bench.heard("click", 1);
    await dominique.react(room, root, "Archiver");
    await bench.heard("click", 2);
    await platform.port.updateCard(place, root, card({ buttons: [] }), NO_USERS);
    await camille.react(room, root, "Archiver");
    await bench.heard("click", 3);
    expect(desk.of("click")).toMatchObject([{ action: "prendre", value: "d1" }, { action: "archiver" }, { action: "archiver" }]);
  });

  test("pills that make no sense any more are withdrawn, and the new ones shown", async () => {
    const { dominique, bot, room, platform, place } = bench;
    await platform.port.updateCard(place, root, aidantCard(), NO_USERS);
    await until(async () => (await dominique.pills(room, root, bot.user)).join() === "Archiver", "the pill of the new card");
    await platform.port.updateCard(place, root, card({ buttons: [] }), NO_USERS);
    await until(async () => (await dominique.pills(room, root, bot.user)).length === 0, "no pill");
  });

  test("a refusal goes to the person alone; what has a pill of its own stays in the thread", async () => {
    const { camille, room, desk, bot, stranger } = bench;
    const direct = await bench.direct(camille);
    desk.reaction = tell("Seuls les instructeurs.");
    await camille.react(room, root, "✋ Je m’en occupe");
    await until(
      async () => (await camille.messages(direct)).some(({ content }) => content.body.startsWith("Seuls les instructeurs.")),
      "the refusal in person",
    );
    desk.reaction = {
      kind: "tell",
      message: {
        ...(tell("Dominique s’en occupe déjà.") as Extract<ReturnType<typeof tell>, { kind: "tell" }>).message,
        buttons: [button("relayer", "Prendre le relais", "d1|g1|")],
      },
    };
    await camille.react(room, root, "✅");
    const offered = async () =>
      (await camille.messages(room)).find(({ content }) => content.body.startsWith("Dominique s’en occupe déjà."));
    await until(offered, "the offer in the thread");
    const offer = await offered();
    expect(offer?.content["m.relates_to"]).toMatchObject({ rel_type: "m.thread", event_id: root });
    expect(offer?.content.msgtype).toBe("m.notice");
    await until(async () => (await camille.pills(room, offer?.event_id ?? "", bot.user)).length === 1, "its pill");
    desk.reaction = nothing;
    desk.calls.length = 0;
    await camille.react(room, offer?.event_id ?? "", "Prendre le relais");
    await bench.heard("click");
    expect(desk.of("click")).toMatchObject([{ action: "relayer", value: "d1|g1|", root }]);
    expect(await stranger.invitations()).toEqual([]);
  });

  test("a person's click is removed where the bot may, so that they can click again", async () => {
    const { camille, bot, desk, platform, workspace } = bench;
    const direct = await bench.direct(camille);
    const place = { platform: "matrix" as const, workspace, channel: direct };
    const own = await platform.port.postCard(place, aidantCard(), `pills:direct:${count}`, NO_USERS);
    for (const nth of [1, 2]) {
      await camille.react(direct, own, "Archiver");
      await bench.heard("click", nth);
      await until(async () => (await camille.pills(direct, own, camille.user)).length === 0, "the click removed");
    }
    expect(desk.of("click")).toHaveLength(2);
    await until(async () => (await camille.pills(direct, own, bot.user)).length === 1, "the bot's own pill");
  });

  test("a message whose pills were lost with the process is clickable all the same", async () => {
    const { camille, room, desk, db } = bench;
    await db.prompts.model.deleteMany({});
    await camille.react(room, root, "✋ Je m’en occupe");
    await bench.heard("click");
    expect(desk.of("click")).toMatchObject([{ action: "prendre", root }]);
  });

  test("lists are turned by their pills, and their demandes seen by their numbers", async () => {
    const { camille, bot, desk, room } = bench;
    const direct = await bench.direct(camille);
    desk.reaction = {
      kind: "list",
      list: {
        title: "Demandes en cours (12)",
        lines: [1, 2].map((n) => ({
          ref: `D-00000${n}`,
          emoji: "⏳",
          sujet: `Sujet ${n}`,
          details: "Ain (01)",
          buttons: [{ ...button("voir", "Voir la demande", `d${n}||`), emoji: "🔎" }],
        })),
        empty: "Aucune.",
        footer: "1 à 2 sur 12",
        pages: [button("lister", "Précédentes", "liste|en-cours|0"), button("lister", "Suivantes", "liste|en-cours|2")],
      },
    };
    await camille.say(room, "!demandes");
    const listed = async () => (await camille.messages(direct)).find(({ content }) => content.body.includes("(12)"));
    await until(listed, "the list");
    const list = (await listed())?.event_id ?? "";
    await until(async () => (await camille.pills(direct, list, bot.user)).length === 2, "its pages");
    expect(await camille.pills(direct, list, bot.user)).toEqual(["◀ Précédentes", "▶ Suivantes"]);
    desk.reaction = nothing;
    await camille.react(direct, list, "▶️ Suivantes");
    await camille.react(direct, list, "2️⃣");
    await camille.say(direct, "!voir 1");
    await bench.heard("click", 3);
    expect(desk.of("click")).toMatchObject([
      { action: "lister", value: "liste|en-cours|2" },
      { action: "voir", value: "d2||" },
      { action: "voir", value: "d1||" },
    ]);
  });
});
