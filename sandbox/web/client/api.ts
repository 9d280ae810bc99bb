/** The calls to the sandbox. Each resolves with its JSON; a refusal is thrown with its own sentence. */
import type { BotStatus, ClockMove, ClockState, CommandHint, Counters, PlatformId, ShortcutHint, Tour } from "../protocol.ts";
import { isJson, type Json } from "./json.ts";
import { texts } from "./texts.ts";

export interface WorldAgent {
  readonly id: string;
  readonly name: string;
  readonly platform: PlatformId;
  readonly roles: readonly string[];
  readonly groupe: string | null;
}

export interface WorldChannel {
  readonly id: string;
  readonly platform: PlatformId;
  readonly name: string;
  readonly groupe: string | null;
  readonly direct: string | null;
  readonly members: readonly string[];
}

export interface World {
  readonly now: string;
  readonly agents: readonly WorldAgent[];
  readonly channels: readonly WorldChannel[];
}

/** What the sandbox would not do, and why. */
export class Refused extends Error {}

async function call(path: string, init?: RequestInit): Promise<Json> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    throw new Refused(texts.away, { cause });
  }
  const body: unknown = await response.json().catch(() => null);
  if (!isJson(body)) throw new Refused(texts.away);
  if (!response.ok) throw new Refused(typeof body.error === "string" ? body.error : texts.away);
  return body;
}

type Query = Readonly<Record<string, string | undefined>>;

function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

export const get = (path: string, query: Query = {}): Promise<Json> => call(withQuery(path, query));
export const post = (path: string, body: object = {}): Promise<Json> =>
  call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
export const remove = (path: string): Promise<Json> => call(path, { method: "DELETE" });

// The server is this page's own, and of its very version: its answers have the types of `protocol.ts`.
export const api = {
  world: async () => (await get("/sandbox/world")) as unknown as World,
  clock: async () => (await get("/sandbox/clock")) as unknown as ClockState,
  moveClock: async (move: { advance: string } | { to: "opening" | "due" }) =>
    (await post("/sandbox/clock", move)) as unknown as ClockMove,
  counters: async () => (await get("/sandbox/counters")) as unknown as Counters,
  tour: async () => (await get("/sandbox/tour")) as unknown as Tour,
  bot: async () => (await get("/sandbox/bot")) as unknown as BotStatus,
  orderBot: async (order: "kill" | "start") => (await post("/sandbox/bot", { do: order })) as unknown as BotStatus,
  restart: () => post("/sandbox/restart"),
  hints: async (platform: PlatformId) =>
    (await get("/sandbox/commands", { platform })) as unknown as {
      readonly commands: readonly CommandHint[];
      readonly shortcuts: readonly ShortcutHint[];
    },
};

/** Where a file of a message is saved from. */
export const fileAddress = (platform: PlatformId, file: string): string => withQuery("/sandbox/file", { platform, file });
