import type { IncomingMessage, ServerResponse } from "node:http";
import { readBody } from "../slack/web-api/request.ts";
import { type ApiContext, answerApi, sendError } from "./client-api/dispatch.ts";
import { MOST_UPLOADED } from "./client-api/media.ts";
import { handleMatrixControl } from "./control/http.ts";
import type { MatrixSandbox } from "./server.ts";
import { MatrixError } from "./state/error.ts";

/** Control calls hold files in base64. */
const CONTROL_LIMIT = 32 * 1024 * 1024;

/** Answers whatever comes to the sandbox's own server: the client-server API and the control calls. */
export async function handleRequest(
  sandbox: MatrixSandbox,
  api: ApiContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname.startsWith("/sandbox/")) return await control(sandbox, request, url, response);
    const bytes = await readBody(request, MOST_UPLOADED + 1);
    if (!bytes) return sendError(response, new MatrixError(413, "M_TOO_LARGE", "Upload request body is too large"));
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const { authorization, "content-type": contentType = "" } = request.headers;
    const query = Object.fromEntries(url.searchParams);
    const { method = "GET" } = request;
    const call = { method, pathname: url.pathname, query, authorization, contentType, bytes, signal: gone.signal };
    await answerApi(api, call, response);
  } catch {
    // Whatever went wrong is the sandbox's own fault: the caller learns no more than from Synapse's own failures.
    if (!response.headersSent) sendError(response, new MatrixError(500, "M_UNKNOWN", "Internal server error"));
    else response.destroy();
  }
}

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;

/** The control calls are for this machine only: another Host is a rebound name, another Origin a foreign page. */
function isFromHere(request: IncomingMessage): boolean {
  const { host = "", origin } = request.headers;
  return LOOPBACK.test(host) && (origin === undefined || LOOPBACK.test(origin.replace(/^https?:\/\//, "")));
}

async function control(sandbox: MatrixSandbox, request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
  if (!isFromHere(request))
    return sendJson(response, 403, { ok: false, error: "Cet appel n’est permis que depuis cette machine." });
  const raw = await readBody(request, CONTROL_LIMIT);
  if (!raw) return sendJson(response, 413, { ok: false, error: "L’appel est trop gros." });
  const body = raw.length === 0 ? {} : parsedJson(raw);
  if (body === undefined) return sendJson(response, 400, { ok: false, error: "Le corps de l’appel n’est pas du JSON valide." });
  const query = Object.fromEntries(url.searchParams);
  const answer = await handleMatrixControl(sandbox, { method: request.method ?? "GET", path: url.pathname, query, body });
  if (answer) sendJson(response, answer.status, answer.body);
  else sendJson(response, 404, { ok: false, error: "Cet appel de commande n’existe pas." });
}

function parsedJson(body: Buffer): unknown {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    return typeof parsed === "object" && parsed !== null ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(body));
}
