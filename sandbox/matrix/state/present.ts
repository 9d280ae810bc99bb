import type { EventRecord, Json } from "./model.ts";
import { bundle } from "./relations.ts";
import type { Actor } from "./send.ts";
import type { World } from "./world.ts";

export interface Shape {
  /** `sync` leaves out the room's id, which the answer gives above; `room` has it, with Synapse's old names beside. */
  format: "sync" | "event" | "room";
  /** Whether to add what the server sums up of related events. */
  bundled?: boolean;
  /** Whether to say what the viewer's membership was when it was sent. */
  membership?: boolean;
}

/** The fields of `unsigned` that answers of the first API version had beside it, which Synapse still gives. */
const OLD_NAMES = ["age", "redacted_because", "replaces_state", "prev_content"];

/** An event as that viewer is given it. */
export function presentEvent(world: World, event: EventRecord, viewer: Actor, shape: Shape): Json {
  const room = world.room(event.roomId);
  const plain = { format: shape.format };
  const unsigned: Json = { age: Math.max(0, world.now() - event.at) };
  if (shape.membership) unsigned.membership = room?.membership(viewer.userId, event.position) ?? "leave";
  const before = event.replaces === undefined ? undefined : world.event(event.replaces);
  if (before) {
    unsigned.replaces_state = before.id;
    unsigned.prev_content = before.content;
    unsigned.prev_sender = before.sender;
  }
  const redaction = event.redactedBy === undefined ? undefined : world.event(event.redactedBy);
  if (redaction) {
    unsigned.redacted_by = redaction.id;
    unsigned.redacted_because = presentEvent(world, redaction, viewer, plain);
  }
  const { transaction } = event;
  if (transaction && event.sender === viewer.userId && transaction.deviceId === viewer.deviceId)
    unsigned.transaction_id = transaction.id;
  if (shape.bundled && room) {
    const relations = bundle(room, event, viewer.userId, (inner, nested) => {
      const shown = presentEvent(world, inner, viewer, plain);
      const edits =
        nested === "edits" ? bundle(room, inner, viewer.userId, (edit) => presentEvent(world, edit, viewer, plain)) : undefined;
      return edits ? { ...shown, unsigned: { ...(shown.unsigned as Json), "m.relations": edits } } : shown;
    });
    if (relations) unsigned["m.relations"] = relations;
  }
  return {
    type: event.type,
    sender: event.sender,
    content: event.content,
    ...(event.stateKey !== undefined && { state_key: event.stateKey }),
    ...(event.redacts !== undefined && { redacts: event.redacts }),
    event_id: event.id,
    origin_server_ts: event.at,
    unsigned,
    ...(shape.format !== "sync" && { room_id: event.roomId }),
    ...(shape.format === "room" && { ...old(unsigned), user_id: event.sender }),
  };
}

const old = (unsigned: Json): Json => Object.fromEntries(Object.entries(unsigned).filter(([name]) => OLD_NAMES.includes(name)));

/** The little of an event that somebody invited may know. */
export function strippedEvent(event: EventRecord): Json {
  return { type: event.type, state_key: event.stateKey ?? "", sender: event.sender, content: event.content };
}
