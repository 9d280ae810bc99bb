import { isDeepStrictEqual } from "node:util";
import { authorize } from "./authorize.ts";
import { checkSize } from "./checks.ts";
import { badRequest, forbidden, MatrixError } from "./error.ts";
import { isUserId } from "./ids.ts";
import type { EventRecord, Json } from "./model.ts";
import type { Room } from "./room.ts";
import { type Actor, append } from "./send.ts";
import type { World } from "./world.ts";

/** A change of membership that somebody asks for. */
export type Change = "join" | "invite" | "leave" | "kick" | "ban" | "unban";

/** What a member event says of the person. */
export function profileContent(world: World, userId: string): Json {
  const account = world.accounts.get(userId);
  return {
    ...(account?.displayName !== undefined && { displayname: account.displayName }),
    ...(account?.avatarUrl !== undefined && { avatar_url: account.avatarUrl }),
  };
}

const RESULT = { join: "join", invite: "invite", leave: "leave", kick: "leave", ban: "ban", unban: "leave" } as const;

/**
 * Changes the membership of `target` in a room, as the rules allow; gives back the event that already says the same, if one does.
 * Throws a MatrixError.
 */
export function changeMembership(
  world: World,
  room: Room,
  actor: Actor,
  target: string,
  change: Change,
  more: { reason?: unknown; isDirect?: boolean; content?: Json } = {},
): EventRecord {
  if (!isUserId(target)) throw badRequest("Expected UserID string to start with '@'", "M_INVALID_PARAM");
  const before = room.state("m.room.member", target);
  const was = room.membership(target);
  if (change === "kick" && was !== "join" && was !== "invite") throw forbidden("The target user is not in the room");
  if (change === "unban" && was !== "ban")
    throw new MatrixError(403, "M_BAD_STATE", `Cannot unban user who was not banned (membership=${was ?? "leave"})`);
  if (change === "leave" && was === "leave" && before) return before;
  const shown = change === "join" || change === "invite" ? profileContent(world, target) : {};
  const content: Json = {
    ...shown,
    ...more.content,
    ...(more.isDirect && { is_direct: true }),
    ...(typeof more.reason === "string" && { reason: more.reason }),
    membership: RESULT[change],
  };
  const isAgain = before && before.content.membership === content.membership && before.sender === actor.userId;
  if (isAgain && (change === "join" || isDeepStrictEqual(before.content, content)) && !more.content) return before;
  authorize(world, room, { sender: actor.userId, type: "m.room.member", stateKey: target, content });
  if (isAgain && isDeepStrictEqual(before.content, content)) return before;
  checkSize(room, actor.userId, "m.room.member", content, target);
  const event = append(world, room, actor, { type: "m.room.member", stateKey: target, content });
  if (change === "join" && was !== "join") followUpgrade(world, room, target);
  return event;
}

/** Somebody who joins the room that replaced another finds it among their direct rooms if the other was. */
function followUpgrade(world: World, room: Room, userId: string): void {
  const predecessor = room.state("m.room.create")?.content.predecessor as { room_id?: string } | undefined;
  const old = predecessor?.room_id === undefined ? undefined : world.room(predecessor.room_id);
  if (!old || old.membershipsOf(userId).length === 0) return;
  const direct = (world.accountDataOf(userId, "m.direct")?.content ?? {}) as Record<string, string[]>;
  const holds = Object.values(direct).some((rooms) => Array.isArray(rooms) && rooms.includes(old.id));
  if (!holds) return;
  const moved = Object.entries(direct).map(([other, rooms]) =>
    rooms.includes(old.id) && !rooms.includes(room.id) ? [other, [...rooms, room.id]] : [other, rooms],
  );
  world.setAccountData(userId, "m.direct", Object.fromEntries(moved));
}

/** Forgets a room that the user is no longer in. */
export function forgetRoom(world: World, room: Room, userId: string): void {
  const membership = room.membership(userId);
  if (membership === undefined || membership === "join" || membership === "invite")
    throw badRequest(`User ${userId} in room ${room.id}`);
  world.forgotten.put(`${room.id} ${userId}`, world.position);
}

/** Shows a changed profile in all the rooms that the user is in. */
export function spreadProfile(world: World, userId: string): void {
  for (const room of world.roomsOf(userId, "join")) {
    const before = room.state("m.room.member", userId)?.content ?? {};
    const { displayname: _, avatar_url: __, reason: ___, ...kept } = before;
    const content = { ...kept, ...profileContent(world, userId) };
    if (!isDeepStrictEqual(before, content))
      append(world, room, { userId }, { type: "m.room.member", stateKey: userId, content });
  }
}
