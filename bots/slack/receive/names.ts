/** Names behind the ids in a person's words. */
import type { Identity } from "../../../src/delivery/port.ts";
import type { AgentId } from "../../../src/domain/ids.ts";
import { slackTexts } from "../../../src/texts.ts";
import { faultFields, type Log } from "../../log.ts";
import { patiently } from "../patience.ts";
import type { SlackPeople } from "../people.ts";
import type { Workspace } from "../workspaces.ts";
import type { Names } from "./richtext.ts";

/** Finds the account behind a person who is named, so that other platforms alert them too; null for nobody's. */
export type AgentFinder = (person: Identity) => Promise<AgentId | null>;

interface NamesDependencies {
  readonly people: SlackPeople;
  readonly agentOf: AgentFinder | undefined;
  readonly log: Log;
}

const MOST_CHANNELS = 1_000;

/** A name that Slack does not give is replaced by a word: no message waits for it. */
export function namesIn(dependencies: NamesDependencies): (workspace: Workspace) => Names {
  const { people, agentOf, log } = dependencies;
  const channels = new Map<string, string>();

  const person = async (workspace: Workspace, user: string) => {
    const identity: Identity = { platform: "slack", workspace: workspace.id, user };
    try {
      const profile = await people.profile(identity);
      const agentId = profile === null || profile.bot ? null : await agentOf?.(identity);
      return { name: profile?.name ?? slackTexts.someone, ...(agentId == null ? {} : { agentId }) };
    } catch (error) {
      log.warn({ workspace: workspace.id, user, ...faultFields(error) }, "No name for a person who is mentioned");
      return { name: slackTexts.someone };
    }
  };

  const channel = async (workspace: Workspace, id: string) => {
    const key = `${workspace.id}:${id}`;
    const known = channels.get(key);
    if (known !== undefined) return known;
    try {
      const answer = await patiently(() => workspace.client.conversations.info({ channel: id }));
      const name = answer.channel?.name ?? slackTexts.channel;
      if (channels.size >= MOST_CHANNELS) channels.clear();
      channels.set(key, name);
      return name;
    } catch {
      // A private channel that the bot is not in: not even its name is its business.
      return slackTexts.channel;
    }
  };

  return (workspace) => ({ person: (user) => person(workspace, user), channel: (id) => channel(workspace, id) });
}
