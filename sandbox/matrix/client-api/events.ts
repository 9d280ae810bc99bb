import { checkCanonical } from "../state/checks.ts";
import { badRequest, forbidden, MatrixError, notFound } from "../state/error.ts";
import { type Change, changeMembership } from "../state/membership.ts";
import type { EventRecord, Json } from "../state/model.ts";
import { presentEvent } from "../state/present.ts";
import type { Membership } from "../state/room.ts";
import { redactEvent, sendEvent } from "../state/send.ts";
import { canSee, readableTo } from "../state/visibility.ts";
import { passesEvent, readEventFilter, withoutIdleMembers } from "../sync/filter.ts";
import { positionOf } from "../sync/tokens.ts";
import { type Call, endpoint, integer, param, roomOf } from "./endpoint.ts";

const MOST_EVENTS = 1000;

/** The content of an event, which must be what canonical JSON can hold. */
function content(call: Call): Json {
  const json = call.json();
  checkCanonical(call.bytes.toString("utf8"), json);
  return json;
}

function send(call: Call): Json {
  const type = param(call, "eventType");
  if (type === "m.room.member") throw new MatrixError(500, "M_UNKNOWN", "Tried to send member event through non-member codepath");
  const draft = { type, content: content(call), transactionId: param(call, "txnId") };
  return { event_id: sendEvent(call.world, roomOf(call), param(call, "roomId"), call.actor, draft).id };
}

function setState(call: Call): Json {
  const [type, stateKey] = [param(call, "eventType"), call.params.stateKey ?? ""];
  const room = roomOf(call);
  const body = content(call);
  if (type === "m.room.member") {
    if (!room) throw forbidden(`User ${call.actor.userId} not in room ${param(call, "roomId")}`);
    const change = changeOf(body.membership, room.membership(stateKey), call.actor.userId === stateKey);
    return { event_id: changeMembership(call.world, room, call.actor, stateKey, change, { content: body }).id };
  }
  return { event_id: sendEvent(call.world, room, param(call, "roomId"), call.actor, { type, stateKey, content: body }).id };
}

/** The act that setting somebody's member event comes to. */
function changeOf(membership: unknown, before: Membership | undefined, isOwn: boolean): Change {
  switch (membership) {
    case "join":
    case "invite":
    case "ban":
      return membership;
    case "leave":
      if (isOwn) return "leave";
      return before === "ban" ? "unban" : "kick";
    default:
      throw badRequest("Invalid membership key");
  }
}

/** An event of the room that the caller may see. Throws a MatrixError. */
export function seenEvent(call: Call, eventId: string): EventRecord {
  const room = roomOf(call);
  readableTo(call.world, room, param(call, "roomId"), call.actor.userId);
  const event = call.world.event(eventId);
  if (!room || event?.roomId !== room.id || !canSee(room, event, call.actor.userId)) throw notFound("Event not found.");
  return event;
}

/** An event as the endpoints that read a room's history give it. */
export const presentHistory = (call: Call, event: EventRecord): Json =>
  presentEvent(call.world, event, call.actor, { format: "room", bundled: true, membership: true });

function getState(call: Call): Json {
  const room = roomOf(call);
  const to = readableTo(call.world, room, param(call, "roomId"), call.actor.userId);
  const event = room?.state(param(call, "eventType"), call.params.stateKey ?? "", to);
  if (!event) throw notFound("Event not found.");
  return call.query.format === "event" ? presentEvent(call.world, event, call.actor, { format: "event" }) : event.content;
}

/** A page of the room's history (`GET /rooms/{roomId}/messages`). */
function messages(call: Call): Json {
  const room = roomOf(call);
  const reach = Math.min(readableTo(call.world, room, param(call, "roomId"), call.actor.userId), call.world.position);
  const dir = call.query.dir ?? "f";
  if (dir !== "b" && dir !== "f") throw badRequest("Query parameter 'dir' must be one of ['b', 'f']", "M_INVALID_PARAM");
  const isBack = dir === "b";
  const limit = Math.min(integer(call, "limit", 10), MOST_EVENTS);
  const filter = readEventFilter(call.query.filter);
  const from = call.query.from === undefined ? (isBack ? reach : 0) : positionOf(call.query.from, "'from' parameter is invalid");
  const to = call.query.to === undefined ? undefined : positionOf(call.query.to, "'to' parameter is invalid");
  const span = isBack
    ? room?.between(to ?? 0, Math.min(from, reach)).reverse()
    : room?.between(from, Math.min(to ?? reach, reach));
  const passing = (span ?? []).filter(
    (event) => room && canSee(room, event, call.actor.userId) && passesEvent(filter, room, event),
  );
  const chunk = passing.slice(0, limit);
  const last = chunk.at(-1);
  const end = last && (isBack ? last.position - 1 : last.position);
  const senders = new Set(chunk.map((event) => event.sender));
  const state = filter.lazy_load_members ? withoutIdleMembers(room?.stateAt(reach) ?? [], senders) : [];
  const members = state.filter((event) => event.type === "m.room.member");
  return {
    chunk: chunk.map((event) => presentHistory(call, event)),
    start: `t${from}`,
    ...(end !== undefined && { end: `t${end}` }),
    ...(members.length > 0 && { state: members.map((event) => presentEvent(call.world, event, call.actor, { format: "room" })) }),
  };
}

