/**
 * What stands before Bolt's HTTP receiver. Bolt reads a body before it looks at anything else, takes signatures dated in the
 * future, quotes in its log what it could not parse, and ends the process on a signed body that is no object: here such a request
 * is answered, and goes no further.
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { type HTTPReceiver, isValidSlackRequest } from "@slack/bolt";
import { drop, readBody } from "../../../src/http/body.ts";
import { isFresh } from "../../../src/signature.ts";
import { faultFields, type Log } from "../../log.ts";
import { EVENTS_PATH } from "../paths.ts";

type Listener = HTTPReceiver["requestListener"];

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = /^application\/json\s*(;|$)/i;
/** Slack's largest payloads, forms with all that was typed in them, stay well below. */
const LIMITS = { mostBytes: 2 * 1024 * 1024, withinMs: 10_000 };

export interface Guard {
  readonly signingSecret: string;
  readonly log: Log;
}

/** Words for the log: why a request was refused, and nothing that it holds. */
type Refusal = { readonly status: number; readonly why: string };

const text = (value: string | readonly string[] | undefined): string => (typeof value === "string" ? value : "");

/** Before anything of the body is read. */
function refusalOfHead({ method, headers }: IncomingMessage): Refusal | null {
  if (method !== "POST") return { status: 405, why: "method" };
  const { "content-type": type = "", "content-encoding": encoding = "identity", "content-length": length = "0" } = headers;
  if (type !== FORM && !JSON_TYPE.test(type)) return { status: 415, why: "content type" };
  if (encoding !== "identity") return { status: 415, why: "content encoding" };
  return Number(length) > LIMITS.mostBytes ? { status: 413, why: "length" } : null;
}

/** https://docs.slack.dev/authentication/verifying-requests-from-slack: no more than five minutes away, in either direction. */
function isSigned({ headers }: IncomingMessage, body: string, signingSecret: string): boolean {
  const stamp = text(headers["x-slack-request-timestamp"]);
  const signed = { "x-slack-signature": text(headers["x-slack-signature"]), "x-slack-request-timestamp": Number(stamp) };
  return isFresh(stamp, new Date()) && isValidSlackRequest({ signingSecret, body, headers: signed });
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

/** A check that the address answers, which Slack may send unsigned; Bolt answers it, and drops all else that it bears. */
const isProbe = (type: string, body: string): boolean => type === FORM && new URLSearchParams(body).get("ssl_check") === "1";

/**
 * An event, an interaction or a command: what else there might be Bolt would leave unanswered for three seconds.
 * https://docs.slack.dev/apis/events-api, https://docs.slack.dev/interactivity
 */
function isOfSlack(type: string, body: string): boolean {
  const form = type === FORM ? new URLSearchParams(body) : null;
  const given = form === null ? [body] : form.getAll("payload");
  if (form !== null && given.length === 0) return form.has("command");
  try {
    const read: unknown = given.length === 1 ? JSON.parse(given[0] ?? "") : null;
    return isObject(read) && Object.hasOwn(read, "type");
  } catch {
    return false;
  }
}

function refusalOfBody(request: IncomingMessage, body: Buffer, { signingSecret }: Guard): Refusal | null {
  const type = request.headers["content-type"] ?? "";
  const given = body.toString();
  if (isProbe(type, given)) return null;
  if (!isSigned(request, given, signingSecret)) return { status: 401, why: "signature" };
  return isOfSlack(type, given) ? null : { status: 400, why: "body" };
}

async function answer(request: IncomingMessage, response: ServerResponse, listener: Listener, guard: Guard): Promise<void> {
  const refuse = ({ status, why }: Refusal) => {
    guard.log.warn({ status, why }, "A request was refused at Slack's address");
    if (!request.complete) drop(request);
    response.writeHead(status, { "content-length": 0, ...(status === 405 && { allow: "POST" }), connection: "close" });
    response.end();
  };
  const head = refusalOfHead(request);
  if (head !== null) return refuse(head);
  const read = await readBody(request, LIMITS);
  if (read.kind !== "whole")
    return refuse(read.kind === "tooLong" ? { status: 413, why: "length" } : { status: 408, why: "body cut short" });
  const refusal = refusalOfBody(request, read.body, guard);
  if (refusal !== null) return refuse(refusal);
  // Bolt takes a body that is there already as it stands.
  listener(Object.assign(request, { rawBody: read.body }), response);
}

/** Answers POST /slack/events as `listener` does, once the request is one that Slack could have sent. Any other path is let through. */
export function guarded(listener: Listener, guard: Guard): Listener {
  return (request, response) => {
    if ((request.url ?? "").split("?", 1)[0] !== EVENTS_PATH) return listener(request, response);
    answer(request, response, listener, guard).catch((error: unknown) => {
      guard.log.error(faultFields(error), "A request at Slack's address failed");
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  };
}
