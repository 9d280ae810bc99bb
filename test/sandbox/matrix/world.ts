import type { Session } from "../../../sandbox/matrix/control/build.ts";
import { type MatrixSandbox, type MatrixSandboxOptions, startMatrixSandbox } from "../../../sandbox/matrix/server.ts";

export type Json = Record<string, unknown>;

export interface EventJson extends Json {
  event_id: string;
  type: string;
  content: Json;
  unsigned: Json;
}

interface RoomSection {
  timeline: { events: EventJson[]; limited: boolean; prev_batch: string };
  state: { events: EventJson[] };
}

/** The JSON of an answer, with the fields that tests read on their way; each is there only where its endpoint gives it. */
export interface Body extends Json {
  access_token: string;
  chunk: EventJson[];
  content_uri: string;
  device_id: string;
  end?: string;
  errcode: string;
  event_id: string;
  filter_id: string;
  next_batch: string;
  replacement_room: string;
  room_id: string;
  rooms: { join: Record<string, RoomSection>; invite: Json; leave: Json };
  unsigned: Json;
  user_id: string;
}

/** An answer of the client-server API; what is not JSON (a file) is text under `text`. */
export interface Answer {
  status: number;
  body: Body;
}

/** What a sync says of a room that one is in; fails when it says nothing. */
export function sectionOf({ body }: Answer, roomId: string): RoomSection {
  const section = body.rooms?.join?.[roomId];
  if (!section) throw new Error("the sync says nothing of that room");
  return section;
}

/** The client-server API over bare HTTP, as one account. */
export class Api {
  readonly #url: string;
  readonly #token: string | undefined;

  constructor(url: string, token?: string) {
    this.#url = url;
    this.#token = token;
  }

  /** Calls `path`, which stands under `/_matrix/client/v3` unless it begins with `/_matrix`. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const address = path.startsWith("/_matrix") ? path : `/_matrix/client/v3${path}`;
    const own: Record<string, string> = {};
    if (this.#token !== undefined) own.authorization = `Bearer ${this.#token}`;
    if (body !== undefined) own["content-type"] = "application/json";
    const response = await fetch(`${this.#url}${address}`, {
      method,
      headers: { ...own, ...headers },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = text.startsWith("{") || text.startsWith("[");
    return { status: response.status, body: (isJson ? JSON.parse(text) : { text }) as Body };
  }

  get(path: string, query: Record<string, string> = {}): Promise<Answer> {
    const search = new URLSearchParams(query).toString();
    return this.call("GET", search === "" ? path : `${path}?${search}`);
  }

  put(path: string, body: unknown = {}): Promise<Answer> {
    return this.call("PUT", path, body);
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    return this.call("POST", path, body);
  }

  sync(query: Record<string, string> = {}): Promise<Answer> {
    return this.get("/sync", query);
  }

  /** Sends an event, under a transaction id of its own unless one is given. */
  send(roomId: string, content: unknown, type = "m.room.message", transactionId = newTransactionId()): Promise<Answer> {
    return this.put(`/rooms/${encodeURIComponent(roomId)}/send/${type}/${transactionId}`, content);
  }

  /** Sends a text message; returns its event id. */
  async say(roomId: string, body: string, more: Json = {}): Promise<string> {
    const { body: answer } = await this.send(roomId, { msgtype: "m.text", body, ...more });
    return answer.event_id;
  }

  react(roomId: string, eventId: string, key: unknown): Promise<Answer> {
    return this.send(roomId, { "m.relates_to": { rel_type: "m.annotation", event_id: eventId, key } }, "m.reaction");
  }

  redact(roomId: string, eventId: string, transactionId = newTransactionId(), reason?: string): Promise<Answer> {
    const path = `/rooms/${encodeURIComponent(roomId)}/redact/${encodeURIComponent(eventId)}/${transactionId}`;
    return this.put(path, reason === undefined ? {} : { reason });
  }
}

let transactions = 0;

/** A transaction id never used before. */
export const newTransactionId = (): string => `t${Date.now()}-${transactions++}`;

/** The path of a room, or of something in it. */
export const inRoom = (roomId: string, rest = ""): string => `/rooms/${encodeURIComponent(roomId)}${rest}`;

export const inThread = (root: string, more: Json = {}): Json => ({
  "m.relates_to": { rel_type: "m.thread", event_id: root, is_falling_back: true, "m.in_reply_to": { event_id: root }, ...more },
});

/** A homeserver with a bot, three people, and a room where two of them are with the bot. */
export interface Bench {
  sandbox: MatrixSandbox;
  bot: Session;
  camille: Session;
  dominique: Session;
  sacha: Session;
  /** The room's id: « CAF de l’Ain », opened by Camille. */
  caf: string;
  api(session: Session): Api;
}

/** Starts a sandbox without rate limits unless asked for, and furnishes it. */
export async function furnished(options: MatrixSandboxOptions = {}): Promise<Bench> {
  const sandbox = await startMatrixSandbox({ rateLimits: false, ...options });
  const { control } = sandbox;
  const bot = await control.createBot();
  const person = (localpart: string, displayName: string) =>
    control.createUser({ localpart, displayName, email: `${localpart}@exemple.fr` });
  const camille = await person("camille", "Camille Exemple");
  const dominique = await person("dominique", "Dominique Modèle");
  const sacha = await person("sacha", "Sacha Témoin");
  const caf = await control.createRoom({ name: "CAF de l’Ain", creator: "camille", members: ["bot", "camille", "dominique"] });
  const api = (session: Session) => new Api(sandbox.url, session.accessToken);
  return { sandbox, bot, camille, dominique, sacha, caf: caf.id, api };
}

/** Begins a sync; resolves to its answer's promise (in an object, so as not to be awaited) once the server has it waiting. */
export async function waitingSync(
  sandbox: MatrixSandbox,
  api: Api,
  query: Record<string, string>,
): Promise<{ answer: Promise<Answer> }> {
  const begun = new Promise<void>((resolve) => {
    const end = sandbox.onCall((phase, method) => {
      if (phase !== "before" || method !== "GET sync") return;
      end();
      resolve();
    });
  });
  const answer = api.sync({ timeout: "30000", ...query });
  // Awaited later, and it may fail before.
  answer.catch(() => undefined);
  await begun;
  await new Promise((resolve) => setImmediate(resolve));
  return { answer };
}

/** Waits for a condition; fails with `what` when it does not come. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, bound = 60_000): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > bound) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
