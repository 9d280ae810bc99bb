import { accountDataEndpoints } from "./account-data.ts";
import { aliasEndpoints } from "./aliases.ts";
import type { Area, Endpoint } from "./endpoint.ts";
import { eventEndpoints } from "./events.ts";
import { extraEndpoints } from "./extras.ts";
import { keyEndpoints } from "./keys.ts";
import { mediaEndpoints } from "./media.ts";
import { profileEndpoints } from "./profile.ts";
import { receiptEndpoints } from "./receipts.ts";
import { relationEndpoints } from "./relations.ts";
import { roomEndpoints } from "./rooms.ts";
import { sessionEndpoints } from "./session.ts";
import { syncEndpoints } from "./sync.ts";

const endpoints: readonly Endpoint[] = [
  ...sessionEndpoints,
  ...profileEndpoints,
  ...roomEndpoints,
  ...aliasEndpoints,
  ...eventEndpoints,
  ...relationEndpoints,
  ...syncEndpoints,
  ...accountDataEndpoints,
  ...receiptEndpoints,
  ...mediaEndpoints,
  ...keyEndpoints,
  ...extraEndpoints,
];

/** The beginnings of paths, and which endpoints are found there. Old and unstable names lead to the same ones, as on Synapse. */
const PREFIXES: readonly (readonly [string, Area])[] = [
  ["/_matrix/client/v3/", "client"],
  ["/_matrix/client/r0/", "client"],
  ["/_matrix/client/api/v1/", "client"],
  ["/_matrix/client/unstable/", "client"],
  ["/_matrix/client/unstable/", "v1"],
  ["/_matrix/client/v1/", "v1"],
  ["/_matrix/client/", "bare"],
  ["/_matrix/media/v3/", "media"],
  ["/_matrix/media/r0/", "media"],
  ["/_matrix/media/v1/", "media"],
];

interface Branch {
  /** By literal segment; `{}` for any. */
  next: Map<string, Branch>;
  endpoints: Map<string, Endpoint>;
}

const branch = (): Branch => ({ next: new Map(), endpoints: new Map() });
const trees = new Map<Area, Branch>();

for (const endpoint of endpoints) {
  let at = trees.get(endpoint.area) ?? branch();
  trees.set(endpoint.area, at);
  for (const segment of endpoint.path.split("/")) {
    const key = segment.startsWith("{") ? "{}" : segment;
    const next = at.next.get(key) ?? branch();
    at.next.set(key, next);
    at = next;
  }
  at.endpoints.set(endpoint.method, endpoint);
}

export type Route =
  | { found: "endpoint"; endpoint: Endpoint; params: Record<string, string>; path: string }
  /** The path is known, but not with that method. */
  | { found: "path" }
  | { found: "nothing" };

/** The endpoint that a call's method and path (still encoded) lead to. */
export function findRoute(method: string, pathname: string): Route {
  let found: Route = { found: "nothing" };
  for (const [prefix, area] of PREFIXES) {
    const tree = trees.get(area);
    if (!pathname.startsWith(prefix) || !tree) continue;
    const segments = decoded(pathname.slice(prefix.length).split("/"));
    const end = segments && walk(tree, segments);
    if (!segments || !end || end.endpoints.size === 0) continue;
    const endpoint = end.endpoints.get(method);
    if (endpoint) {
      const path = `${method} ${segments.join("/")}`;
      return { found: "endpoint", endpoint, params: paramsOf(endpoint, segments), path };
    }
    found = { found: "path" };
  }
  return found;
}

function decoded(segments: string[]): string[] | undefined {
  try {
    return segments.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function walk(tree: Branch, segments: readonly string[]): Branch | undefined {
  const [first, ...rest] = segments;
  if (first === undefined) return tree;
  const literal = tree.next.get(first);
  const byLiteral = literal && walk(literal, rest);
  if (byLiteral && byLiteral.endpoints.size > 0) return byLiteral;
  const any = tree.next.get("{}");
  return any && walk(any, rest);
}

function paramsOf(endpoint: Endpoint, segments: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [index, name] of endpoint.path.split("/").entries())
    if (name.startsWith("{")) params[name.slice(1, -1)] = segments[index] ?? "";
  return params;
}
