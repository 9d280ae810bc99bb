import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { ROOM_VERSIONS } from "../state/create-room.ts";
import { badRequest, forbidden, MatrixError, notFound } from "../state/error.ts";
import { newDeviceId } from "../state/ids.ts";
import type { AccountRecord, DeviceRecord, Json } from "../state/model.ts";
import type { World } from "../state/world.ts";
import { Answer, type Call, endpoint, param, parsed } from "./endpoint.ts";

const LOCALPART = /^[a-z0-9=_\-./+]+$/;

/** Salt and hash to keep instead of a password. */
export function hashPassword(password: string): NonNullable<AccountRecord["password"]> {
  const salt = randomBytes(16);
  return { salt: salt.toString("hex"), hash: scryptSync(password, salt, 32, SCRYPT).toString("hex") };
}

// Passwords of a demonstration's fictional people: little work is asked, so that logging in is quick.
const SCRYPT = { N: 1024 };

function isPassword(account: AccountRecord, password: string): boolean {
  if (!account.password) return false;
  const { salt, hash } = account.password;
  return timingSafeEqual(scryptSync(password, Buffer.from(salt, "hex"), 32, SCRYPT), Buffer.from(hash, "hex"));
}

/** Makes an account of that name. Throws a MatrixError when the name is taken or cannot be one. */
export function createAccount(world: World, localpart: string, more: Partial<AccountRecord> = {}): AccountRecord {
  if (!LOCALPART.test(localpart) || localpart.length > 200)
    throw badRequest("User ID can only contain characters a-z, 0-9, or '=_-./+'", "M_INVALID_USERNAME");
  const id = `@${localpart}:${world.serverName}`;
  if (world.accounts.get(id)) throw badRequest("User ID already taken.", "M_USER_IN_USE");
  // Synapse names new people by their localpart.
  const account: AccountRecord = { id, displayName: localpart, isBot: false, ...more };
  world.accounts.put(id, account);
  return account;
}

const registration = z.looseObject({
  username: z.string().optional(),
  password: z.string().optional(),
  device_id: z.string().optional(),
  initial_device_display_name: z.string().optional(),
  inhibit_login: z.boolean().optional(),
  auth: z.looseObject({ type: z.string().optional() }).optional(),
});

function register(call: Call): Json | Answer {
  if (call.query.kind === "guest") throw new MatrixError(403, "M_UNKNOWN", "Guest access is disabled");
  const input = parsed(registration, call.json());
  if (input.auth?.type !== "m.login.dummy")
    return new Answer(401, { session: newDeviceId(), flows: [{ stages: ["m.login.dummy"] }], params: {} });
  const password = input.password === undefined ? {} : { password: hashPassword(input.password) };
  const account = createAccount(call.world, input.username ?? randomBytes(6).toString("hex"), password);
  if (input.inhibit_login) return { user_id: account.id, home_server: call.world.serverName };
  return session(call.world, account.id, input.device_id, input.initial_device_display_name);
}

function session(world: World, userId: string, deviceId: string | undefined, displayName: string | undefined): Json {
  const { token, deviceId: opened } = world.openSession(userId, deviceId ?? newDeviceId(), displayName);
  return { user_id: userId, access_token: token, home_server: world.serverName, device_id: opened };
}

const login = z.looseObject({
  type: z.string(),
  identifier: z.looseObject({ type: z.string(), user: z.string().optional() }).optional(),
  user: z.string().optional(),
  password: z.string().optional(),
  device_id: z.string().optional(),
  initial_device_display_name: z.string().optional(),
});

function logIn(call: Call): Json {
  const { world } = call;
  const input = parsed(login, call.json());
  if (input.type !== "m.login.password") throw badRequest("Invalid login submission", "M_INVALID_PARAM");
  const name = input.identifier?.user ?? input.user;
  if (name === undefined || input.password === undefined) throw badRequest("Invalid login submission", "M_INVALID_PARAM");
  const userId = name.startsWith("@") ? name : `@${name.toLowerCase()}:${world.serverName}`;
  const account = world.accounts.get(userId);
  if (!account || !isPassword(account, input.password)) throw forbidden("Invalid username or password");
  return session(world, account.id, input.device_id, input.initial_device_display_name);
}

/** What needs the account's password once more: this server has no way to ask for it, so it never happens. */
const asksPassword = () => new Answer(401, { session: newDeviceId(), flows: [{ stages: ["m.login.password"] }], params: {} });

const shownDevice = ({ userId, deviceId, displayName, seenAt }: DeviceRecord): Json => ({
  user_id: userId,
  device_id: deviceId,
  display_name: displayName ?? null,
  last_seen_ip: seenAt === undefined ? null : "127.0.0.1",
  last_seen_ts: seenAt ?? null,
});

const VERSIONS = ["r0.6.1", ...Array.from({ length: 12 }, (_, minor) => `v1.${minor + 1}`)];

export const sessionEndpoints = [
  endpoint(
    "GET",
    "versions",
    () => ({ versions: VERSIONS, unstable_features: { "org.matrix.msc3440.stable": true, "org.matrix.msc3981": true } }),
    { area: "bare", open: true },
  ),
  endpoint("GET", "login", () => ({ flows: [{ type: "m.login.password" }] }), { open: true }),
  endpoint("POST", "login", logIn, { open: true, allowances: ["login"] }),
  endpoint("POST", "register", register, { open: true }),
  endpoint(
    "GET",
    "register/available",
    ({ world, query }) => {
      if (world.accounts.get(`@${query.username ?? ""}:${world.serverName}`))
        throw badRequest("User ID already taken.", "M_USER_IN_USE");
      return { available: true };
    },
    { open: true },
  ),
  endpoint("POST", "logout", ({ world, actor }) => {
    world.closeDevice(actor.userId, actor.deviceId);
    return {};
  }),
  endpoint("POST", "logout/all", ({ world, actor }) => {
    for (const { deviceId } of world.devicesOf(actor.userId)) world.closeDevice(actor.userId, deviceId);
    return {};
  }),
  endpoint("GET", "account/whoami", ({ actor }) => ({ user_id: actor.userId, is_guest: false, device_id: actor.deviceId })),
  endpoint("GET", "account/3pid", () => ({ threepids: [] })),
  endpoint("POST", "account/password", asksPassword),
  endpoint("GET", "capabilities", () => ({
    capabilities: {
      "m.room_versions": {
        default: ROOM_VERSIONS[0],
        available: Object.fromEntries(ROOM_VERSIONS.map((one) => [one, "stable"])),
      },
      "m.change_password": { enabled: false },
      "m.set_displayname": { enabled: true },
      "m.set_avatar_url": { enabled: true },
      "m.3pid_changes": { enabled: false },
      "m.get_login_token": { enabled: false },
    },
  })),
  endpoint("GET", "devices", ({ world, actor }) => ({ devices: world.devicesOf(actor.userId).map(shownDevice) })),
  endpoint("GET", "devices/{deviceId}", (call) => {
    const device = call.world.devicesOf(call.actor.userId).find((one) => one.deviceId === param(call, "deviceId"));
    if (!device) throw notFound("Not found");
    return shownDevice(device);
  }),
  endpoint("POST", "delete_devices", asksPassword),
];
