import { createHmac } from "node:crypto";
import type { AppRecord, Json } from "../state/model.ts";
import type { Delivery } from "./sockets.ts";

/** What is sent to an app's request address: JSON for events, a form for commands and interactions. */
export type Push =
  | { kind: "events_api"; payload: Json; retry?: { number: number; reason: string } }
  | { kind: "slash_commands" | "interactive"; payload: Json };

function bodyOf(push: Push): { type: string; body: string } {
  switch (push.kind) {
    case "events_api":
      return { type: "application/json", body: JSON.stringify(push.payload) };
    case "interactive":
      return { type: FORM, body: new URLSearchParams({ payload: JSON.stringify(push.payload) }).toString() };
    case "slash_commands":
      return { type: FORM, body: formOf(push.payload) };
  }
}

function formOf(fields: Json): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) form.set(name, String(value));
  return form.toString();
}

const FORM = "application/x-www-form-urlencoded";

/** The headers that prove the request comes from the platform: version v0, an HMAC-SHA256 of the timestamp and the body. */
export function signature(secret: string, seconds: number, body: string): Record<string, string> {
  const digest = createHmac("sha256", secret).update(`v0:${seconds}:${body}`).digest("hex");
  return { "x-slack-request-timestamp": String(seconds), "x-slack-signature": `v0=${digest}` };
}

/**
 * Posts to the app's request address and waits for the answer, `timeout` milliseconds at most. The timestamp is the machine's own,
 * since receivers refuse requests more than five minutes old.
 */
export async function pushSigned(app: AppRecord, push: Push, timeout: number): Promise<Delivery> {
  if (app.requestUrl === undefined) return { acked: false, reason: "no_connection" };
  const { type, body } = bodyOf(push);
  const retry: Record<string, string> =
    push.kind === "events_api" && push.retry
      ? { "x-slack-retry-num": String(push.retry.number), "x-slack-retry-reason": push.retry.reason }
      : {};
  try {
    const response = await fetch(app.requestUrl, {
      method: "POST",
      headers: { "content-type": type, ...signature(app.signingSecret, Math.floor(Date.now() / 1000), body), ...retry },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeout),
    });
    const text = await response.text();
    if (response.status < 200 || response.status > 299)
      return { acked: false, reason: response.headers.get("x-slack-no-retry") === "1" ? "no_retry" : "http_error" };
    return { acked: true, payload: answerOf(text, response.headers.get("content-type") ?? "") };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    return { acked: false, reason: timedOut ? "http_timeout" : "connection_failed" };
  }
}

function answerOf(text: string, type: string): Json {
  if (text === "") return {};
  if (!type.includes("json")) return { text };
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null ? (parsed as Json) : {};
  } catch {
    return { text };
  }
}
