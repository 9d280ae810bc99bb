/** Files whose source lies about them, on each platform, on their way to the other: nothing false arrives, nothing waits for ever, and the token stays. */
import { createCipheriv, createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { MatrixApi } from "../../bots/matrix/api.ts";
import { openMatrixFile } from "../../bots/matrix/files.ts";
import { unsealed } from "../../bots/matrix/sealedFiles.ts";
import { openSlackFile } from "../../bots/slack/files.ts";
import { NO_USERS } from "../../bots/slack/render/richtext.ts";
import { singleWorkspace } from "../../bots/slack/workspaces.ts";
import { announcedBytes } from "../../src/delivery/fileBytes.ts";
import type { DeliveryPort, OutgoingFile, Place } from "../../src/delivery/port.ts";
import { richText } from "../../src/domain/richtext.ts";
import { say } from "../../src/presentation/message.ts";
import { card, recordingLog } from "../bots/desk.ts";
import { startBench as startMatrix } from "../bots/matrix/harness.ts";
import { startBench as startSlack } from "../bots/slack/harness.ts";

const SECRET = "syt-xoxb-secret";
const MB = 1024 * 1024;

/** A server that is Slack and a homeserver at once, and gives the file as the test has it. */
class Source {
  private readonly server = createServer((request, response) => this.answer(request, response));
  give: (response: ServerResponse) => void = (response) => response.end();

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  private answer({ url = "" }: IncomingMessage, response: ServerResponse): void {
    response.on("error", () => undefined);
    if (url === "/files/x" || url.startsWith("/_matrix/client/v1/media/download/")) {
      this.give(response);
      return;
    }
    const file = { id: "F1", url_private: `${this.url}files/x` };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ ok: true, team_id: "T1", user_id: "U1", bot_id: "B1", file }));
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const source = new Source();
let openOnSlack: () => Promise<Readable>;
let openOnMatrix: (size: number) => Promise<Readable>;
let targets: { readonly slack: { port: DeliveryPort; place: Place }; readonly matrix: { port: DeliveryPort; place: Place } };
let shown: () => Promise<number>;
let closeAll: () => Promise<void>;
beforeAll(async () => {
  await source.open();
  const workspaces = singleWorkspace(SECRET, { apiUrl: source.url, log: recordingLog() });
  await workspaces.load();
  const [workspace] = workspaces.all();
  if (!workspace) throw new Error("no workspace");
  openOnSlack = () => openSlackFile(workspace, "F1");
  const api = new MatrixApi({
    homeserver: source.url.slice(0, -1),
    accessToken: SECRET,
    cryptoFolder: null,
    log: recordingLog(),
  });
  openOnMatrix = (size) => openMatrixFile(api, { file: "mxc://exemple.test/x", size });
  const [slack, matrix] = await Promise.all([startSlack(), startMatrix()]);
  targets = {
    slack: { port: slack.platform.port, place: slack.place },
    matrix: { port: matrix.platform.port, place: matrix.place },
  };
  const roots = {
    slack: await slack.platform.port.postCard(slack.place, card(), "t1:0", NO_USERS),
    matrix: await matrix.platform.port.postCard(matrix.place, card(), "t1:0", NO_USERS),
  };
  post = (target, file) => {
    const { port, place } = targets[target];
    const note = { saved: null, save: async () => undefined };
    const caption = say(richText("a partagé un fichier"), { private: false });
    return port.postFile(place, roots[target], file, caption, `t1:${++posts}`, note, NO_USERS);
  };
  shown = async () => {
    const { messages } = await slack.control.messages({ channel: slack.channel.id, thread: roots.slack });
    const { chunk } = await matrix.camille.call("GET", `rooms/${encodeURIComponent(matrix.room)}/messages?dir=b&limit=100`);
    return (
      messages.filter(({ files }) => Array.isArray(files) && files.length > 0).length +
      chunk.filter(({ content }: { content: { url?: string } }) => content.url !== undefined).length
    );
  };
  closeAll = async () => {
    await Promise.all([slack.close(), matrix.close()]);
    source.close();
  };
});
afterAll(() => closeAll());

let posts = 0;
let post: (target: "slack" | "matrix", file: OutgoingFile) => Promise<string>;

const announced = (mimetype: string, size: number, open: () => Promise<Readable>): OutgoingFile => ({
  name: "attestation.pdf",
  mimetype,
  size,
  open,
});

/** From each platform to the other: what came of it. */
async function relayed(mimetype: string, size: number): Promise<unknown[]> {
  const ways = [
    post("matrix", announced(mimetype, size, openOnSlack)),
    post(
      "slack",
      announced(mimetype, size, () => openOnMatrix(size)),
    ),
  ];
  return (await Promise.allSettled(ways)).map((way) =>
    way.status === "fulfilled" ? "posted" : { kind: way.reason.kind, code: way.reason.code },
  );
}

const PDF = Buffer.from(`%PDF-1.7\n${"x".repeat(5_000)}`);
/** Sends until nobody listens any more; the test ends only if somebody stops. */
const endless = (response: ServerResponse): void => {
  Readable.from(
    (function* forever() {
      yield PDF;
      for (;;) yield Buffer.alloc(64 * 1024, 0x20);
    })(),
  ).pipe(response);
};

