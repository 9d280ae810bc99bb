import { emitEvent, emitInChannel, READ_SCOPES } from "../events/emit.ts";
import { newId } from "./ids.ts";
import { postMessage } from "./messages.ts";
import type { ChannelRecord, Json, UserRecord } from "./model.ts";
import { presentChannel, presentUser } from "./present.ts";
import type { World } from "./world.ts";

/** The direct conversation of two users, opened when it is not there yet. */
export function directChannel(world: World, teamId: string, a: string, b: string): ChannelRecord {
  const known = world
    .channelsOf(teamId)
    .find((channel) => channel.kind === "im" && channel.members.includes(a) && channel.members.includes(b));
  if (known) return known;
  const channel: ChannelRecord = {
    id: newId("D"),
    teamId,
    kind: "im",
    name: "directmessage",
    previousNames: [],
    creator: a,
    created: world.timeline.seconds(),
    archived: false,
    members: [a, b],
  };
  world.channels.put(channel.id, channel);
  return channel;
}

/** Puts a user into a channel, with the message and the event that Slack sends; nothing when already there. */
export function addMember(world: World, channel: ChannelRecord, user: string, inviter?: string): ChannelRecord {
  if (channel.members.includes(user)) return channel;
  const joined = { ...channel, members: [...channel.members, user] };
  world.channels.put(channel.id, joined);
  postMessage(world, joined, {
    subtype: "channel_join",
    user,
    text: `<@${user}> has joined the channel`,
    ...(inviter !== undefined && { extra: { inviter } }),
  });
  emitInChannel(world, joined, membershipEvent(world, "member_joined_channel", joined, user, inviter), READ_SCOPES);
  return joined;
}

/** Takes a user out of a channel, with the message and the event that Slack sends. */
export function removeMember(world: World, channel: ChannelRecord, user: string): ChannelRecord {
  if (!channel.members.includes(user)) return channel;
  const left = { ...channel, members: channel.members.filter((member) => member !== user) };
  const workspace = world.workspaces.get(channel.teamId);
  world.channels.put(channel.id, left);
  postMessage(world, left, { subtype: "channel_leave", user, text: `<@${user}> has left the channel` });
  if (workspace && user === workspace.botUserId) {
    const type = channel.kind === "private" ? "group_left" : "channel_left";
    const event = { type, channel: channel.id, actor_id: user, event_ts: world.timeline.nextTs() };
    emitEvent(world, workspace, event, READ_SCOPES[channel.kind]);
  }
  emitInChannel(world, left, membershipEvent(world, "member_left_channel", left, user), READ_SCOPES);
  return left;
}

function membershipEvent(world: World, type: string, channel: ChannelRecord, user: string, inviter?: string) {
  return {
    type,
    user,
    channel: channel.id,
    channel_type: channel.kind === "private" ? "G" : "C",
    team: channel.teamId,
    ...(inviter !== undefined && { inviter }),
    event_ts: world.timeline.nextTs(),
  };
}

/** Archives a channel or takes it out of the archive. */
export function setArchived(world: World, channel: ChannelRecord, archived: boolean, by: string): ChannelRecord {
  const changed = { ...channel, archived };
  world.channels.put(channel.id, changed);
  const verb = archived ? "archive" : "unarchive";
  const event = {
    type: `${channel.kind === "private" ? "group" : "channel"}_${verb}`,
    channel: channel.id,
    user: by,
    is_moved: 0,
    event_ts: world.timeline.nextTs(),
  };
  emitInChannel(world, changed, event, READ_SCOPES);
  return changed;
}

export function renameChannel(world: World, channel: ChannelRecord, name: string, by: string): ChannelRecord {
  const changed = { ...channel, name, previousNames: [channel.name, ...channel.previousNames] };
  world.channels.put(channel.id, changed);
  const group = channel.kind === "private";
  postMessage(world, changed, {
    subtype: group ? "group_name" : "channel_name",
    user: by,
    text: `has renamed the channel from "${channel.name}" to "${name}"`,
    extra: { old_name: channel.name, name },
  });
  const described: Json = {
    id: channel.id,
    name,
    name_normalized: name,
    created: channel.created,
    is_channel: true,
    is_mpim: false,
  };
  const event = {
    type: group ? "group_rename" : "channel_rename",
    channel: described,
    event_ts: world.timeline.nextTs(),
  };
  emitInChannel(world, changed, event, READ_SCOPES);
  return changed;
}

/** Adds a person to a workspace and tells the app (`team_join`). */
export function addUser(world: World, user: UserRecord): void {
  world.users.put(user.id, user);
  emitUser(world, user, "team_join");
}

/** Changes a person's profile, or deactivates the account, and tells the app (`user_change`). */
export function changeUser(world: World, user: UserRecord, changes: Partial<UserRecord>): UserRecord {
  const changed = { ...user, ...changes, updated: world.timeline.seconds() };
  world.users.put(user.id, changed);
  emitUser(world, changed, "user_change");
  return changed;
}

function emitUser(world: World, user: UserRecord, type: "team_join" | "user_change"): void {
  const workspace = world.workspaces.get(user.teamId);
  if (!workspace || user.isBot) return;
  const shown = presentUser(world, user, { email: workspace.botScopes.includes("users:read.email") });
  const event = {
    type,
    user: shown,
    ...(type === "user_change" && { cache_ts: user.updated }),
    event_ts: world.timeline.nextTs(),
  };
  emitEvent(world, workspace, event, "users:read");
}

/** The conversation as the workspace's bot sees it. */
export function channelForBot(world: World, channel: ChannelRecord): Json {
  return presentChannel(channel, world.workspaces.get(channel.teamId)?.botUserId ?? "");
}

/** Adds or takes away a reaction; false when it was already so. Tells the app where it is in the channel. */
export function react(world: World, channel: ChannelRecord, ts: string, user: string, name: string, added: boolean): boolean {
  const message = world.message(channel.id, ts);
  if (!message) return false;
  const others = message.reactions.filter((reaction) => reaction.name !== name);
  const users = message.reactions.find((reaction) => reaction.name === name)?.users ?? [];
  if (users.includes(user) === added) return false;
  const left = added ? [...users, user] : users.filter((other) => other !== user);
  const reactions = left.length > 0 ? [...others, { name, users: left }] : others;
  world.putMessage({ ...message, reactions });
  world.feed.show({ kind: "changed", channel: channel.id, ts, byApp: message.botId !== undefined });
  const event = {
    type: added ? "reaction_added" : "reaction_removed",
    user,
    reaction: name,
    item: { type: "message", channel: channel.id, ts },
    ...(message.user !== undefined && { item_user: message.user }),
    event_ts: world.timeline.nextTs(),
  };
  emitInChannel(world, channel, event, { public: "reactions:read", private: "reactions:read", im: "reactions:read" });
  return true;
}
