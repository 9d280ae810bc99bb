import { z } from "zod";
import { emitEvent } from "../events/emit.ts";
import { react } from "../state/people.ts";
import { presentBotProfile, presentMessage } from "../state/present.ts";
import { joinedChannel, visibleChannel } from "./conversation.ts";
import { flag, type Method, method, needScope, SlackError, text } from "./method.ts";

const authTest = method("auth.test", { tier: "none", args: z.object({}) }, ({ world, workspace }) => ({
  url: `${world.baseUrl}/`,
  team: workspace.name,
  user: world.users.get(workspace.botUserId)?.name,
  team_id: workspace.id,
  user_id: workspace.botUserId,
  bot_id: workspace.botId,
  is_enterprise_install: false,
}));

const authRevoke = method("auth.revoke", { tier: 3, args: z.object({ test: flag.optional() }) }, ({ world, workspace, args }) => {
  if (args.test) return { revoked: false };
  // The event must be sent while the app still counts as installed.
  const event = { type: "tokens_revoked", tokens: { oauth: [], bot: [workspace.botUserId] }, event_ts: world.timeline.nextTs() };
  emitEvent(world, workspace, event);
  world.workspaces.put(workspace.id, { ...workspace, installed: false });
  return { revoked: true };
});

const teamInfo = method(
  "team.info",
  { tier: 3, scopes: ["team:read"], args: z.object({ team: text.optional() }) },
  ({ world, workspace, args }) => {
    if (args.team !== undefined && args.team !== workspace.id) throw new SlackError("team_not_found");
    const { id, name, domain } = workspace;
    return { team: { id, name, url: `${world.baseUrl}/`, domain, email_domain: "", icon: { image_default: true } } };
  },
);

const botsInfo = method(
  "bots.info",
  { tier: 3, scopes: ["users:read"], args: z.object({ bot: text.optional() }) },
  ({ world, workspace, args }) => {
    if (args.bot !== undefined && args.bot !== workspace.botId) throw new SlackError("bot_not_found");
    return { bot: presentBotProfile(world, workspace) };
  },
);

const target = { channel: text, timestamp: text };
const emoji = text.transform((name) => name.replaceAll(":", ""));

const reactionsAdd = method(
  "reactions.add",
  { tier: 3, scopes: ["reactions:write"], args: z.object({ ...target, name: emoji }) },
  ({ world, workspace, args }) => {
    if (!/^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(args.name)) throw new SlackError("invalid_name");
    const channel = joinedChannel(world, workspace, args.channel);
    if (!world.message(channel.id, args.timestamp)) throw new SlackError("message_not_found");
    if (channel.archived) throw new SlackError("is_archived");
    if (!react(world, channel, args.timestamp, workspace.botUserId, args.name, true)) throw new SlackError("already_reacted");
    return {};
  },
);

const reactionsRemove = method(
  "reactions.remove",
  { tier: 2, scopes: ["reactions:write"], args: z.object({ ...target, name: emoji }) },
  ({ world, workspace, args }) => {
    const channel = joinedChannel(world, workspace, args.channel);
    if (!world.message(channel.id, args.timestamp)) throw new SlackError("message_not_found");
    if (!react(world, channel, args.timestamp, workspace.botUserId, args.name, false)) throw new SlackError("no_reaction");
    return {};
  },
);

const reactionsGet = method("reactions.get", { tier: 3, args: z.object({ ...target }) }, ({ world, workspace, args }) => {
  needScope(workspace, "reactions:read");
  const channel = visibleChannel(world, workspace, args.channel);
  const message = world.message(channel.id, args.timestamp);
  if (!message) throw new SlackError("message_not_found");
  return { type: "message", channel: channel.id, message: presentMessage(world, message) };
});

export const platformMethods: readonly Method[] = [
  authTest,
  authRevoke,
  teamInfo,
  botsInfo,
  reactionsAdd,
  reactionsRemove,
  reactionsGet,
];
