/** The world as the control API tells it: who plays, where, and what time it is there. */
import type { AgentRecord } from "../models/agent.ts";
import type { Database } from "../models/database.ts";
import type { Identity, Place, PlatformName } from "../src/delivery/port.ts";
import type { GroupeId } from "../src/domain/ids.ts";
import type { MatrixSandbox } from "./matrix/server.ts";
import type { SlackSandbox } from "./slack/server.ts";

interface WorldAgent {
  /** The account on the platform: what the other calls take as `as`. */
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly platform: PlatformName;
  readonly roles: readonly string[];
  /** Name of the groupe; null for an admin, or somebody without an account. */
  readonly groupe: string | null;
}

interface WorldChannel {
  readonly id: string;
  readonly platform: PlatformName;
  readonly name: string;
  /** Name of the groupe bound to it; null for any other, direct conversations included. */
  readonly groupe: string | null;
  /** In a direct conversation with the bot: the account of the other one. */
  readonly direct: string | null;
  /** The accounts that are in it, the bot's apart. */
  readonly members: readonly string[];
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

/** What both platforms tell of their accounts and conversations. */
interface Account {
  readonly identity: Identity;
  readonly name: string;
  readonly email: string;
}

interface Conversation {
  readonly place: Place;
  readonly name: string;
  /** In a direct conversation with the bot: the account of the other one. */
  readonly direct: string | null;
  readonly members: readonly string[];
}

function onSlack({ control }: SlackSandbox): { accounts: Account[]; conversations: Conversation[] } {
  const people = control.users().filter(({ isBot }) => !isBot);
  const ids = new Set(people.map(({ id }) => id));
  return {
    accounts: people.map(({ id, teamId, realName, email = "" }) => ({
      identity: { platform: "slack", workspace: teamId, user: id },
      name: realName,
      email,
    })),
    conversations: control.channels().map(({ id, teamId, name, kind, members }) => ({
      place: { platform: "slack", workspace: teamId, channel: id },
      name,
      direct: kind === "im" ? (members.find((member) => ids.has(member)) ?? null) : null,
      members: members.filter((member) => ids.has(member)),
    })),
  };
}

function onMatrix({ control }: MatrixSandbox): { accounts: Account[]; conversations: Conversation[] } {
  const bot = control.bot().id;
  const workspace = bot.slice(bot.indexOf(":") + 1);
  return {
    accounts: control.users().map(({ id, displayName, email = "" }) => ({
      identity: { platform: "matrix", workspace, user: id },
      name: displayName,
      email,
    })),
    conversations: control.rooms().map(({ id, name, direct, members }) => ({
      place: { platform: "matrix", workspace, channel: id },
      name,
      direct,
      members: members.filter((member) => member !== bot),
    })),
  };
}

export async function describeWorld(
  db: Database,
  { slack, matrix }: { readonly slack: SlackSandbox; readonly matrix: MatrixSandbox },
  now: Date,
): Promise<World> {
  const groupes = new Map<GroupeId, string>();
  const bound = new Map<string, string>();
  for (const groupe of await db.groupes.all()) {
    groupes.set(groupe.id, groupe.name);
    if (groupe.place) bound.set(groupe.place.channel, groupe.name);
  }
  const sides = [onSlack(slack), onMatrix(matrix)];
  const agents = await Promise.all(
    sides
      .flatMap(({ accounts }) => accounts)
      .map(async ({ identity, name, email }): Promise<WorldAgent> => {
        const agent = await db.agents.byIdentity(identity);
        const [first] = agent?.memberships ?? [];
        return {
          id: identity.user,
          name,
          email,
          platform: identity.platform,
          roles: agent ? rolesOf(agent) : [],
          groupe: first ? (groupes.get(first.groupeId) ?? null) : null,
        };
      }),
  );
  const people = new Map(agents.map((agent) => [agent.id, agent.name]));
  const channels = sides
    .flatMap(({ conversations }) => conversations)
    .map(
      ({ place: { platform, channel }, name, direct, members }): WorldChannel => ({
        id: channel,
        platform,
        name: direct === null ? name : `Message direct : ${people.get(direct) ?? ""}`,
        groupe: bound.get(channel) ?? null,
        direct,
        members,
      }),
    );
  return { now: now.toISOString(), agents, channels };
}
