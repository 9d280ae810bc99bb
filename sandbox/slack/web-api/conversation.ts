import type { ChannelRecord, WorkspaceRecord } from "../state/model.ts";
import { directChannel } from "../state/people.ts";
import type { World } from "../state/world.ts";
import { SlackError } from "./method.ts";

/** The conversation of that id that the bot may know of; `channel_not_found` hides the rest, as Slack does. */
export function visibleChannel(world: World, workspace: WorkspaceRecord, id: string): ChannelRecord {
  const channel = world.channels.get(id);
  const hidden = !channel || channel.teamId !== workspace.id;
  if (hidden || (channel.kind !== "public" && !channel.members.includes(workspace.botUserId)))
    throw new SlackError("channel_not_found");
  return channel;
}

/** The same, when the bot must be in it. */
export function joinedChannel(world: World, workspace: WorkspaceRecord, id: string): ChannelRecord {
  const channel = visibleChannel(world, workspace, id);
  if (!channel.members.includes(workspace.botUserId)) throw new SlackError("not_in_channel");
  return channel;
}

/** The conversation to post into: an id, a name with #, or a person, whose direct conversation then opens. */
export function destination(world: World, workspace: WorkspaceRecord, target: string): ChannelRecord {
  const person = /^[UW]/.test(target) ? world.users.get(target) : undefined;
  if (person && person.teamId === workspace.id && !person.deleted && !person.isBot)
    return directChannel(world, workspace.id, workspace.botUserId, person.id);
  const name = target.replace(/^#/, "");
  const named = world.channelsOf(workspace.id).find((channel) => channel.kind !== "im" && channel.name === name);
  const channel = visibleChannel(world, workspace, named?.id ?? target);
  const isMember = channel.members.includes(workspace.botUserId);
  if (!isMember && !workspace.botScopes.includes("chat:write.public")) throw new SlackError("not_in_channel");
  if (channel.archived) throw new SlackError("is_archived");
  return channel;
}
