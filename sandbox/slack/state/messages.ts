import { CHANNEL_TYPES, emitEvent, emitInChannel, HISTORY_SCOPES } from "../events/emit.ts";
import type { ChannelRecord, Json, MessageRecord } from "./model.ts";
import { presentMessage } from "./present.ts";
import { compareTs, type World } from "./world.ts";

/** What a new message is made of; the platform gives it its timestamp. */
export type Draft = Partial<Omit<MessageRecord, "ts" | "teamId" | "channel">> & { text: string };

/** Posts a message, keeps the counters of its thread, and tells the app. Returns it with the ids of the events sent. */
export function postMessage(
  world: World,
  channel: ChannelRecord,
  draft: Draft,
  options: { broadcast?: boolean } = {},
): { message: MessageRecord; eventIds: string[] } {
  const ts = world.timeline.nextTs();
  const subtype = draft.subtype ?? (options.broadcast ? "thread_broadcast" : undefined);
  const message: MessageRecord = {
    fileIds: [],
    reactions: [],
    ...draft,
    teamId: channel.teamId,
    channel: channel.id,
    ts,
    ...(subtype !== undefined && { subtype }),
  };
  world.putMessage(message);
  if (message.threadTs !== undefined) recountThread(world, channel.id, message.threadTs);
  world.feed.show({ kind: "message", channel: channel.id, ts, byApp: message.botId !== undefined });
  return { message, eventIds: announce(world, channel, message) };
}

function announce(world: World, channel: ChannelRecord, message: MessageRecord): string[] {
  const shown = presentMessage(world, message, { metadata: true });
  const event = {
    ...shown,
    type: "message",
    channel: channel.id,
    event_ts: message.ts,
    channel_type: CHANNEL_TYPES[channel.kind],
  };
  const sent = [emitInChannel(world, channel, event, HISTORY_SCOPES)];
  const workspace = world.workspaces.get(channel.teamId);
  const mentioned = workspace && new RegExp(`<@${workspace.botUserId}(\\|[^>]*)?>`).test(message.text);
  const plain = message.subtype === undefined || message.subtype === "file_share" || message.subtype === "thread_broadcast";
  if (workspace && mentioned && plain && channel.kind !== "im" && channel.members.includes(workspace.botUserId)) {
    if (message.user !== workspace.botUserId) {
      const mention = { ...shown, type: "app_mention", channel: channel.id, event_ts: message.ts };
      sent.push(emitEvent(world, workspace, mention, "app_mentions:read"));
    }
  }
  return sent.filter((id) => id !== undefined);
}

/** Replaces what a message says. `changes` hold only the fields that change. */
export function changeMessage(
  world: World,
  channel: ChannelRecord,
  message: MessageRecord,
  changes: Partial<MessageRecord>,
): { message: MessageRecord; eventIds: string[] } {
  const changed: MessageRecord = { ...message, ...changes };
  world.putMessage(changed);
  world.feed.show({ kind: "changed", channel: channel.id, ts: message.ts, byApp: message.botId !== undefined });
  return { message: changed, eventIds: announceChange(world, channel, message, changed) };
}

function announceChange(world: World, channel: ChannelRecord, previous: MessageRecord, changed: MessageRecord): string[] {
  const ts = world.timeline.nextTs();
  const event = {
    type: "message",
    subtype: "message_changed",
    message: { ...presentMessage(world, changed, { metadata: true }), source_team: channel.teamId, user_team: channel.teamId },
    previous_message: presentMessage(world, previous, { metadata: true }),
    channel: channel.id,
    hidden: true,
    ts,
    event_ts: ts,
    channel_type: CHANNEL_TYPES[channel.kind],
  };
  const id = emitInChannel(world, channel, event, HISTORY_SCOPES);
  return id === undefined ? [] : [id];
}

/**
 * Deletes a message. The root of a thread that still has replies leaves a tombstone in its place, and the app is told of a change
 * rather than of a deletion, as Slack does.
 */
