import type { EventRecord, Json } from "../state/model.ts";
import { deviceSections } from "./devices.ts";
import { passes, passesRoom } from "./filter.ts";
import type { SyncInput } from "./input.ts";
import { invitedSection, joinedSection, leftSection, presentTimeline } from "./room-sections.ts";
import { tokenOf } from "./tokens.ts";

export interface SyncOutput {
  body: Json;
  /** Whether nothing is in it that is worth answering before the time is up. */
  isEmpty: boolean;
  /** The new events of the rooms that the user is in. */
  timeline: EventRecord[];
  /** The position that `next_batch` stands for. */
  position: number;
}

/** What is new for a client: the answer to a sync (specification, « Syncing »). */
export function buildSync(input: SyncInput): SyncOutput {
  const { world, actor, since, filter, fullState } = input;
  const position = world.position;
  const timeline: EventRecord[] = [];
  const rooms: Record<"join" | "invite" | "leave", Json> = { join: {}, invite: {}, leave: {} };
  for (const room of world.rooms()) {
    if (since !== undefined && !fullState && room.touchedAt <= since) continue;
    const membership = room.membership(actor.userId);
    // As on Synapse, a filter of rooms keeps no invitation away.
    if (membership !== "invite" && !passesRoom(filter.room, room.id)) continue;
    switch (membership) {
      case "join": {
        const section = joinedSection(input, room, position);
        if (section) rooms.join[room.id] = section.body;
        timeline.push(...(section?.timeline ?? []));
        break;
      }
      case "invite": {
        const section = invitedSection(input, room, position);
        if (section) rooms.invite[room.id] = section;
        break;
      }
      case "leave":
      case "ban": {
        const section = leftSection(input, room, position);
        if (section) rooms.leave[room.id] = section.body;
        break;
      }
    }
  }
  giveAgain(input, rooms.join, position);
  const accountData = [...world.accountData.values()]
    .filter((data) => data.userId === actor.userId && data.roomId === undefined && data.position > (since ?? 0))
    .filter((data) => passes(filter.account_data, data.type))
    .map(({ type, content }) => ({ type, content }));
  const toDevice = [...world.toDevice.values()]
    .filter((message) => message.userId === actor.userId && message.deviceId === actor.deviceId)
    .filter((message) => message.position > (since ?? 0))
    .sort((a, b) => a.position - b.position)
    .map((message) => message.event);
  const filled = Object.fromEntries(Object.entries(rooms).filter(([, sections]) => Object.keys(sections).length > 0));
  const { lists, counts } = deviceSections(input, position);
  const news = {
    ...(accountData.length > 0 && { account_data: { events: accountData } }),
    ...(toDevice.length > 0 && { to_device: { events: toDevice } }),
    ...(lists && { device_lists: lists }),
    ...(Object.keys(filled).length > 0 && { rooms: filled }),
  };
  const isEmpty = Object.keys(news).length === 0;
  return { body: { next_batch: tokenOf(position), ...news, ...counts }, isEmpty, timeline, position };
}

/** Puts events given before in front of what is new, as a homeserver that lost track would. */
function giveAgain(input: SyncInput, joined: Json, position: number): void {
  for (const event of input.again ?? []) {
    const section = (joined[event.roomId] ?? {}) as { timeline?: { events: Json[]; prev_batch: string; limited: boolean } };
    const timeline = section.timeline ?? { events: [], prev_batch: tokenOf(position), limited: false };
    const firstNew = timeline.events.findIndex((shown) => !input.again?.some((one) => one.id === shown.event_id));
    timeline.events.splice(firstNew < 0 ? timeline.events.length : firstNew, 0, presentTimeline(input, event));
    joined[event.roomId] = {
      state: { events: [] },
      account_data: { events: [] },
      ephemeral: { events: [] },
      ...section,
      timeline,
    };
  }
}
