/**
 * What goes between the bot and the homeserver, read along at the proxy: what the bot was given and has handled, and what it
 * posted; and the tricks that are played there, the same on every homeserver.
 */
import type { Call, Proxy as MatrixProxy, Person } from "../bots/matrix/homeserver.ts";
import { until } from "./until.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a homeserver answers, read by the tests as it comes
type Json = any;

/** Where a post of the bot's stands. */
export interface Posted {
  readonly room: string;
  readonly event: string;
}

/** A bot in another process, of which only the calls are seen, has ended what it does when it makes none for that long. */
const SILENCE_MS = 150;

const SYNC = /^\/_matrix\/client\/v3\/sync\?/;
const BACKFILL = /^\/_matrix\/client\/v3\/rooms\/[^/]+\/messages\?.*\bto=/;
const SEND = /^\/_matrix\/client\/v3\/rooms\/([^/]+)\/send\/m\.room\.message\/([^/?]+)/;

const sinceOf = ({ url }: Call): string | null => new URL(url, "http://bot").searchParams.get("since");
const isSync = ({ url }: Call): boolean => SYNC.test(url);

/** The rooms of a sync's answer with their new events. */
const timelines = (answer: Json): [room: string, events: Json[]][] =>
  Object.entries<Json>(answer.rooms?.join ?? {}).map(([room, { timeline }]) => [room, timeline?.events ?? []]);

export class MatrixWire {
  private readonly proxy: MatrixProxy;
  private readonly bot: Person;
  /** Ids of events given to the bot, by the place after them, which it names once it has handled them. */
  private readonly given = new Map<string, string[]>();
  private readonly done = new Set<string>();
  private readonly posts = new Map<string, Posted>();
  private last = "";
  private lastCall = performance.now();
  private repeats = new Map<string, Json[]>();
  private repeating = 0;
  private afterPost: (() => Promise<void>) | null = null;

  constructor(proxy: MatrixProxy, bot: Person) {
    this.proxy = proxy;
    this.bot = bot;
    proxy.listen({ before: (call) => this.before(call), after: (call, answer) => this.after(call, answer) });
  }

  /** Resolves once the bot has handled the event: it was given it, and came back for what is after it. */
  async handled(event: string): Promise<void> {
    await until(`the bot to have handled ${event}`, () => this.done.has(event));
  }

  /** The bot's post of that delivery id; undefined while the homeserver has none. */
  post(delivery: string): Posted | undefined {
    return this.posts.get(delivery);
  }

  /** From now on, each event is given to the bot a second time, until the function given back is called. */
  tellTwice(): () => void {
    this.repeating += 1;
    let ended = false;
    return () => {
      if (!ended) this.repeating -= 1;
      ended = true;
    };
  }

  /** Has `act` run once the homeserver has the bot's next new message, and before it says so. */
  afterNextPost(act: () => Promise<void>): void {
    this.afterPost = act;
  }

  /**
   * Whether the bot waits for news, and there are none for it, and nothing that it does is seen.
   * @param idle resolves once the bot has nothing under way; without it, its silence must tell
   */
  async isSettled(idle?: () => Promise<void>): Promise<boolean> {
    const waiting = this.waits();
    if (waiting === null || (await this.hasNews(waiting))) return false;
    await idle?.();
    return this.waits() === waiting && (idle !== undefined || performance.now() - this.lastCall > SILENCE_MS);
  }

  /** The call in which the bot waits for news, when it makes no other. */
  private waits(): Call | null {
    const [only, ...others] = [...this.proxy.underWay];
    return only && others.length === 0 && isSync(only) && this.repeats.size === 0 ? only : null;
  }

  /** Asked in the bot's own words, of the homeserver itself. */
  private async hasNews(call: Call): Promise<boolean> {
    const query = new URL(call.url, "http://bot").searchParams;
    if (!query.has("since")) return true;
    query.set("timeout", "0");
    const answer = await this.bot.call("GET", `sync?${query}`);
    const { join = {}, invite = {}, leave = {} } = answer.rooms ?? {};
    return [join, invite, leave].some((part) => Object.keys(part).length > 0);
  }

  private before(call: Call): string | undefined {
    if (!isSync(call)) {
      this.lastCall = performance.now();
      return undefined;
    }
    const since = sinceOf(call);
    for (const event of this.given.get(since ?? "") ?? []) this.done.add(event);
    this.given.delete(since ?? "");
    return this.repeats.size > 0 ? call.url.replace(/\btimeout=\d+/, "timeout=0") : undefined;
  }

  private async after(call: Call, answer: Json): Promise<Json> {
    if (isSync(call)) return this.synced(answer);
    this.lastCall = performance.now();
    if (BACKFILL.test(call.url)) this.note(answer.chunk);
    const [, room, txn] = SEND.exec(call.url) ?? [];
    if (call.method !== "PUT" || room === undefined || txn === undefined) return answer;
    const delivery = decodeURIComponent(txn);
    this.posts.set(delivery, { room: decodeURIComponent(room), event: answer.event_id });
    // An edit replaces a message that is there.
    if (this.afterPost === null || delivery.startsWith("e.")) return answer;
    const act = this.afterPost;
    this.afterPost = null;
    await act();
    return answer;
  }

  private synced(answer: Json): Json {
    this.last = answer.next_batch;
    const fresh = timelines(answer);
    const repeats = this.repeats;
    this.repeats = new Map(this.repeating > 0 ? fresh.filter(([, events]) => events.length > 0) : []);
    for (const [, events] of fresh) this.note(events);
    if (repeats.size === 0) return answer;
    const join = { ...answer.rooms?.join };
    for (const [room, events] of repeats) {
      const timeline = join[room]?.timeline;
      join[room] = { ...join[room], timeline: { ...timeline, events: [...events, ...(timeline?.events ?? [])] } };
    }
    return { ...answer, rooms: { ...answer.rooms, join } };
  }

  private note(events: readonly Json[]): void {
    const ids = events.map(({ event_id: id }) => String(id));
    this.given.set(this.last, [...(this.given.get(this.last) ?? []), ...ids]);
  }
}
