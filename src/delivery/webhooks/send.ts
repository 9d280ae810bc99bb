/** One event to one endpoint: signed, within a time, to that address and no other. */
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { WebhookEndpoint } from "../../config.ts";
import { SIGNATURE_HEADERS, signatureOf } from "../../signature.ts";
import { guardedLookup } from "./address.ts";

/** From the first byte to the status of the answer (ms). */
const TIMEOUT_MS = 10_000;
/** A receiver that asks for more patience is not given more (ms). */
const LONGEST_PATIENCE_MS = 3_600_000;

export type SendResult = { readonly ok: true } | { readonly ok: false; readonly code: string; readonly afterMs: number };

export interface SendOptions {
  readonly allowPrivate: boolean;
  readonly timeoutMs?: number;
}

/** `Retry-After` in ms, from seconds or a date; 0 when it says nothing. */
function patience(header: string | undefined): number {
  if (!header) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), LONGEST_PATIENCE_MS) : 0;
}

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "network";

function headersOf({ id: client, secrets, url }: WebhookEndpoint, key: string, body: Buffer): Record<string, string> {
  const { pathname, search } = new URL(url);
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    "content-type": "application/json; charset=utf-8",
    "content-length": String(body.length),
    "user-agent": "aplus-bot",
    [SIGNATURE_HEADERS.key]: key,
    [SIGNATURE_HEADERS.client]: client,
    [SIGNATURE_HEADERS.timestamp]: timestamp,
    [SIGNATURE_HEADERS.signature]: signatureOf(secrets, { timestamp, method: "POST", path: pathname + search, key, body }),
  };
}

/**
 * Any 2xx is an acknowledgement, and nothing else is: no redirection is followed. What the receiver writes is not read. Never throws.
 * @param key identifies the delivery: the same at each try
 */
export function sendWebhook(endpoint: WebhookEndpoint, key: string, event: unknown, options: SendOptions): Promise<SendResult> {
  const { allowPrivate, timeoutMs = TIMEOUT_MS } = options;
  const url = new URL(endpoint.url);
  const body = Buffer.from(JSON.stringify(event));
  const signal = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve) => {
    const failed = (error: unknown) => resolve({ ok: false, code: signal.aborted ? "timeout" : codeOf(error), afterMs: 0 });
    try {
      const request = url.protocol === "https:" ? httpsRequest : httpRequest;
      const lookup = guardedLookup(url, allowPrivate);
      const call = request(url, { method: "POST", agent: false, headers: headersOf(endpoint, key, body), lookup, signal });
      call.on("error", failed);
      call.on("response", (response) => {
        const { statusCode = 0, headers } = response;
        response.on("error", () => undefined);
        response.destroy();
        if (statusCode >= 200 && statusCode < 300) resolve({ ok: true });
        else resolve({ ok: false, code: `http_${statusCode}`, afterMs: patience(headers["retry-after"]) });
      });
      call.end(body);
    } catch (error) {
      failed(error);
    }
  });
}
