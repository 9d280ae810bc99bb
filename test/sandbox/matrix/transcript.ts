import { createHash } from "node:crypto";
import { type Answer, Api, type Json } from "./world.ts";

/**
 * What no two homeservers answer alike, or what the sandbox has not: presence, push rules and their counts, device lists. Synapse
 * gives prev_content only where it happens to have it at hand.
 */
const LEFT_OUT = new Set([
  "age",
  "access_token",
  "device_id",
  "device_lists",
  "home_server",
  "last_active_ago",
  "last_seen_ip",
  "last_seen_ts",
  "origin_server_ts",
  "presence",
  "prev_content",
  "prev_sender",
  "session",
  "ts",
  "unread_notifications",
]);

/** Plays the same calls on one homeserver and notes what it answers, in a form that can be compared with another's. */
export class Transcript {
  readonly lines: Record<string, { status: number; body: unknown }> = {};
  readonly #url: string;
  readonly #run: string;
  readonly #names = new Map<string, string>();
  #transactions = 0;
  #syncs = 0;

  /** @param run what accounts of this run are told apart by */
  constructor(url: string, run: string) {
    this.#url = url;
    this.#run = run;
  }

  get nobody(): Api {
    return new Api(this.#url);
  }

  /** A new account and the API as it. */
  async user(name: string): Promise<Player> {
    const body = { username: `${name}-${this.#run}`, password: "un mot de passe", auth: { type: "m.login.dummy" } };
    const { body: session } = await this.nobody.post("/register", body);
    return { id: session.user_id, name: `${name}-${this.#run}`, api: new Api(this.#url, session.access_token) };
  }

  as(token: string): Api {
    return new Api(this.#url, token);
  }

  /** The name of an alias or transaction that is this run's own. */
  own(name: string): string {
    return `${name}-${this.#run}`;
  }

  txn(): string {
    return `transaction-${this.#transactions++}`;
  }

  /** A sync; never twice the same, since Synapse remembers what it answered. */
  async sync(player: Player, query: Record<string, string> = {}): Promise<Answer & { next: string }> {
    const answer = await player.api.sync({ timeout: String(this.#syncs++), ...query });
    return { ...answer, next: answer.body.next_batch };
  }

  note(label: string, answer: Answer | Promise<Answer>): Promise<Answer> {
    return Promise.resolve(answer).then(({ status, body }) => {
      if (label in this.lines) throw new Error(`noted twice: ${label}`);
      this.lines[label] = { status, body: this.plain(body) };
      return { status, body };
    });
  }

  /** Notes something that was found out of several answers. */
  noteValue(label: string, value: unknown): void {
    this.lines[label] = { status: 0, body: this.plain(value) };
  }

  /** What was noted, each answer in a line: its status, and its refusal or what tells its body from any other. */
  digests(): Record<string, string> {
    const digest = (body: unknown) => createHash("sha256").update(JSON.stringify(body)).digest("hex").slice(0, 16);
    return Object.fromEntries(
      Object.entries(this.lines).map(([label, { status, body }]) => {
        const { errcode, error } = (body ?? {}) as { errcode?: string; error?: string };
        return [label, errcode === undefined ? `${status} ${digest(body)}` : `${status} ${errcode}: ${error}`];
      }),
    );
  }

  /** The same with ids and tokens named in the order in which they come. */
  plain(value: unknown, key?: string): unknown {
    if (Array.isArray(value)) {
      const events = key === undefined || key === "state" || key === "events" ? sortedState(value) : value;
      return events.filter((item) => (item as Json | null)?.type !== "m.push_rules").map((item) => this.plain(item));
    }
    if (typeof value === "object" && value !== null) {
      const entries = Object.entries(value)
        .filter(([name]) => !LEFT_OUT.has(name))
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([name, inner]) => [this.#text(name), this.plain(inner, name)] as const)
        .filter(([name, inner]) => !(name === "account_data" && (inner as { events?: [] }).events?.length === 0));
      return Object.fromEntries(entries);
    }
    return typeof value === "string" ? this.#text(value) : value;
  }

  #text(text: string): string {
    if (/^[st]\d+(?:[-_]\d+)*$/.test(text)) return "(token)";
    if (text.startsWith("mxc://")) return "(file)";
    // Synapse names the kinds of a set in the order in which it happens to keep them.
    const kinds = /^(Receipt type must be )(.*)$/.exec(text);
    if (kinds) return `${kinds[1]}${(kinds[2] ?? "").split(", ").sort().join(", ")}`;
    return text
      .replaceAll(this.#run, "(run)")
      .replace(/\$[\w-]{43}/g, (id) => this.#named("$", id))
      .replace(/!(?:[\w-]{43}|[A-Za-z]{18}:localhost)/g, (id) => this.#named("!", id));
  }

  #named(kind: string, id: string): string {
    const known = this.#names.get(id) ?? `${kind}${[...this.#names.values()].filter((name) => name.startsWith(kind)).length}`;
    this.#names.set(id, known);
    return known;
  }
}

export interface Player {
  id: string;
  name: string;
  api: Api;
}

/** State events in an order of their own: homeservers give them in any. What is not state stays as it is. */
function sortedState(items: unknown[]): unknown[] {
  const isState = items.every((item) => typeof item === "object" && item !== null && "state_key" in item);
  if (!isState) return items;
  const key = (item: unknown) =>
    `${(item as Json).type} ${(item as Json).state_key} ${String((item as Json).event_id ?? "").length}`;
  return [...items].sort((a, b) => key(a).localeCompare(key(b)));
}
