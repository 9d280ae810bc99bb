/** Whether a request comes from this machine, and not from another site's page in a visitor's browser. */
import type { IncomingMessage } from "node:http";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

const hostOf = (authority: string): string => authority.replace(/:\d+$/, "").toLowerCase();

/** Another Host is a rebound name, another Origin a foreign page. */
export function isFromHere(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? "";
  const local = address === "::1" || /^(?:::ffff:)?127\./.test(address);
  const { host = "", origin } = request.headers;
  const ownPage = origin === undefined || LOOPBACK.has(hostOf(origin.replace(/^https?:\/\//, "")));
  return local && LOOPBACK.has(hostOf(host)) && ownPage;
}
