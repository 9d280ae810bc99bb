/** The transport of the API: reads a request within its limits of size and time, and writes the answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { SIGNATURE_HEADERS } from "../../signature.ts";
import { apiTexts as texts } from "../../texts/api.ts";
import { drop, readBody } from "../body.ts";
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

/** @throws Problem 413 or 408 */
async function bodyOf(request: IncomingMessage, { bodyMs }: ApiLimits): Promise<Buffer> {
  const read = await readBody(request, { mostBytes: MOST_BYTES, withinMs: bodyMs });
  switch (read.kind) {
    case "whole":
      return read.body;
    case "tooLong":
      throw new Problem(413, "taille", texts.tooLarge(MOST_KILOBYTES));
    case "cut":
      throw new Problem(408, "delai", texts.tooSlow);
  }
}

function refuse(request: IncomingMessage, response: ServerResponse, problem: Problem): void {
  if (request.complete) {
    write(response, problem.answer());
    return;
  }
  drop(request);
  const { headers, ...answer } = problem.answer();
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
        body = await bodyOf(request, limits);
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
