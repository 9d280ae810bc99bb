import { createSlackPlatform } from "../../../bots/slack/platform.ts";
import { NO_USERS } from "../../../bots/slack/render/richtext.ts";
import { richText } from "../../../src/domain/richtext.ts";
import { PermanentError, RetryError } from "../../../src/errors.ts";
import { card, RecordingDesk, recordingLog, until } from "../desk.ts";
import { type Bench, NO_TRAIL, startBench } from "./harness.ts";

describe("the connection to Slack", () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await startBench({ start: false });
  });
  afterEach(() => bench.close());

  const write = (text: string, thread?: string) =>
    bench.control.message({
      as: bench.camille.id,
      channel: bench.channel.id,
      text,
      wait: "ack",
      ...(thread !== undefined && { thread }),
    });

  test("says how it stands: not yet, well, stopped", async () => {
    expect(bench.platform.health()).toMatchObject({ ok: false });
    await bench.platform.start();
    expect(bench.platform.health()).toEqual({ ok: true });
    await bench.platform.stop();
    expect(bench.platform.health()).toMatchObject({ ok: false, reason: expect.stringContaining("arrêté") });
  });

  test("a refused token, a refused app token and a Slack that is away are told apart at the start", async () => {
    const start = (changes: object) =>
      createSlackPlatform({
        config: { ...bench.config, ...changes },
        desk: new RecordingDesk(),
        log: recordingLog(),
        trail: NO_TRAIL,
      }).start();
    await expect(start({ botToken: "xoxb-faux" })).rejects.toBeInstanceOf(PermanentError);
    await expect(start({ appToken: "xapp-faux" })).rejects.toBeInstanceOf(PermanentError);
    await expect(start({ apiUrl: "http://127.0.0.1:9/" })).rejects.toBeInstanceOf(RetryError);
  });

  test("what its mode needs is asked for when it is made", () => {
    const create = (changes: object) => () =>
      createSlackPlatform({
        config: { ...bench.config, ...changes },
        desk: new RecordingDesk(),
        log: recordingLog(),
        trail: NO_TRAIL,
      });
    expect(create({ appToken: "" })).toThrow(PermanentError);
    expect(create({ mode: "http", signingSecret: "" })).toThrow(PermanentError);
  });

  test("a cut socket is opened again, as often as it takes, and what was said meanwhile comes in once", async () => {
    await bench.platform.start();
    const root = await bench.platform.port.postCard(bench.place, card(), "t1:0", NO_USERS);
    bench.desk.open = [{ place: bench.place, root, seen: null }];
    const down = bench.slack.faults.add({ kind: "down" });
    await write("Pendant la coupure", root);
    await until(
      () => bench.log.lines.filter(({ message }) => message.includes("could not be opened")).length >= 2,
      "tries that fail",
    );
    bench.slack.faults.clear(down);
    await until(() => bench.desk.of("message").length > 0, "the message");
    await write("Après la coupure", root);
    await until(() => bench.desk.of("message").some(({ text }) => JSON.stringify(text).includes("Après")), "the next message");
    await bench.slack.settled();
    const ids = new Set(bench.desk.of("message").map(({ id }) => id));
    expect(ids.size).toBe(2);
    expect(bench.platform.health()).toEqual({ ok: true });
  });

  test("Slack's renewal of its sockets goes unnoticed", async () => {
    await bench.platform.start();
    bench.slack.refreshSockets();
    await write("Juste après");
    await bench.slack.settled();
    expect(bench.desk.of("message")).toMatchObject([{ text: richText("Juste après") }]);
    expect(bench.platform.health()).toEqual({ ok: true });
  });

  test("a token refused while running turns the health bad, in plain words, and one taken again mends it", async () => {
    await bench.platform.start();
    bench.slack.faults.add({ kind: "refuse", method: "chat.postMessage", error: "token_revoked", times: 1 });
    await expect(bench.platform.port.postCard(bench.place, card(), "t1:0", NO_USERS)).rejects.toMatchObject({
      kind: "place",
      code: "token_revoked",
    });
    expect(bench.platform.health()).toMatchObject({ ok: false, reason: expect.stringContaining("token_revoked") });
    await bench.platform.port.postCard(bench.place, card(), "t1:0", NO_USERS);
    expect(bench.platform.health()).toEqual({ ok: true });
  });

  test("stopping lets what is under way end, and takes nothing more", async () => {
    await bench.platform.start();
    let release = () => {};
    bench.desk.before = () =>
      new Promise<void>((resolve) => {
        release = resolve;
      });
    let asked = false;
    const slow = bench.desk.before;
    bench.desk.before = async (kind) => {
      asked = true;
      await slow(kind);
    };
    const sent = write("En cours");
    await until(() => asked, "the desk to be asked");
    let stopped = false;
    const stopping = bench.platform.stop().then(() => {
      stopped = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(stopped).toBe(false);
    release();
    expect((await sent).acked).toBe(true);
    await stopping;
    expect(bench.desk.of("message")).toHaveLength(1);
  });

  test("what came while it was stopped comes in at the next start", async () => {
    await bench.platform.start();
    await bench.platform.stop();
    void write("Porte close");
    await bench.restart();
    await until(() => bench.desk.of("message").length === 1, "the message");
    expect(bench.desk.of("message")).toMatchObject([{ text: richText("Porte close") }]);
  });

  test("forged, stale and unsigned requests are refused over HTTP", async () => {
    const http = await startBench({ mode: "http" });
    const url = `${http.requestUrl}`;
    const body = JSON.stringify({
      type: "event_callback",
      team_id: http.workspace.teamId,
      event: { type: "message", channel: "C1", ts: "1.000000", user: "U1", text: "faux" },
    });
    const post = (headers: Record<string, string>) =>
      fetch(url, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
    const now = String(Math.floor(Date.now() / 1000));
    expect((await post({})).status).toBe(401);
    expect((await post({ "x-slack-request-timestamp": now, "x-slack-signature": `v0=${"0".repeat(64)}` })).status).toBe(401);
    expect((await post({ "x-slack-request-timestamp": "1000000000", "x-slack-signature": `v0=${"0".repeat(64)}` })).status).toBe(
      401,
    );
    expect(http.desk.calls).toEqual([]);
    await http.close();
  });

  test("what comes from a workspace where the bot is not installed reaches nobody, and does not come again", async () => {
    await bench.platform.start();
    const { control, slack, desk } = bench;
    const other = await control.createWorkspace({ name: "Autre" });
    const stranger = await control.createUser({
      workspace: other.teamId,
      name: "sacha",
      realName: "Sacha Autre",
      email: "sacha@autre.test",
    });
    const channel = await control.createChannel({ workspace: other.teamId, name: "autre", members: ["bot", stranger.id] });
    const { acked } = await control.message({ as: stranger.id, channel: channel.id, text: "Ailleurs", wait: "ack" });
    expect(acked).toBe(true);
    await slack.settled();
    expect(desk.calls).toEqual([]);
  });
});
