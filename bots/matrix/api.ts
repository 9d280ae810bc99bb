/** The calls to the homeserver that this adapter makes. Each throws MatrixFault when it is refused. */
import { z } from "zod";
import { eventList, type MatrixEvent, matrixEvent, type SyncAnswer, syncAnswer } from "./events.ts";
import { MatrixFault, NetworkFault } from "./faults.ts";
import { type ConnectionOptions, canEncrypt, connect, decrypt, type MatrixConnection } from "./sdk.ts";

const V3 = "/_matrix/client/v3";
const V1 = "/_matrix/client/v1";
const PAGE = 100;
/** Above the homeserver's own wait for news. */
const SYNC_MARGIN_MS = 20_000;
const JOIN_MS = 90_000;

const enc = encodeURIComponent;
const room = (id: string): string => `${V3}/rooms/${enc(id)}`;

const sent = z.object({ event_id: z.string() });
const roomAnswer = z.object({ room_id: z.string() });
const account = z.object({ user_id: z.string(), device_id: z.string().optional() });
const page = z.object({ chunk: eventList, end: z.string().optional(), next_batch: z.string().optional() });

/** Of a sync's answer, what only the encryption reads. */
const keyNews = z
  .object({
    device_one_time_keys_count: z.record(z.string(), z.number()).catch({}),
    device_unused_fallback_key_types: z.array(z.string()).catch([]),
    device_lists: z
      .object({ changed: z.array(z.string()).catch([]), left: z.array(z.string()).catch([]) })
      .catch({ changed: [], left: [] }),
  })
  .transform((read) => ({
    counts: read.device_one_time_keys_count,
    unused: read.device_unused_fallback_key_types,
    devices: read.device_lists,
  }));

export interface Page {
  readonly events: readonly MatrixEvent[];
  /** Where the next page begins; null after the last. */
  readonly next: string | null;
}

export interface NewRoom {
  readonly invite: readonly string[];
  readonly name?: string;
}

export type Content = Readonly<Record<string, unknown>>;

