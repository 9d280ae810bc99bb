import { z } from "zod";
import { createRoom, publish, roomShape } from "../state/create-room.ts";
import { badRequest, forbidden, MatrixError, notFound } from "../state/error.ts";
import { Levels } from "../state/levels.ts";
import { type Change, changeMembership, forgetRoom } from "../state/membership.ts";
import type { EventRecord, Json } from "../state/model.ts";
import { presentEvent } from "../state/present.ts";
import type { Room } from "../state/room.ts";
import { roomKnownTo } from "../state/send.ts";
import { upgradeRoom } from "../state/upgrade.ts";
import { readableTo } from "../state/visibility.ts";
import { positionOf } from "../sync/tokens.ts";
import { type Call, endpoint, integer, optionalJson, param, parsed, roomOf } from "./endpoint.ts";

function join(call: Call, asked: string): Json {
  const { world, actor } = call;
  const alias = asked.startsWith("#") ? world.aliases.get(asked) : undefined;
  if (asked.startsWith("#") && !alias) throw notFound(`Room alias ${asked} not found`);
  if (!asked.startsWith("#") && !asked.startsWith("!")) throw badRequest(`${asked} was not legal room ID or room alias`);
  const room = world.room(alias?.roomId ?? asked);
  if (!room)
    throw new MatrixError(404, "M_UNKNOWN", "Can't join remote room because no servers that are in the room have been provided.");
  changeMembership(world, room, actor, actor.userId, "join", { reason: optionalJson(call).reason });
  return { room_id: room.id };
}

const target = z.looseObject({ user_id: z.string(), reason: z.string().optional() });

/** An act upon somebody else's membership. */
function actUpon(change: Exclude<Change, "join" | "leave">) {
  return (call: Call): Json => {
    const { user_id: userId, reason } = parsed(target, call.json());
    const room = call.world.room(param(call, "roomId"));
    if (!room) throw forbidden(`${call.actor.userId} not in room ${param(call, "roomId")}.`);
    changeMembership(call.world, room, call.actor, userId, change, { reason });
    return {};
  };
}

function memberEvents(call: Call): EventRecord[] {
  const room = roomOf(call);
  const to = readableTo(call.world, room, param(call, "roomId"), call.actor.userId);
  const at = call.query.at === undefined ? to : Math.min(to, positionOf(call.query.at));
  const { membership, not_membership: not } = call.query;
  return (room?.stateAt(at) ?? []).filter(
    (event) =>
      event.type === "m.room.member" &&
      (membership === undefined || event.content.membership === membership) &&
      (not === undefined || event.content.membership !== not),
  );
}

/** The room, of which the caller must be a member. */
function ownRoom(call: Call): Room {
  const room = roomOf(call);
  if (room?.membership(call.actor.userId) !== "join")
    throw forbidden(`User ${call.actor.userId} not in room ${param(call, "roomId")}`);
  return room;
}

/** What the directory and previews tell of a room. */
function summary(room: Room): Json {
  const text = (type: string, key: string) => room.state(type)?.content[key];
  return {
    room_id: room.id,
    room_version: room.record.version,
    name: text("m.room.name", "name"),
    topic: text("m.room.topic", "topic"),
    canonical_alias: text("m.room.canonical_alias", "alias"),
    avatar_url: text("m.room.avatar", "url"),
    join_rule: text("m.room.join_rules", "join_rule") ?? "invite",
    num_joined_members: room.members("join").length,
    world_readable: text("m.room.history_visibility", "history_visibility") === "world_readable",
    guest_can_join: text("m.room.guest_access", "guest_access") === "can_join",
  };
}

