import { z } from "zod";
import { badRequest, MatrixError } from "./error.ts";
import { isUserId, newEventId, newLetters } from "./ids.ts";
import { entries, usualLevels } from "./levels.ts";
import { changeMembership, profileContent } from "./membership.ts";
import type { Json, RoomVersion } from "./model.ts";
import type { Room } from "./room.ts";
import { type Actor, append, sendEvent } from "./send.ts";
import type { World } from "./world.ts";

/** What this server's rooms can be; the first is what a room becomes when nothing is asked. */
export const ROOM_VERSIONS: readonly RoomVersion[] = ["11", "10", "12"];

const PRESETS = {
  private_chat: { rule: "invite", guests: true, isTrusting: false },
  trusted_private_chat: { rule: "invite", guests: true, isTrusting: true },
  public_chat: { rule: "public", guests: false, isTrusting: false },
} as const;

const json = z.record(z.string(), z.unknown());

export const roomShape = z.looseObject({
  preset: z.enum(["private_chat", "trusted_private_chat", "public_chat"]).optional(),
  visibility: z.enum(["public", "private"]).optional(),
  room_version: z.string().optional(),
  room_alias_name: z.string().optional(),
  name: z.string().optional(),
  topic: z.string().optional(),
  is_direct: z.boolean().optional(),
  invite: z.array(z.string()).optional(),
  creation_content: json.optional(),
  initial_state: z.array(z.looseObject({ type: z.string(), state_key: z.string().optional(), content: json })).optional(),
  power_level_content_override: json.optional(),
});

export type RoomInput = z.infer<typeof roomShape>;

export function roomVersion(asked: string | undefined): RoomVersion {
  const version = ROOM_VERSIONS.find((one) => one === (asked ?? ROOM_VERSIONS[0]));
  if (!version) throw new MatrixError(400, "M_UNSUPPORTED_ROOM_VERSION", "Your homeserver does not support this room version");
  return version;
}

/** Makes a room with its create event and its creator in it, and nothing more. */
export function foundRoom(world: World, actor: Actor, version: RoomVersion, creation: Json): Room {
  const id = version === "12" ? `!${newEventId().slice(1)}` : `!${newLetters(18)}:${world.serverName}`;
  const room = world.addRoom({ id, version, creator: actor.userId, published: false });
  const author = version === "10" ? { creator: actor.userId } : {};
  append(world, room, actor, { type: "m.room.create", stateKey: "", content: { ...creation, ...author, room_version: version } });
  const content: Json = { membership: "join", ...profileContent(world, actor.userId) };
  append(world, room, actor, { type: "m.room.member", stateKey: actor.userId, content });
  return room;
}

/** The alias of that name on this server, which must be free. */
function freeAlias(world: World, name: string): string {
  if (/[\s:]/.test(name)) throw badRequest("Invalid characters in room alias", "M_INVALID_PARAM");
  const alias = `#${name}:${world.serverName}`;
  if (world.aliases.get(alias)) throw badRequest("Room alias already taken", "M_ROOM_IN_USE");
  return alias;
}

/**
 * Makes a room as `POST /createRoom` does, with its events in Synapse's order. Throws a MatrixError; when what it refuses is one of
 * the initial events, the room is there half made, as on Synapse.
 */
export function createRoom(world: World, actor: Actor, input: RoomInput): Room {
  const version = roomVersion(input.room_version);
  const invited = input.invite ?? [];
  for (const userId of invited) if (!isUserId(userId)) throw badRequest(`Invalid user_id: ${userId}`, "M_INVALID_PARAM");
  const alias = input.room_alias_name === undefined ? undefined : freeAlias(world, input.room_alias_name);
  const preset = PRESETS[input.preset ?? (input.visibility === "public" ? "public_chat" : "private_chat")];
  const isRoyal = version === "12";
  const creation: Json = { ...input.creation_content };
  if (isRoyal && preset.isTrusting && invited.length > 0) creation.additional_creators = invited;
  const room = foundRoom(world, actor, version, creation);
  const levels = usualLevels(version, actor.userId, preset.rule === "public");
  if (preset.isTrusting && !isRoyal)
    levels.users = { ...entries(levels.users), ...Object.fromEntries(invited.map((userId) => [userId, 100])) };
  const initial = input.initial_state ?? [];
  const setsItself = (type: string) => initial.some((event) => event.type === type && (event.state_key ?? "") === "");
  const set = (type: string, content: Json, stateKey = "") => sendEvent(world, room, room.id, actor, { type, stateKey, content });

  if (!setsItself("m.room.power_levels")) set("m.room.power_levels", { ...levels, ...input.power_level_content_override });
  if (alias !== undefined) {
    world.aliases.put(alias, { alias, roomId: room.id, creator: actor.userId });
    if (!setsItself("m.room.canonical_alias")) set("m.room.canonical_alias", { alias });
  }
  if (!setsItself("m.room.join_rules")) set("m.room.join_rules", { join_rule: preset.rule });
  if (!setsItself("m.room.history_visibility")) set("m.room.history_visibility", { history_visibility: "shared" });
  if (preset.guests && !setsItself("m.room.guest_access")) set("m.room.guest_access", { guest_access: "can_join" });
  for (const event of initial) set(event.type, event.content, event.state_key ?? "");
  if (input.name !== undefined) set("m.room.name", { name: input.name });
  if (input.topic !== undefined) set("m.room.topic", { topic: input.topic, "m.topic": { "m.text": [{ body: input.topic }] } });
  for (const userId of invited) changeMembership(world, room, actor, userId, "invite", { isDirect: input.is_direct === true });
  if (input.visibility === "public") publish(world, room, true);
  return room;
}

/** Lists the room in the directory, or no longer. */
export function publish(world: World, room: Room, published: boolean): void {
  room.record.published = published;
  world.saveRoom(room);
}
