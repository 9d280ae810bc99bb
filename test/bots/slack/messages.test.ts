import { NO_USERS } from "../../../bots/slack/render/richtext.ts";
import { agentId } from "../../../src/domain/ids.ts";
import { richText } from "../../../src/domain/richtext.ts";
import { RetryError } from "../../../src/errors.ts";
import { say } from "../../../src/presentation/message.ts";
import { card, nothing, tell, until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");

describe.each(["socket", "http"] as const)("what people write, by %s", (mode) => {
  let bench: Bench;
  let root: string;
  beforeAll(async () => {
    bench = await startBench({ mode, agentOf: async ({ user }) => (user === bench.dominique.id ? agentId("a2") : null) });
    root = await bench.platform.port.postCard(bench.place, card(), "t1:0", NO_USERS);
  });
  afterAll(() => bench.close());
  beforeEach(() => {
    bench.desk.calls.length = 0;
    bench.desk.reaction = nothing;
    bench.desk.before = async () => undefined;
  });

  const write = async (
    text: string,
    more: { thread?: string; files?: { name: string; mimetype: string; contentBase64: string }[] } = {},
  ) => {
    const { ts } = await bench.control.message({ as: bench.camille.id, channel: bench.channel.id, text, wait: "ack", ...more });
    return ts;
  };

  test("a reply in the thread, with its words, its root and the id that the history would give it", async () => {
    const { desk, place, camille } = bench;
    const ts = await write("Bonjour & <merci> *à tous*", { thread: root });
    expect(desk.of("message")).toEqual([
      {
        id: `msg:${place.workspace}:${place.channel}:${ts}`,
        person: { platform: "slack", workspace: place.workspace, user: camille.id },
        saidAt: new Date(Number(ts) * 1000),
        place,
        root,
        message: ts,
        direct: false,
        text: richText("Bonjour & <merci> *à tous*"),
        files: [],
      },
    ]);
  });

  test("somebody named is given by name, and by account where there is one; a channel by its name", async () => {
    const { desk, dominique, camille, channel } = bench;
    await write(`<@${dominique.id}> et <@${camille.id}> dans <#${channel.id}>`, { thread: root });
    expect(desk.of("message")[0]?.text).toEqual([
      {
        type: "paragraph",
        inlines: [
          { type: "mention", name: "Dominique Modèle", agentId: "a2" },
          { type: "text", text: " et " },
          { type: "mention", name: "Camille Exemple" },
          { type: "text", text: " dans " },
          { type: "text", text: "#caf-ain" },
        ],
      },
    ]);
  });

  test("files follow as references", async () => {
    const { desk, place } = bench;
    await write("Le document", {
      thread: root,
      files: [{ name: "attestation.pdf", mimetype: "application/pdf", contentBase64: base64("%PDF") }],
    });
    expect(desk.of("message")).toMatchObject([
      {
        text: richText("Le document"),
        files: [{ name: "attestation.pdf", mimetype: "application/pdf", size: 4, platform: "slack", workspace: place.workspace }],
      },
    ]);
  });

  test("a message outside any thread and a direct one are told apart", async () => {
    const { desk, control, camille, platform, place } = bench;
    await write("Hors fil");
    const direct = await platform.port.openDirect({ platform: "slack", workspace: place.workspace, user: camille.id });
    await control.message({ as: camille.id, channel: direct.channel, text: "En personne", wait: "ack" });
    expect(desk.of("message")).toMatchObject([
      { root: null, direct: false },
      { root: null, direct: true, place: direct },
    ]);
  });

  test("an edit and a deletion bear the message and the thread", async () => {
    const { desk, control, camille, channel, place } = bench;
    const ts = await write("Premier jet", { thread: root });
    await control.edit({ as: camille.id, channel: channel.id, message: ts, text: "Second jet", wait: "ack" });
    await control.delete({ as: camille.id, channel: channel.id, message: ts, wait: "ack" });
    expect(desk.of("edited")).toMatchObject([{ root, message: ts, text: richText("Second jet"), person: { user: camille.id } }]);
    expect(desk.of("edited")[0]?.id).toMatch(new RegExp(`^edit:${place.workspace}:${place.channel}:${ts}:\\d+\\.\\d+$`));
    expect(desk.of("deleted")).toMatchObject([
      { id: `del:${place.workspace}:${place.channel}:${ts}`, root, message: ts, person: { user: camille.id } },
    ]);
  });

  test("what was said is handed over again before its edit or its deletion: another process may not have written it yet", async () => {
    const { desk, control, camille, channel } = bench;
    const ts = await write("Premier jet", { thread: root });
    await control.edit({ as: camille.id, channel: channel.id, message: ts, text: "Second jet", wait: "ack" });
    await control.delete({ as: camille.id, channel: channel.id, message: ts, wait: "ack" });
    const [said, ...again] = desk.of("message");
    expect(desk.calls.map(({ kind }) => kind)).toEqual(["message", "message", "edited", "message", "deleted"]);
    expect(again.map(({ id }) => id)).toEqual([said?.id, said?.id]);
    expect(again[0]?.text).toEqual(richText("Premier jet"));
  });

  test("a message that began a thread is deleted though a tombstone takes its place", async () => {
    const { desk, control, camille, dominique, channel } = bench;
    const ts = await write("Un fil à moi");
    await control.message({ as: dominique.id, channel: channel.id, thread: ts, text: "Une réponse", wait: "ack" });
    await control.delete({ as: camille.id, channel: channel.id, message: ts, wait: "ack" });
    expect(desk.of("deleted")).toMatchObject([{ message: ts, root: null, person: { user: camille.id } }]);
    expect(desk.of("edited")).toEqual([]);
  });

  test("the bot's own posts, edits and deletions come back to nobody, and neither do arrivals", async () => {
    const { desk, platform, place, control, workspace, slack, channel } = bench;
    const speaker = { name: "Camille Exemple", groupe: "CAF de l’Ain" };
    const relay = await platform.port.post(place, root, { ...say(richText("Relais")), speaker }, "t1:1", NO_USERS);
    const own = await platform.port.post(place, root, say(richText("Du robot")), "t1:2", NO_USERS);
    await platform.port.edit(place, root, relay, { ...say(richText("Relais corrigé")), speaker, edited: true }, NO_USERS);
    await platform.port.remove(place, root, own);
    const newcomer = await control.createUser({
      workspace: workspace.teamId,
      name: `nouveau-${mode}`,
      realName: "Sacha Exemple",
      email: `sacha-${mode}@exemple.fr`,
    });
    await control.join(channel.id, newcomer.id);
    await slack.settled();
    expect(desk.calls).toEqual([]);
  });

  test("an event that could not be written is not acknowledged, and comes again until it is", async () => {
    const { desk, control, camille, channel, log, slack } = bench;
    let refusals = 2;
    desk.before = async () => {
      if (refusals-- > 0) throw new RetryError("the database is away");
    };
    const { ts } = await control.message({
      as: camille.id,
      channel: channel.id,
      thread: root,
      text: "À ne pas perdre",
      wait: "ack",
    });
    await slack.settled();
    expect(desk.of("message")).toMatchObject([{ message: ts, text: richText("À ne pas perdre") }]);
    expect(refusals).toBe(-1);
    expect(JSON.stringify(log.lines)).not.toContain("perdre");
  });

  test("an event is acknowledged after the desk has written, not before", async () => {
    const { desk, control, camille, channel } = bench;
    let release = () => {};
    desk.before = () =>
      new Promise<void>((resolve) => {
        release = resolve;
      });
    let acked = false;
    const sent = control
      .message({ as: camille.id, channel: channel.id, thread: root, text: "Attendez", wait: "ack" })
      .then((outcome) => {
        acked = outcome.acked;
      });
    let writing = false;
    const slow = desk.before;
    desk.before = async () => {
      writing = true;
      await slow("message");
    };
    await until(() => writing, "the desk to be asked");
    expect(acked).toBe(false);
    release();
    await sent;
    expect(acked).toBe(true);
  });

  test("messages of one channel reach the desk in the order in which they were written, however long each takes", async () => {
    const { desk, control, camille, channel, slack } = bench;
    desk.before = () => new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    const texts = Array.from({ length: 15 }, (_, index) => `message ${index}`);
    for (const text of texts) void control.message({ as: camille.id, channel: channel.id, thread: root, text, wait: "ack" });
    await until(() => desk.of("message").length >= texts.length, "all the messages");
    await slack.settled();
    const sorted = [...desk.of("message")].sort((a, b) => a.message.localeCompare(b.message));
    expect(desk.of("message")).toEqual(sorted);
    expect(new Set(desk.of("message").map(({ id }) => id)).size).toBe(texts.length);
  });

  test("what the desk has to say is shown to the author alone, in the thread", async () => {
    const { desk, control, camille, channel } = bench;
    desk.reaction = tell("Ce message est resté entre instructeurs.");
    const { ephemeral } = await control.message({ as: camille.id, channel: channel.id, thread: root, text: "Bonjour" });
    expect(ephemeral).toMatchObject([{ text: "Ce message est resté entre instructeurs.", thread_ts: root }]);
  });
});
