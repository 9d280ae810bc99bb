/**
 * What passes between this bot and other systems is signed, the same way in both directions: HMAC-SHA256, with a secret that
 * both know, over everything that the request says (docs/decisions/0014-http-for-other-systems.md, docs/api.md).
 */
import { createHmac, timingSafeEqual } from "node:crypto";

/** Header names, in lower case as Node.js gives them. */
export const SIGNATURE_HEADERS = {
  client: "aplus-client",
  timestamp: "aplus-timestamp",
  signature: "aplus-signature",
  key: "idempotency-key",
} as const;

/** What is signed. None of the texts may hold a line break; the body, which comes last, may hold anything. */
export interface SignedParts {
  /** Seconds since 1970, in digits. */
  readonly timestamp: string;
  /** In capitals. */
  readonly method: string;
  /** With its query, as it stands in the request. */
  readonly path: string;
  /** The Idempotency-Key; "" where there is none. Signed, so that a copy of the request cannot be sent under another. */
  readonly key: string;
  readonly body: Uint8Array;
}

/** A request older, or further in the future, is refused (seconds). */
export const WINDOW_S = 300;
/** More signatures than anybody has secrets are not looked at. */
const MOST_SIGNATURES = 4;

const digest = (secret: string, { timestamp, method, path, key, body }: SignedParts): Buffer =>
  createHmac("sha256", secret).update(`v1\n${timestamp}\n${method}\n${path}\n${key}\n`).update(body).digest();

/** The header's value: one `v1=<hex>` for each secret, so that the other side may change its secret at any moment. */
export const signatureOf = (secrets: readonly string[], parts: SignedParts): string =>
  secrets.map((secret) => `v1=${digest(secret, parts).toString("hex")}`).join(",");

/** Whether one of these secrets made one of the header's signatures. It takes the same time whichever does, and when none does. */
export function isSignedBy(secrets: readonly string[], header: string, parts: SignedParts): boolean {
  const given = header
    .split(",", MOST_SIGNATURES)
    .map((one) => /^\s*v1=([0-9a-f]{64})\s*$/.exec(one)?.[1] ?? "")
    .map((hex) => Buffer.from(hex.padStart(64, "0"), "hex"));
  let found = false;
  for (const secret of secrets) {
    const expected = digest(secret, parts);
    for (const one of given) found = timingSafeEqual(expected, one) || found;
  }
  return found;
}

/** Whether it was signed just now. False for what is no number of seconds. @param now system time */
export const isFresh = (timestamp: string, now: Date): boolean =>
  /^\d{1,12}$/.test(timestamp) && Math.abs(now.getTime() / 1000 - Number(timestamp)) <= WINDOW_S;
