import { Refusal } from "../../slack/person/refusal.ts";
import { sameName } from "../../slack/person/resolve.ts";
import { localpartOf } from "../state/ids.ts";
import type { AccountRecord, EventRecord } from "../state/model.ts";
import { type Room, relationOf } from "../state/room.ts";
import type { World } from "../state/world.ts";
import { acceptDirect, openDirect } from "./direct.ts";
import { asPerson } from "./refused.ts";
import { botsOf } from "./stage.ts";

/** At most this much of what was asked is repeated in a refusal. */
export function quoted(asked: string): string {
  const clean = asked.replace(/\p{Cc}/gu, "�");
  return `« ${clean.length > 80 ? `${clean.slice(0, 79)}…` : clean} »`;
}

export const nameOf = ({ id, displayName }: AccountRecord): string => displayName ?? localpartOf(id);

/** The one person meant by a user id, a localpart, an e-mail address or a display name. */
export function resolvePerson(world: World, asked: string): AccountRecord {
  const everyone = [...world.accounts.values()].filter((account) => !account.isBot);
  const byId = everyone.find((account) => account.id === asked);
  if (byId) return byId;
  const wanted = asked.replace(/^@/, "");
  const [only, ...others] = everyone.filter((account) =>
    [localpartOf(account.id), account.email, account.displayName].some((name) => name !== undefined && sameName(name, wanted)),
  );
  if (!only) throw new Refusal(404, `Personne ne s’appelle ${quoted(asked)} sur ce serveur Matrix.`);
  if (others.length > 0)
    throw new Refusal(409, `Plusieurs personnes s’appellent ${quoted(asked)} : donnez l’identifiant ou l’adresse électronique.`);
  return only;
}

/** The bot meant by its id or localpart; the only one, or the first made, when none is named. */
export function resolveBot(world: World, asked = "bot"): AccountRecord {
  const bots = [...world.accounts.values()].filter((account) => account.isBot);
  const named = bots.find(({ id }) => id === asked || localpartOf(id) === asked.replace(/^@/, ""));
  const bot = named ?? (asked === "bot" ? bots[0] : undefined);
  if (!bot)
    throw new Refusal(404, asked === "bot" ? "Il n’y a pas encore de bot sur ce serveur." : `Aucun bot ${quoted(asked)}.`);
  return bot;
}

/** A person, or « bot ». */
export function resolveAnyone(world: World, asked: string): AccountRecord {
  const isBot = asked === "bot" || botsOf(world).has(asked);
  return isBot ? resolveBot(world, asked) : resolvePerson(world, asked);
}

export const roomName = (room: Room): string | undefined => room.state("m.room.name")?.content.name as string | undefined;

/** The room meant by an id, an alias, or a name with or without #. A room that was replaced is found by its id only. */
export function resolveRoom(world: World, asked: string): Room {
  const byId = world.room(asked) ?? world.room(world.aliases.get(asked)?.roomId ?? "");
  if (byId) return byId;
  const name = asked.replace(/^#/, "");
  const byAlias = world.room(world.aliases.get(`#${name}:${world.serverName}`)?.roomId ?? "");
  if (byAlias) return byAlias;
  const [only, ...others] = [...world.rooms()].filter(
    (room) => sameName(roomName(room) ?? "", name) && name !== "" && !room.state("m.room.tombstone"),
  );
  if (!only) throw new Refusal(404, `Il n’y a pas de salon ${quoted(asked)} ici.`);
  if (others.length > 0) throw new Refusal(409, `Plusieurs salons s’appellent ${quoted(asked)} : donnez l’identifiant.`);
  return only;
}

/**
 * The room as that person reaches it; refused when they are not in it. « dm » is their conversation with the bot, opened if need
 * be; the bot's invitation to a conversation is accepted, as people do when they answer.
 */
export function roomFor(world: World, person: AccountRecord, asked: string): Room {
  if (asked.toLowerCase() === "dm") return asPerson(() => openDirect(world, person, resolveBot(world)));
  const room = resolveRoom(world, asked);
  if (room.membership(person.id) === "invite") asPerson(() => acceptDirect(world, room, person));
  const membership = room.membership(person.id);
  if (membership === "invite")
    throw new Refusal(403, `${nameOf(person)} est invité(e) dans ce salon, mais n’y est pas encore entré(e).`);
  if (membership !== "join") throw new Refusal(403, `${nameOf(person)} n’est pas membre de ce salon.`);
  return room;
}

/** A message of the room, by its event id. */
export function messageIn(world: World, room: Room, eventId: string): EventRecord {
  const event = world.event(eventId);
  if (event?.roomId !== room.id) throw new Refusal(404, `Il n’y a pas de message ${quoted(eventId)} dans ce salon.`);
  return event;
}

/** The root of the thread meant by the id of its root or of one of its messages. */
export function rootOf(world: World, room: Room, eventId: string): EventRecord {
  const event = world.event(eventId);
  if (event?.roomId !== room.id) throw new Refusal(404, "Il n’y a pas de tel fil dans ce salon.");
  const relation = relationOf(event.content);
  return relation?.type === "m.thread" ? messageIn(world, room, relation.eventId) : event;
}
