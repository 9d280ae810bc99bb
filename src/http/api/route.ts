/** The transport of the API: reads a request within its limits of size and time, and writes the answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { SIGNATURE_HEADERS } from "../../signature.ts";
import { apiTexts as texts } from "../../texts/api.ts";
import type { Route } from "../server.ts";
import type { ApiAnswer } from "./answer.ts";
import { Problem } from "./answer.ts";
import type { Api } from "./api.ts";
import { expectsBody } from "./api.ts";
import type { ApiRequest } from "./authenticate.ts";

const MOST_KILOBYTES = 256;
const MOST_BYTES = MOST_KILOBYTES * 1024;
/** Within this time the whole body must be there (ms). */
const BODY_MS = 10_000;
/** How long what is refused may still come in, so that its sender reads the answer instead of a broken connection (ms). */
const LINGER_MS = 2_000;

const READ_HEADERS: readonly string[] = Object.values(SIGNATURE_HEADERS);

export interface ApiLimits {
  readonly bodyMs: number;
}

function write(response: ServerResponse, { status, headers, body }: ApiAnswer): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    ...headers,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(text);
}

/** @throws Problem 415 or 413, before anything of the body is read */
function checkHead({ headers }: IncomingMessage): void {
  const { "content-type": type = "", "content-encoding": encoding = "identity", "content-length": length = "0" } = headers;
  const isJson = /^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type);
  if (!isJson || encoding.toLowerCase() !== "identity") throw new Problem(415, "type", texts.mediaType);
  if (Number(length) > MOST_BYTES) throw new Problem(413, "taille", texts.tooLarge(MOST_KILOBYTES));
}

/** The body, never more than the limit in memory. @throws Problem 413 or 408 */
function readBody(request: IncomingMessage, { bodyMs }: ApiLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (act: () => void) => {
      clearTimeout(timer);
      request.removeAllListeners("data");
      act();
    };
    const timer = setTimeout(() => end(() => reject(new Problem(408, "delai", texts.tooSlow))), bodyMs);
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_BYTES) end(() => reject(new Problem(413, "taille", texts.tooLarge(MOST_KILOBYTES))));
      else chunks.push(chunk);
    });
    request.once("end", () => end(() => resolve(Buffer.concat(chunks))));
    request.once("error", () => end(() => reject(new Problem(408, "delai", texts.tooSlow))));
  });
}

/** What was not read is thrown away for a moment, then the connection is closed. */
function refuse(request: IncomingMessage, response: ServerResponse, problem: Problem): void {
  if (request.complete) {
    write(response, problem.answer());
    return;
  }
  const { headers, ...answer } = problem.answer();
  request.on("error", () => undefined);
  request.resume();
  const close = setTimeout(() => request.destroy(), LINGER_MS);
  request.once("close", () => clearTimeout(close));
  request.once("end", () => clearTimeout(close));
  write(response, { ...answer, headers: { ...headers, connection: "close" } });
}

function headersOf(request: IncomingMessage): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of READ_HEADERS) {
    const value = request.headers[name];
    if (typeof value === "string") given[name] = value;
  }
  return given;
}

/** Everything under `/api/`. @param limits shorter ones, for tests */
export function apiRoute(api: Api, limits: ApiLimits = { bodyMs: BODY_MS }): Route {
  return async (request, response, path) => {
    if (path !== "/api" && !path.startsWith("/api/")) return false;
    const head = { method: request.method ?? "GET", path: request.url ?? path };
    try {
      let body: Uint8Array = new Uint8Array();
      if (expectsBody(head)) {
        checkHead(request);
        body = await readBody(request, limits);
      }
      const asked: ApiRequest = { ...head, headers: headersOf(request), body };
      write(response, await api.answer(asked));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      refuse(request, response, error);
    }
    return true;
  };
}
