import { isDeepStrictEqual } from "node:util";
import { badRequest, forbidden, MatrixError } from "./error.ts";
import { isUserId } from "./ids.ts";
import { entries, Levels } from "./levels.ts";
import type { Json } from "./model.ts";
import type { Membership, Room } from "./room.ts";
import type { World } from "./world.ts";

/** An event that somebody wants to send. */
export interface Proposal {
  sender: string;
  type: string;
  stateKey?: string;
  content: Json;
}

/**
 * Refuses what the authorisation rules of the specification refuse (« Authorization rules », room versions 10 to 12), in
 * Synapse's words. Throws a MatrixError.
 */
export function authorize(world: World, room: Room, proposal: Proposal): void {
  const { sender, type, stateKey } = proposal;
  if (type === "m.room.create") throw forbidden("No create event can be sent to a room that exists");
  if (type === "m.room.member") {
    authorizeMember(world, room, proposal);
    return;
  }
  if (room.membership(sender) !== "join") throw forbidden(`User ${sender} not in room ${room.id}`);
  const levels = new Levels(room);
  const own = levels.of(sender);
  const needed = levels.toSend(type, stateKey !== undefined);
  if (own < needed)
    throw forbidden(`You don't have permission to post that to the room. user_level (${own}) < send_level (${needed})`);
  if (stateKey?.startsWith("@") && stateKey !== sender) throw forbidden("You are not allowed to set others state");
  if (type === "m.room.power_levels" && stateKey === "") authorizeLevels(room, levels, proposal);
}

function authorizeMember(world: World, room: Room, { sender, stateKey, content }: Proposal): void {
  if (stateKey === undefined) throw forbidden("A member event needs a state key");
  const membership = content.membership as Membership;
  const levels = new Levels(room);
  const before = room.membership(stateKey);
  switch (membership) {
    case "join":
      if (sender !== stateKey) throw forbidden("Cannot force another user to join.");
      if (before === "ban") throw banned("Cannot join user who was banned");
      if (before !== "join" && before !== "invite" && !mayWalkIn(world, room, sender))
        throw forbidden("You are not invited to this room.");
      return;
    case "invite":
      if (room.membership(sender) !== "join") throw forbidden(`${sender} not in room ${room.id}.`);
      if (before === "ban") throw banned("Cannot invite user who was banned");
      if (before === "join") throw forbidden(`${stateKey} is already in the room.`);
      if (levels.of(sender) < levels.needed("invite")) throw forbidden("You don't have permission to invite users");
      return;
    case "ban":
      if (room.membership(sender) !== "join") throw forbidden(`${sender} not in room ${room.id}.`);
      if (levels.of(sender) < levels.needed("ban") || levels.of(sender) <= levels.of(stateKey))
        throw forbidden("You don't have permission to ban");
      return;
    case "leave":
      authorizeLeave(room, levels, sender, stateKey);
      return;
    case "knock":
      throw forbidden("You don't have permission to knock");
    default:
      throw badRequest("Invalid membership key");
  }
}

function authorizeLeave(room: Room, levels: Levels, sender: string, target: string): void {
  const before = room.membership(target);
  if (sender === target) {
    if (before !== "join" && before !== "invite") throw forbidden(`${target} not in room ${room.id}.`);
    return;
  }
  if (room.membership(sender) !== "join") throw forbidden(`${sender} not in room ${room.id}.`);
  if (before === "ban" && levels.of(sender) < levels.needed("ban")) throw forbidden(`You cannot unban user ${target}.`);
  if (levels.of(sender) < levels.needed("kick") || levels.of(sender) <= levels.of(target))
    throw forbidden(`You cannot kick user ${target}.`);
}

const banned = (sentence: string): MatrixError => new MatrixError(403, "M_BAD_STATE", sentence);

/** Whether the join rules let somebody in who was not invited. */
function mayWalkIn(world: World, room: Room, userId: string): boolean {
  const rules = room.state("m.room.join_rules")?.content ?? {};
  if (rules.join_rule === "public") return true;
  if (rules.join_rule !== "restricted" && rules.join_rule !== "knock_restricted") return false;
  const allowed = Array.isArray(rules.allow) ? (rules.allow as Json[]) : [];
  return allowed.some(
    ({ type, room_id: roomId }) =>
      type === "m.room_membership" && typeof roomId === "string" && world.room(roomId)?.membership(userId) === "join",
  );
}

const NAMED = ["users_default", "events_default", "state_default", "ban", "redact", "kick", "invite"] as const;

/** Levels are integers, nobody sets one above their own, nor changes one that is not below their own. */
function authorizeLevels(room: Room, levels: Levels, { sender, content }: Proposal): void {
  for (const [userId, level] of Object.entries(entries(content.users))) {
    if (!Number.isInteger(level)) throw badRequest(`"${userId}": ${shown(level)} is not of type 'integer'`, "M_BAD_JSON");
    if (!isUserId(userId)) throw badRequest(`Not a valid user_id: ${userId}`);
    if (room.record.version === "12" && levels.isCreator(userId))
      throw badRequest(`Creator user ${userId} must not appear in content.users`);
  }
  for (const [name, level] of [
    ...NAMED.map((name) => [name, content[name]] as const),
    ...Object.entries(entries(content.events)),
  ])
    if (level !== undefined && !Number.isInteger(level))
      throw badRequest(`"${name}": ${shown(level)} is not of type 'integer'`, "M_BAD_JSON");
  const before = room.state("m.room.power_levels")?.content;
  if (!before) return;
  const own = levels.of(sender);
  const checkChange = (old: unknown, next: unknown, holder?: string) => {
    if (isDeepStrictEqual(old, next)) return;
    if (holder !== undefined && holder !== sender && typeof old === "number" && old >= own)
      throw forbidden("You don't have permission to remove ops level equal to your own");
    if ((typeof old === "number" && old > own) || (typeof next === "number" && next > own))
      throw forbidden("You don't have permission to add ops level greater than your own");
  };
  for (const name of NAMED) checkChange(before[name], content[name]);
  for (const list of ["events", "notifications"])
    forEachKey(before[list], content[list], (name) => checkChange(entries(before[list])[name], entries(content[list])[name]));
  forEachKey(before.users, content.users, (userId) =>
    checkChange(entries(before.users)[userId], entries(content.users)[userId], userId),
  );
}

function forEachKey(a: unknown, b: unknown, check: (key: string) => void): void {
  for (const key of new Set([...Object.keys(entries(a)), ...Object.keys(entries(b))])) check(key);
}

const shown = (value: unknown): string => (typeof value === "string" ? `'${value}'` : JSON.stringify(value));
