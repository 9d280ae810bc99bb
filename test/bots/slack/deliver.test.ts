import { NO_USERS } from "../../../bots/slack/render/richtext.ts";
import { DeliveryFault } from "../../../src/delivery/port.ts";
import { agentId } from "../../../src/domain/ids.ts";
import { richText } from "../../../src/domain/richtext.ts";
import { type Message, say } from "../../../src/presentation/message.ts";
import { button, card, until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";

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

describe("delivery to Slack", () => {
  let bench: Bench;
  let root: string;
  beforeAll(async () => {
    bench = await startBench();
    root = await bench.platform.port.postCard(bench.place, card(), "t1:0", NO_USERS);
  });
  afterAll(() => bench.close());
  afterEach(() => bench.slack.faults.clear());

  const thread = async () => (await bench.control.messages({ channel: bench.channel.id, thread: root })).messages;
  const messageAt = async (ts: string) => (await thread()).find((one) => one.ts === ts);

  test("the card is a root, brought up to date in place", async () => {
    const { platform, place } = bench;
    const own = await platform.port.postCard(place, card({ ref: "D-000777" }), "t7:0", NO_USERS);
    await platform.port.updateCard(
      place,
      own,
      card({ ref: "D-000777", alerts: ["⏰ En souffrance depuis le 9 mars"] }),
      NO_USERS,
    );
    const { messages } = await bench.control.messages({ channel: bench.channel.id, thread: own });
    expect(messages).toHaveLength(1);
    expect(messages[0]?.text).toContain("En souffrance");
    expect(JSON.stringify(messages[0]?.blocks)).toContain("D-000777");
    expect(messages[0]).not.toHaveProperty("username");
  });

  test("a direct conversation is asked for once, and anew when Slack knows it no more", async () => {
    const { platform, workspace, camille, slack, called } = bench;
    const camilleThere = { platform: "slack" as const, workspace: workspace.teamId, user: camille.id };
    const asked = () => called.filter(({ method }) => method === "conversations.open").length;
    const open = () => platform.port.openDirect(camilleThere);
    const before = asked();
    slack.faults.add({ kind: "refuse", method: "conversations.open", status: 500, times: 1 });
    await faultOf(open());
    const [first, second] = await Promise.all([open(), open()]);
    expect([second, await open()]).toEqual([first, first]);
    expect(asked() - before).toBe(2);
    slack.faults.add({ kind: "refuse", method: "chat.postMessage", error: "channel_not_found", times: 1 });
    expect(await faultOf(platform.port.postCard(first, card(), "t8:0", NO_USERS))).toMatchObject({ kind: "place" });
    const again = await open();
    expect(asked() - before).toBe(3);
    await platform.port.postCard(again, card(), "t8:0", NO_USERS);
  });

  test("a relay bears its author's name, its mark, and the people to alert", async () => {
    const { platform, place, dominique } = bench;
    const users = new Map([[agentId("a2"), dominique.id]]);
    const ts = await platform.port.post(
      place,
      root,
      spoken("Entre nous", { private: true, pings: [agentId("a2"), agentId("inconnu")] }),
      "t1:1",
      users,
    );
    const shown = await messageAt(ts);
    expect(shown).toMatchObject({
      username: "Camille Exemple (CAF de l’Ain)",
      thread_ts: root,
      metadata: { event_type: "aplus_delivery", event_payload: { id: "t1:1" } },
    });
    expect(shown?.text).toBe(`<@${dominique.id}> 🔒 Entre instructeurs\nEntre nous`);
    expect(JSON.stringify(shown?.blocks)).toContain(`"user_id":"${dominique.id}"`);
  });

  test("nothing typed is markup: neither in the blocks nor in the notification", async () => {
    const { platform, place } = bench;
    const hostile = "<!channel> <@U123> *gras* <https://exemple.fr|lien> & :smile:";
    const ts = await platform.port.post(place, root, spoken(hostile), "t1:2", NO_USERS);
    const shown = await messageAt(ts);
    expect(shown?.text).toBe("&lt;!channel&gt; &lt;@U123&gt; *gras* &lt;https://exemple.fr|lien&gt; &amp; :smile:");
    expect(shown?.blocks).toMatchObject([
      { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: hostile }] }] },
    ]);
  });

  test("an edit says so and is the same when done twice; a removal too", async () => {
    const { platform, place } = bench;
    const ts = await platform.port.post(place, root, spoken("Avant"), "t1:3", NO_USERS);
    for (const _ of [1, 2]) await platform.port.edit(place, root, ts, spoken("Après", { edited: true }), NO_USERS);
    expect((await messageAt(ts))?.text).toBe("Après\n(modifié)");
    for (const _ of [1, 2]) await platform.port.remove(place, root, ts);
    expect(await messageAt(ts)).toBeUndefined();
    expect(await faultOf(platform.port.edit(place, root, ts, spoken("Encore"), NO_USERS))).toMatchObject({
      kind: "content",
      code: "message_not_found",
    });
  });

  test("a post whose answer was lost is found again by its delivery id, in a thread and outside", async () => {
    const { platform, place, slack } = bench;
    const since = new Date();
    slack.faults.add({ kind: "loseAnswer", method: "chat.postMessage", times: 1 });
    expect(await faultOf(platform.port.post(place, root, spoken("Une fois"), "t1:4", NO_USERS))).toMatchObject({ kind: "retry" });
    const found = await platform.port.find(place, root, "t1:4", since);
    expect(await messageAt(found ?? "")).toMatchObject({ text: "Une fois" });
    expect(await platform.port.find(place, root, "t1:5", since)).toBeNull();
    slack.faults.add({ kind: "loseAnswer", method: "chat.postMessage", times: 1 });
    await faultOf(platform.port.postCard(place, card({ ref: "D-000999" }), "t9:0", NO_USERS));
    const own = await platform.port.find(place, null, "t9:0", since);
    expect(own).toEqual(expect.any(String));
    expect(await platform.port.find(place, "1.000000", "t9:0", since)).toBeNull();
  });

  test("a post is found beyond the first page of a long thread", async () => {
    const { platform, place, control, dominique, channel } = bench;
    const long = await platform.port.postCard(place, card(), "long:0", NO_USERS);
    const since = new Date();
    for (let index = 0; index < 205; index++)
      await control.message({ as: dominique.id, channel: channel.id, thread: long, text: `${index}`, wait: "ack" });
    const ts = await platform.port.post(place, long, spoken("Au bout"), "long:1", NO_USERS);
    expect(await platform.port.find(place, long, "long:1", since)).toBe(ts);
  });

  test("posts of one channel keep the order in which they were asked for", async () => {
    const { platform, place } = bench;
    const asked = Array.from({ length: 12 }, (_, index) =>
      platform.port.post(place, root, message(`${index}`), `ordre:${index}`, NO_USERS),
    );
    const stamps = await Promise.all(asked);
    expect([...stamps].sort()).toEqual(stamps);
  });

  test("a short limit is waited for as Slack says; a long one is told", async () => {
    const { platform, place, slack } = bench;
    slack.faults.add({ kind: "refuse", method: "chat.postMessage", retryAfter: 1, times: 1 });
    const started = performance.now();
    await platform.port.post(place, root, message("Patience"), "t1:6", NO_USERS);
    expect(performance.now() - started).toBeGreaterThan(950);
    slack.faults.add({ kind: "refuse", method: "chat.postMessage", retryAfter: 30, times: 1 });
    expect(await faultOf(platform.port.post(place, root, message("Trop"), "t1:7", NO_USERS))).toMatchObject({
      kind: "retry",
      code: "ratelimited",
      afterMs: 30_000,
    });
  });

  test.each([
    ["is_archived", "place"],
    ["channel_not_found", "place"],
    ["not_in_channel", "place"],
    ["restricted_action", "place"],
    ["missing_scope", "place"],
    ["msg_too_long", "content"],
    ["invalid_blocks", "content"],
    ["internal_error", "retry"],
    ["fatal_error", "retry"],
    ["service_unavailable", "retry"],
    ["a_word_that_slack_made_since", "retry"],
  ] as const)("%s is told as %s, its cause kept", async (error, kind) => {
    bench.slack.faults.add({ kind: "refuse", method: "chat.postMessage", error, times: 1 });
    const fault = await faultOf(bench.platform.port.post(bench.place, root, message("Refusé"), "t1:8", NO_USERS));
    expect(fault).toMatchObject({ kind, code: error });
    expect(fault.cause).toBeInstanceOf(Error);
  });

  test("a server's fault, a lost connection and a workspace that is not installed", async () => {
    const { platform, place, slack } = bench;
    slack.faults.add({ kind: "refuse", method: "chat.postMessage", status: 503, times: 1 });
    expect(await faultOf(platform.port.post(place, root, message("x"), "t1:9", NO_USERS))).toMatchObject({
      kind: "retry",
      code: "http_503",
    });
    slack.faults.add({ kind: "dropBefore", method: "chat.postMessage", times: 1 });
    expect(await faultOf(platform.port.post(place, root, message("x"), "t1:9", NO_USERS))).toMatchObject({
      kind: "retry",
      code: "network",
    });
    const elsewhere = { ...place, workspace: "T000" };
    expect(await faultOf(platform.port.post(elsewhere, root, message("x"), "t1:9", NO_USERS))).toMatchObject({ kind: "place" });
  });

  test("an archived channel and one that the bot has left are places to mend", async () => {
    const { platform, control, workspace, place } = bench;
    const closed = await control.createChannel({ workspace: workspace.teamId, name: "fini", members: ["bot"] });
    await control.archive(closed.id);
    expect(await faultOf(platform.port.postCard({ ...place, channel: closed.id }, card(), "c:0", NO_USERS))).toMatchObject({
      kind: "place",
    });
    const left = await control.createChannel({
      workspace: workspace.teamId,
      name: "quitte",
      private: true,
      members: [bench.camille.id],
    });
    expect(await faultOf(platform.port.postCard({ ...place, channel: left.id }, card(), "c:1", NO_USERS))).toMatchObject({
      kind: "place",
    });
  });

  test("a fault that strikes one post leaves those behind it in the channel alone", async () => {
    const { platform, place, slack } = bench;
    slack.faults.add({ kind: "refuse", method: "chat.postMessage", error: "internal_error", times: 1 });
    const [first, second] = await Promise.allSettled([
      platform.port.post(place, root, message("un"), "s:1", NO_USERS),
      platform.port.post(place, root, message("deux"), "s:2", NO_USERS),
    ]);
    expect([first?.status, second?.status]).toEqual(["rejected", "fulfilled"]);
  });

  test("a list is posted with its buttons, found again like the rest", async () => {
    const { platform, place } = bench;
    const list = {
      title: "En souffrance",
      lines: [{ ref: "D-000001", emoji: "⏰", sujet: "Sujet", details: "Ain", buttons: [button("voir", "Voir")] }],
      empty: "",
      footer: null,
      pages: [],
    };
    const ts = await platform.port.postList(place, list, "liste:1");
    expect(await platform.port.find(place, null, "liste:1", new Date())).toBe(ts);
  });

  test("every call is counted, by what became of it", async () => {
    const { platform, place, slack, called } = bench;
    called.length = 0;
    await platform.port.post(place, root, message("compté"), "m:1", NO_USERS);
    slack.faults.add({ kind: "refuse", method: "chat.postMessage", retryAfter: 60, times: 1 });
    await faultOf(platform.port.post(place, root, message("limité"), "m:2", NO_USERS));
    slack.faults.add({ kind: "refuse", method: "chat.postMessage", error: "is_archived", times: 1 });
    await faultOf(platform.port.post(place, root, message("refusé"), "m:3", NO_USERS));
    await until(() => called.length === 3, "three calls");
    expect(called).toMatchObject([
      { method: "chat.postMessage", outcome: "ok", code: null },
      { method: "chat.postMessage", outcome: "rate_limited", code: null },
      { method: "chat.postMessage", outcome: "refused", code: "is_archived" },
    ]);
  });
});
