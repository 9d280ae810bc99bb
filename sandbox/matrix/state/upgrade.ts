import { foundRoom, roomVersion } from "./create-room.ts";
import { forbidden } from "./error.ts";
import { entries, Levels } from "./levels.ts";
import type { Json } from "./model.ts";
import type { Room } from "./room.ts";
import { type Actor, append, sendEvent } from "./send.ts";
import type { World } from "./world.ts";

/** The state that goes over to the new room. */
const CARRIED = [
  "m.room.guest_access",
  "m.room.history_visibility",
  "m.room.join_rules",
  "m.room.name",
  "m.room.topic",
  "m.room.avatar",
  "m.room.encryption",
  "m.room.server_acl",
] as const;

/**
 * Replaces a room by a new one of that version, as `POST /rooms/{roomId}/upgrade` does: the old one gets a tombstone and is closed
 * to ordinary members, the new one knows its predecessor and has its state, its bans and its aliases. Nobody but the upgrader is
 * in it. Throws a MatrixError, and then has made nothing.
 */
export function upgradeRoom(world: World, old: Room, actor: Actor, asked: string): Room {
  const version = roomVersion(asked);
  if (old.membership(actor.userId) !== "join") throw forbidden(`User ${actor.userId} not in room ${old.id}`);
  const levels = new Levels(old);
  const [own, needed] = [levels.of(actor.userId), levels.toSend("m.room.tombstone", true)];
  if (own < needed)
    throw forbidden(`You don't have permission to post that to the room. user_level (${own}) < send_level (${needed})`);

  const { room_version: _, creator: __, predecessor: ___, ...creation } = old.state("m.room.create")?.content ?? {};
  // The tombstone names the new room, and the new room may name the tombstone: its id is known before either is shown.
  const room = foundRoom(world, actor, version, { ...creation, predecessor: { room_id: old.id } });
  const body = "This room has been replaced";
  const tombstone = append(world, old, actor, {
    type: "m.room.tombstone",
    stateKey: "",
    content: { body, replacement_room: room.id },
  });
  const create = room.state("m.room.create");
  if (create && version !== "12") {
    create.content = { ...create.content, predecessor: { room_id: old.id, event_id: tombstone.id } };
    world.saveEvent(create);
  }
  append(world, room, actor, { type: "m.room.power_levels", stateKey: "", content: carriedLevels(old, room, actor) });
  for (const type of CARRIED) {
    const held = old.state(type);
    if (held) append(world, room, actor, { type, stateKey: "", content: held.content });
  }
  for (const userId of old.members("ban"))
    append(world, room, actor, { type: "m.room.member", stateKey: userId, content: { membership: "ban" } });
  moveAliases(world, old, room, actor);
  close(world, old, actor);
  return room;
}

function carriedLevels(old: Room, room: Room, actor: Actor): Json {
  const held = old.state("m.room.power_levels")?.content ?? {};
  if (room.record.version !== "12") return { ...held, users: { ...entries(held.users), [actor.userId]: 100 } };
  const creators = new Levels(room);
  const users = Object.entries(entries(held.users)).filter(([userId]) => !creators.isCreator(userId));
  return { ...held, users: Object.fromEntries(users) };
}

function moveAliases(world: World, old: Room, room: Room, actor: Actor): void {
  for (const alias of [...world.aliases.values()])
    if (alias.roomId === old.id) world.aliases.put(alias.alias, { ...alias, roomId: room.id });
  const canonical = old.state("m.room.canonical_alias");
  if (!canonical || Object.keys(canonical.content).length === 0) return;
  append(world, old, actor, { type: "m.room.canonical_alias", stateKey: "", content: {} });
  append(world, room, actor, { type: "m.room.canonical_alias", stateKey: "", content: canonical.content });
}

/** Ordinary members can neither write nor invite any more. */
function close(world: World, old: Room, actor: Actor): void {
  const held = old.state("m.room.power_levels")?.content;
  if (!held) return;
  const least = Math.max(50, Number(held.users_default ?? 0) + 1);
  const raised = (name: string) => Math.max(least, Number(held[name] ?? 0));
  const content = { ...held, events_default: raised("events_default"), invite: raised("invite") };
  sendEvent(world, old, old.id, actor, { type: "m.room.power_levels", stateKey: "", content });
}