test("T-80 bytes that are not of the declared type go nowhere", async () => {
  const before = await shown();
  const wrong: [string, Buffer][] = [
    ["application/pdf", Buffer.from("MZ\x90\0\x03\0\0\0", "latin1")],
    ["application/pdf", Buffer.from("<html><script>alert(1)</script>")],
    ["image/png", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ["image/jpeg", Buffer.from("\x7fELF\x02\x01\x01\0", "latin1")],
    ["text/plain", Buffer.from(`MZ\x90${"\0".repeat(60)}`, "latin1")],
    ["application/vnd.openxmlformats-officedocument.wordprocessingml.document", Buffer.from("%PDF-1.7")],
    ["application/msword", Buffer.from("\x7fELF\x02\x01\x01\0", "latin1")],
  ];
  for (const [mimetype, bytes] of wrong) {
    source.give = (response) => response.end(bytes);
    const fault = { kind: "content", code: "file_type" };
    expect({ mimetype, came: await relayed(mimetype, bytes.length) }).toEqual({ mimetype, came: [fault, fault] });
  }
  expect(await shown()).toBe(before);
  source.give = (response) => response.end(PDF);
  expect(await relayed("application/pdf", PDF.length)).toEqual(["posted", "posted"]);
  expect(await shown()).toBe(before + 2);
});

test("T-81 more bytes than announced, fewer, and a stream without end are given up for good, and are posted nowhere", async () => {
  const before = await shown();
  const fault = { kind: "content", code: "file_size" };
  source.give = (response) => response.end(PDF);
  for (const size of [PDF.length - 1, PDF.length + 1, 1]) expect(await relayed("application/pdf", size)).toEqual([fault, fault]);
  source.give = endless;
  expect(await relayed("application/pdf", MB)).toEqual([fault, fault]);
  expect(await shown()).toBe(before);
});

test("T-82 a small body that unpacks to a large one is cut at the size announced", async () => {
  const bomb = gzipSync(Buffer.concat([PDF, Buffer.alloc(200 * MB)]));
  source.give = (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
  const began = process.memoryUsage().rss;
  const fault = { kind: "content", code: "file_size" };
  expect(await relayed("application/pdf", bomb.length)).toEqual([fault, fault]);
  expect(process.memoryUsage().rss - began).toBeLessThan(150 * MB);
});

test("T-83 a stream that stalls, or is cut, is asked again later", async () => {
  source.give = (response) => void response.writeHead(200).write(PDF);
  for (const open of [openOnSlack, () => openOnMatrix(MB)]) {
    const stalled = buffer(announcedBytes({ mimetype: "application/pdf", size: MB }, await open(), 300));
    await expect(stalled).rejects.toMatchObject({ kind: "retry", code: "file_stalled" });
  }
  source.give = (response) => {
    response.writeHead(200, { "content-length": MB });
    response.write(PDF, () => response.destroy());
  };
  const later = { kind: "retry", code: "upload_interrupted" };
  expect(await relayed("application/pdf", MB)).toEqual([later, later]);
});

test("T-84 a redirection takes the token to no other server", async () => {
  const heard: (string | undefined)[] = [];
  const stranger = createServer((request, response) => {
    heard.push(request.headers.authorization);
    response.end(PDF);
  });
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  try {
    const location = `http://localhost:${(stranger.address() as AddressInfo).port}/`;
    source.give = (response) => response.writeHead(307, { location }).end();
    // A homeserver may keep its media elsewhere, where they are fetched as by anybody. Slack redirects to its page of login only.
    expect(await relayed("application/pdf", PDF.length)).toEqual([{ kind: "place", code: "file_307" }, "posted"]);
    expect(heard).toEqual([undefined]);
  } finally {
    stranger.closeAllConnections();
    stranger.close();
  }
});

test("T-85 a sealed file that is longer, altered or sealed otherwise is not opened", async () => {
  const [key, iv] = [randomBytes(32), randomBytes(16)];
  const cipher = createCipheriv("aes-256-ctr", key, iv);
  const bytes = Buffer.concat([cipher.update(PDF), cipher.final()]);
  const bare = (data: Buffer) => data.toString("base64").replace(/=+$/, "");
  const file = {
    v: "v2",
    key: { alg: "A256CTR", k: key.toString("base64url"), kty: "oct", ext: true, key_ops: ["decrypt"] },
    iv: bare(iv),
    hashes: { sha256: bare(createHash("sha256").update(bytes).digest()) },
  };
  expect(await unsealed(file, Readable.from([bytes]), PDF.length)).toEqual(PDF);
  const long = Readable.from([bytes, Buffer.alloc(1)]);
  await expect(unsealed(file, long, PDF.length)).rejects.toMatchObject({ kind: "content", code: "file_size" });
  const altered = Readable.from([Buffer.concat([bytes.subarray(1), Buffer.of(0)])]);
  await expect(unsealed(file, altered, PDF.length)).rejects.toMatchObject({ kind: "content", code: "file_encrypted" });
  for (const wrong of [
    null,
    {},
    { ...file, v: "v9" },
    { ...file, iv: "" },
    { ...file, key: { ...file.key, k: "AA" } },
    { ...file, hashes: { sha256: "" } },
  ])
    await expect(unsealed(wrong, Readable.from([bytes]), PDF.length)).rejects.toMatchObject({ code: "file_encrypted" });
});
