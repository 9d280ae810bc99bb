import { z } from "zod";
import { badRequest, forbidden, MatrixError, notFound } from "../state/error.ts";
import { Levels } from "../state/levels.ts";
import { readableTo } from "../state/visibility.ts";
import { endpoint, param, parsed, roomOf } from "./endpoint.ts";

export const aliasEndpoints = [
  endpoint(
    "GET",
    "directory/room/{alias}",
    (call) => {
      const alias = param(call, "alias");
      const known = call.world.aliases.get(alias);
      if (!known) throw notFound(`Room alias ${alias} not found`);
      return { room_id: known.roomId, servers: [call.world.serverName] };
    },
    { open: true },
  ),
  endpoint("PUT", "directory/room/{alias}", (call) => {
    const { world, actor } = call;
    const alias = param(call, "alias");
    const { room_id: roomId } = parsed(z.looseObject({ room_id: z.string() }), call.json());
    if (!/^#[^\s:]+:/.test(alias)) throw badRequest("Invalid room alias", "M_INVALID_PARAM");
    if (!alias.endsWith(`:${world.serverName}`)) throw badRequest("Room alias must be local");
    if (world.aliases.get(alias)) throw new MatrixError(409, "M_UNKNOWN", `Room alias ${alias} already exists`);
    const room = world.room(roomId);
    if (!room) throw badRequest("Room does not exist");
    if (room.membership(actor.userId) !== "join") throw forbidden("You must be in the room to create an alias for it");
    world.aliases.put(alias, { alias, roomId, creator: actor.userId });
    return {};
  }),
  endpoint("DELETE", "directory/room/{alias}", (call) => {
    const { world, actor } = call;
    const known = world.aliases.get(param(call, "alias"));
    if (!known) throw notFound("Unknown room alias");
    const room = world.room(known.roomId);
    const levels = room && new Levels(room);
    const isModerator = levels && levels.of(actor.userId) >= levels.toSend("m.room.canonical_alias", true);
    if (known.creator !== actor.userId && !isModerator) throw forbidden("You don't have permission to delete the alias.");
    world.aliases.delete(known.alias);
    return {};
  }),
  endpoint("GET", "rooms/{roomId}/aliases", (call) => {
    const roomId = param(call, "roomId");
    readableTo(call.world, roomOf(call), roomId, call.actor.userId);
    return { aliases: [...call.world.aliases.values()].filter((one) => one.roomId === roomId).map((one) => one.alias) };
  }),
];
