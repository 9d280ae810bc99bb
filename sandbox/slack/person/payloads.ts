import type { ChannelRecord, EphemeralRecord, Json, MessageRecord, UserRecord, ViewRecord } from "../state/model.ts";
import { presentMessage, presentView } from "../state/present.ts";
import type { Triggers } from "../state/triggers.ts";
import type { World } from "../state/world.ts";
import { createResponseUrl } from "./response-urls.ts";

/** What an interaction happens on. */
export type Surface =
  | { kind: "message"; channel: ChannelRecord; message: MessageRecord }
  | { kind: "ephemeral"; channel: ChannelRecord; ephemeral: EphemeralRecord }
  | { kind: "view"; view: ViewRecord };

export interface Platform {
  world: World;
  triggers: Triggers;
}

/** The fields that every payload about a person's act bears. */
function common({ world, triggers }: Platform, person: UserRecord, viewId?: string): { appId: string; fields: Json } {
  const workspace = world.workspaces.get(person.teamId);
  const app = workspace && world.apps.get(workspace.appId);
  if (!workspace || !app) throw new Error(`no app is installed in ${person.teamId}`);
  const trigger = { appId: app.id, teamId: workspace.id, user: person.id, ...(viewId !== undefined && { viewId }) };
  return {
    appId: app.id,
    fields: {
      user: { id: person.id, username: person.name, name: person.name, team_id: person.teamId },
      api_app_id: app.id,
      token: app.verificationToken,
      team: { id: workspace.id, domain: workspace.domain },
      enterprise: null,
      is_enterprise_install: false,
      trigger_id: triggers.create(trigger),
    },
  };
}

/** How payloads name a conversation: direct ones are all called alike. */
export function channelRef(channel: ChannelRecord): Json {
  return { id: channel.id, name: channel.kind === "private" ? "privategroup" : channel.name };
}

function surfaceFields(world: World, surface: Surface): Json {
  switch (surface.kind) {
    case "view":
      return { container: { type: "view", view_id: surface.view.id }, view: presentView(world, surface.view) };
    case "message": {
      const { channel, message } = surface;
      const threaded = message.threadTs !== undefined ? { thread_ts: message.threadTs } : {};
      return {
        container: { type: "message", message_ts: message.ts, channel_id: channel.id, is_ephemeral: false, ...threaded },
        channel: channelRef(channel),
        message: presentMessage(world, message),
      };
    }
    case "ephemeral": {
      const { channel, ephemeral } = surface;
      const threaded = ephemeral.threadTs !== undefined ? { thread_ts: ephemeral.threadTs } : {};
      return {
        container: { type: "message", message_ts: ephemeral.ts, channel_id: channel.id, is_ephemeral: true, ...threaded },
        channel: channelRef(channel),
      };
    }
  }
}

function responseUrl(world: World, appId: string, person: UserRecord, surface: Surface): Json {
  if (surface.kind === "view") return {};
  const ts = surface.kind === "message" ? surface.message.ts : surface.ephemeral.ts;
  const about = {
    appId,
    teamId: person.teamId,
    channel: surface.channel.id,
    user: person.id,
    messageTs: ts,
    ephemeral: surface.kind === "ephemeral",
  };
  return { response_url: createResponseUrl(world, "actions", about) };
}

/** What is sent when a person uses an interactive element. `state` is what the message's or the view's inputs hold. */
export function blockActions(platform: Platform, person: UserRecord, surface: Surface, action: Json, state: Json) {
  const { appId, fields } = common(platform, person, surface.kind === "view" ? surface.view.id : undefined);
  const actionTs = platform.world.timeline.nextTs();
  const payload = {
    type: "block_actions",
    ...fields,
    ...surfaceFields(platform.world, surface),
    state: { values: state },
    ...responseUrl(platform.world, appId, person, surface),
    actions: [{ ...action, action_ts: actionTs }],
  };
  return { appId, payload };
}

/** What is sent to have an external menu's choices. */
export function blockSuggestion(
  platform: Platform,
  person: UserRecord,
  surface: Surface,
  place: { blockId: string; actionId: string },
  value: string,
) {
  const { appId, fields } = common(platform, person);
  const { trigger_id: _trigger, ...rest } = fields;
  const payload = {
    type: "block_suggestion",
    ...rest,
    ...surfaceFields(platform.world, surface),
    block_id: place.blockId,
    action_id: place.actionId,
    value,
  };
  return { appId, payload };
}

export function viewSubmission(platform: Platform, person: UserRecord, view: ViewRecord) {
  const { appId, fields } = common(platform, person, view.id);
  return { appId, payload: { type: "view_submission", ...fields, view: presentView(platform.world, view), response_urls: [] } };
}

export function viewClosed(platform: Platform, person: UserRecord, view: ViewRecord, isCleared: boolean) {
  const { appId, fields } = common(platform, person);
  const { trigger_id: _trigger, ...rest } = fields;
  return { appId, payload: { type: "view_closed", ...rest, view: presentView(platform.world, view), is_cleared: isCleared } };
}

export function messageShortcut(
  platform: Platform,
  person: UserRecord,
  channel: ChannelRecord,
  message: MessageRecord,
  callback: string,
) {
  const { appId, fields } = common(platform, person);
  const surface: Surface = { kind: "message", channel, message };
  const payload = {
    type: "message_action",
    ...fields,
    callback_id: callback,
    action_ts: platform.world.timeline.nextTs(),
    message_ts: message.ts,
    channel: channelRef(channel),
    message: presentMessage(platform.world, message),
    ...responseUrl(platform.world, appId, person, surface),
  };
  return { appId, payload };
}

export function globalShortcut(platform: Platform, person: UserRecord, callback: string) {
  const { appId, fields } = common(platform, person);
  const payload = { type: "shortcut", ...fields, callback_id: callback, action_ts: platform.world.timeline.nextTs() };
  return { appId, payload };
}

export function slashCommand(platform: Platform, person: UserRecord, channel: ChannelRecord, command: string, text: string) {
  const { appId, fields } = common(platform, person);
  const workspace = platform.world.workspaces.get(person.teamId);
  const about = { appId, teamId: person.teamId, channel: channel.id, user: person.id, ephemeral: false };
  const payload = {
    token: fields.token,
    team_id: person.teamId,
    team_domain: workspace?.domain,
    channel_id: channel.id,
    channel_name: channelRef(channel).name,
    user_id: person.id,
    user_name: person.name,
    command,
    text,
    api_app_id: appId,
    is_enterprise_install: "false",
    response_url: createResponseUrl(platform.world, "commands", about),
    trigger_id: fields.trigger_id,
  };
  return { appId, payload, about };
}
