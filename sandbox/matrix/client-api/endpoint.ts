import type { z } from "zod";
import type { Faults } from "../faults.ts";
import { badRequest, MatrixError } from "../state/error.ts";
import type { AccountRecord, DeviceRecord, Json } from "../state/model.ts";
import type { Room } from "../state/room.ts";
import type { Actor } from "../state/send.ts";
import type { World } from "../state/world.ts";
import type { Polls } from "./polls.ts";

/** A call as it came in. */
export interface ApiRequest {
  params: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string | undefined>>;
  /** The body as sent: what it says it is, and its bytes. */
  contentType: string;
  bytes: Buffer;
  /** Fires when the caller goes away. */
  signal: AbortSignal;
}

export interface Call extends ApiRequest {
  world: World;
  faults: Faults;
  polls: Polls;
  /** Who calls; endpoints that need nobody find an account that is nobody's. */
  actor: Actor & { deviceId: string };
  account: AccountRecord;
  device: DeviceRecord;
  token: string;
  /** The body as a JSON object. Throws a MatrixError when it is none. */
  json(): Json;
}

/** An answer that is not `200` with JSON. */
export class Answer {
  readonly status: number;
  readonly body: Json | Buffer;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: Json | Buffer, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** Which of Synapse's allowances a call is counted in. */
export type Allowance = "message" | "create" | "join" | "invite" | "login";

/** Where an endpoint is found: `client` under every name of the client-server API's third version, `v1` under its own. */
export type Area = "client" | "v1" | "bare" | "media";

export interface Endpoint {
  method: "GET" | "PUT" | "POST" | "DELETE";
  area: Area;
  /** The path after the version; `{name}` holds a parameter. */
  path: string;
  /** What faults and hooks know it by: its method and path. */
  name: string;
  isOpen: boolean;
  allowances: readonly Allowance[];
  run(call: Call): unknown;
}

/** Declares an endpoint; `run` gives the JSON of a 200, an Answer, or a promise of one (for syncs only: the rest acts in one turn). */
export function endpoint(
  method: Endpoint["method"],
  path: string,
  run: (call: Call) => Json | unknown[] | Answer | Promise<Json | Answer>,
  options: { area?: Area; open?: boolean; allowances?: readonly Allowance[] } = {},
): Endpoint {
  const area = options.area ?? "client";
  return {
    method,
    area,
    path,
    name: `${method} ${path}`,
    isOpen: options.open === true,
    allowances: options.allowances ?? [],
    run,
  };
}

/** A parameter of the path. */
export function param(call: ApiRequest, name: string): string {
  const value = call.params[name];
  if (value === undefined) throw new Error(`no such parameter: ${name}`);
  return value;
}

/** The body as a JSON object where it may be left out. */
export const optionalJson = (call: Call): Json => (call.bytes.length === 0 ? {} : call.json());

/** The room named in the path, if there is one of that id. */
export const roomOf = (call: Call): Room | undefined => call.world.room(param(call, "roomId"));

/** The body as that shape; the first fault refuses the call. */
export function parsed<S extends z.ZodType>(shape: S, body: Json): z.output<S> {
  const result = shape.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const name = issue?.path.map(String).join(".") ?? "";
  if (issue?.code === "invalid_type" && issue.path.length === 1 && body[name] === undefined)
    throw badRequest(`Missing params: ['${name}']`, "M_MISSING_PARAM");
  throw badRequest(`${name}: ${issue?.message ?? "invalid"}`, "M_BAD_JSON");
}

/** A whole number of the query; `usual` when absent. */
export function integer(call: ApiRequest, name: string, usual: number): number {
  const text = call.query[name];
  if (text === undefined) return usual;
  if (!/^-?\d+$/.test(text)) throw badRequest(`Query parameter ${name} must be an integer`, "M_INVALID_PARAM");
  const value = Number(text);
  if (value < 0) throw badRequest(`Query parameter ${name} must be a positive integer.`, "M_INVALID_PARAM");
  return value;
}

/** Refuses what one may only do for oneself. */
export function own(call: Call, sentence: string, status = 403): string {
  const userId = param(call, "userId");
  if (userId !== call.actor.userId) throw new MatrixError(status, "M_FORBIDDEN", sentence);
  return userId;
}