export function deleteMessage(world: World, channel: ChannelRecord, message: MessageRecord): { eventIds: string[] } {
  if (message.thread && message.thread.replyCount > 0) {
    const tombstone: MessageRecord = {
      teamId: message.teamId,
      channel: message.channel,
      ts: message.ts,
      threadTs: message.ts,
      subtype: "tombstone",
      user: "USLACKBOT",
      text: "This message was deleted.",
      fileIds: [],
      reactions: [],
      thread: message.thread,
      extra: { hidden: true },
    };
    world.putMessage(tombstone);
    world.feed.show({ kind: "deleted", channel: channel.id, ts: message.ts, byApp: message.botId !== undefined });
    return { eventIds: announceChange(world, channel, message, tombstone) };
  }
  world.deleteMessage(message);
  if (message.threadTs !== undefined && message.threadTs !== message.ts) recountThread(world, channel.id, message.threadTs);
  world.feed.show({ kind: "deleted", channel: channel.id, ts: message.ts, byApp: message.botId !== undefined });
  const ts = world.timeline.nextTs();
  const event = {
    type: "message",
    subtype: "message_deleted",
    previous_message: presentMessage(world, message, { metadata: true }),
    channel: channel.id,
    hidden: true,
    deleted_ts: message.ts,
    ts,
    event_ts: ts,
    channel_type: CHANNEL_TYPES[channel.kind],
  };
  const id = emitInChannel(world, channel, event, HISTORY_SCOPES);
  return { eventIds: id === undefined ? [] : [id] };
}

/** Sets the root's counters from the replies that are there. A tombstone left without a reply goes away. */
function recountThread(world: World, channel: string, rootTs: string): void {
  const root = world.message(channel, rootTs);
  if (!root) return;
  const replies = world.repliesOf(channel, rootTs);
  if (replies.length === 0 && root.subtype === "tombstone") {
    world.deleteMessage(root);
    return;
  }
  const { thread: _thread, threadTs: _threadTs, ...alone } = root;
  if (replies.length === 0) {
    world.putMessage(alone);
    return;
  }
  const latestReply = replies.at(-1)?.ts;
  const replyUsers = [...new Set(replies.map((reply) => reply.user ?? reply.botId ?? ""))];
  world.putMessage({
    ...root,
    threadTs: rootTs,
    thread: { replyCount: replies.length, replyUsers, ...(latestReply !== undefined && { latestReply }) },
  });
}

/** The channel's messages outside threads (with the replies also sent to the channel), oldest first. */
export function rootsOf(world: World, channel: string): MessageRecord[] {
  return world
    .messagesOf(channel)
    .filter(
      (message) => message.threadTs === undefined || message.threadTs === message.ts || message.subtype === "thread_broadcast",
    );
}

/** The root and its replies, oldest first; undefined when there is no such message. */
export function threadOf(world: World, channel: string, ts: string): MessageRecord[] | undefined {
  const message = world.message(channel, ts);
  if (!message) return undefined;
  return [message, ...world.repliesOf(channel, ts)].sort((a, b) => compareTs(a.ts, b.ts));
}

/** A message's rich text block, as Slack's own client sends what a person typed. */
export function richTextOf(text: string): Json[] {
  const elements: Json[] = [];
  for (const part of text.split(/(<[@#!][^>]+>)/)) {
    const mention = /^<@([UW][A-Z0-9]+)(?:\|[^>]*)?>$/.exec(part);
    const channel = /^<#(C[A-Z0-9]+)(?:\|[^>]*)?>$/.exec(part);
    const range = /^<!(here|channel|everyone)>$/.exec(part);
    if (mention) elements.push({ type: "user", user_id: mention[1] });
    else if (channel) elements.push({ type: "channel", channel_id: channel[1] });
    else if (range) elements.push({ type: "broadcast", range: range[1] });
    else if (part !== "") elements.push({ type: "text", text: unescaped(part) });
  }
  return [{ type: "rich_text", elements: [{ type: "rich_text_section", elements }] }];
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
