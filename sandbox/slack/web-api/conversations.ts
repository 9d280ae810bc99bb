import { z } from "zod";
import { HISTORY_SCOPES, READ_SCOPES } from "../events/emit.ts";
import { rootsOf, threadOf } from "../state/messages.ts";
import type { ChannelKind, ChannelRecord, MessageRecord } from "../state/model.ts";
import { addMember, channelForBot, directChannel, removeMember } from "../state/people.ts";
import { presentMessage } from "../state/present.ts";
import { compareTs } from "../state/world.ts";
import { joinedChannel, visibleChannel } from "./conversation.ts";
import { flag, list, type Method, method, needScope, page, pageSize, SlackError, text } from "./method.ts";

const paging = { cursor: text.optional(), limit: pageSize(100, 999) };

const KINDS: Record<string, ChannelKind> = { public_channel: "public", private_channel: "private", im: "im" };

/** Reads `types`; mpim is known to Slack, and empty here. */
function kindsOf(types: string[] | undefined): ChannelKind[] {
  const asked = types ?? ["public_channel"];
  if (asked.some((type) => !(type in KINDS) && type !== "mpim")) throw new SlackError("invalid_types");
  return asked.map((type) => KINDS[type]).filter((kind) => kind !== undefined);
}

const open = method(
  "conversations.open",
  {
    tier: 3,
    args: z.object({
      users: list.optional(),
      channel: text.optional(),
      return_im: flag.optional(),
      prevent_creation: flag.optional(),
    }),
  },
  ({ world, workspace, args }) => {
    needScope(workspace, "im:write");
    if (args.channel !== undefined) {
      const known = visibleChannel(world, workspace, args.channel);
      return { no_op: true, already_open: true, channel: args.return_im ? channelForBot(world, known) : { id: known.id } };
    }
    const [user, ...others] = args.users ?? [];
    if (user === undefined) throw new SlackError("users_list_not_supplied");
    if (others.length > 0) throw new SlackError("not_enough_users");
    const person = world.users.get(user);
    if (!person || person.teamId !== workspace.id) throw new SlackError("user_not_found");
    if (person.deleted) throw new SlackError("user_disabled");
    if (person.isBot) throw new SlackError("cannot_dm_bot");
    const channel = directChannel(world, workspace.id, workspace.botUserId, user);
    return { channel: args.return_im ? channelForBot(world, channel) : { id: channel.id } };
  },
);

const info = method(
  "conversations.info",
  { tier: 3, args: z.object({ channel: text, include_num_members: flag.optional() }) },
  ({ world, workspace, args }) => {
    const channel = visibleChannel(world, workspace, args.channel);
    needScope(workspace, READ_SCOPES[channel.kind]);
    const counted = args.include_num_members ? { num_members: channel.members.length } : {};
    return { channel: { ...channelForBot(world, channel), ...counted } };
  },
);

function needKinds(workspace: Parameters<typeof needScope>[0], kinds: ChannelKind[]): void {
  needScope(workspace, ...kinds.map((kind) => READ_SCOPES[kind]));
}

const listAll = method(
  "conversations.list",
  { tier: 2, args: z.object({ ...paging, types: list.optional(), exclude_archived: flag.optional() }) },
  ({ world, workspace, args }) => {
    const kinds = kindsOf(args.types);
    needKinds(workspace, kinds);
    const visible = world.channelsOf(workspace.id).filter((channel) => {
      if (!kinds.includes(channel.kind) || (args.exclude_archived && channel.archived)) return false;
      return channel.kind === "public" || channel.members.includes(workspace.botUserId);
    });
    const { items, next } = page(visible, args.cursor, args.limit);
    return { channels: items.map((channel) => channelForBot(world, channel)), response_metadata: { next_cursor: next } };
  },
);

const members = method(
  "conversations.members",
  { tier: 4, args: z.object({ channel: text, ...paging }) },
  ({ world, workspace, args }) => {
    const channel = visibleChannel(world, workspace, args.channel);
    needScope(workspace, READ_SCOPES[channel.kind]);
    const { items, next } = page(channel.members, args.cursor, args.limit);
    return { members: items, response_metadata: { next_cursor: next } };
  },
);

const window = {
  ...paging,
  oldest: text.optional(),
  latest: text.optional(),
  inclusive: flag.optional(),
  include_all_metadata: flag.optional(),
};

