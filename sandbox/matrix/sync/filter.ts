import { z } from "zod";
import { matches } from "../faults.ts";
import { badRequest } from "../state/error.ts";
import type { EventRecord } from "../state/model.ts";
import { related } from "../state/relations.ts";
import type { Room } from "../state/room.ts";
import type { World } from "../state/world.ts";

const names = z.array(z.string()).optional();

const eventFilter = z.looseObject({
  limit: z.number().int().min(0).optional(),
  types: names,
  not_types: names,
  senders: names,
  not_senders: names,
  rooms: names,
  not_rooms: names,
  contains_url: z.boolean().optional(),
  lazy_load_members: z.boolean().optional(),
  related_by_rel_types: names,
  related_by_senders: names,
});

export type EventFilter = z.infer<typeof eventFilter>;

const syncFilter = z.looseObject({
  account_data: eventFilter.optional(),
  presence: eventFilter.optional(),
  room: z
    .looseObject({
      rooms: names,
      not_rooms: names,
      include_leave: z.boolean().optional(),
      state: eventFilter.optional(),
      timeline: eventFilter.optional(),
      ephemeral: eventFilter.optional(),
      account_data: eventFilter.optional(),
    })
    .optional(),
});

export type SyncFilter = z.infer<typeof syncFilter>;

/** A filter as a client defines it. Throws a MatrixError when it is none. */
export function readSyncFilter(json: unknown): SyncFilter {
  const result = syncFilter.safeParse(json);
  if (!result.success) throw badRequest("Invalid filter", "M_BAD_JSON");
  return result.data;
}

/** A filter of events, given as JSON text in a query. */
export function readEventFilter(text: string | undefined): EventFilter {
  if (text === undefined) return {};
  const result = eventFilter.safeParse(jsonOf(text));
  if (!result.success) throw badRequest("Invalid filter", "M_BAD_JSON");
  return result.data;
}

/** The filter that a sync names by its id, or spells out. */
export function namedFilter(world: World, userId: string, text: string | undefined): SyncFilter {
  if (text === undefined) return {};
  if (text.startsWith("{")) return readSyncFilter(jsonOf(text));
  if (!/^\d+$/.test(text)) throw badRequest("Invalid filter ID", "M_INVALID_PARAM");
  const known = world.filters.get(userId)?.filters[Number(text)];
  if (!known) throw badRequest("No such filter", "M_INVALID_PARAM");
  return readSyncFilter(known);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("Filter is not JSON", "M_NOT_JSON");
  }
}

const listed = (names: readonly string[], name: string) => names.some((pattern) => matches(pattern, name));

/** Whether something of that type and sender passes. */
export function passes(filter: EventFilter | undefined, type: string, sender?: string): boolean {
  if (!filter) return true;
  if (filter.types && !listed(filter.types, type)) return false;
  if (filter.not_types && listed(filter.not_types, type)) return false;
  if (sender === undefined) return true;
  if (filter.senders && !filter.senders.includes(sender)) return false;
  return !filter.not_senders?.includes(sender);
}

/** Whether an event of the room passes. */
export function passesEvent(filter: EventFilter | undefined, room: Room, event: EventRecord): boolean {
  if (!filter) return true;
  if (!passes(filter, event.type, event.sender) || !passesRoom(filter, room.id)) return false;
  if (filter.contains_url !== undefined && filter.contains_url !== (typeof event.content.url === "string")) return false;
  const { related_by_rel_types: types, related_by_senders: senders } = filter;
  if (!types && !senders) return true;
  const children = types ? types.flatMap((type) => related(room, event, type)) : room.childrenOf(event.id);
  return children.some((child) => !senders || senders.includes(child.sender));
}

export function passesRoom(filter: { rooms?: string[] | undefined; not_rooms?: string[] | undefined } | undefined, id: string) {
  return (filter?.rooms?.includes(id) ?? true) && !filter?.not_rooms?.includes(id);
}

/** Of member events, only those of the people who matter to a client that loads members lazily. */
export function withoutIdleMembers(state: EventRecord[], wanted: ReadonlySet<string>): EventRecord[] {
  return state.filter((event) => event.type !== "m.room.member" || wanted.has(event.stateKey ?? ""));
}