/** What surrounds an event (`GET /rooms/{roomId}/context/{eventId}`). */
function context(call: Call): Json {
  const event = seenEvent(call, param(call, "eventId"));
  const room = roomOf(call);
  const reach = readableTo(call.world, room, param(call, "roomId"), call.actor.userId);
  const limit = Math.min(integer(call, "limit", 10), MOST_EVENTS);
  const filter = readEventFilter(call.query.filter);
  const seen = (from: number, to: number) =>
    (room?.between(from, to) ?? []).filter(
      (one) => room && canSee(room, one, call.actor.userId) && passesEvent(filter, room, one),
    );
  const half = Math.floor(limit / 2);
  const before = half === 0 ? [] : seen(0, event.position - 1).slice(-half);
  const after = seen(event.position, reach).slice(0, limit - half);
  const last = after.at(-1) ?? event;
  return {
    event: presentHistory(call, event),
    events_before: before.reverse().map((one) => presentHistory(call, one)),
    events_after: after.map((one) => presentHistory(call, one)),
    start: `t${(before.at(-1)?.position ?? event.position) - 1}`,
    end: `t${last.position}`,
    state: (room?.stateAt(last.position) ?? []).map((one) => presentEvent(call.world, one, call.actor, { format: "room" })),
  };
}

export const eventEndpoints = [
  endpoint("PUT", "rooms/{roomId}/send/{eventType}/{txnId}", send, { allowances: ["message"] }),
  endpoint(
    "POST",
    "rooms/{roomId}/send/{eventType}",
    (call) => {
      const draft = { type: param(call, "eventType"), content: content(call) };
      return { event_id: sendEvent(call.world, roomOf(call), param(call, "roomId"), call.actor, draft).id };
    },
    { allowances: ["message"] },
  ),
  endpoint(
    "PUT",
    "rooms/{roomId}/redact/{eventId}/{txnId}",
    (call) => {
      const options = { reason: content(call).reason, transactionId: param(call, "txnId") };
      const roomId = param(call, "roomId");
      return { event_id: redactEvent(call.world, roomOf(call), roomId, call.actor, param(call, "eventId"), options).id };
    },
    { allowances: ["message"] },
  ),
  endpoint("PUT", "rooms/{roomId}/state/{eventType}", setState, { allowances: ["message"] }),
  endpoint("PUT", "rooms/{roomId}/state/{eventType}/{stateKey}", setState, { allowances: ["message"] }),
  endpoint("GET", "rooms/{roomId}/state/{eventType}", getState),
  endpoint("GET", "rooms/{roomId}/state/{eventType}/{stateKey}", getState),
  endpoint("GET", "rooms/{roomId}/state", (call) => {
    const room = roomOf(call);
    const to = readableTo(call.world, room, param(call, "roomId"), call.actor.userId);
    return (room?.stateAt(to) ?? []).map((event) => presentEvent(call.world, event, call.actor, { format: "room" }));
  }),
  endpoint("GET", "rooms/{roomId}/event/{eventId}", (call) => presentHistory(call, seenEvent(call, param(call, "eventId")))),
  endpoint("GET", "rooms/{roomId}/messages", messages),
  endpoint("GET", "rooms/{roomId}/context/{eventId}", context),
  endpoint(
    "GET",
    "rooms/{roomId}/timestamp_to_event",
    (call) => {
      const room = roomOf(call);
      readableTo(call.world, room, param(call, "roomId"), call.actor.userId);
      const ts = integer(call, "ts", 0);
      const seen = (room?.events ?? []).filter((event) => room && canSee(room, event, call.actor.userId));
      const isBack = call.query.dir === "b";
      const event = isBack ? seen.findLast((one) => one.at <= ts) : seen.find((one) => one.at >= ts);
      if (!event) throw notFound(`Unable to find event from ${ts} in direction ${isBack ? "b" : "f"}`);
      return { event_id: event.id, origin_server_ts: event.at };
    },
    { area: "v1" },
  ),
];
