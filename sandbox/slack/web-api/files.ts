import { z } from "zod";
import { newId, newSecret } from "../state/ids.ts";
import { changeMessage, postMessage } from "../state/messages.ts";
import type { FileRecord } from "../state/model.ts";
import { presentFile } from "../state/present.ts";
import type { World } from "../state/world.ts";
import { escaped, needContent, readContent, storedContent } from "./content.ts";
import { destination } from "./conversation.ts";
import { invalidArguments, json, list, type Method, method, SlackError, text } from "./method.ts";

const getUploadURLExternal = method(
  "files.getUploadURLExternal",
  {
    tier: 4,
    scopes: ["files:write"],
    args: z.object({ filename: text, length: z.coerce.number().int().positive(), alt_txt: text.optional() }),
  },
  ({ world, workspace, args }) => {
    const file: FileRecord = {
      id: newId("F"),
      teamId: workspace.id,
      user: workspace.botUserId,
      name: args.filename,
      title: args.filename,
      mimetype: mimetypeOf(args.filename),
      size: args.length,
      created: world.timeline.seconds(),
      state: "awaited",
      secret: newSecret(24),
      channels: [],
    };
    world.files.put(file.id, file);
    return { upload_url: `${world.baseUrl}/upload/v1/${file.id}-${file.secret}`, file_id: file.id };
  },
);

const MIMETYPES: Record<string, string> = {
  csv: "text/csv",
  gif: "image/gif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  odt: "application/vnd.oasis.opendocument.text",
  pdf: "application/pdf",
  png: "image/png",
  txt: "text/plain",
};

function mimetypeOf(name: string): string {
  return MIMETYPES[name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/octet-stream";
}

/** Takes the bytes sent to an upload address. False when no upload is awaited there, or the length is not the announced one. */
export function receiveUpload(world: World, path: string, bytes: Buffer): boolean {
  const [id = "", secret] = path.split("-");
  const file = world.files.get(id);
  if (!file || file.secret !== secret || file.state !== "awaited" || bytes.length !== file.size) return false;
  world.store.putBytes(id, bytes);
  world.files.put(id, { ...file, state: "received" });
  return true;
}

const completeUploadExternal = method(
  "files.completeUploadExternal",
  {
    tier: 4,
    scopes: ["files:write"],
    args: z.object({
      files: json(z.array(z.looseObject({ id: z.string(), title: z.string().nullish() })).min(1)),
      channel_id: text.optional(),
      channels: list.optional(),
      thread_ts: text.optional(),
      initial_comment: text.optional(),
      blocks: json(z.unknown()).optional(),
    }),
  },
  ({ world, workspace, args }) => {
    if (args.initial_comment !== undefined && args.blocks !== undefined)
      throw invalidArguments(["[ERROR] initial_comment and blocks are mutually exclusive"]);
    const received = args.files.map(({ id, title }) => {
      const file = world.files.get(id);
      if (!file || file.teamId !== workspace.id || file.state !== "received") throw new SlackError("file_not_found");
      return { ...file, title: title ?? file.title };
    });
    const targets = args.channel_id !== undefined ? [args.channel_id] : (args.channels ?? []);
    const channels = targets.map((target) => destination(world, workspace, target));
    const [first] = channels;
    const root = args.thread_ts !== undefined && first ? world.message(first.id, args.thread_ts) : undefined;
    if (args.thread_ts !== undefined && !root) throw new SlackError("invalid_thread_ts");
    const content = args.blocks !== undefined ? storedContent(readContent({ blocks: args.blocks }, 0)) : { text: "" };
    if (args.blocks !== undefined) needContent(content);
    const shared = received.map((file): FileRecord => ({ ...file, state: "shared", channels: channels.map(({ id }) => id) }));
    for (const file of shared) world.files.put(file.id, file);
    for (const channel of channels) {
      postMessage(world, channel, {
        ...content,
        ...(args.initial_comment !== undefined && { text: escaped(args.initial_comment) }),
        subtype: "file_share",
        user: workspace.botUserId,
        botId: workspace.botId,
        appId: workspace.appId,
        fileIds: shared.map(({ id }) => id),
        ...(root && { threadTs: root.threadTs ?? root.ts }),
      });
    }
    return { files: shared.map((file) => presentFile(world, file)) };
  },
);

function knownFile(world: World, teamId: string, id: string): FileRecord {
  const file = world.files.get(id);
  if (!file || file.teamId !== teamId || file.state === "awaited") throw new SlackError("file_not_found");
  if (file.state === "deleted") throw new SlackError("file_deleted");
  return file;
}

const info = method(
  "files.info",
  { tier: 4, scopes: ["files:read"], args: z.object({ file: text }) },
  ({ world, workspace, args }) => {
    const file = knownFile(world, workspace.id, args.file);
    return { file: presentFile(world, file), comments: [], response_metadata: { next_cursor: "" } };
  },
);

const remove = method(
  "files.delete",
  { tier: 3, scopes: ["files:write"], args: z.object({ file: text }) },
  ({ world, workspace, args }) => {
    const file = knownFile(world, workspace.id, args.file);
    if (file.user !== workspace.botUserId) throw new SlackError("cant_delete_file");
    deleteFile(world, file);
    return {};
  },
);

/** Deletes a file: its bytes go, and a tombstone stays in the messages that showed it. */
export function deleteFile(world: World, file: FileRecord): void {
  world.store.deleteBytes(file.id);
  world.files.put(file.id, { ...file, state: "deleted" });
  for (const id of file.channels) {
    const channel = world.channels.get(id);
    const messages = world.messagesOf(id).filter((message) => message.fileIds.includes(file.id));
    for (const message of messages) if (channel) changeMessage(world, channel, message, {});
  }
}

export const fileMethods: readonly Method[] = [getUploadURLExternal, completeUploadExternal, info, remove];