/** Null instead of a fault when the homeserver does not have it. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof MatrixFault && error.status === 404) return null;
    throw error;
  }
}

export class MatrixApi {
  readonly connection: MatrixConnection;
  /** Whether the bot itself encrypts and decrypts. */
  readonly encrypts: boolean;
  /** Whether encrypted rooms can be read and written, by the bot or by the proxy before the homeserver. */
  readonly readsEncrypted: boolean;
  readonly #encrypted = new Map<string, boolean>();
  readonly #homeserver: string;
  readonly #accessToken: string;

  readonly #follows: () => boolean;

  /** @param follows whether events of rooms come to this process: what it believes of a room is then true */
  constructor(options: ConnectionOptions, follows: () => boolean = () => true) {
    this.#follows = follows;
    this.connection = connect(options);
    this.encrypts = canEncrypt && options.cryptoFolder !== null;
    this.readsEncrypted = this.encrypts || options.proxyEncrypts === true;
    this.#homeserver = this.connection.homeserverUrl;
    this.#accessToken = options.accessToken;
  }

  async whoami(): Promise<z.infer<typeof account>> {
    return account.parse(await this.connection.call("GET", `${V3}/account/whoami`));
  }

  /** @param filter JSON; @param waitMs how long the homeserver may wait for news */
  async sync(since: string | null, waitMs: number, filter: object, signal: AbortSignal): Promise<SyncAnswer> {
    const query = { since: since ?? undefined, timeout: waitMs, filter: JSON.stringify(filter), set_presence: "offline" };
    const options = { query, timeoutMs: waitMs + SYNC_MARGIN_MS, signal };
    return syncAnswer.parse(await this.connection.call("GET", `${V3}/sync`, options));
  }

  /** Sends the event once for this transaction id, encrypted where the room is. Gives its id. */
  async send(roomId: string, type: string, txn: string, content: Content): Promise<string> {
    // Reactions stay in clear, as in every client: the homeserver counts them.
    const secret = type !== "m.reaction" && this.encrypts && (await this.isEncrypted(roomId));
    const path = `${room(roomId)}/send/${secret ? "m.room.encrypted" : enc(type)}/${enc(txn)}`;
    const body = secret ? await this.#encrypt(roomId, type, content) : content;
    return sent.parse(await this.connection.call("PUT", path, { body, label: "send" })).event_id;
  }

  async redact(roomId: string, event: string, txn: string): Promise<void> {
    await this.connection.call("PUT", `${room(roomId)}/redact/${enc(event)}/${enc(txn)}`, { body: {}, label: "redact" });
  }

  /** The event as it is now, decrypted; null when the homeserver does not have it or does not show it. */
  async event(roomId: string, id: string): Promise<MatrixEvent | null> {
    const found = await orNull(this.connection.call("GET", `${room(roomId)}/event/${enc(id)}`, { label: "event" }));
    return found === null ? null : this.clear(roomId, matrixEvent.parse(found));
  }

  /** The events that relate to this one, the newest first. */
  async relations(roomId: string, id: string, type: string, from: string | null): Promise<Page> {
    const path = `${V1}/rooms/${enc(roomId)}/relations/${enc(id)}/${enc(type)}`;
    const query = { dir: "b", limit: PAGE, from: from ?? undefined };
    const read = page.parse((await orNull(this.connection.call("GET", path, { query, label: "relations" }))) ?? { chunk: [] });
    return { events: await this.#clearAll(roomId, read.chunk), next: read.next_batch ?? null };
  }

  /** The room's events backwards, from there (null: from now) and no further than `to`. */
  async messages(roomId: string, from: string | null, to: string | null, filter: object): Promise<Page> {
    const query = { dir: "b", limit: PAGE, from: from ?? undefined, to: to ?? undefined, filter: JSON.stringify(filter) };
    const read = page.parse(await this.connection.call("GET", `${room(roomId)}/messages`, { query, label: "messages" }));
    return { events: read.chunk, next: read.end ?? null };
  }

  /** The content of a state event; null when there is none, or when the bot is not in the room. */
  async state(roomId: string, type: string, key = ""): Promise<Content | null> {
    try {
      const path = `${room(roomId)}/state/${enc(type)}/${enc(key)}`;
      return z.record(z.string(), z.unknown()).parse(await this.connection.call("GET", path, { label: "state" }));
    } catch (error) {
      if (error instanceof MatrixFault && (error.status === 404 || error.status === 403)) return null;
      throw error;
    }
  }

  /** Everybody in the room; null when the bot is not in it. */
  async joinedMembers(roomId: string): Promise<Set<string> | null> {
    try {
      const answer = await this.connection.call("GET", `${room(roomId)}/joined_members`, { label: "joined_members" });
      return new Set(Object.keys(z.object({ joined: z.record(z.string(), z.unknown()) }).parse(answer).joined));
    } catch (error) {
      if (error instanceof MatrixFault && (error.status === 404 || error.status === 403)) return null;
      throw error;
    }
  }

  async joinedRooms(): Promise<readonly string[]> {
    const answer = await this.connection.call("GET", `${V3}/joined_rooms`);
    return z.object({ joined_rooms: z.array(z.string()) }).parse(answer).joined_rooms;
  }

  /** @param via homeservers that know the room; @returns the room's id */
  async join(idOrAlias: string, via: readonly string[] = []): Promise<string> {
    const servers = via.map((server) => `server_name=${enc(server)}&via=${enc(server)}`).join("&");
    const path = `${V3}/join/${enc(idOrAlias)}${servers === "" ? "" : `?${servers}`}`;
    const answer = await this.connection.call("POST", path, { body: {}, label: "join", timeoutMs: JOIN_MS });
    return roomAnswer.parse(answer).room_id;
  }

  async leave(roomId: string, reason: string): Promise<void> {
    await this.connection.call("POST", `${room(roomId)}/leave`, { body: { reason }, label: "leave" });
  }

  async invite(roomId: string, user: string): Promise<void> {
    await this.connection.call("POST", `${room(roomId)}/invite`, { body: { user_id: user }, label: "invite" });
  }

  /** A conversation of two, in which the other person may not change the room. */
  async createDirect({ invite, name }: NewRoom): Promise<string> {
    const body = { preset: "private_chat", is_direct: true, invite, ...(name !== undefined && { name }) };
    return roomAnswer.parse(await this.connection.call("POST", `${V3}/createRoom`, { body, timeoutMs: JOIN_MS })).room_id;
  }

  accountData(user: string, type: string): Promise<unknown> {
    return orNull(this.connection.call("GET", `${V3}/user/${enc(user)}/account_data/${enc(type)}`));
  }

  async saveAccountData(user: string, type: string, content: Content): Promise<void> {
    await this.connection.call("PUT", `${V3}/user/${enc(user)}/account_data/${enc(type)}`, { body: content });
  }

  /** What the homeserver says of this person; null for nobody it knows. */
  profile(user: string): Promise<unknown> {
    return orNull(this.connection.call("GET", `${V3}/profile/${enc(user)}`, { label: "profile" }));
  }

  /** The room behind an alias (`#caf-ain:exemple.fr`); null when there is none. */
  async resolveAlias(alias: string): Promise<string | null> {
    const found = await orNull(this.connection.call("GET", `${V3}/directory/room/${enc(alias)}`, { label: "directory" }));
    return found === null ? null : roomAnswer.parse(found).room_id;
  }

  /** Whether what is written there must be encrypted. Once it is, it stays so. */
  async isEncrypted(roomId: string): Promise<boolean> {
    const known = this.#encrypted.get(roomId);
    if (known === true || (known === false && this.#follows())) return known;
    const state = await this.state(roomId, "m.room.encryption");
    this.#encrypted.set(roomId, state !== null);
    return state !== null;
  }

  /** Whether the room is encrypted, and the bot cannot read it. */
  async isClosed(roomId: string): Promise<boolean> {
    return !this.readsEncrypted && (await this.isEncrypted(roomId));
  }

  /** What is believed of the room may be wrong: the bot has just come in, or an event tells otherwise. */
  entered(roomId: string): void {
    this.#encrypted.delete(roomId);
  }

  /** What another process was told of rooms meanwhile, this one was not. */
  forgetRooms(): void {
    this.#encrypted.clear();
  }

  /** Hands over the keys and devices that came with the account's news. Only where the bot encrypts. */
  async received({ to_device: messages, ...answer }: SyncAnswer): Promise<void> {
    const { counts, unused, devices } = keyNews.parse(answer);
    const { changed, left } = devices;
    await this.connection.crypto.updateSyncData((messages?.events ?? []) as never, counts, unused as never, changed, left);
  }

  /** The event decrypted, if it was encrypted and a key opens it; as it came otherwise. */
  async clear(roomId: string, event: MatrixEvent): Promise<MatrixEvent> {
    if (event.type !== "m.room.encrypted" || !this.encrypts) return event;
    try {
      const opened = await decrypt(this.connection, roomId, event);
      // The relation stands outside the encrypted part, where the homeserver reads it.
      const outer = event.content["m.relates_to"];
      return outer === undefined ? opened : { ...opened, content: { ...opened.content, "m.relates_to": outer } };
    } catch {
      return event;
    }
  }

  /** A request that gives or takes bytes as they come; a redirection to another host does not take the token along. @param path below the homeserver's address */
  async stream(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...init.headers, authorization: `Bearer ${this.#accessToken}` };
    try {
      return await fetch(`${this.#homeserver}${path}`, { ...init, headers });
    } catch (error) {
      throw new NetworkFault(error);
    }
  }

  #clearAll(roomId: string, events: readonly MatrixEvent[]): Promise<MatrixEvent[]> {
    return Promise.all(events.map((event) => this.clear(roomId, event)));
  }

  async #encrypt(roomId: string, type: string, content: Content): Promise<unknown> {
    const encrypted: unknown = await this.connection.crypto.encryptRoomEvent(roomId, type, content);
    const relation = content["m.relates_to"];
    return relation === undefined ? encrypted : { ...(encrypted as object), "m.relates_to": relation };
  }
}
