import type { EventRecord, Json } from "./model.ts";
import { type Room, relationOf } from "./room.ts";

/** The edit that holds: the latest by the same sender, of the same type. */
export function latestEdit(room: Room, event: EventRecord): EventRecord | undefined {
  if (event.stateKey !== undefined || event.redactedBy !== undefined) return undefined;
  const edits = related(room, event, "m.replace").filter(
    (edit) => edit.sender === event.sender && edit.type === event.type && edit.stateKey === undefined,
  );
  return edits.reduce<EventRecord | undefined>((latest, edit) => (latest && latest.at > edit.at ? latest : edit), undefined);
}

/** What relates to an event in that way, oldest first. */
export function related(room: Room, event: EventRecord, type: string): EventRecord[] {
  return room.childrenOf(event.id).filter((child) => relationOf(child.content)?.type === type);
}

/** The replies in the thread that hangs from an event. */
export const repliesTo = (room: Room, root: EventRecord): EventRecord[] => related(room, root, "m.thread");

/**
 * What the server sums up of the events that relate to one (`unsigned["m.relations"]`): its latest edit, its thread, and what
 * refers to it. `present` shows an event within it.
 */
export function bundle(
  room: Room,
  event: EventRecord,
  viewer: string,
  present: (event: EventRecord, nested: "edits" | "nothing") => Json,
): Json | undefined {
  const own = relationOf(event.content)?.type;
  if (event.stateKey !== undefined || own === "m.replace" || own === "m.annotation") return undefined;
  const bundled: Json = {};
  const references = related(room, event, "m.reference");
  if (references.length > 0 && event.redactedBy === undefined)
    bundled["m.reference"] = { chunk: references.map(({ id }) => ({ event_id: id })) };
  const edit = latestEdit(room, event);
  if (edit) bundled["m.replace"] = present(edit, "nothing");
  const replies = repliesTo(room, event);
  const latest = replies.at(-1);
  if (latest)
    bundled["m.thread"] = {
      latest_event: present(latest, "edits"),
      count: replies.length,
      current_user_participated: event.sender === viewer || replies.some((reply) => reply.sender === viewer),
    };
  return Object.keys(bundled).length > 0 ? bundled : undefined;
}
