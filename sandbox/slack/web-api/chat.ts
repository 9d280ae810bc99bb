import { z } from "zod";
import { changeMessage, deleteMessage, postMessage } from "../state/messages.ts";
import type { ChannelRecord, EphemeralRecord, Json, MessageRecord, WorkspaceRecord } from "../state/model.ts";
import { presentMessage } from "../state/present.ts";
import type { World } from "../state/world.ts";
import { contentArgs, needContent, POST_TEXT, readContent, storedContent, UPDATE_TEXT } from "./content.ts";
import { destination, joinedChannel, visibleChannel } from "./conversation.ts";
import { flag, type Method, method, needScope, SlackError, text } from "./method.ts";

const authorArgs = { username: text.optional(), icon_emoji: text.optional(), icon_url: text.optional() };

/** The fields of a message that say who wrote it: the bot, under another name and picture if it may. */
function author(workspace: WorkspaceRecord, args: { username?: string; icon_emoji?: string; icon_url?: string }) {
  const customized = args.username !== undefined || args.icon_emoji !== undefined || args.icon_url !== undefined;
  const bot = { botId: workspace.botId, appId: workspace.appId };
  if (!customized) return { ...bot, user: workspace.botUserId };
  needScope(workspace, "chat:write.customize");
  const icons =
    args.icon_emoji !== undefined ? { emoji: args.icon_emoji } : args.icon_url !== undefined && { image_48: args.icon_url };
  return {
    ...bot,
    subtype: "bot_message",
    ...(args.username !== undefined && { username: args.username }),
    ...(icons && { icons }),
  };
}

/** The root of the thread to reply in. Replying to a reply is replying to its root. */
function threadRoot(world: World, channel: ChannelRecord, ts: string | undefined): string | undefined {
  if (ts === undefined || ts === "") return undefined;
  const target = world.message(channel.id, ts);
  if (!target) throw new SlackError("thread_not_found");
  if (target.subtype === "tombstone" || target.subtype?.startsWith("channel_")) throw new SlackError("cannot_reply_to_message");
  return target.threadTs ?? target.ts;
}

const chatPostMessage = method(
  "chat.postMessage",
  {
    tier: "post",
    scopes: ["chat:write"],
    args: z.object({
      channel: text,
      ...contentArgs,
      ...authorArgs,
      thread_ts: text.optional(),
      reply_broadcast: flag.optional(),
    }),
  },
  ({ world, workspace, args }) => {
    const channel = destination(world, workspace, args.channel);
    const content = readContent(args, POST_TEXT);
    needContent(content);
    const threadTs = threadRoot(world, channel, args.thread_ts);
    const draft = { ...author(workspace, args), ...storedContent(content), ...(threadTs !== undefined && { threadTs }) };
    const { message } = postMessage(world, channel, draft, {
      broadcast: threadTs !== undefined && args.reply_broadcast === true,
    });
    const shown = presentMessage(world, message, { metadata: true });
    return { channel: channel.id, ts: message.ts, message: shown, ...textWarning(args) };
  },
);

function textWarning(args: { text?: string; blocks?: unknown }): Json {
  if (args.text !== undefined || args.blocks === undefined) return {};
  return { warning: "missing_text_in_message", response_metadata: { warnings: ["missing_text_in_message"] } };
}

/** The bot's own message of that timestamp. */
function ownMessage(
  world: World,
  workspace: WorkspaceRecord,
  channel: ChannelRecord,
  ts: string,
  refusal: string,
): MessageRecord {
  const message = world.message(channel.id, ts);
  if (!message || message.subtype === "tombstone") throw new SlackError("message_not_found");
  if (message.botId !== workspace.botId) throw new SlackError(refusal);
  return message;
}

/** Versions of a message that a screen may still show. */
const EARLIER_KEPT = 5;

const chatUpdate = method(
  "chat.update",
  {
    tier: 3,
    scopes: ["chat:write"],
    args: z.object({ channel: text, ts: text, ...contentArgs, reply_broadcast: flag.optional() }),
  },
  ({ world, workspace, args }) => {
    const channel = visibleChannel(world, workspace, args.channel);
    const message = ownMessage(world, workspace, channel, args.ts, "cant_update_message");
    if (channel.archived) throw new SlackError("is_archived");
    const content = readContent(args, UPDATE_TEXT);
    if (content.text === undefined && content.blocks === undefined && content.attachments === undefined && !content.metadata)
      throw new SlackError("no_text");
    const { message: changed } = changeMessage(world, channel, message, updated(world, workspace, message, content));
    const { ts: _ts, ...shown } = presentMessage(world, changed, { metadata: true });
    return { channel: channel.id, ts: changed.ts, text: changed.text, message: shown };
  },
);

