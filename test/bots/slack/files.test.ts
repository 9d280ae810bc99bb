import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { openSlackFile } from "../../../bots/slack/files.ts";
import { NO_USERS } from "../../../bots/slack/render/richtext.ts";
import { singleWorkspace } from "../../../bots/slack/workspaces.ts";
import type { IntentNote, OutgoingFile } from "../../../src/delivery/port.ts";
import { richText } from "../../../src/domain/richtext.ts";
import { say } from "../../../src/presentation/message.ts";
import { card, recordingLog } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";

const bytes = Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(200_000)]);
const sha = (data: Buffer) => createHash("sha256").update(data).digest("hex");

const outgoing = (data: Buffer = bytes, size = data.length): OutgoingFile => ({
  name: "attestation signée.pdf",
  mimetype: "application/pdf",
  size,
  open: async () => Readable.from([data.subarray(0, 1000), data.subarray(1000)]),
});

const caption = {
  ...say(richText("a joint un fichier <!here>")),
  speaker: { name: "Camille Exemple", groupe: "CAF" },
  private: true,
};

/** A note as delivery keeps it: what was saved last is there for the next try. */
class Note implements IntentNote {
  saved: string | null = null;
  readonly all: string[] = [];
  /** Stops the try as a killed process would, once this many notes are saved. */
  killAfter = Number.POSITIVE_INFINITY;

  async save(note: string): Promise<void> {
    this.saved = note;
    this.all.push(note);
    if (this.all.length >= this.killAfter) throw new Error("killed");
  }
}

describe("files", () => {
  let bench: Bench;
  let root: string;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    root = await bench.platform.port.postCard(bench.place, card(), "t1:0", NO_USERS);
  });
  afterEach(() => bench.slack.faults.clear());

  const post = (note: Note, file = outgoing()) =>
    bench.platform.port.postFile(bench.place, root, file, caption, "t1:1", note, NO_USERS);
  const replies = async () => (await bench.control.messages({ channel: bench.channel.id, thread: root })).messages.slice(1);

  test("a file goes into the thread with its caption, and comes back whole", async () => {
    const { platform, place } = bench;
    const ts = await post(new Note());
    const [shown, ...others] = await replies();
    expect(others).toEqual([]);
    expect(shown).toMatchObject({ ts, thread_ts: root, files: [{ name: "attestation signée.pdf", size: bytes.length }] });
    expect(shown?.text).toContain("Camille Exemple (CAF)");
    expect(shown?.text).toContain("🔒 Entre instructeurs");
    expect(shown?.text).toContain("&lt;!here&gt;");
    const [file] = (shown?.files ?? []) as { id: string }[];
    const stream = await platform.port.openFile({
      name: "x",
      mimetype: "application/pdf",
      size: bytes.length,
      platform: "slack",
      workspace: place.workspace,
      file: file?.id ?? "",
    });
    expect(sha(await buffer(stream))).toBe(sha(bytes));
  });

  test.each([
    ["before its bytes went", 1],
    ["before it was shared", 2],
  ])("killed %s, the next try posts it once", async (_when, killAfter) => {
    const note = new Note();
    note.killAfter = killAfter;
    await expect(post(note)).rejects.toThrow("killed");
    expect(await replies()).toEqual([]);
    note.killAfter = Number.POSITIVE_INFINITY;
    const ts = await post(note);
    expect(await replies()).toMatchObject([{ ts }]);
  });

  test("shared, but its answer lost: the next try adopts the message", async () => {
    const note = new Note();
    bench.slack.faults.add({ kind: "loseAnswer", method: "files.completeUploadExternal", times: 1 });
    await expect(post(note)).rejects.toMatchObject({ kind: "retry" });
    const ts = await post(note);
    expect(await replies()).toMatchObject([{ ts }]);
  });

  test("fewer or more bytes than announced are sent nowhere", async () => {
    await expect(post(new Note(), outgoing(bytes, bytes.length + 5))).rejects.toMatchObject({
      kind: "content",
      code: "file_size",
    });
    await expect(post(new Note(), outgoing(bytes, bytes.length - 5))).rejects.toMatchObject({
      kind: "content",
      code: "file_size",
    });
    expect(await replies()).toEqual([]);
  });

  test("a removed message takes its file with it", async () => {
    const { platform, place } = bench;
    const ts = await post(new Note());
    const [shown] = await replies();
    const [file] = (shown?.files ?? []) as { id: string }[];
    await platform.port.remove(place, root, ts);
    expect(await replies()).toEqual([]);
    const gone = platform.port.openFile({
      name: "x",
      mimetype: "",
      size: 1,
      platform: "slack",
      workspace: place.workspace,
      file: file?.id ?? "",
    });
    await expect(gone).rejects.toMatchObject({ kind: "content", code: "file_not_found" });
  });

  test("the token goes to no other host, asked for or redirected to", async () => {
    const asked: string[] = [];
    let address = "";
    const stranger = createServer((request, response) => {
      asked.push(request.headers.authorization ?? "");
      response.end("x");
    });
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    const elsewhere = `http://localhost:${(stranger.address() as AddressInfo).port}/`;
    const api = createServer((request, response) => {
      if (request.url === "/files/x") return void response.writeHead(302, { location: elsewhere }).end();
      const file = { id: "F1", url_private: address };
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ ok: true, team_id: "T1", user_id: "U1", bot_id: "B1", file }));
    });
    await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
    const apiUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}/`;
    const workspaces = singleWorkspace("xoxb-secret", { apiUrl, log: recordingLog() });
    await workspaces.load();
    const [workspace] = workspaces.all();
    if (!workspace) throw new Error("no workspace");
    address = elsewhere;
    await expect(openSlackFile(workspace, "F1")).rejects.toMatchObject({ code: "file_elsewhere" });
    address = `${apiUrl}files/x`;
    await expect(openSlackFile(workspace, "F1")).rejects.toMatchObject({ kind: "place", code: "file_302" });
    expect(asked).toEqual([]);
    for (const server of [api, stranger]) {
      server.closeAllConnections();
      server.close();
    }
  });
});
