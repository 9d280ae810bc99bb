/** What a homeserver refuses, told in the three kinds that delivery knows. https://spec.matrix.org/latest/client-server-api/#standard-error-response */
import { z } from "zod";
import { DeliveryFault } from "../../src/delivery/port.ts";
import type { Obstacle } from "../../src/domain/place.ts";

const refusal = z.object({
  errcode: z.string().regex(/^[A-Z_.a-z0-9]{1,80}$/),
  retry_after_ms: z.number().nonnegative().optional(),
  soft_logout: z.boolean().optional(),
});

function readRefusal(text: string): z.infer<typeof refusal> | null {
  try {
    return refusal.parse(JSON.parse(text));
  } catch {
    // A proxy's page, as often as not.
    return null;
  }
}

/** Until the homeserver says how long it is, when it only says « later ». */
const UNTOLD_WAIT_MS = 1_000;

/** An answer of the homeserver that is a refusal. Its words for people are dropped: they may quote what was sent. */
export class MatrixFault extends Error {
  readonly status: number;
  /** `M_FORBIDDEN`…, or `http_502` where the answer is none of a homeserver's. */
  readonly code: string;
  /** How long it asks to wait; null when it is no matter of rate. */
  readonly retryAfterMs: number | null;

  constructor(status: number, text: string, retryAfter: string | null = null) {
    const read = readRefusal(text);
    const code = read?.errcode ?? `http_${status}`;
    super(`${status} ${code}`);
    this.name = "MatrixFault";
    this.status = status;
    this.code = code;
    const seconds = Number(retryAfter ?? Number.NaN);
    const told = read?.retry_after_ms ?? (Number.isFinite(seconds) ? seconds * 1000 : UNTOLD_WAIT_MS);
    this.retryAfterMs = status === 429 || code === "M_LIMIT_EXCEEDED" ? told : null;
  }
}

/** The token itself is refused: nothing works until somebody mends it. */
const TOKEN_CODES: ReadonlySet<string> = new Set(["M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED", "M_USER_LOCKED"]);

/** This place cannot be written to until somebody mends it. */
const PLACE_CODES: ReadonlySet<string> = new Set([
  ...TOKEN_CODES,
  "M_BAD_STATE",
  "M_CONSENT_NOT_GIVEN",
  "M_EXCLUSIVE",
  "M_FORBIDDEN",
  "M_GUEST_ACCESS_FORBIDDEN",
  "M_INCOMPATIBLE_ROOM_VERSION",
  "M_NOT_FOUND",
  "M_NOT_JOINED",
  "M_RESOURCE_LIMIT_EXCEEDED",
  "M_UNSUPPORTED_ROOM_VERSION",
]);

/** It will never take this content, there or anywhere. */
const CONTENT_CODES: ReadonlySet<string> = new Set([
  "M_BAD_JSON",
  "M_DUPLICATE_ANNOTATION",
  "M_INVALID_PARAM",
  "M_NOT_JSON",
  "M_TOO_LARGE",
]);

function obstacleOf(code: string): Obstacle {
  if (TOKEN_CODES.has(code)) return "workspace";
  return code === "M_FORBIDDEN" ? "removed" : "other";
}

function kindOf(code: string): DeliveryFault["kind"] {
  if (PLACE_CODES.has(code)) return "place";
  return CONTENT_CODES.has(code) || code === "http_413" ? "content" : "retry";
}

/** The homeserver's own word for a refusal; null for anything else. */
export const matrixCode = (error: unknown): string | null => (error instanceof MatrixFault ? error.code : null);

export const isTokenFault = (error: unknown): boolean => error instanceof MatrixFault && TOKEN_CODES.has(error.code);

/** How long the homeserver asks to wait, in milliseconds; null when it does not. */
export const rateLimitMs = (error: unknown): number | null => (error instanceof MatrixFault ? error.retryAfterMs : null);

/** No answer came: nobody knows whether it was done. */
export class NetworkFault extends Error {
  constructor(cause: unknown) {
    super("no answer", { cause });
    this.name = "NetworkFault";
  }
}

/** The program stops: what had not begun is left to the next start. */
const isAbort = (error: unknown): boolean =>
  typeof error === "object" && error !== null && "name" in error && error.name === "AbortError";

/**
 * Any fault of a call to the homeserver as a DeliveryFault, its cause kept. A word that is in no list is to retry: nothing is
 * given up for a word made since. What is no fault of the homeserver's or of the network is given back as it came.
 */
export function deliveryFault(error: unknown): unknown {
  if (error instanceof MatrixFault) {
    if (error.retryAfterMs !== null) return new DeliveryFault("retry", error.code, { cause: error, afterMs: error.retryAfterMs });
    return new DeliveryFault(kindOf(error.code), error.code, { cause: error, obstacle: obstacleOf(error.code) });
  }
  if (error instanceof NetworkFault) return new DeliveryFault("retry", "network", { cause: error });
  return isAbort(error) ? new DeliveryFault("retry", "stopping", { cause: error }) : error;
}

/** Whether the same may well pass later, without anybody mending what was asked. */
export function isPassing(error: unknown): boolean {
  const fault = deliveryFault(error);
  return isTokenFault(error) || (fault instanceof DeliveryFault && fault.kind === "retry");
}
