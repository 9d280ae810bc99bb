/** Files: streamed from Slack and to Slack, never held whole. https://docs.slack.dev/messaging/working-with-files */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { AS_STORED, announcedBytes } from "../../src/delivery/fileBytes.ts";
import { DeliveryFault, type IntentNote, type OutgoingFile } from "../../src/delivery/port.ts";
import type { SlackClient } from "./client.ts";
import { slackCode } from "./faults.ts";
import { messagesSince } from "./find.ts";
import { isOfSlack } from "./hosts.ts";
import { cut, LIMITS } from "./limits.ts";
import { patiently } from "./patience.ts";
import type { Workspace } from "./workspaces.ts";

/** Slack shares a file a moment after it says so. */
const SHARED_WITHIN_MS = 10_000;
const FIRST_LOOK_MS = 100;
/** A share that has not come by then never will: Slack drops some. */
const SHARE_LOST_MS = 5 * 60_000;
const ANSWER_MS = 30_000;

const shares = z.record(z.string(), z.array(z.object({ ts: z.string(), thread_ts: z.string().optional() })));
const fileInfo = z.object({
  id: z.string(),
  created: z.number().optional(),
  shares: z.object({ public: shares.optional(), private: shares.optional() }).optional(),
  url_private: z.string().optional(),
  url_private_download: z.string().optional(),
});

const saved = z.object({ file: z.string(), completed: z.boolean(), at: z.number() });
type Saved = z.infer<typeof saved>;

export interface FilePost {
  readonly channel: string;
  /** Null for a file that stands in the channel itself. */
  readonly root: string | null;
  readonly file: OutgoingFile;
  /** Escaped. */
  readonly caption: string;
  readonly note: IntentNote;
}

/**
 * Uploads and shares, once: the file's id is noted before its bytes go, and its sharing before it is asked for, so that a
 * second try finds what the first did. Gives the id of the message.
 */
export async function postSlackFile(workspace: Workspace, post: FilePost): Promise<string> {
  const earlier = readNote(post.note.saved);
  const adopted = earlier?.completed ? await adopt(workspace, post, earlier) : null;
  return adopted ?? upload(workspace, post);
}

async function upload(workspace: Workspace, post: FilePost): Promise<string> {
  const { client } = workspace;
  const filename = titleOf(post);
  const description = cut(post.file.description ?? "", LIMITS.fileDescription);
  const { file_id: file, upload_url: url } = await patiently(() =>
    client.files.getUploadURLExternal({ filename, length: post.file.size, ...(description && { alt_txt: description }) }),
  );
  if (file === undefined || url === undefined) throw new DeliveryFault("retry", "no_upload_url");
  await post.note.save(JSON.stringify({ file, completed: false, at: Date.now() } satisfies Saved));
  await sendBytes(new URL(url), post.file);
  const completed: Saved = { file, completed: true, at: Date.now() };
  await post.note.save(JSON.stringify(completed));
  await complete(client, file, post);
  return shared(workspace, post, completed);
}

/** The message in which an earlier try shared its file; null where it shared none. */
export async function findSlackFile(
  workspace: Workspace,
  channel: string,
  root: string | null,
  note: string,
): Promise<string | null> {
  const earlier = readNote(note);
  return earlier?.completed ? sharedAs(workspace, { channel, root }, earlier) : null;
}

/** What an earlier try left: its message; null when nothing of it shows nor ever will. */
async function adopt(workspace: Workspace, post: FilePost, earlier: Saved): Promise<string | null> {
  const ts = await sharedAs(workspace, post, earlier);
  if (ts !== null) return ts;
  const { client } = workspace;
  try {
    // It ended between its note and its sharing. Slack completes an upload once: a second time is refused.
    await complete(client, earlier.file, post);
  } catch (error) {
    if (slackCode(error) !== "file_not_found") throw error;
    if (Date.now() - earlier.at < SHARE_LOST_MS)
      throw new DeliveryFault("retry", "share_pending", { cause: error, afterMs: 5_000 });
    await patiently(() => client.files.delete({ file: earlier.file })).catch(ignoring("file_not_found", "file_deleted"));
    return null;
  }
  return shared(workspace, post, { ...earlier, at: Date.now() });
}

async function shared(workspace: Workspace, post: FilePost, completed: Saved): Promise<string> {
  const ts = await sharedAs(workspace, post, completed);
  if (ts === null) throw new DeliveryFault("retry", "share_pending", { afterMs: 5_000 });
  return ts;
}

const titleOf = ({ file }: FilePost): string => cut(file.name, LIMITS.fileName);

const complete = (client: SlackClient, id: string, post: FilePost) =>
  patiently(() =>
    client.files.completeUploadExternal({
      files: [{ id, title: titleOf(post) }],
      channel_id: post.channel,
      ...(post.root === null ? {} : { thread_ts: post.root }),
      ...(post.caption === "" ? {} : { initial_comment: post.caption }),
    }),
  );

function readNote(note: string | null): Saved | null {
  if (note === null) return null;
  try {
    return saved.parse(JSON.parse(note));
  } catch (error) {
    throw new DeliveryFault("content", "unreadable_note", { cause: error });
  }
}

