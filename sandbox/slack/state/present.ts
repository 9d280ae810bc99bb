import type { ChannelRecord, FileRecord, Json, MessageRecord, UserRecord, ViewRecord, WorkspaceRecord } from "./model.ts";
import type { World } from "./world.ts";

/** The message as Slack's API shows it. `metadata` is left out unless asked for, as `include_all_metadata` has it. */
export function presentMessage(world: World, message: MessageRecord, options: { metadata?: boolean } = {}): Json {
  const workspace = world.workspaces.get(message.teamId);
  const byBot = message.botId !== undefined && workspace?.botId === message.botId;
  const root = message.threadTs !== undefined ? world.message(message.channel, message.threadTs) : undefined;
  return {
    ...(message.subtype !== undefined && { subtype: message.subtype }),
    ...(message.user !== undefined && { user: message.user }),
    type: "message",
    ts: message.ts,
    ...(message.botId !== undefined && { bot_id: message.botId }),
    ...(message.appId !== undefined && { app_id: message.appId }),
    text: message.text,
    ...(message.subtype !== "bot_message" && { team: message.teamId }),
    ...(message.username !== undefined && { username: message.username }),
    ...(message.icons !== undefined && { icons: message.icons }),
    ...(byBot && workspace && message.subtype !== "bot_message" && { bot_profile: presentBotProfile(world, workspace) }),
    ...(message.blocks !== undefined && { blocks: message.blocks }),
    ...(message.attachments !== undefined && { attachments: message.attachments }),
    ...(message.fileIds.length > 0 && { files: message.fileIds.map((id) => presentFileById(world, id)), upload: false }),
    ...(message.edited !== undefined && { edited: message.edited }),
    ...(message.threadTs !== undefined && { thread_ts: message.threadTs }),
    ...(message.threadTs !== undefined && message.threadTs !== message.ts && root?.user && { parent_user_id: root.user }),
    ...(message.thread !== undefined && presentThread(message.thread)),
    ...(message.reactions.length > 0 && {
      reactions: message.reactions.map(({ name, users }) => ({ name, users, count: users.length })),
    }),
    ...(options.metadata && message.metadata !== undefined && { metadata: message.metadata }),
    ...message.extra,
  };
}

function presentThread(thread: NonNullable<MessageRecord["thread"]>): Json {
  return {
    reply_count: thread.replyCount,
    reply_users_count: thread.replyUsers.length,
    ...(thread.latestReply !== undefined && { latest_reply: thread.latestReply }),
    reply_users: thread.replyUsers,
    is_locked: false,
    subscribed: false,
  };
}

export function presentBotProfile(world: World, workspace: WorkspaceRecord): Json {
  return {
    id: workspace.botId,
    app_id: workspace.appId,
    user_id: workspace.botUserId,
    name: world.apps.get(workspace.appId)?.name ?? "",
    icons: {},
    deleted: !workspace.installed,
    updated: 0,
    team_id: workspace.id,
  };
}

/** `email` is told only to tokens with users:read.email. */
export function presentUser(world: World, user: UserRecord, options: { email: boolean }): Json {
  const [first = "", ...rest] = user.realName.split(" ");
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    deleted: user.deleted,
    color: "9f69e7",
    real_name: user.realName,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: offsetSeconds(user.tz, world.timeline.now()),
    profile: {
      title: "",
      phone: "",
      skype: "",
      real_name: user.realName,
      real_name_normalized: withoutAccents(user.realName),
      display_name: user.displayName,
      display_name_normalized: withoutAccents(user.displayName),
      fields: null,
      status_text: "",
      status_emoji: "",
      status_emoji_display_info: [],
      status_expiration: 0,
      avatar_hash: "",
      first_name: first,
      last_name: rest.join(" "),
      team: user.teamId,
      ...(options.email && user.email !== undefined && { email: user.email }),
      ...(user.botId !== undefined && { bot_id: user.botId, api_app_id: world.workspaces.get(user.teamId)?.appId }),
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: false,
    is_ultra_restricted: false,
    is_bot: user.isBot,
    is_app_user: false,
    updated: user.updated,
    is_email_confirmed: user.email !== undefined,
    who_can_share_contact_card: "EVERYONE",
  };
}

