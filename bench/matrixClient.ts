/** A person's client on a homeserver: plain calls of the client-server API, and a sync that says when an event came. */
import { randomBytes, randomUUID } from "node:crypto";

export interface Seen {
  readonly type: string;
  readonly sender: string;
  readonly content: {
    readonly body?: string;
    readonly "m.new_content"?: { readonly body?: string };
    readonly "m.relates_to"?: { readonly rel_type?: string; readonly event_id?: string };
  };
}

interface SyncAnswer {
  readonly next_batch: string;
  readonly rooms?: { readonly join?: Readonly<Record<string, { readonly timeline: { readonly events: readonly Seen[] } }>> };
}

const FILTER = JSON.stringify({ presence: { types: [] }, room: { ephemeral: { types: [] }, timeline: { limit: 100 } } });

export class MatrixPerson {
  readonly user: string;
  readonly token: string;
  private readonly homeserver: string;
  private readonly stopping = new AbortController();
  private watchers: ((event: Seen) => void)[] = [];

  private constructor(homeserver: string, user: string, token: string) {
    this.homeserver = homeserver;
    this.user = user;
    this.token = token;
  }

  /** An account that nobody else has, on a homeserver where registration is open. */
  static async register(homeserver: string, name: string): Promise<MatrixPerson> {
    const username = `${name}-${randomBytes(5).toString("hex")}`;
    const body = { username, password: randomUUID(), auth: { type: "m.login.dummy" } };
    const answer = await fetch(`${homeserver}/_matrix/client/v3/register`, { method: "POST", body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${username} could not be registered: ${await answer.text()}`);
    const { user_id: user, access_token: token } = (await answer.json()) as { user_id: string; access_token: string };
    return new MatrixPerson(homeserver, user, token);
  }

  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.homeserver}/_matrix/client/v3/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      signal: this.stopping.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  }

  async createRoom(options: object): Promise<string> {
    return (await this.call<{ room_id: string }>("POST", "createRoom", { preset: "private_chat", ...options })).room_id;
  }

  join(room: string): Promise<unknown> {
    return this.call("POST", `join/${encodeURIComponent(room)}`, {});
  }

  async send(room: string, type: string, content: object): Promise<string> {
    const path = `rooms/${encodeURIComponent(room)}/send/${type}/${randomUUID()}`;
    return (await this.call<{ event_id: string }>("PUT", path, content)).event_id;
  }

  react(room: string, message: string, key: string): Promise<string> {
    return this.send(room, "m.reaction", { "m.relates_to": { rel_type: "m.annotation", event_id: message, key } });
  }

  /** Reads on, until `stop`. */
  async follow(): Promise<void> {
    const first = await this.call<SyncAnswer>("GET", `sync?filter=${encodeURIComponent(FILTER)}`);
    void this.read(first.next_batch).catch((error: unknown) => {
      if (!this.stopping.signal.aborted) throw error;
    });
  }

  private async read(from: string): Promise<void> {
    for (let since = from; ; ) {
      const path = `sync?timeout=30000&since=${encodeURIComponent(since)}&filter=${encodeURIComponent(FILTER)}`;
      const answer = await this.call<SyncAnswer>("GET", path);
      since = answer.next_batch;
      for (const { timeline } of Object.values(answer.rooms?.join ?? {}))
        for (const event of timeline.events) for (const watch of this.watchers) watch(event);
    }
  }

  /** Resolves when an event like that comes. */
  comes(isIt: (event: Seen) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const watch = (event: Seen) => {
        if (!isIt(event)) return;
        this.watchers = this.watchers.filter((other) => other !== watch);
        resolve();
      };
      this.watchers.push(watch);
    });
  }

  stop(): void {
    this.stopping.abort();
  }
}
