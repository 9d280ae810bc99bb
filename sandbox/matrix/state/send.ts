import { isDeepStrictEqual } from "node:util";
import { authorize } from "./authorize.ts";
import { checkContent, checkRelation, checkSize } from "./checks.ts";
import { badRequest, forbidden, MatrixError, notFound } from "./error.ts";
import { newEventId } from "./ids.ts";
import { Levels } from "./levels.ts";
import type { EventRecord, Json } from "./model.ts";
import { applyRedaction } from "./redaction.ts";
import type { Room } from "./room.ts";
import type { World } from "./world.ts";

/** Who acts: a user, and the device where the act came through the API. */
export interface Actor {
  userId: string;
  deviceId?: string;
}

export interface Draft {
  type: string;
  stateKey?: string;
  content: Json;
  redacts?: string;
  /** What the sender's client can read of it, where content is encrypted. */
  clear?: Json;
  /** The transaction id under which the device sends it: a second time, the first event is given back. */
  transactionId?: string;
}

/** The event that this device already sent into the room under that transaction id. */
function alreadySent(world: World, room: Room, actor: Actor, transactionId: string | undefined): EventRecord | undefined {
  if (transactionId === undefined || actor.deviceId === undefined) return undefined;
  const id = world.transactions.get(transactionKey(room, actor, transactionId));
  return id === undefined ? undefined : world.event(id);
}

const transactionKey = (room: Room, { userId, deviceId }: Actor, transactionId: string): string =>
  `${userId} ${deviceId} ${room.id} ${transactionId}`;

/** Stores an event as it stands and tells those who see it. No rule is asked: callers do. */
export function append(world: World, room: Room, actor: Actor, draft: Draft): EventRecord {
  const { type, stateKey, content, redacts, transactionId } = draft;
  const before = stateKey === undefined ? undefined : room.state(type, stateKey);
  // A room of version 12 is named by the hash of its create event.
  const isFounding = type === "m.room.create" && room.record.version === "12";
  const event: EventRecord = {
    id: isFounding ? `$${room.id.slice(1)}` : newEventId(),
    roomId: room.id,
    position: world.nextPosition(),
    type,
    sender: actor.userId,
    content,
    at: world.now(),
    ...(stateKey !== undefined && { stateKey }),
    ...(redacts !== undefined && { redacts }),
    ...(before && { replaces: before.id }),
    ...(draft.clear && { clear: draft.clear }),
    ...(actor.deviceId !== undefined &&
      transactionId !== undefined && { transaction: { deviceId: actor.deviceId, id: transactionId } }),
  };
  world.addEvent(room, event);
  if (transactionId !== undefined && actor.deviceId !== undefined)
    world.transactions.put(transactionKey(room, actor, transactionId), event.id);
  const subject = type === "m.room.member" && stateKey !== undefined ? [stateKey] : [];
  world.feed.touch([...room.members("join"), ...subject], event.position);
  world.feed.show(event);
  return event;
}

/**
 * Sends an event into a room, checked by every rule; gives back the event there already is for the same transaction, or for the
 * same state set again by the same sender. Throws a MatrixError.
 */
export function sendEvent(world: World, room: Room | undefined, roomId: string, actor: Actor, draft: Draft): EventRecord {
  if (!room) throw forbidden(`User ${actor.userId} not in room ${roomId}`);
  const sent = alreadySent(world, room, actor, draft.transactionId);
  if (sent) return sent;
  const { type, stateKey, content } = draft;
  if (type === "m.room.redaction" && stateKey === undefined && typeof content.redacts === "string")
    return redact(world, room, actor, content.redacts, content, draft.transactionId);
  checkSize(room, actor.userId, type, content, stateKey);
  checkContent(room, type, content, stateKey !== undefined);
  if (stateKey === undefined) checkRelation(world, room, actor.userId, type, content);
  if (type === "m.room.canonical_alias" && stateKey === "") checkAliases(world, room, content);
  authorize(world, room, { sender: actor.userId, ...draft });
  const before = stateKey === undefined ? undefined : room.state(type, stateKey);
  if (before && before.sender === actor.userId && isDeepStrictEqual(before.content, content)) return before;
  return append(world, room, actor, draft);
}

/** Every alias that a room bears must lead to it; those it bore already are not asked again. */
function checkAliases(world: World, room: Room, content: Json): void {
  const named = (of: Json) => [of.alias, ...(Array.isArray(of.alt_aliases) ? of.alt_aliases : [])].filter((alias) => alias);
  const known = named(room.state("m.room.canonical_alias")?.content ?? {});
  for (const alias of named(content)) {
    if (known.includes(alias)) continue;
    if (typeof alias !== "string" || world.aliases.get(alias)?.roomId !== room.id)
      throw badRequest(`Room alias ${String(alias)} does not point to the room`, "M_BAD_ALIAS");
  }
}

/** Redacts an event: one's own, or anybody's with the level that it takes. Throws a MatrixError. */
export function redactEvent(
  world: World,
  room: Room | undefined,
  roomId: string,
  actor: Actor,
  targetId: string,
  options: { reason?: unknown; transactionId?: string },
): EventRecord {
  if (!room) throw forbidden(`User ${actor.userId} not in room ${roomId}`);
  const reason = options.reason === undefined ? {} : { reason: options.reason };
  const sent = alreadySent(world, room, actor, options.transactionId);
  return sent ?? redact(world, room, actor, targetId, reason, options.transactionId);
}

function redact(
  world: World,
  room: Room,
  actor: Actor,
  targetId: string,
  content: Json,
  transactionId: string | undefined,
): EventRecord {
  const found = world.event(targetId);
  const target = found?.roomId === room.id ? found : undefined;
  const levels = new Levels(room);
  const mayRedactAny = levels.of(actor.userId) >= levels.needed("redact");
  // Whoever may redact anything may redact what is not known, to no effect here: homeservers that know it will heed it.
  if (!target && !mayRedactAny) throw notFound(`Could not find event ${targetId}`);
  if (target?.type === "m.room.create") throw forbidden("Redacting create events is not permitted");
  authorize(world, room, { sender: actor.userId, type: "m.room.redaction", content });
  if (target?.sender !== actor.userId && !mayRedactAny) throw forbidden("You don't have permission to redact events");
  // Since version 11 the target is named in the content; the field beside it stays for old clients.
  const named = room.record.version === "10" ? content : { ...content, redacts: targetId };
  const draft = { type: "m.room.redaction", content: named, redacts: targetId };
  const redaction = append(world, room, actor, { ...draft, ...(transactionId !== undefined && { transactionId }) });
  if (target) applyRedaction(world, room.record.version, target, redaction);
  return redaction;
}

/** The room of that id for a user who may not be told whether it exists. */
export function roomKnownTo(world: World, roomId: string): Room {
  const room = world.room(roomId);
  if (!room) throw new MatrixError(404, "M_UNKNOWN", "Not a known room");
  return room;
}
