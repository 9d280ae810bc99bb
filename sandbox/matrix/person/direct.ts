import { createRoom } from "../state/create-room.ts";
import { changeMembership } from "../state/membership.ts";
import type { AccountRecord } from "../state/model.ts";
import type { Room } from "../state/room.ts";
import type { World } from "../state/world.ts";

function directRooms(world: World, userId: string, otherId: string): string[] {
  const rooms = world.accountDataOf(userId, "m.direct")?.content[otherId];
  return Array.isArray(rooms) ? (rooms as string[]) : [];
}

const isThere = (room: Room, userId: string): boolean => ["join", "invite"].includes(room.membership(userId) ?? "");

/** Whether the room was opened as a conversation between two. */
function isDirect(world: World, room: Room, a: string, b: string): boolean {
  if (directRooms(world, a, b).includes(room.id) || directRooms(world, b, a).includes(room.id)) return true;
  return [a, b].some((userId) => room.membershipsOf(userId).some((member) => member.content.is_direct === true));
}

/** Their conversation, the one last used if there are several; undefined when there is none that both are still in. */
export function findDirect(world: World, person: AccountRecord, bot: AccountRecord): Room | undefined {
  const known = [...world.rooms()].filter(
    (room) => isThere(room, person.id) && isThere(room, bot.id) && isDirect(world, room, person.id, bot.id),
  );
  return known.sort((a, b) => b.lastPosition - a.lastPosition)[0];
}

/** Lets a person into a conversation that a bot invited them to. */
export function acceptDirect(world: World, room: Room, person: AccountRecord): void {
  const invitation = room.state("m.room.member", person.id);
  const inviter = world.accounts.get(invitation?.sender ?? "");
  if (invitation?.content.membership !== "invite" || !inviter?.isBot || invitation.content.is_direct !== true) return;
  changeMembership(world, room, { userId: person.id }, person.id, "join");
  noteDirect(world, person.id, inviter.id, room.id);
}

/** Keeps in a person's account that the room is their conversation with the other, as clients do. */
function noteDirect(world: World, userId: string, otherId: string, roomId: string): void {
  const rooms = directRooms(world, userId, otherId);
  if (rooms.includes(roomId)) return;
  const content = { ...world.accountDataOf(userId, "m.direct")?.content, [otherId]: [...rooms, roomId] };
  world.setAccountData(userId, "m.direct", content);
}

/** Their conversation with the bot: the one there is, its invitation accepted, or a new one to which the bot is invited. */
export function openDirect(world: World, person: AccountRecord, bot: AccountRecord): Room {
  const known = findDirect(world, person, bot);
  if (known) {
    acceptDirect(world, known, person);
    return known;
  }
  const room = createRoom(world, { userId: person.id }, { preset: "trusted_private_chat", is_direct: true, invite: [bot.id] });
  noteDirect(world, person.id, bot.id, room.id);
  return room;
}
