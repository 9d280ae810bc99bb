/** The first day: people, groupes and channels on both sides, then the stories. */
import { SLACK_SCOPE_NAMES } from "../../bots/slack/manifest.ts";
import type { Database } from "../../models/database.ts";
import { COMMANDS } from "../../src/actions.ts";
import type { Identity } from "../../src/delivery/port.ts";
import type { Runtime } from "../../src/runtime.ts";
import type { MovableClock } from "../clock.ts";
import type { SlackSandbox } from "../slack/server.ts";
import { playStories } from "./stories.ts";
import { SEED_AGENTS, SEED_GROUPES, STRANGER } from "./world.ts";

export const WORKSPACE = "TAIN00001";

/** The workspace, its people and channels. Gives the accounts by handle. */
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
  for (const { handle, name, email } of [...SEED_AGENTS, STRANGER])
    await control.createUser({ workspace: WORKSPACE, name: handle, realName: name, displayName: name, email });
  for (const { id, channel } of SEED_GROUPES) {
    const members = SEED_AGENTS.filter((a) => a.memberships.some((m) => m.groupeId === id)).map((a) => a.email);
    await control.createChannel({ workspace: WORKSPACE, name: channel, members: [...members, "bot"] });
  }
  await control.createChannel({
    workspace: WORKSPACE,
    name: "general",
    members: [...SEED_AGENTS.map((a) => a.email), STRANGER.email, "bot"],
  });
}

function identities(slack: SlackSandbox): Map<string, Identity> {
  const users = slack.control.users(WORKSPACE);
  return new Map(users.map((user) => [user.name, { platform: "slack" as const, workspace: WORKSPACE, user: user.id }]));
}

/** Agents and groupes in the database, each groupe bound to its channel. */
export async function seedDatabase(db: Database, slack: SlackSandbox): Promise<void> {
  const accounts = identities(slack);
  const channels = new Map(slack.control.channels(WORKSPACE).map((channel) => [channel.name, channel.id]));
  for (const { handle, ...agent } of SEED_AGENTS) {
    const identity = accounts.get(handle);
    await db.agents.save(agent, identity ? [identity] : []);
  }
  for (const { channel, ...groupe } of SEED_GROUPES) {
    const id = channels.get(channel);
    const place = id ? { platform: "slack" as const, workspace: WORKSPACE, channel: id } : null;
    await db.groupes.save({ ...groupe, franceServices: groupe.organisme === "FS", place });
  }
}

/** Demandes in every state, the clock being left at `today`. */
export async function seedStories(runtime: Runtime, clock: MovableClock, slack: SlackSandbox, today: Date): Promise<void> {
  const accounts = identities(slack);
  const identity = (handle: string): Identity => {
    const found = accounts.get(handle);
    if (!found) throw new Error(`no account for ${handle}`);
    return found;
  };
  await playStories(
    {
      runtime,
      clock,
      identity,
      write: async (handle, place, root, text) => {
        await slack.control.message({ as: identity(handle).user, channel: place.channel, thread: root, text, wait: "ack" });
      },
    },
    today,
  );
}
