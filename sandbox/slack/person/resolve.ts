import type { ChannelRecord, MessageRecord, UserRecord, WorkspaceRecord } from "../state/model.ts";
import { directChannel } from "../state/people.ts";
import type { World } from "../state/world.ts";
import { Refusal } from "./refusal.ts";

/** At most this much of what was asked is repeated in a refusal. */
function quoted(asked: string): string {
  const clean = asked.replace(/\p{Cc}/gu, "�");
  return `« ${clean.length > 80 ? `${clean.slice(0, 79)}…` : clean} »`;
}

/** Compares names as people do: without case, accents in their composed form, typographic apostrophes as straight ones. */
export function sameName(a: string, b: string): boolean {
  return folded(a) === folded(b);
}

function folded(name: string): string {
  return name.normalize("NFC").replaceAll("’", "'").trim().replace(/\s+/g, " ").toLowerCase();
}

/** The one person meant by an id, an e-mail address, a handle or a display name. */
export function resolvePerson(world: World, asked: string, workspaceId?: string): UserRecord {
  const everyone = [...world.users.values()].filter(
    (user) => !user.isBot && !user.deleted && (workspaceId === undefined || user.teamId === workspaceId),
  );
  const byId = everyone.find((user) => user.id === asked);
  if (byId) return byId;
  const found = everyone.filter((user) =>
    [user.email, user.name, user.displayName, user.realName].some(
      (name) => name !== undefined && sameName(name, asked.replace(/^@/, "")),
    ),
  );
  const [only, ...others] = found;
  if (!only) throw new Refusal(404, `Personne ne s’appelle ${quoted(asked)} dans cet espace Slack.`);
  if (others.length > 0)
    throw new Refusal(409, `Plusieurs personnes s’appellent ${quoted(asked)} : donnez l’identifiant ou l’adresse électronique.`);
  return only;
}

export function workspaceOf(world: World, teamId: string): WorkspaceRecord {
  const workspace = world.workspaces.get(teamId);
  if (!workspace) throw new Refusal(404, `L’espace Slack ${quoted(teamId)} n’existe pas.`);
  return workspace;
}

/** The channel meant by an id, or a name with or without #, among those `visible`. */
export function resolveChannel(world: World, asked: string, teamId?: string): ChannelRecord {
  const name = asked.replace(/^#/, "");
  const all = [...world.channels.values()].filter((channel) => teamId === undefined || channel.teamId === teamId);
  const byId = all.find((channel) => channel.id === asked);
  if (byId) return byId;
  const [only, ...others] = all.filter((channel) => channel.kind !== "im" && sameName(channel.name, name));
  if (!only) throw new Refusal(404, `Il n’y a pas de canal ${quoted(asked)} ici.`);
  if (others.length > 0) throw new Refusal(409, `Plusieurs canaux s’appellent ${quoted(asked)} : donnez l’identifiant.`);
  return only;
}

/** The channel as that person reaches it (« dm » is their conversation with the bot); refused when they are not in it. */
export function channelFor(world: World, person: UserRecord, asked: string): ChannelRecord {
  if (asked.toLowerCase() === "dm")
    return directChannel(world, person.teamId, workspaceOf(world, person.teamId).botUserId, person.id);
  const channel = resolveChannel(world, asked, person.teamId);
  if (!channel.members.includes(person.id)) throw new Refusal(403, `${person.realName} n’est pas membre de ce canal.`);
  return channel;
}

/** The same, when the person is to act there. */
export function openChannelFor(world: World, person: UserRecord, asked: string): ChannelRecord {
  const channel = channelFor(world, person, asked);
  if (channel.archived) throw new Refusal(409, "Ce canal est archivé : on ne peut plus rien y écrire.");
  return channel;
}

export function messageIn(world: World, channel: ChannelRecord, ts: string): MessageRecord {
  const message = world.message(channel.id, ts);
  if (!message || message.subtype === "tombstone") throw new Refusal(404, `Il n’y a pas de message ${quoted(ts)} dans ce canal.`);
  return message;
}
