import type { ServerResponse } from "node:http";
import type { Activity } from "../../slack/web-api/activity.ts";
import type { Faults, Struck } from "../faults.ts";
import { MatrixError } from "../state/error.ts";
import type { AccountRecord, DeviceRecord, Json, TokenRecord } from "../state/model.ts";
import { deviceKey, type World } from "../state/world.ts";
import { Answer, type ApiRequest, type Call, type Endpoint } from "./endpoint.ts";
import type { Polls } from "./polls.ts";
import { limitExceeded, type RateLimits } from "./rate-limits.ts";
import { findRoute } from "./routes.ts";
import { Cut } from "./sync.ts";

/** Called before a call acts and after it acted, before it is answered, with its endpoint's name and what it says. */
export type CallHook = (phase: "before" | "after", method: string, args: Json) => void | Promise<void>;

export interface ApiContext {
  world: World;
  faults: Faults;
  polls: Polls;
  limits: RateLimits | undefined;
  hooks: ReadonlySet<CallHook>;
  activity: Activity;
}

/** A call of the client-server API as it came in. */
export interface RawRequest extends Omit<ApiRequest, "params"> {
  method: string;
  /** Still encoded. */
  pathname: string;
  authorization: string | undefined;
}

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD, POST, PUT, DELETE, OPTIONS",
  "access-control-allow-headers": "X-Requested-With, Content-Type, Authorization, Date",
};

const unrecognized = (status: number) => new MatrixError(status, "M_UNRECOGNIZED", "Unrecognized request");

/** Answers one call, faults and limits included. */
export async function answerApi(context: ApiContext, request: RawRequest, response: ServerResponse): Promise<void> {
  if (request.method === "OPTIONS") return void response.writeHead(204, CORS).end();
  const { faults } = context;
  const route = findRoute(request.method, request.pathname);
  if (route.found !== "endpoint") return sendError(response, unrecognized(route.found === "path" ? 405 : 404));
  const { endpoint, params, path } = route;
  const token = tokenOf(request);
  const known = token === undefined ? undefined : context.world.tokens.get(token);
  const struck: Struck = { name: endpoint.name, path, user: known?.userId };
  if (faults.strike("down", struck) || faults.strike("dropBefore", struck)) return void response.destroy();
  const delay = faults.strike("delay", struck);
  if (delay) await new Promise((resolve) => setTimeout(resolve, delay.ms));
  const refusal = faults.strike("refuse", struck);
  if (refusal) return sendError(response, refused(refusal));
  // Bots are at work while they call, but not while they wait for news.
  const isWork = endpoint.path !== "sync" && known !== undefined && context.world.accounts.get(known.userId)?.isBot === true;
  if (isWork) context.activity.begin();
  try {
    const args = { ...params, ...request.query };
    for (const hook of context.hooks) await hook("before", endpoint.name, args);
    const answer = await perform(context, endpoint, { ...request, params }, token, struck);
    await context.world.store.committed();
    for (const hook of context.hooks) await hook("after", endpoint.name, args);
    if (faults.strike("loseAnswer", struck)) response.destroy();
    else send(response, answer);
  } catch (error) {
    if (!(error instanceof Cut)) throw error;
    response.destroy();
  } finally {
    if (isWork) context.activity.end();
  }
}

function tokenOf(request: RawRequest): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(request.authorization ?? "")?.[1] ?? request.query.access_token;
}

function refused(fault: { status?: number; errcode?: string; error?: string; retryAfterMs?: number }): MatrixError {
  const status = fault.status ?? (fault.retryAfterMs !== undefined ? 429 : 500);
  if (status === 429 && fault.errcode === undefined) return limitExceeded(fault.retryAfterMs ?? 1000);
  const errcode = fault.errcode ?? (status === 403 ? "M_FORBIDDEN" : status === 404 ? "M_NOT_FOUND" : "M_UNKNOWN");
  return new MatrixError(status, errcode, fault.error ?? "Internal server error");
}

/** Acts: in one turn of the event loop, so that all of it is stored or none, but for syncs, which change nothing. */
async function perform(
  context: ApiContext,
  endpoint: Endpoint,
  request: ApiRequest,
  token: string | undefined,
  struck: Struck,
): Promise<Answer> {
  try {
    const caller = endpoint.isOpen ? NOBODY : authenticate(context, token, struck);
    const userId = caller.account.id;
    for (const allowance of endpoint.allowances) context.limits?.count(allowance, userId || "everybody");
    const call: Call = {
      ...request,
      ...caller,
      token: token ?? "",
      actor: { userId, deviceId: caller.device.deviceId },
      world: context.world,
      faults: context.faults,
      polls: context.polls,
      json: () => bodyOf(request),
    };
    const result = await endpoint.run(call);
    return result instanceof Answer ? result : new Answer(200, result as Json);
  } catch (error) {
    if (error instanceof MatrixError) return answerOf(error);
    throw error;
  }
}

interface Caller {
  account: AccountRecord;
  device: DeviceRecord;
}

const NOBODY: Caller = {
  account: { id: "", isBot: false },
  device: { userId: "", deviceId: "", oneTimeKeys: {}, fallbackKeys: {} },
};

function authenticate({ world, faults }: ApiContext, token: string | undefined, struck: Struck): Caller {
  if (token === undefined) throw new MatrixError(401, "M_MISSING_TOKEN", "Missing access token");
  const known: TokenRecord | undefined = world.tokens.get(token);
  const fault = faults.strike("refuseToken", struck);
  const account = known && world.accounts.get(known.userId);
  const device = known && world.devices.get(deviceKey(known.userId, known.deviceId));
  if (!account || !device || fault)
    throw new MatrixError(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.", { soft_logout: fault?.softLogout ?? false });
  device.seenAt = world.now();
  return { account, device };
}

function bodyOf({ bytes }: ApiRequest): Json {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new MatrixError(400, "M_NOT_JSON", "Content not JSON.");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new MatrixError(400, "M_BAD_JSON", "Content must be a JSON object.");
  return body as Json;
}

function answerOf(error: MatrixError): Answer {
  const retry = error.detail.retry_after_ms;
  const headers: Record<string, string> = typeof retry === "number" ? { "retry-after": String(Math.ceil(retry / 1000)) } : {};
  return new Answer(error.status, { errcode: error.errcode, error: error.message, ...error.detail }, headers);
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  if (Buffer.isBuffer(body)) {
    response.writeHead(status, { ...CORS, ...headers, "content-length": body.length }).end(body);
    return;
  }
  response
    .writeHead(status, { ...CORS, "content-type": "application/json", "cache-control": "no-store", ...headers })
    .end(JSON.stringify(body));
}

/** Answers a refusal that needed no endpoint. */
export function sendError(response: ServerResponse, error: MatrixError): void {
  send(response, answerOf(error));
}
