import { forbidden } from "./error.ts";
import type { EventRecord } from "./model.ts";
import type { Room } from "./room.ts";
import type { World } from "./world.ts";

/** Whether that user may see the event, by the history visibility that held when it was sent. */
export function canSee(room: Room, event: EventRecord, userId: string): boolean {
  if (event.type === "m.room.member" && event.stateKey === userId) return true;
  const visibility = room.state("m.room.history_visibility", "", event.position)?.content.history_visibility;
  if (visibility === "world_readable") return true;
  const then = room.membership(userId, event.position);
  if (then === "join") return true;
  if (visibility === "invited" && then === "invite") return true;
  if (visibility === "joined" || visibility === "invited") return false;
  // « shared », which is also what an unknown value counts as: whoever joined since sees what was before.
  return room.membershipsOf(userId).some((member) => member.content.membership === "join" && member.position > event.position);
}

/**
 * How far a user may read in a room: to the end when they are in it, to their going when they left. Throws a MatrixError when they
 * may not read at all.
 */
export function readableTo(world: World, room: Room | undefined, roomId: string, userId: string): number {
  const refusal = forbidden(`User ${userId} not in room ${roomId}, and room previews are disabled`);
  if (!room) throw refusal;
  const membership = room.membership(userId);
  if (membership === "join") return Number.POSITIVE_INFINITY;
  if (room.state("m.room.history_visibility")?.content.history_visibility === "world_readable") return Number.POSITIVE_INFINITY;
  const wasIn = room.membershipsOf(userId).some((member) => member.content.membership === "join");
  if (!wasIn || membership === "invite" || world.hasForgotten(room, userId)) throw refusal;
  return goingOf(room, userId);
}

/** Where a user who is no longer in a room went. */
export function goingOf(room: Room, userId: string): number {
  const members = room.membershipsOf(userId);
  const lastIn = members.findLastIndex((member) => member.content.membership === "join");
  return members[lastIn + 1]?.position ?? Number.POSITIVE_INFINITY;
}