/** The message in which the file was shared; null when none shows, some ten seconds after it was asked for. */
async function sharedAs(
  workspace: Workspace,
  { channel, root }: Pick<FilePost, "channel" | "root">,
  { file, at }: Saved,
): Promise<string | null> {
  for (let wait = FIRST_LOOK_MS; ; wait = Math.min(wait * 2, 2_000)) {
    const known = await infoOf(workspace.client, file);
    if (known === null) return null;
    const all = [known.shares?.public?.[channel], known.shares?.private?.[channel]].flatMap((list) => list ?? []);
    const share = all.find(({ thread_ts }) => (thread_ts ?? null) === root);
    const ts = share?.ts ?? (await shownIn(workspace, { channel, root }, file, new Date(at)));
    if (ts !== null) return ts;
    if (Date.now() - at > SHARED_WITHIN_MS) return null;
    await sleep(wait);
  }
}

/** Null for an upload that was never completed: Slack does not know the file yet. */
async function infoOf(client: SlackClient, file: string): Promise<z.infer<typeof fileInfo> | null> {
  try {
    return fileInfo.parse((await patiently(() => client.files.info({ file }))).file);
  } catch (error) {
    if (["file_not_found", "file_deleted"].includes(slackCode(error) ?? "")) return null;
    throw error;
  }
}

/** In direct conversations, Slack does not always tell of shares: the thread itself does, or the conversation since then. */
async function shownIn(
  workspace: Workspace,
  { channel, root }: Pick<FilePost, "channel" | "root">,
  file: string,
  since: Date,
): Promise<string | null> {
  for await (const messages of messagesSince(workspace, channel, root, root === null ? since : new Date(0))) {
    const found = messages.find(({ files }) => files?.some(({ id }) => id === file));
    if (found !== undefined) return found.ts;
  }
  return null;
}

/** @throws DeliveryFault to retry when the address does not take them all; of its content when they are not what was announced */
async function sendBytes(url: URL, file: OutgoingFile): Promise<void> {
  const bytes = await file.open();
  const send = url.protocol === "https:" ? httpsRequest : httpRequest;
  const request = send(url, {
    method: "POST",
    headers: { "content-type": "application/octet-stream", "content-length": file.size },
    signal: AbortSignal.timeout(10 * 60_000),
  });
  const answered = new Promise<number>((resolve, reject) => {
    request.once("error", reject);
    request.once("response", (response) => {
      response.resume();
      response.once("error", reject);
      response.once("end", () => resolve(response.statusCode ?? 0));
    });
  });
  answered.catch(() => undefined);
  try {
    await pipeline(announcedBytes(file, bytes), request);
    const status = await answered;
    if (status !== 200) throw new DeliveryFault(status === 413 ? "content" : "retry", `upload_${status}`);
  } catch (error) {
    if (error instanceof DeliveryFault) throw error;
    throw new DeliveryFault("retry", "upload_interrupted", { cause: error });
  }
}

/** The bytes, as they come. The token goes to Slack's own hosts only, and follows no redirection. */
export async function openSlackFile({ client, botToken }: Workspace, file: string): Promise<Readable> {
  const known = await infoOf(client, file);
  const address = known?.url_private_download ?? known?.url_private;
  if (address === undefined) throw new DeliveryFault("content", "file_not_found");
  if (!isOfSlack(address, client.slackApiUrl)) throw new DeliveryFault("content", "file_elsewhere");
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ANSWER_MS);
  try {
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${botToken}`, ...AS_STORED },
      redirect: "manual",
      signal: late.signal,
    });
    return bodyOf(response);
  } catch (error) {
    if (error instanceof DeliveryFault) throw error;
    throw new DeliveryFault("retry", "network", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Slack redirects to its login page where the token may not read the file. */
function bodyOf(response: Response): Readable {
  const { status, body } = response;
  if (status === 200 && body !== null) return Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
  void body?.cancel();
  if (status === 404 || status === 410) throw new DeliveryFault("content", "file_not_found");
  if (status === 429 || status >= 500) throw new DeliveryFault("retry", `file_${status}`);
  throw new DeliveryFault("place", `file_${status}`);
}

/** The file of an upload that is to come to nothing. One that was never completed Slack drops by itself. */
export async function deleteNotedFile(client: SlackClient, note: string): Promise<void> {
  const { data } = saved.safeParse(parsed(note));
  if (data) await patiently(() => client.files.delete({ file: data.file })).catch(ignoring("file_not_found", "file_deleted"));
}

function parsed(note: string): unknown {
  try {
    return JSON.parse(note);
  } catch {
    return null;
  }
}

const onlyFiles = z.object({
  messages: z.array(z.object({ ts: z.string(), files: z.array(z.object({ id: z.string() })).optional() })),
});

/** Slack keeps the file of a message that is deleted: it goes first, so that a second try still finds it. */
export async function deleteFilesOf(client: SlackClient, channel: string, root: string | null, message: string): Promise<void> {
  const answer = await patiently(() =>
    client.conversations.replies({ channel, ts: root ?? message, oldest: message, latest: message, inclusive: true, limit: 2 }),
  );
  const files = onlyFiles
    .parse(answer)
    .messages.filter(({ ts }) => ts === message)
    .flatMap(({ files: held }) => held ?? []);
  for (const { id } of files)
    await patiently(() => client.files.delete({ file: id })).catch(ignoring("file_not_found", "file_deleted"));
}

const ignoring =
  (...codes: readonly string[]) =>
  (error: unknown): void => {
    if (!codes.includes(slackCode(error) ?? "")) throw error;
  };