export const roomEndpoints = [
  endpoint("POST", "createRoom", (call) => ({ room_id: createRoom(call.world, call.actor, parsed(roomShape, call.json())).id }), {
    allowances: ["message", "create"],
  }),
  endpoint("POST", "join/{roomIdOrAlias}", (call) => join(call, param(call, "roomIdOrAlias")), { allowances: ["join"] }),
  endpoint("POST", "rooms/{roomId}/join", (call) => join(call, param(call, "roomId")), { allowances: ["join"] }),
  endpoint("POST", "knock/{roomIdOrAlias}", () => {
    throw forbidden("You don't have permission to knock");
  }),
  endpoint("POST", "rooms/{roomId}/invite", actUpon("invite"), { allowances: ["invite"] }),
  endpoint("POST", "rooms/{roomId}/kick", actUpon("kick")),
  endpoint("POST", "rooms/{roomId}/ban", actUpon("ban")),
  endpoint("POST", "rooms/{roomId}/unban", actUpon("unban")),
  endpoint("POST", "rooms/{roomId}/leave", (call) => {
    const room = roomKnownTo(call.world, param(call, "roomId"));
    changeMembership(call.world, room, call.actor, call.actor.userId, "leave", { reason: optionalJson(call).reason });
    return {};
  }),
  endpoint("POST", "rooms/{roomId}/forget", (call) => {
    forgetRoom(call.world, roomKnownTo(call.world, param(call, "roomId")), call.actor.userId);
    return {};
  }),
  endpoint("GET", "joined_rooms", ({ world, actor }) => ({
    joined_rooms: world.roomsOf(actor.userId, "join").map((room) => room.id),
  })),
  endpoint("GET", "rooms/{roomId}/joined_members", (call) => {
    const room = roomOf(call);
    if (Number.isFinite(readableTo(call.world, room, param(call, "roomId"), call.actor.userId)))
      throw forbidden("Getting joined members while not being a current member of the room is forbidden.");
    const members = (room?.stateAt() ?? []).filter(
      (event) => event.type === "m.room.member" && event.content.membership === "join",
    );
    const shown = members.map(({ stateKey, content }) => [
      stateKey,
      { display_name: content.displayname ?? null, avatar_url: content.avatar_url ?? null },
    ]);
    return { joined: Object.fromEntries(shown) };
  }),
  endpoint("GET", "rooms/{roomId}/members", (call) => ({
    chunk: memberEvents(call).map((event) => presentEvent(call.world, event, call.actor, { format: "room" })),
  })),
  endpoint("POST", "rooms/{roomId}/upgrade", (call) => {
    const { new_version: version } = parsed(z.looseObject({ new_version: z.string() }), call.json());
    const room = upgradeRoom(call.world, roomKnownTo(call.world, param(call, "roomId")), call.actor, version);
    return { replacement_room: room.id };
  }),
  endpoint("GET", "publicRooms", publicRooms, { open: true }),
  endpoint("POST", "publicRooms", publicRooms),
  endpoint("GET", "directory/list/room/{roomId}", (call) => ({
    visibility: roomKnownTo(call.world, param(call, "roomId")).record.published ? "public" : "private",
  })),
  endpoint("PUT", "directory/list/room/{roomId}", (call) => {
    const room = ownRoom(call);
    const levels = new Levels(room);
    if (levels.of(call.actor.userId) < levels.toSend("m.room.canonical_alias", true))
      throw forbidden("This server requires you to be a moderator in the room to edit its room list entry");
    publish(call.world, room, call.json().visibility === "public");
    return {};
  }),
  endpoint(
    "GET",
    "room_summary/{roomIdOrAlias}",
    (call) => {
      const asked = param(call, "roomIdOrAlias");
      const room = call.world.room(call.world.aliases.get(asked)?.roomId ?? asked);
      const isOpen = room?.state("m.room.join_rules")?.content.join_rule === "public";
      const membership = room?.membership(call.actor.userId);
      if (!room || (!isOpen && membership !== "join" && membership !== "invite")) throw notFound("Room not found");
      return { ...summary(room), ...(membership && { membership }) };
    },
    { area: "v1" },
  ),
];

function publicRooms(call: Call): Json {
  const listed = [...call.world.rooms()].filter((room) => room.record.published);
  return { chunk: listed.slice(0, integer(call, "limit", 100)).map(summary), total_room_count_estimate: listed.length };
}
