import type { ServerResponse } from "node:http";
import { z } from "zod";
import { slackMessages } from "../blocks/faults.ts";
import type { Faults } from "../faults.ts";
import type { Json, WorkspaceRecord } from "../state/model.ts";
import type { Triggers } from "../state/triggers.ts";
import type { World } from "../state/world.ts";
import type { Activity } from "./activity.ts";
import { invalidArguments, type Method, SlackError } from "./method.ts";
import type { RateLimits } from "./rate-limits.ts";
import { botMethods } from "./registry.ts";
import type { ApiRequest } from "./request.ts";

/** Watches the calls: awaited before a call acts, and after it acted but before it is answered. */
export type CallHook = (phase: "before" | "after", method: string, args: Json) => unknown;

/** What answering calls needs. */
export interface ApiContext {
  world: World;
  triggers: Triggers;
  faults: Faults;
  limits: RateLimits | undefined;
  hooks: ReadonlySet<CallHook>;
  activity: Activity;
  /** Gives the address of a socket to the bearer of that app token; undefined when the token is unknown. */
  openSocket(appToken: string): string | undefined;
  /** Exchanges a code for a token, without a token of its own. */
  oauthAccess(args: Json): Json;
}

interface Answer {
  status: number;
  body: Json;
  headers?: Record<string, string>;
}

/** Answers one call of the Web API, faults and limits included. */
export async function answerApi(context: ApiContext, request: ApiRequest, response: ServerResponse): Promise<void> {
  const { faults, world } = context;
  if (faults.strike("down", request.method) || faults.strike("dropBefore", request.method)) {
    response.destroy();
    return;
  }
  const delay = faults.strike("delay", request.method);
  if (delay) await new Promise((resolve) => setTimeout(resolve, delay.ms));
  const refusal = faults.strike("refuse", request.method);
  if (refusal) {
    const status = refusal.status ?? (refusal.retryAfter !== undefined ? 429 : 200);
    const error = refusal.error ?? (status === 429 ? "ratelimited" : "internal_error");
    const headers: Record<string, string> = status === 429 ? { "retry-after": String(refusal.retryAfter ?? 1) } : {};
    send(response, { status, body: { ok: false, error }, headers });
    return;
  }
  for (const hook of context.hooks) await hook("before", request.method, request.args);
  const answer = perform(context, request);
  await world.store.committed();
  for (const hook of context.hooks) await hook("after", request.method, request.args);
  if (faults.strike("loseAnswer", request.method)) response.destroy();
  else send(response, answer);
}

function send(response: ServerResponse, answer: Answer): void {
  const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...answer.headers };
  response.writeHead(answer.status, headers).end(JSON.stringify(answer.body));
}

/** Acts, in one turn of the event loop so that all of it is stored or none. */
function perform(context: ApiContext, request: ApiRequest): Answer {
  try {
    const { headers, ...body } = call(context, request);
    const warned = request.warning ? { warning: request.warning, response_metadata: { warnings: [request.warning] } } : {};
    return { status: 200, body: { ok: true, ...warned, ...body }, ...(headers !== undefined && { headers }) };
  } catch (error) {
    if (error instanceof RateLimited)
      return { status: 429, body: { ok: false, error: "ratelimited" }, headers: { "retry-after": String(error.seconds) } };
    if (error instanceof SlackError) return { status: 200, body: { ok: false, error: error.error, ...error.detail } };
    throw error;
  }
}

class RateLimited extends Error {
  readonly seconds: number;

  constructor(seconds: number) {
    super("ratelimited");
    this.seconds = seconds;
  }
}

function call(context: ApiContext, request: ApiRequest): Json & { headers?: Record<string, string> } {
  if (request.fault) throw new SlackError(request.fault);
  if (request.method === "api.test") return apiTest(request.args);
  const method = botMethods.get(request.method);
  if (request.method === "apps.connections.open") return openConnection(context, request.token);
  if (request.method === "oauth.v2.access") return context.oauthAccess(request.args);
  if (!method) throw new SlackError("unknown_method", { req_method: request.method });
  const workspace = authenticate(context.world, request.token);
  const headers = { "x-oauth-scopes": workspace.botScopes.join(","), "x-accepted-oauth-scopes": method.scopes.join(",") };
  const seconds = context.limits?.wait(method.name, method.tier, workspace.id, String(request.args.channel ?? ""));
  if (seconds) throw new RateLimited(seconds);
  const missing = method.scopes.filter((scope) => !workspace.botScopes.includes(scope));
  if (missing.length > 0)
    throw new SlackError("missing_scope", { needed: method.scopes.join(","), provided: workspace.botScopes.join(",") });
  const args = readArguments(method, request.args);
  return { ...method.run({ world: context.world, triggers: context.triggers, workspace, args }), headers };
}

function readArguments(method: Method, args: Json): unknown {
  const parsed = method.args.safeParse(args, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw invalidArguments(slackMessages(parsed.error, ""));
}

function authenticate(world: World, token: string | undefined): WorkspaceRecord {
  if (token === undefined) throw new SlackError("not_authed");
  if (token.startsWith("xapp-")) throw new SlackError("not_allowed_token_type");
  const workspace = world.workspaceOfToken(token);
  if (!workspace) throw new SlackError("invalid_auth");
  if (!workspace.installed) throw new SlackError("token_revoked");
  return workspace;
}

function openConnection(context: ApiContext, token: string | undefined): Json {
  if (token === undefined) throw new SlackError("not_authed");
  if (token.startsWith("xoxb-")) throw new SlackError("not_allowed_token_type");
  const url = context.openSocket(token);
  if (url === undefined) throw new SlackError("invalid_auth");
  return { url };
}

function apiTest(args: Json): Json {
  const shown = z.looseObject({ error: z.string().optional() }).parse({ ...args, error: args.error?.toString() });
  if (shown.error !== undefined) throw new SlackError(shown.error, { args });
  return { args };
}
