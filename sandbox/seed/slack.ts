/** The first day on Slack: a workspace with its people and channels. */
import { SLACK_SCOPE_NAMES } from "../../bots/slack/manifest.ts";
import { COMMANDS } from "../../src/actions.ts";
import type { Identity, Place } from "../../src/delivery/port.ts";
import type { SlackSandbox } from "../slack/server.ts";
import type { SeededPlatform } from "./platform.ts";
import { platformOf, SEED_AGENTS, SEED_GROUPES, STRANGER } from "./world.ts";

export const WORKSPACE = "TAIN00001";

const AGENTS = SEED_AGENTS.filter((agent) => platformOf(agent) === "slack");
const GROUPES = SEED_GROUPES.filter(({ platform }) => platform === "slack");

export async function seedSlack(slack: SlackSandbox): Promise<void> {
  const { control } = slack;
  const commands = COMMANDS.map(({ command }) => `/${command}`);
  await control.createWorkspace({
    // No more than the manifest asks for: a scope too few or too many shows here as it would on Slack.
    botScopes: SLACK_SCOPE_NAMES,
    id: WORKSPACE,
    name: "Administrations de l’Ain",
    appName: "Administration+",
    commands,
  });
  for (const { handle, name, email } of [...AGENTS, STRANGER])
    await control.createUser({ workspace: WORKSPACE, name: handle, realName: name, displayName: name, email });
  for (const { id, channel } of GROUPES) {
    const members = AGENTS.filter((a) => a.memberships.some((m) => m.groupeId === id)).map((a) => a.email);
    await control.createChannel({ workspace: WORKSPACE, name: channel, members: [...members, "bot"] });
  }
  await control.createChannel({
    workspace: WORKSPACE,
    name: "general",
    members: [...AGENTS.map((a) => a.email), STRANGER.email, "bot"],
  });
}

export function onSlack(slack: SlackSandbox): SeededPlatform {
  const { control } = slack;
  const accounts = new Map(control.users(WORKSPACE).map(({ name, id }) => [name, id]));
  const channels = new Map(control.channels(WORKSPACE).map(({ name, id }) => [name, id]));
  return {
    name: "slack",
    identity(handle): Identity | null {
      const user = accounts.get(handle);
      return user === undefined ? null : { platform: "slack", workspace: WORKSPACE, user };
    },
    place(name): Place | null {
      const channel = channels.get(name);
      return channel === undefined ? null : { platform: "slack", workspace: WORKSPACE, channel };
    },
    async write(as, { channel }, thread, text) {
      await control.message({ as: as.user, channel, thread, text, wait: "ack" });
    },
  };
}