/** Keeps what lies between `oldest` and `latest`, bounds counted only when `inclusive`. */
function within(messages: MessageRecord[], args: { oldest?: string; latest?: string; inclusive?: boolean }): MessageRecord[] {
  const isTs = (ts: string) => /^\d{1,12}(\.\d{1,6})?$/.test(ts);
  if (args.oldest !== undefined && !isTs(args.oldest)) throw new SlackError("invalid_ts_oldest");
  if (args.latest !== undefined && !isTs(args.latest)) throw new SlackError("invalid_ts_latest");
  return messages.filter(({ ts }) => {
    const after = args.oldest === undefined ? 1 : compareTs(ts, args.oldest);
    const before = args.latest === undefined ? 1 : compareTs(args.latest, ts);
    return args.inclusive ? after >= 0 && before >= 0 : after > 0 && before > 0;
  });
}

const history = method(
  "conversations.history",
  { tier: 3, args: z.object({ channel: text, ...window }) },
  ({ world, workspace, args }) => {
    const channel = joinedChannel(world, workspace, args.channel);
    needScope(workspace, HISTORY_SCOPES[channel.kind]);
    const newestFirst = within(rootsOf(world, channel.id), args).reverse();
    const { items, next } = page(newestFirst, args.cursor, args.limit);
    return {
      messages: items.map((message) => presentMessage(world, message, { metadata: args.include_all_metadata === true })),
      has_more: next !== "",
      pin_count: 0,
      channel_actions_ts: null,
      channel_actions_count: 0,
      response_metadata: { next_cursor: next },
    };
  },
);

const replies = method(
  "conversations.replies",
  { tier: 3, args: z.object({ channel: text, ts: text, ...window }) },
  ({ world, workspace, args }) => {
    const channel: ChannelRecord = joinedChannel(world, workspace, args.channel);
    needScope(workspace, HISTORY_SCOPES[channel.kind]);
    const thread = threadOf(world, channel.id, args.ts);
    const [root, ...answers] = thread ?? [];
    if (!root) throw new SlackError("thread_not_found");
    // The root leads every page, whatever the bounds.
    const { items, next } = page(within(answers, args), args.cursor, args.limit);
    return {
      messages: [root, ...items].map((message) =>
        presentMessage(world, message, { metadata: args.include_all_metadata === true }),
      ),
      has_more: next !== "",
      response_metadata: { next_cursor: next },
    };
  },
);

const join = method(
  "conversations.join",
  { tier: 3, scopes: ["channels:join"], args: z.object({ channel: text }) },
  ({ world, workspace, args }) => {
    const channel = visibleChannel(world, workspace, args.channel);
    if (channel.kind !== "public") throw new SlackError("method_not_supported_for_channel_type");
    if (channel.archived) throw new SlackError("is_archived");
    const already = channel.members.includes(workspace.botUserId);
    const joined = addMember(world, channel, workspace.botUserId);
    const warning = already ? { warning: "already_in_channel", response_metadata: { warnings: ["already_in_channel"] } } : {};
    return { channel: channelForBot(world, joined), ...warning };
  },
);

/** The scope that lets a bot run each kind of conversation. */
const MANAGE_SCOPES: Record<ChannelKind, string> = { public: "channels:manage", private: "groups:write", im: "im:write" };

const leave = method("conversations.leave", { tier: 3, args: z.object({ channel: text }) }, ({ world, workspace, args }) => {
  const channel = visibleChannel(world, workspace, args.channel);
  needScope(workspace, MANAGE_SCOPES[channel.kind]);
  if (channel.kind === "im") throw new SlackError("method_not_supported_for_channel_type");
  if (channel.archived) throw new SlackError("is_archived");
  if (!channel.members.includes(workspace.botUserId)) return { not_in_channel: true };
  removeMember(world, channel, workspace.botUserId);
  return {};
});

const invite = method(
  "conversations.invite",
  { tier: 3, args: z.object({ channel: text, users: list }) },
  ({ world, workspace, args }) => {
    const channel = joinedChannel(world, workspace, args.channel);
    needScope(workspace, MANAGE_SCOPES[channel.kind]);
    if (channel.kind === "im") throw new SlackError("method_not_supported_for_channel_type");
    if (channel.archived) throw new SlackError("is_archived");
    if (args.users.length === 0) throw new SlackError("no_user");
    for (const user of args.users) {
      const person = world.users.get(user);
      if (!person || person.teamId !== workspace.id || person.deleted) throw new SlackError("user_not_found");
      if (user === workspace.botUserId) throw new SlackError("cant_invite_self");
      if (channel.members.includes(user)) throw new SlackError("already_in_channel");
    }
    const joined = args.users.reduce((into, user) => addMember(world, into, user, workspace.botUserId), channel);
    return { channel: channelForBot(world, joined) };
  },
);

export const conversationMethods: readonly Method[] = [open, info, listAll, members, history, replies, join, leave, invite];