function withoutAccents(text: string): string {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "");
}

function offsetSeconds(tz: string, at: number): number {
  const label = new Intl.DateTimeFormat("en-US", { timeZone: tz, timeZoneName: "longOffset" })
    .formatToParts(at)
    .find((part) => part.type === "timeZoneName")?.value;
  const match = /GMT([+-])(\d{2}):(\d{2})/.exec(label ?? "");
  if (!match) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60;
  return match[1] === "-" ? -seconds : seconds;
}

/** The conversation, as that user (the bot, most often) is shown it. */
export function presentChannel(channel: ChannelRecord, viewer: string): Json {
  const isMember = channel.members.includes(viewer);
  if (channel.kind === "im") {
    return {
      id: channel.id,
      created: channel.created,
      is_archived: channel.archived,
      is_im: true,
      is_org_shared: false,
      context_team_id: channel.teamId,
      updated: channel.created * 1000,
      user: channel.members.find((member) => member !== viewer) ?? viewer,
      is_user_deleted: false,
      is_open: true,
      priority: 0,
    };
  }
  const none = { value: "", creator: "", last_set: 0 };
  return {
    id: channel.id,
    name: channel.name,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: channel.kind === "private",
    created: channel.created,
    is_archived: channel.archived,
    is_general: false,
    unlinked: 0,
    name_normalized: channel.name,
    is_shared: false,
    is_org_shared: false,
    is_pending_ext_shared: false,
    pending_shared: [],
    context_team_id: channel.teamId,
    updated: channel.created * 1000,
    parent_conversation: null,
    creator: channel.creator,
    is_ext_shared: false,
    shared_team_ids: [channel.teamId],
    pending_connected_team_ids: [],
    is_member: isMember,
    topic: none,
    purpose: none,
    previous_names: channel.previousNames,
  };
}

function presentFileById(world: World, id: string): Json {
  const file = world.files.get(id);
  return file ? presentFile(world, file) : { id, mode: "tombstone" };
}

export function presentFile(world: World, file: FileRecord): Json {
  if (file.state === "deleted") return { id: file.id, mode: "tombstone" };
  const extension = /\.([A-Za-z0-9]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "binary";
  const path = `${file.teamId}-${file.id}`;
  const name = encodeURIComponent(file.name.toLowerCase().replace(/[^a-z0-9._-]+/g, "_"));
  const channels = file.channels.map((id) => world.channels.get(id)).filter((channel) => channel !== undefined);
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: file.mimetype,
    filetype: extension,
    pretty_type: extension.toUpperCase(),
    user: file.user,
    user_team: file.teamId,
    editable: false,
    size: file.size,
    mode: "hosted",
    is_external: false,
    external_type: "",
    is_public: channels.some((channel) => channel.kind === "public"),
    public_url_shared: false,
    display_as_bot: false,
    username: "",
    url_private: `${world.baseUrl}/files-pri/${path}/${name}`,
    url_private_download: `${world.baseUrl}/files-pri/${path}/download/${name}`,
    permalink: `${world.baseUrl}/files/${file.user}/${file.id}/${name}`,
    permalink_public: `${world.baseUrl}/${path}-${file.secret.slice(0, 10)}`,
    channels: channels.filter((channel) => channel.kind === "public").map((channel) => channel.id),
    groups: channels.filter((channel) => channel.kind === "private").map((channel) => channel.id),
    ims: channels.filter((channel) => channel.kind === "im").map((channel) => channel.id),
    has_rich_preview: false,
    file_access: "visible",
  };
}

/** The view as payloads and answers carry it; `values` are shown to the app on interactions only. */
export function presentView(world: World, view: ViewRecord): Json {
  return {
    id: view.id,
    team_id: view.teamId,
    ...view.content,
    type: view.type,
    blocks: view.blocks,
    state: { values: view.values },
    hash: view.hash,
    previous_view_id: view.previousViewId ?? null,
    root_view_id: view.rootViewId,
    app_id: view.appId,
    app_installed_team_id: view.teamId,
    bot_id: world.workspaces.get(view.teamId)?.botId ?? "",
  };
}
