import { z } from "zod";
import { MatrixError, notFound } from "../state/error.ts";
import type { DeviceRecord, Json } from "../state/model.ts";
import { deviceKey, type World } from "../state/world.ts";
import { positionOf } from "../sync/tokens.ts";
import { type Call, endpoint, param, parsed } from "./endpoint.ts";

// The server keeps and hands out the keys of devices: all that end-to-end encryption asks of it but for cross-signing and backups,
// which it says it does not have.

const keyMap = z.record(z.string(), z.unknown());

const uploaded = z.looseObject({
  device_keys: keyMap.optional(),
  one_time_keys: keyMap.optional(),
  fallback_keys: keyMap.optional(),
});

function upload(call: Call): Json {
  const { world, actor, device } = call;
  const body = parsed(uploaded, call.json());
  const { user_id: userId, device_id: deviceId } = body.device_keys ?? {};
  if (body.device_keys && (userId !== actor.userId || deviceId !== actor.deviceId))
    throw new MatrixError(400, "M_BAD_JSON", "The device keys are of another device");
  const changed: DeviceRecord = {
    ...device,
    oneTimeKeys: { ...device.oneTimeKeys, ...body.one_time_keys },
    fallbackKeys: { ...device.fallbackKeys, ...body.fallback_keys },
  };
  if (body.device_keys) {
    changed.keys = body.device_keys;
    changed.keysPosition = world.nextPosition();
    const sharing = world.roomsOf(actor.userId, "join").flatMap((room) => room.members("join"));
    world.feed.touch(new Set([actor.userId, ...sharing]), changed.keysPosition);
  }
  world.devices.put(deviceKey(actor.userId, actor.deviceId), changed);
  const counts: Record<string, number> = { signed_curve25519: 0 };
  for (const id of Object.keys(changed.oneTimeKeys)) counts[algorithmOf(id)] = (counts[algorithmOf(id)] ?? 0) + 1;
  return { one_time_key_counts: counts };
}

const algorithmOf = (keyId: string): string => keyId.split(":")[0] ?? "";

function query(call: Call): Json {
  const { device_keys: asked } = parsed(z.looseObject({ device_keys: z.record(z.string(), z.array(z.string())) }), call.json());
  const found = Object.entries(asked).map(([userId, deviceIds]) => {
    const devices = call.world
      .devicesOf(userId)
      .filter(({ keys, deviceId }) => keys && (deviceIds.length === 0 || deviceIds.includes(deviceId)));
    return [userId, Object.fromEntries(devices.map(({ deviceId, keys }) => [deviceId, keys]))];
  });
  return {
    device_keys: Object.fromEntries(found),
    failures: {},
    master_keys: {},
    self_signing_keys: {},
    user_signing_keys: {},
  };
}

/** Takes one key of that algorithm from the device: each is given once, the fallback key for want of another. */
function claimFrom(world: World, userId: string, deviceId: string, algorithm: string): Json | undefined {
  const device = world.devices.get(deviceKey(userId, deviceId));
  const isWanted = ([id]: [string, unknown]) => algorithmOf(id) === algorithm;
  const [id, key] = Object.entries(device?.oneTimeKeys ?? {}).find(isWanted) ?? [];
  if (device && id !== undefined) {
    const { [id]: _, ...left } = device.oneTimeKeys;
    world.devices.put(deviceKey(userId, deviceId), { ...device, oneTimeKeys: left });
    return { [id]: key };
  }
  const fallback = Object.entries(device?.fallbackKeys ?? {}).find(isWanted);
  return fallback && { [fallback[0]]: fallback[1] };
}

function claim(call: Call): Json {
  const shape = z.looseObject({ one_time_keys: z.record(z.string(), z.record(z.string(), z.string())) });
  const { one_time_keys: asked } = parsed(shape, call.json());
  const claimed: Record<string, Record<string, Json>> = {};
  for (const [userId, devices] of Object.entries(asked))
    for (const [deviceId, algorithm] of Object.entries(devices)) {
      const key = claimFrom(call.world, userId, deviceId, algorithm);
      if (key) claimed[userId] = { ...claimed[userId], [deviceId]: key };
    }
  return { one_time_keys: claimed, failures: {} };
}

function sendToDevice(call: Call): Json {
  const { world, actor } = call;
  const shape = z.looseObject({ messages: z.record(z.string(), z.record(z.string(), keyMap)) });
  const { messages } = parsed(shape, call.json());
  const done = `${actor.userId} ${actor.deviceId} to-device ${param(call, "txnId")}`;
  if (world.transactions.get(done) !== undefined) return {};
  world.transactions.put(done, "");
  for (const [userId, byDevice] of Object.entries(messages))
    for (const { deviceId } of world.devicesOf(userId)) {
      const content = byDevice[deviceId] ?? byDevice["*"];
      if (!content) continue;
      const position = world.nextPosition();
      const event = { type: param(call, "eventType"), sender: actor.userId, content };
      world.toDevice.put(`${String(position).padStart(14, "0")} ${deviceId}`, { userId, deviceId, position, event });
      world.feed.touch([userId], position);
    }
  return {};
}

export const keyEndpoints = [
  endpoint("POST", "keys/upload", upload),
  endpoint("POST", "keys/query", query),
  endpoint("POST", "keys/claim", claim),
  endpoint("GET", "keys/changes", (call) => {
    const from = positionOf(call.query.from ?? "", "Invalid stream token");
    const shared = new Set(call.world.roomsOf(call.actor.userId, "join").flatMap((room) => room.members("join")));
    const changed = [...call.world.devices.values()].filter((one) => (one.keysPosition ?? 0) > from && shared.has(one.userId));
    return { changed: [...new Set(changed.map((one) => one.userId))], left: [] };
  }),
  endpoint("GET", "room_keys/version", () => {
    throw notFound("No backup found");
  }),
  endpoint("PUT", "sendToDevice/{eventType}/{txnId}", sendToDevice),
];
