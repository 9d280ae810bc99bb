import { MatrixError, notFound } from "../state/error.ts";
import type { Json } from "../state/model.ts";
import { readSyncFilter } from "../sync/filter.ts";
import { type Call, endpoint, own, param } from "./endpoint.ts";

const OTHERS: Readonly<Record<string, string>> = {
  "m.fully_read": "Cannot set m.fully_read through this API. Use /rooms/!roomId:server.name/read_markers",
  "m.push_rules": "Cannot set m.push_rules through this API. Use /pushrules",
};

function get(call: Call): Json {
  const userId = own(call, "Cannot get account data for other users.");
  const data = call.world.accountDataOf(userId, param(call, "type"), call.params.roomId);
  if (!data) throw notFound("Account data not found");
  return data.content;
}

function set(call: Call): Json {
  const userId = own(call, "Cannot add account data for other users.");
  const type = param(call, "type");
  const other = OTHERS[type];
  if (other !== undefined) throw new MatrixError(405, "M_BAD_JSON", other);
  call.world.setAccountData(userId, type, call.json(), call.params.roomId);
  return {};
}

const TAGS = "m.tag";

function tags(call: Call): Record<string, unknown> {
  const userId = own(call, "Cannot get tags for other users.");
  const content = call.world.accountDataOf(userId, TAGS, param(call, "roomId"))?.content;
  return { ...(content?.tags as Json | undefined) };
}

export const accountDataEndpoints = [
  endpoint("GET", "user/{userId}/account_data/{type}", get),
  endpoint("PUT", "user/{userId}/account_data/{type}", set),
  endpoint("GET", "user/{userId}/rooms/{roomId}/account_data/{type}", get),
  endpoint("PUT", "user/{userId}/rooms/{roomId}/account_data/{type}", set),
  endpoint("GET", "user/{userId}/rooms/{roomId}/tags", (call) => ({ tags: tags(call) })),
  endpoint("PUT", "user/{userId}/rooms/{roomId}/tags/{tag}", (call) => {
    const changed = { tags: { ...tags(call), [param(call, "tag")]: call.json() } };
    call.world.setAccountData(call.actor.userId, TAGS, changed, param(call, "roomId"));
    return {};
  }),
  endpoint("DELETE", "user/{userId}/rooms/{roomId}/tags/{tag}", (call) => {
    const { [param(call, "tag")]: _, ...kept } = tags(call);
    call.world.setAccountData(call.actor.userId, TAGS, { tags: kept }, param(call, "roomId"));
    return {};
  }),
  endpoint("POST", "user/{userId}/filter", (call) => {
    const userId = own(call, "Cannot create filters for other users");
    const filter = call.json();
    readSyncFilter(filter);
    const { filters } = call.world.filters.get(userId) ?? { filters: [] };
    const text = JSON.stringify(filter);
    const same = filters.findIndex((known) => JSON.stringify(known) === text);
    if (same < 0) call.world.filters.put(userId, { userId, filters: [...filters, filter] });
    return { filter_id: String(same < 0 ? filters.length : same) };
  }),
  endpoint("GET", "user/{userId}/filter/{filterId}", (call) => {
    const userId = own(call, "Cannot get filters for other users");
    const filter = call.world.filters.get(userId)?.filters[Number(param(call, "filterId"))];
    if (!filter) throw notFound("No such filter");
    return filter;
  }),
];
