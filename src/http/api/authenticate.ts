/** Which system asks, and that it asks now: client, timestamp and signature of a request. */
import { randomBytes } from "node:crypto";
import type { SharedSecrets } from "../../config.ts";
import { isFresh, isSignedBy, SIGNATURE_HEADERS, WINDOW_S } from "../../signature.ts";
import { apiTexts as texts } from "../../texts/api.ts";
import { Problem } from "./answer.ts";

/** A request of another system, read whole. */
export interface ApiRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** The first value of each header that the API reads, by its name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Against which the signature of an unknown client is checked: the answer takes as long as for one that is known. */
const NOBODY: readonly string[] = [randomBytes(32).toString("base64")];

export const keyOf = ({ headers }: ApiRequest): string => headers[SIGNATURE_HEADERS.key] ?? "";

/**
 * The name of the client.
 * @param now system time: the world of the sandbox may be ahead, whoever signs is not
 * @throws Problem 401
 */
export function authenticate(request: ApiRequest, clients: readonly SharedSecrets[], now: Date): string {
  const { method, path, headers, body } = request;
  const timestamp = headers[SIGNATURE_HEADERS.timestamp] ?? "";
  const headersOfRefusal = { headers: { "www-authenticate": "Aplus-Signature" } };
  if (!isFresh(timestamp, now)) throw new Problem(401, "horodatage", texts.stale(WINDOW_S / 60), headersOfRefusal);
  const client = clients.find(({ id }) => id === headers[SIGNATURE_HEADERS.client]);
  const parts = { timestamp, method, path, key: keyOf(request), body };
  const signed = isSignedBy(client?.secrets ?? NOBODY, headers[SIGNATURE_HEADERS.signature] ?? "", parts);
  if (!client || !signed) throw new Problem(401, "signature", texts.signature, headersOfRefusal);
  return client.id;
}
