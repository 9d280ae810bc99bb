/** The world as the control API tells it: who plays, where, and what time it is there. */
import type { AgentRecord } from "../models/agent.ts";
import type { Database } from "../models/database.ts";
import type { GroupeId } from "../src/domain/ids.ts";
import type { SlackSandbox } from "./slack/server.ts";

interface WorldAgent {
  /** The account on the platform: what the other calls take as `as`. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly platform: "slack";
  readonly roles: readonly string[];
  /** Name of the groupe; null for an admin, or somebody without an account. */
  readonly groupe: string | null;
}

interface WorldChannel {
  readonly id: string;
  readonly platform: "slack";
  readonly name: string;
  /** Name of the groupe bound to it; null for any other, direct conversations included. */
  readonly groupe: string | null;
  /** In a direct conversation with the bot: the account of the other one. */
  readonly direct: string | null;
}

const rolesOf = ({ memberships, admin }: AgentRecord): string[] => [
  ...(memberships.some((m) => m.aidant) ? ["aidant"] : []),
  ...(memberships.some((m) => m.instructeur) ? ["instructeur"] : []),
  ...(memberships.some((m) => m.responsable) ? ["responsable"] : []),
  ...(admin ? ["admin"] : []),
];

export interface World {
  readonly now: string;
  readonly agents: readonly WorldAgent[];
  readonly channels: readonly WorldChannel[];
}

export async function describeWorld(db: Database, slack: SlackSandbox, now: Date): Promise<World> {
  const groupes = new Map<GroupeId, string>();
  const bound = new Map<string, string>();
  for (const groupe of await db.groupes.all()) {
    groupes.set(groupe.id, groupe.name);
    if (groupe.place) bound.set(groupe.place.channel, groupe.name);
  }
  const agents: WorldAgent[] = [];
  for (const user of slack.control.users()) {
    if (user.isBot) continue;
    const agent = await db.agents.byIdentity({ platform: "slack", workspace: user.teamId, user: user.id });
    const [first] = agent?.memberships ?? [];
    agents.push({
      id: user.id,
      name: user.realName,
      email: user.email ?? "",
      platform: "slack",
      roles: agent ? rolesOf(agent) : [],
      groupe: first ? (groupes.get(first.groupeId) ?? null) : null,
    });
  }
  const people = new Map(agents.map((agent) => [agent.id, agent.name]));
  const channels = slack.control.channels().map((channel): WorldChannel => {
    const other = channel.kind === "im" ? (channel.members.find((member) => people.has(member)) ?? null) : null;
    return {
      id: channel.id,
      platform: "slack",
      name: other === null ? channel.name : `Message direct : ${people.get(other) ?? ""}`,
      groupe: bound.get(channel.id) ?? null,
      direct: other,
    };
  });
  return { now: now.toISOString(), agents, channels };
}
