import { badRequest, MatrixError } from "../state/error.ts";
import { spreadProfile } from "../state/membership.ts";
import type { AccountRecord, Json } from "../state/model.ts";
import { type Call, endpoint, own, param } from "./endpoint.ts";

const FIELDS = { displayname: "displayName", avatar_url: "avatarUrl" } as const;
type Field = keyof typeof FIELDS;

function accountOf(call: Call): AccountRecord {
  const account = call.world.accounts.get(param(call, "userId"));
  if (!account) throw new MatrixError(404, "M_UNKNOWN", "No row found (profiles)");
  return account;
}

function set(field: Field) {
  return (call: Call): Json => {
    const userId = own(call, `Cannot set another user's ${field}`, 400);
    const value = call.json()[field];
    if (typeof value !== "string" && value !== null) throw badRequest(`'${field}' must be a string`, "M_INVALID_PARAM");
    const { [FIELDS[field]]: _, ...rest } = accountOf(call);
    call.world.accounts.put(userId, value === null || value === "" ? rest : { ...rest, [FIELDS[field]]: value });
    spreadProfile(call.world, userId);
    return {};
  };
}

const get = (field: Field) => (call: Call) => ({ [field]: accountOf(call)[FIELDS[field]] ?? null });

export const profileEndpoints = [
  endpoint(
    "GET",
    "profile/{userId}",
    (call) => {
      const { displayName, avatarUrl } = accountOf(call);
      return {
        ...(displayName !== undefined && { displayname: displayName }),
        ...(avatarUrl !== undefined && { avatar_url: avatarUrl }),
      };
    },
    { open: true },
  ),
  endpoint("GET", "profile/{userId}/displayname", get("displayname"), { open: true }),
  endpoint("GET", "profile/{userId}/avatar_url", get("avatar_url"), { open: true }),
  endpoint("PUT", "profile/{userId}/displayname", set("displayname"), { allowances: ["message"] }),
  endpoint("PUT", "profile/{userId}/avatar_url", set("avatar_url"), { allowances: ["message"] }),
  endpoint("POST", "user_directory/search", (call) => {
    const { search_term: term, limit } = call.json();
    if (typeof term !== "string") throw badRequest("`search_term` is required field", "M_UNKNOWN");
    const most = typeof limit === "number" ? limit : 10;
    const wanted = term.toLowerCase();
    const { world, actor } = call;
    // Synapse finds whom one shares a room with, and whoever is in a public room.
    const rooms = [...world.rooms()].filter(
      (room) => room.membership(actor.userId) === "join" || room.state("m.room.join_rules")?.content.join_rule === "public",
    );
    const known = new Set(rooms.flatMap((room) => room.members("join")));
    const found = [...world.accounts.values()].filter(
      ({ id, displayName }) =>
        known.has(id) && id !== actor.userId && [id, displayName ?? ""].some((name) => name.toLowerCase().includes(wanted)),
    );
    const results = found.slice(0, most).map(({ id, displayName, avatarUrl }) => ({
      user_id: id,
      display_name: displayName ?? null,
      avatar_url: avatarUrl ?? null,
    }));
    return { limited: found.length > most, results };
  }),
];
