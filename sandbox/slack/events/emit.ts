import { newId, newSecret } from "../state/ids.ts";
import type { ChannelKind, ChannelRecord, Json, WorkspaceRecord } from "../state/model.ts";
import type { World } from "../state/world.ts";

/** How Slack's `message` events name the kinds of conversation. */
export const CHANNEL_TYPES: Record<ChannelKind, "channel" | "group" | "im"> = { public: "channel", private: "group", im: "im" };

/** The scope that lets an app read the messages of each kind of conversation. */
export const HISTORY_SCOPES: Record<ChannelKind, string> = {
  public: "channels:history",
  private: "groups:history",
  im: "im:history",
};

/** The scope that lets an app know of each kind of conversation. */
export const READ_SCOPES: Record<ChannelKind, string> = { public: "channels:read", private: "groups:read", im: "im:read" };

/**
 * Puts an event into the outbox of the workspace's app, unless the app is gone or lacks the scope: Slack sends nothing that the app
 * could not have read. Returns the event's id, or undefined when nothing is sent.
 */
export function emitEvent(
  world: World,
  workspace: WorkspaceRecord,
  event: Json & { type: string },
  scope?: string,
): string | undefined {
  const app = world.apps.get(workspace.appId);
  if (!app || !workspace.installed) return undefined;
  if (scope !== undefined && !workspace.botScopes.includes(scope)) return undefined;
  const eventId = newId("Ev");
  const record = {
    key: world.timeline.nextKey(),
    appId: app.id,
    teamId: workspace.id,
    failures: 0,
    payload: {
      token: app.verificationToken,
      team_id: workspace.id,
      context_team_id: workspace.id,
      context_enterprise_id: null,
      api_app_id: app.id,
      event,
      type: "event_callback",
      event_id: eventId,
      event_time: world.timeline.seconds(),
      authorizations: [
        { enterprise_id: null, team_id: workspace.id, user_id: workspace.botUserId, is_bot: true, is_enterprise_install: false },
      ],
      is_ext_shared_channel: false,
      event_context: `4-${newSecret(24)}`,
    },
  };
  world.outbox.put(record.key, record);
  world.queued(record);
  return eventId;
}

/** Sends an event about a conversation, when the workspace's bot is in it and may read it. */
export function emitInChannel(
  world: World,
  channel: ChannelRecord,
  event: Json & { type: string },
  scopes: Record<ChannelKind, string>,
): string | undefined {
  const workspace = world.workspaces.get(channel.teamId);
  if (!workspace || !channel.members.includes(workspace.botUserId)) return undefined;
  return emitEvent(world, workspace, event, scopes[channel.kind]);
}
