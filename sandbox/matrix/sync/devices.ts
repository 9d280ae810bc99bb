import type { EventRecord, Json } from "../state/model.ts";
import type { Room } from "../state/room.ts";
import { deviceKey } from "../state/world.ts";
import type { SyncInput } from "./input.ts";
import { isNewTo } from "./room-sections.ts";

const algorithmOf = (keyId: string): string => keyId.split(":")[0] ?? "";

/** What a sync says of keys and devices: whose changed, who went, how many of its own keys are left. */
export function deviceSections(input: SyncInput, to: number): { lists: Json | undefined; counts: Json } {
  const { world, actor } = input;
  const device = world.devices.get(deviceKey(actor.userId, actor.deviceId));
  const count: Record<string, number> = { signed_curve25519: 0 };
  for (const id of Object.keys(device?.oneTimeKeys ?? {})) count[algorithmOf(id)] = (count[algorithmOf(id)] ?? 0) + 1;
  const counts = {
    device_one_time_keys_count: count,
    device_unused_fallback_key_types: Object.keys(device?.fallbackKeys ?? {}).map(algorithmOf),
  };
  return { lists: input.since === undefined ? undefined : changedLists(input, input.since, to), counts };
}

/** The rooms where people came or went between two positions, and those who did. */
function movements(input: SyncInput, since: number, to: number): Map<Room, EventRecord[]> {
  const moved = new Map<Room, EventRecord[]>();
  for (const room of input.world.rooms()) {
    if (room.lastPosition <= since) continue;
    const members = room.between(since, to).filter((event) => event.type === "m.room.member");
    if (members.length > 0) moved.set(room, members);
  }
  return moved;
}

function changedLists(input: SyncInput, since: number, to: number): Json | undefined {
  const { world, actor } = input;
  const moved = movements(input, since, to);
  const rekeyed = [...world.devices.values()].filter((device) => (device.keysPosition ?? 0) > since);
  if (moved.size === 0 && rekeyed.length === 0) return undefined;
  const shared = new Set(world.roomsOf(actor.userId, "join").flatMap((room) => room.members("join")));
  const changed = new Set<string>();
  const gone = new Set<string>();
  for (const [room, members] of moved) {
    const isIn = room.membership(actor.userId) === "join";
    if (!isIn && !members.some((event) => event.stateKey === actor.userId)) continue;
    if (isIn && isNewTo(input, room)) for (const member of room.members("join")) changed.add(member);
    for (const { stateKey = "", content } of members) {
      if (isIn && content.membership === "join" && room.membership(stateKey, since) !== "join") changed.add(stateKey);
      if (content.membership !== "leave" && content.membership !== "ban") continue;
      const others = stateKey === actor.userId ? room.members("join", since) : [stateKey];
      for (const other of others) if (!shared.has(other) && other !== actor.userId) gone.add(other);
    }
  }
  for (const { userId } of rekeyed) if (shared.has(userId) || userId === actor.userId) changed.add(userId);
  if (changed.size === 0 && gone.size === 0) return undefined;
  return { ...(changed.size > 0 && { changed: [...changed] }), ...(gone.size > 0 && { left: [...gone] }) };
}
