import { z } from "zod";
import { badRequest, MatrixError } from "./error.ts";
import type { Json } from "./model.ts";
import { type Room, relationOf } from "./room.ts";
import type { World } from "./world.ts";

/** No event is longer, as canonical JSON with all that a homeserver adds to it (specification, « Size limits »). */
const MOST_BYTES = 65_536;
const MOST_ID_BYTES = 255;
const LONGEST_KEY = 500;

/**
 * Refuses a body that canonical JSON cannot hold: floats (told by their writing), integers beyond 2⁵³−1, halves of surrogate pairs
 * (on which Synapse fails with a 500).
 */
export function checkCanonical(raw: string, content: Json): void {
  if (!isWellFormed(content)) throw badRequest("Unpaired surrogate in a string", "M_BAD_JSON");
  const bare = raw.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  for (const [number] of bare.matchAll(/-?\d[\d.eE+-]*/g)) {
    if (/[.eE]/.test(number)) throw badRequest("Bad JSON value: float", "M_BAD_JSON");
    if (!Number.isSafeInteger(Number(number))) throw badRequest("JSON integer out of range", "M_BAD_JSON");
  }
}

function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && isWellFormed(inner));
}

/** Refuses an event that is too long, counting what a homeserver adds: the events it rests on, hashes and signatures. */
export function checkSize(room: Room, sender: string, type: string, content: Json, stateKey?: string): void {
  for (const [name, text] of Object.entries({ type, state_key: stateKey ?? "", sender, room_id: room.id }))
    if (Buffer.byteLength(text) > MOST_ID_BYTES) throw new MatrixError(413, "M_TOO_LARGE", `'${name}' too large`);
  const eventId = `$${"x".repeat(43)}`;
  // The create event, the levels and the sender's membership; rooms of version 12 leave the first out.
  const restsOn = Array<string>(room.record.version === "12" ? 2 : 3).fill(eventId);
  const replaces = stateKey !== undefined && room.state(type, stateKey) !== undefined;
  const whole = {
    auth_events: restsOn,
    content,
    depth: room.events.length,
    hashes: { sha256: "x".repeat(43) },
    origin_server_ts: 1_700_000_000_000,
    prev_events: [eventId],
    room_id: room.id,
    sender,
    signatures: { [sender.slice(sender.indexOf(":") + 1)]: { "ed25519:a_abcd": "x".repeat(86) } },
    type,
    unsigned: { age_ts: 1_700_000_000_000, ...(replaces && { replaces_state: eventId }) },
    ...(stateKey !== undefined && { state_key: stateKey }),
  };
  if (Buffer.byteLength(JSON.stringify(whole)) > MOST_BYTES) throw new MatrixError(413, "M_TOO_LARGE", "event too large");
}

const TEXTS: Readonly<Record<string, readonly string[]>> = {
  "m.room.message": ["body", "msgtype"],
  "m.room.topic": ["topic"],
  "m.room.name": ["name"],
};
const STATE_ONLY = new Set(["m.room.topic", "m.room.name", "m.room.tombstone"]);

/** Refuses content that lacks what its type asks for, as Synapse does. */
export function checkContent(room: Room, type: string, content: Json, isState: boolean): void {
  for (const name of TEXTS[type] ?? []) {
    if (!(name in content)) throw badRequest(`'${name}' not in content`);
    if (typeof content[name] !== "string") throw badRequest(`'${name}' not a string type`);
  }
  if (type === "m.room.tombstone") {
    if (!("replacement_room" in content)) throw badRequest("Content has no replacement_room key");
    if (content.replacement_room === room.id) throw badRequest("Tombstone cannot reference the room it was sent in");
  }
  if (STATE_ONLY.has(type) && !isState) throw badRequest(`'${type}' must be state events`);
  const mentions = content["m.mentions"];
  if (mentions !== undefined && !mentionsShape.safeParse(mentions).success)
    throw badRequest("m.mentions is not of the expected form", "M_BAD_JSON");
}

const mentionsShape = z.looseObject({ user_ids: z.array(z.string()).optional(), room: z.boolean().optional() });

/** Refuses a relation to what is not there, a second time the same reaction, and threads that hang from a relation. */
export function checkRelation(world: World, room: Room, sender: string, type: string, content: Json): void {
  const relation = relationOf(content);
  if (!relation) return;
  const target = world.event(relation.eventId);
  if (!target) throw badRequest("Can't send relation to unknown event");
  if (target.roomId !== room.id) throw badRequest("Relations must be in the same room");
  if (relation.type === "m.annotation") {
    const { key } = relation;
    if (typeof key !== "string") throw badRequest("Missing aggregation key");
    if (key.length > LONGEST_KEY) throw badRequest("Aggregation key is too long");
    const isTwice = room
      .childrenOf(target.id)
      .some((other) => other.type === type && other.sender === sender && relationOf(other.content)?.key === key);
    if (isTwice) throw new MatrixError(400, "M_DUPLICATE_ANNOTATION", "Can't send same reaction twice");
  }
  if (relation.type === "m.thread" && relationOf(target.content))
    throw badRequest("Cannot start threads from an event with a relation");
}
