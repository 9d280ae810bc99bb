import { badRequest, MatrixError } from "../state/error.ts";
import type { EventRecord, Json } from "../state/model.ts";
import { presentEvent, type Shape } from "../state/present.ts";
import { repliesTo } from "../state/relations.ts";
import { type Room, relationOf } from "../state/room.ts";
import { canSee, readableTo } from "../state/visibility.ts";
import { positionOf } from "../sync/tokens.ts";
import { type Call, endpoint, integer, param, roomOf } from "./endpoint.ts";
import { presentHistory } from "./events.ts";

/** How deep relations of relations are followed when asked to (Synapse's). */
const DEPTH = 3;
const MOST = 100;

interface Related {
  event: EventRecord;
  depth: number;
}

function relatedTo(room: Room, eventId: string, depth: number, most: number): Related[] {
  const children = room.childrenOf(eventId).map((event) => ({ event, depth }));
  if (depth >= most) return children;
  return children.flatMap((child) => [child, ...relatedTo(room, child.event.id, depth + 1, most)]);
}

/** A page of what relates to an event (`GET /v1/rooms/{roomId}/relations/…`), newest first unless asked otherwise. */
function relations(call: Call): Json {
  const room = roomOf(call);
  readableTo(call.world, room, param(call, "roomId"), call.actor.userId);
  const parent = call.world.event(param(call, "eventId"));
  if (!room || parent?.roomId !== room.id || !canSee(room, parent, call.actor.userId))
    throw new MatrixError(404, "M_UNKNOWN", "Unknown parent event.");
  const { relType, eventType } = call.params;
  const { dir = "b", recurse } = call.query;
  if (dir !== "b" && dir !== "f") throw badRequest("Query parameter 'dir' must be one of ['b', 'f']", "M_INVALID_PARAM");
  const limit = Math.min(Math.max(1, integer(call, "limit", 5)), MOST);
  const from = call.query.from === undefined ? undefined : positionOf(call.query.from, "'from' parameter is invalid");
  const to = call.query.to === undefined ? undefined : positionOf(call.query.to, "'to' parameter is invalid");
  const isBack = dir === "b";
  const isRecursive = recurse === "true";
  const found = relatedTo(room, parent.id, 1, isRecursive ? DEPTH : 1)
    .filter(({ event }) => relType === undefined || relationOf(event.content)?.type === relType)
    .filter(({ event }) => eventType === undefined || event.type === eventType)
    .filter(({ event }) => canSee(room, event, call.actor.userId))
    .map(({ event }) => event)
    .filter(({ position }) => (from === undefined ? true : isBack ? position <= from : position > from))
    .filter(({ position }) => (to === undefined ? true : isBack ? position > to : position <= to))
    .sort((a, b) => (isBack ? b.position - a.position : a.position - b.position));
  const chunk = found.slice(0, limit);
  const last = chunk.at(-1);
  const next = found.length > limit && last ? { next_batch: `t${isBack ? last.position - 1 : last.position}` } : {};
  return {
    chunk: chunk.map((event) => presentHistory(call, event)),
    ...next,
    ...(call.query.from !== undefined && { prev_batch: call.query.from }),
    ...(isRecursive && { recursion_depth: DEPTH }),
  };
}

/** The threads of a room, the one last written in first (`GET /v1/rooms/{roomId}/threads`). */
function threads(call: Call): Json {
  const room = roomOf(call);
  readableTo(call.world, room, param(call, "roomId"), call.actor.userId);
  const { include = "all", from } = call.query;
  const limit = Math.min(Math.max(1, integer(call, "limit", 5)), MOST);
  const before = from === undefined ? Number.POSITIVE_INFINITY : positionOf(from, "'from' parameter is invalid");
  const roots = new Map<EventRecord, EventRecord[]>();
  for (const event of room?.events ?? []) {
    const relation = relationOf(event.content);
    const root = relation?.type === "m.thread" ? call.world.event(relation.eventId) : undefined;
    if (room && root && !roots.has(root) && canSee(room, root, call.actor.userId)) roots.set(root, repliesTo(room, root));
  }
  const self = call.actor.userId;
  const shape: Shape = { format: "room", bundled: true, membership: true };
  const listed = [...roots]
    .filter(([root, replies]) => include !== "participated" || [root, ...replies].some(({ sender }) => sender === self))
    .map(([root, replies]) => ({ root, latest: replies.at(-1)?.position ?? 0 }))
    .filter(({ latest }) => latest > 0 && latest <= before)
    .sort((a, b) => b.latest - a.latest);
  const chunk = listed.slice(0, limit);
  const last = chunk.at(-1);
  return {
    chunk: chunk.map(({ root }) => presentEvent(call.world, root, { userId: self }, shape)),
    ...(listed.length > limit && last && { next_batch: `t${last.latest - 1}` }),
  };
}

export const relationEndpoints = [
  endpoint("GET", "rooms/{roomId}/relations/{eventId}", relations, { area: "v1" }),
  endpoint("GET", "rooms/{roomId}/relations/{eventId}/{relType}", relations, { area: "v1" }),
  endpoint("GET", "rooms/{roomId}/relations/{eventId}/{relType}/{eventType}", relations, { area: "v1" }),
  endpoint("GET", "rooms/{roomId}/threads", threads, { area: "v1" }),
];
