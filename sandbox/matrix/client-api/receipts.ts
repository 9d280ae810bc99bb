import { badRequest, forbidden } from "../state/error.ts";
import type { Json } from "../state/model.ts";
import type { Room } from "../state/room.ts";
import { type Call, endpoint, optionalJson, own, param, roomOf } from "./endpoint.ts";

const TYPES = ["m.read", "m.read.private", "m.fully_read"] as const;
type ReceiptType = (typeof TYPES)[number];

function ownRoom(call: Call): Room {
  const room = roomOf(call);
  if (room?.membership(call.actor.userId) !== "join")
    throw forbidden(`User ${call.actor.userId} not in room ${param(call, "roomId")}`);
  return room;
}

function mark(call: Call, room: Room, type: ReceiptType, eventId: string, threadId?: string): void {
  const { world, actor } = call;
  if (type === "m.fully_read") {
    world.setAccountData(actor.userId, type, { event_id: eventId }, room.id);
    return;
  }
  const position = world.nextPosition();
  const thread = threadId === undefined ? {} : { threadId };
  const receipt = { roomId: room.id, userId: actor.userId, type, eventId, at: world.now(), position, ...thread };
  world.receipts.put(`${room.id} ${actor.userId} ${type} ${threadId ?? ""}`, receipt);
  room.touch(position);
  world.feed.touch(type === "m.read" ? room.members("join") : [actor.userId], position);
}

function receipt(call: Call): Json {
  const room = ownRoom(call);
  const type = TYPES.find((one) => one === param(call, "receiptType"));
  if (!type) throw badRequest("Receipt type must be m.fully_read, m.read.private, m.read");
  const threadId = optionalJson(call).thread_id;
  if (threadId !== undefined && (typeof threadId !== "string" || threadId === ""))
    throw badRequest("thread_id field must be a non-empty string", "M_INVALID_PARAM");
  mark(call, room, type, param(call, "eventId"), threadId);
  return {};
}

/** The longest that somebody counts as typing without saying so again. */
const MOST_TYPING_MS = 120_000;

function typing(call: Call): Json {
  own(call, "Cannot set another user's typing state", 400);
  const room = ownRoom(call);
  const { typing: isTyping, timeout } = call.json();
  const users = call.world.typing.get(room.id)?.users ?? new Map<string, number>();
  const wait = Math.min(typeof timeout === "number" ? timeout : 30_000, MOST_TYPING_MS);
  if (isTyping === true) users.set(call.actor.userId, performance.now() + wait);
  else users.delete(call.actor.userId);
  const position = call.world.nextPosition();
  call.world.typing.set(room.id, { users, position });
  room.touch(position);
  call.world.feed.touch(room.members("join"), position);
  return {};
}

export const receiptEndpoints = [
  endpoint("POST", "rooms/{roomId}/receipt/{receiptType}/{eventId}", receipt),
  endpoint("POST", "rooms/{roomId}/read_markers", (call) => {
    const room = ownRoom(call);
    const body = call.json();
    for (const type of TYPES) if (typeof body[type] === "string") mark(call, room, type, body[type]);
    return {};
  }),
  endpoint("PUT", "rooms/{roomId}/typing/{userId}", typing),
];
