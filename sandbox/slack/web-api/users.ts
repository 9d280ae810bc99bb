import { z } from "zod";
import { READ_SCOPES } from "../events/emit.ts";
import { channelForBot } from "../state/people.ts";
import { presentUser } from "../state/present.ts";
import { flag, list, type Method, method, needScope, page, pageSize, SlackError, text } from "./method.ts";

const info = method(
  "users.info",
  { tier: 4, scopes: ["users:read"], args: z.object({ user: text }) },
  ({ world, workspace, args }) => {
    const user = world.users.get(args.user);
    if (!user || user.teamId !== workspace.id) throw new SlackError("user_not_found");
    return { user: presentUser(world, user, { email: workspace.botScopes.includes("users:read.email") }) };
  },
);

const listAll = method(
  "users.list",
  { tier: 2, scopes: ["users:read"], args: z.object({ cursor: text.optional(), limit: pageSize(1000, 1000) }) },
  ({ world, workspace, args }) => {
    const email = workspace.botScopes.includes("users:read.email");
    const { items, next } = page(world.usersOf(workspace.id), args.cursor, args.limit);
    return {
      members: items.map((user) => presentUser(world, user, { email })),
      cache_ts: world.timeline.seconds(),
      response_metadata: { next_cursor: next },
    };
  },
);

const lookupByEmail = method(
  "users.lookupByEmail",
  { tier: 3, scopes: ["users:read.email"], args: z.object({ email: text }) },
  ({ world, workspace, args }) => {
    const wanted = args.email.trim().toLowerCase();
    const user = world.usersOf(workspace.id).find((one) => one.email?.toLowerCase() === wanted && !one.deleted);
    if (!user) throw new SlackError("users_not_found");
    return { user: presentUser(world, user, { email: true }) };
  },
);

const KINDS = { public_channel: "public", private_channel: "private", im: "im" } as const;

const conversations = method(
  "users.conversations",
  {
    tier: 3,
    args: z.object({
      user: text.optional(),
      types: list.optional(),
      exclude_archived: flag.optional(),
      cursor: text.optional(),
      limit: pageSize(100, 999),
    }),
  },
  ({ world, workspace, args }) => {
    const asked = (args.types ?? ["public_channel"]).filter((type) => type !== "mpim");
    const kinds = asked.map((type) => {
      if (!(type in KINDS)) throw new SlackError("invalid_types");
      return KINDS[type as keyof typeof KINDS];
    });
    needScope(workspace, ...kinds.map((kind) => READ_SCOPES[kind]));
    const user = args.user ?? workspace.botUserId;
    if (world.users.get(user)?.teamId !== workspace.id) throw new SlackError("user_not_found");
    const found = world.channelsOf(workspace.id).filter((channel) => {
      const known = channel.kind === "public" || channel.members.includes(workspace.botUserId);
      return (
        known && kinds.includes(channel.kind) && channel.members.includes(user) && !(args.exclude_archived && channel.archived)
      );
    });
    const { items, next } = page(found, args.cursor, args.limit);
    return { channels: items.map((channel) => channelForBot(world, channel)), response_metadata: { next_cursor: next } };
  },
);

export const userMethods: readonly Method[] = [info, listAll, lookupByEmail, conversations];
