import type { IncomingMessage, ServerResponse } from "node:http";
import { handleSlackControl } from "./control/http.ts";
import type { OAuth } from "./oauth.ts";
import { answerResponseUrl } from "./person/response-urls.ts";
import type { SlackSandbox } from "./server.ts";
import type { Json } from "./state/model.ts";
import { type ApiContext, answerApi } from "./web-api/dispatch.ts";
import { receiveUpload } from "./web-api/files.ts";
import { readApiRequest, readBody, readMultipart } from "./web-api/request.ts";

/** No body longer than that is read. */
const BODY_LIMIT = 100 * 1024 * 1024;
/** Control calls hold files in base64. */
const CONTROL_LIMIT = 32 * 1024 * 1024;

/** Answers whatever comes to the sandbox's own server: the Web API, uploads, downloads, response_urls and the control calls. */
export async function handleRequest(
  sandbox: SlackSandbox,
  api: ApiContext,
  oauth: OAuth,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    await route(sandbox, api, oauth, request, response);
  } catch {
    // Whatever went wrong is the sandbox's own fault: the caller learns no more than from Slack's own failures.
    if (!response.headersSent) sendJson(response, 500, { ok: false, error: "internal_error" });
    else response.destroy();
  }
}

async function route(
  sandbox: SlackSandbox,
  api: ApiContext,
  oauth: OAuth,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  const [, area = "", ...rest] = url.pathname.split("/");
  if (area === "sandbox") return control(sandbox, request, url, response);
  const body = await readBody(request, BODY_LIMIT);
  if (!body) return sendJson(response, 413, { ok: false, error: "request_too_large" });
  switch (area) {
    case "api":
      api.activity.begin();
      try {
        return await answerApi(api, await readApiRequest(request, url, body), response);
      } finally {
        api.activity.end();
      }
    case "oauth":
      return oauth.answer(request, url, body, response);
    case "upload":
      return upload(api, request, rest.at(-1) ?? "", body, response);
    case "files-pri":
      return download(api, request, rest[0] ?? "", response);
    case "commands":
    case "actions":
    case "app":
      return responseUrl(api, rest.at(-1) ?? "", body, response);
    default:
      return sendJson(response, 404, { ok: false, error: "not_found" });
  }
}

async function responseUrl(api: ApiContext, id: string, body: Buffer, response: ServerResponse): Promise<void> {
  if (api.faults.strike("down", "response_url") || api.faults.strike("dropBefore", "response_url")) {
    response.destroy();
    return;
  }
  api.activity.begin();
  try {
    for (const hook of api.hooks) await hook("before", "response_url", {});
    const answer = answerResponseUrl(api.world, id, parsedJson(body) ?? {});
    await api.world.store.committed();
    for (const hook of api.hooks) await hook("after", "response_url", {});
    if (api.faults.strike("loseAnswer", "response_url")) response.destroy();
    else if (answer.body === "ok") response.writeHead(200, { "content-type": "text/plain" }).end("ok");
    else sendJson(response, answer.status, answer.body);
  } finally {
    api.activity.end();
  }
}

async function upload(
  api: ApiContext,
  request: IncomingMessage,
  path: string,
  body: Buffer,
  response: ServerResponse,
): Promise<void> {
  const type = request.headers["content-type"] ?? "";
  const fields = type.startsWith("multipart/form-data") ? await readMultipart(type, body) : undefined;
  const bytes = fields ? Object.values(fields).find((field): field is Buffer => typeof field !== "string") : body;
  const received = request.method === "POST" && bytes !== undefined && receiveUpload(api.world, path, bytes);
  await api.world.store.committed();
  response
    .writeHead(received ? 200 : 400, { "content-type": "text/plain" })
    .end(received ? `OK - ${bytes.length}` : "invalid upload");
}

/** Gives a file's bytes to the workspace's bot; sends everybody else to the sign-in page, as Slack does. */
function download(api: ApiContext, request: IncomingMessage, path: string, response: ServerResponse): void {
  const [teamId, fileId = ""] = path.split("-");
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  const workspace = token === undefined ? undefined : api.world.workspaceOfToken(token);
  const file = api.world.files.get(fileId);
  const isAllowed = workspace?.installed && workspace.id === teamId && workspace.botScopes.includes("files:read");
  if (!isAllowed) {
    response.writeHead(302, { location: `${api.world.baseUrl}/?redir=${encodeURIComponent(request.url ?? "/")}` }).end();
    return;
  }
  const bytes = file && file.teamId === teamId && file.state !== "deleted" ? api.world.store.getBytes(fileId) : undefined;
  if (file && bytes) response.writeHead(200, { "content-type": file.mimetype, "content-length": bytes.length }).end(bytes);
  else sendJson(response, 404, { ok: false, error: "file_not_found" });
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** The control calls are for this machine only: another Host is a rebound name, another Origin a foreign page. */
function isFromHere(request: IncomingMessage): boolean {
  const { host = "", origin } = request.headers;
  return LOOPBACK.test(host) && (origin === undefined || LOOPBACK.test(origin.replace(/^https?:\/\//, "")));
}

async function control(sandbox: SlackSandbox, request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
  if (!isFromHere(request))
    return sendJson(response, 403, { ok: false, error: "Cet appel n’est permis que depuis cette machine." });
  const raw = await readBody(request, CONTROL_LIMIT);
  if (!raw) return sendJson(response, 413, { ok: false, error: "L’appel est trop gros." });
  const body = raw.length === 0 ? {} : parsedJson(raw);
  if (body === undefined) return sendJson(response, 400, { ok: false, error: "Le corps de l’appel n’est pas du JSON valide." });
  const query = Object.fromEntries(url.searchParams);
  const answer = await handleSlackControl(sandbox, { method: request.method ?? "GET", path: url.pathname, query, body });
  if (answer) sendJson(response, answer.status, answer.body);
  else sendJson(response, 404, { ok: false, error: "Cet appel de commande n’existe pas." });
}

function parsedJson(body: Buffer): Json | undefined {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return typeof parsed === "object" && parsed !== null ? (parsed as Json) : undefined;
  } catch {
    return undefined;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}