/** What an update changes: absent arguments leave their part as it was, empty ones take it away. */
function updated(
  world: World,
  workspace: WorkspaceRecord,
  message: MessageRecord,
  content: ReturnType<typeof readContent>,
): Partial<MessageRecord> {
  const kept = { text: message.text, blocks: message.blocks, attachments: message.attachments, metadata: message.metadata };
  const derivedOnly = message.blocks?.length === 1 && message.blocks[0]?.type === "rich_text" && content.text !== undefined;
  const merged = { ...kept, ...(derivedOnly && { blocks: undefined }), ...content };
  const given = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
  needContent({ ...given, ...(message.fileIds.length > 0 && { text: merged.text || " " }) });
  const stored = storedContent(given);
  return {
    ...stored,
    blocks: stored.blocks,
    attachments: stored.attachments,
    metadata: stored.metadata,
    earlier: [...(message.blocks ? [message.blocks] : []), ...(message.earlier ?? [])].slice(0, EARLIER_KEPT),
    edited: { user: workspace.botUserId, ts: `${world.timeline.seconds()}.000000` },
  } as Partial<MessageRecord>;
}

const chatDelete = method(
  "chat.delete",
  { tier: 3, scopes: ["chat:write"], args: z.object({ channel: text, ts: text }) },
  ({ world, workspace, args }) => {
    const channel = visibleChannel(world, workspace, args.channel);
    const message = ownMessage(world, workspace, channel, args.ts, "cant_delete_message");
    if (channel.archived) throw new SlackError("is_archived");
    deleteMessage(world, channel, message);
    return { channel: channel.id, ts: args.ts };
  },
);

const chatPostEphemeral = method(
  "chat.postEphemeral",
  {
    tier: 4,
    scopes: ["chat:write"],
    args: z.object({ channel: text, user: text, ...contentArgs, ...authorArgs, thread_ts: text.optional() }),
  },
  ({ world, workspace, args }) => {
    const channel = joinedChannel(world, workspace, args.channel);
    if (channel.archived) throw new SlackError("is_archived");
    if (!channel.members.includes(args.user)) throw new SlackError("user_not_in_channel");
    const content = readContent(args, POST_TEXT);
    needContent(content);
    const threadTs = threadRoot(world, channel, args.thread_ts);
    const ephemeral = showEphemeral(world, channel, args.user, {
      ...author(workspace, args),
      ...storedContent(content),
      ...(threadTs !== undefined && { threadTs }),
    });
    return { message_ts: ephemeral.ts };
  },
);

/** Shows a message to one person only. */
export function showEphemeral(
  world: World,
  channel: ChannelRecord,
  user: string,
  content: Omit<Partial<EphemeralRecord>, "user"> & { text: string; user?: string; subtype?: string },
): EphemeralRecord {
  const { subtype: _subtype, user: _author, metadata: _metadata, ...rest } = content as typeof content & { metadata?: Json };
  const ephemeral: EphemeralRecord = { ...rest, teamId: channel.teamId, channel: channel.id, user, ts: world.timeline.nextTs() };
  world.putEphemeral(ephemeral);
  world.feed.show({ kind: "ephemeral", channel: channel.id, ts: ephemeral.ts, user });
  return ephemeral;
}

const chatGetPermalink = method(
  "chat.getPermalink",
  { tier: "none", args: z.object({ channel: text, message_ts: text }) },
  ({ world, workspace, args }) => {
    const channel = visibleChannel(world, workspace, args.channel);
    const message = world.message(channel.id, args.message_ts);
    if (!message) throw new SlackError("message_not_found");
    return { channel: channel.id, permalink: permalink(world, message) };
  },
);

/** The message's web address. */
export function permalink(world: World, message: MessageRecord): string {
  const address = `${world.baseUrl}/archives/${message.channel}/p${message.ts.replace(".", "")}`;
  if (message.threadTs === undefined || message.threadTs === message.ts) return address;
  return `${address}?thread_ts=${message.threadTs}&cid=${message.channel}`;
}

export const chatMethods: readonly Method[] = [chatPostMessage, chatUpdate, chatDelete, chatPostEphemeral, chatGetPermalink];
