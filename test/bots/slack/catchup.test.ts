import { NO_USERS } from "../../../bots/slack/render/richtext.ts";
import { richText } from "../../../src/domain/richtext.ts";
import { say } from "../../../src/presentation/message.ts";
import { card, until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";

describe("catching up", () => {
  let bench: Bench;
  beforeEach(async () => {
    // What is said while nobody listens is given up at once: only the history has it then.
    bench = await startBench({ sandbox: { retryDelays: [], ackTimeout: 200 } });
  });
  afterEach(() => bench.close());

  const write = async (text: string, thread: string) =>
    (await bench.control.message({ as: bench.camille.id, channel: bench.channel.id, text, thread, wait: "ack" })).ts;
  const newThread = () => bench.platform.port.postCard(bench.place, card(), `t:${performance.now()}`, NO_USERS);
  const texts = () => bench.desk.of("message").map(({ text }) => text);

  test("what was said in open threads comes in order, with the ids of the events, and is marked as seen", async () => {
    const { desk, place, platform } = bench;
    const [first, second, closed] = [await newThread(), await newThread(), await newThread()];
    const before = await write("déjà vu", first);
    await until(() => desk.of("message").length === 1, "the first message");
    await platform.stop();
    desk.calls.length = 0;
    const a = await write("un", first);
    const b = await write("deux", first);
    const c = await write("trois", second);
    await write("fil clos", closed);
    desk.open = [
      { place, root: first, seen: before },
      { place, root: second, seen: null },
    ];
    await bench.restart();
    expect(texts()).toEqual(expect.arrayContaining([richText("un"), richText("deux"), richText("trois")]));
    expect(desk.of("message")).toHaveLength(3);
    expect(desk.of("message").filter(({ root }) => root === first)).toMatchObject([
      { id: `msg:${place.workspace}:${place.channel}:${a}`, root: first },
      { id: `msg:${place.workspace}:${place.channel}:${b}`, root: first },
    ]);
    expect(desk.seenUpTo).toEqual(
      expect.arrayContaining([
        { root: first, message: b },
        { root: second, message: c },
      ]),
    );
  });

  test("edits seen on the way are handed over, the bot's own posts are not", async () => {
    const { desk, place, platform, control, camille, channel } = bench;
    const root = await newThread();
    const ts = await write("avant", root);
    await until(() => desk.of("message").length === 1, "the message");
    await platform.port.post(place, root, say(richText("du robot")), "t:1", NO_USERS);
    await platform.stop();
    desk.calls.length = 0;
    await control.edit({ as: camille.id, channel: channel.id, message: ts, text: "après", wait: "ack" });
    await write("suite", root);
    desk.open = [{ place, root, seen: ts }];
    await bench.restart();
    expect(desk.of("edited")).toMatchObject([{ message: ts, text: richText("après"), root }]);
    expect(texts()).toEqual([richText("suite")]);
  });

  test("threads with nothing new cost one call for their channel, and none each", async () => {
    const { desk, place, called } = bench;
    const roots = await Promise.all(Array.from({ length: 12 }, newThread));
    const seen = await Promise.all(roots.map((root) => write("vu", root)));
    await until(() => desk.of("message").length === 12, "the messages");
    desk.open = roots.map((root, index) => ({ place, root, seen: seen[index] ?? null }));
    called.length = 0;
    await bench.platform.catchUp();
    const methods = called.map(({ method }) => method).filter((method) => method.startsWith("conversations."));
    expect(methods).toEqual(["conversations.history"]);
  });

  test("a channel that refuses leaves the others alone; a limit is waited for", async () => {
    const { desk, place, slack, control, workspace } = bench;
    const root = await newThread();
    const lost = await control.createChannel({ workspace: workspace.teamId, name: "perdu", members: [bench.camille.id] });
    await bench.platform.stop();
    desk.calls.length = 0;
    await write("lu", root);
    desk.open = [
      { place: { ...place, channel: lost.id }, root: "1700000000.000000", seen: null },
      { place, root, seen: null },
    ];
    slack.faults.add({ kind: "refuse", method: "conversations.replies", retryAfter: 1, times: 1 });
    await bench.restart();
    expect(texts()).toEqual([richText("lu")]);
    expect(bench.log.lines.some(({ message }) => message.includes("could not be caught up"))).toBe(true);
  });

  test("a thread of several pages is read whole", async () => {
    const { desk, place } = bench;
    const root = await newThread();
    await bench.platform.stop();
    desk.calls.length = 0;
    for (let index = 0; index < 230; index++) await write(`${index}`, root);
    desk.open = [{ place, root, seen: null }];
    await bench.restart();
    expect(texts()).toEqual(Array.from({ length: 230 }, (_, index) => richText(`${index}`)));
  });
});
