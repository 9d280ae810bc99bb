import { localpartOf } from "../state/ids.ts";
import type { EventRecord, Json } from "../state/model.ts";
import { presentEvent } from "../state/present.ts";
import { latestEdit, related, repliesTo } from "../state/relations.ts";
import { type Room, relationOf } from "../state/room.ts";
import type { World } from "../state/world.ts";
import { keyOf } from "./pills.ts";

/** Whether clients show the event as a message of its own: no state, no edit, reaction or redaction. */
export function isMessage(event: EventRecord): boolean {
  if (event.stateKey !== undefined || event.type === "m.reaction" || event.type === "m.room.redaction") return false;
  const type = relationOf(event.content)?.type;
  return type !== "m.replace" && type !== "m.annotation";
}

/** The root of the thread that an event is a reply in. */
export function threadOf(event: EventRecord): string | undefined {
  const relation = relationOf(event.content);
  return relation?.type === "m.thread" ? relation.eventId : undefined;
}

/** What the message says now, after its edits; its relation is the original's. */
export function currentContent(room: Room, event: EventRecord): Json {
  const edit = latestEdit(room, event);
  const original = event.clear ?? event.content;
  const replaced = edit && (edit.clear ?? edit.content)["m.new_content"];
  if (typeof replaced !== "object" || replaced === null) return original;
  const relation = event.content["m.relates_to"];
  return { ...(replaced as Json), ...(relation !== undefined && { "m.relates_to": relation }) };
}

function reactionsOn(world: World, room: Room, event: EventRecord): Json[] {
  const byKey = new Map<string, string[]>();
  for (const reaction of related(room, event, "m.annotation"))
    byKey.set(keyOf(reaction), [...(byKey.get(keyOf(reaction)) ?? []), reaction.sender]);
  return [...byKey].map(([key, senders]) => ({
    key,
    count: senders.length,
    senders,
    names: senders.map((id) => nameIn(world, id)),
  }));
}

const nameIn = (world: World, userId: string): string => world.accounts.get(userId)?.displayName ?? localpartOf(userId);

/** The message that this one answers, where that is more than what a thread falls back on. */
function answered(content: Json): string | undefined {
  const relation = content["m.relates_to"] as Json | undefined;
  const reply = (relation?.["m.in_reply_to"] as Json | undefined)?.event_id;
  return relation?.is_falling_back !== true && typeof reply === "string" ? reply : undefined;
}

/**
 * A message as people's clients show it: what it says now, its reactions by key, its thread. `raw` is the event as the homeserver
 * stores it.
 */
export function shownMessage(world: World, room: Room, event: EventRecord): Json {
  const content = currentContent(room, event);
  const edit = latestEdit(room, event);
  const raw = presentEvent(world, event, { userId: "" }, { format: "room", bundled: true });
  const replies = repliesTo(room, event);
  const [thread, replyTo] = [threadOf(event), answered(content)];
  return {
    type: event.type,
    event_id: event.id,
    room_id: room.id,
    sender: event.sender,
    sender_name: nameIn(world, event.sender),
    origin_server_ts: event.at,
    content,
    ...(typeof content.body === "string" && { body: content.body }),
    ...(typeof content.formatted_body === "string" && { formatted_body: content.formatted_body }),
    ...(typeof content.msgtype === "string" && { msgtype: content.msgtype }),
    ...(event.type === "m.room.encrypted" && { encrypted: true }),
    ...(edit && { edited: { event_id: edit.id, origin_server_ts: edit.at } }),
    ...(event.redactedBy !== undefined && { deleted: true }),
    ...(thread !== undefined && { thread }),
    ...(replyTo !== undefined && { reply_to: replyTo }),
    ...(replies.length > 0 && { replies: replies.length }),
    reactions: reactionsOn(world, room, event),
    raw,
  };
}

/** A change in a room, as far as screens are concerned. */
export interface ShownEvent {
  channel: string;
  /** The thread that it changes: that of the message itself, or of the one that it edits, reacts to or takes away. */
  thread: string | null;
  /** A new message of a bot's. */
  isNews: boolean;
}

export function shownEvent(world: World, event: EventRecord): ShownEvent {
  const target = event.redacts ?? (isMessage(event) ? undefined : relationOf(event.content)?.eventId);
  const concerned = (target !== undefined && world.event(target)) || event;
  const isNews = event.type.startsWith("m.room.") && isMessage(event) && world.accounts.get(event.sender)?.isBot === true;
  return { channel: event.roomId, thread: threadOf(concerned) ?? null, isNews };
}
