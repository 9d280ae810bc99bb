import { Feed } from "./feed.ts";
import type {
  AppRecord,
  ChannelRecord,
  EphemeralRecord,
  FileRecord,
  MessageRecord,
  ModalStack,
  OutboxRecord,
  ResponseUrlRecord,
  UserRecord,
  ViewRecord,
  WorkspaceRecord,
} from "./model.ts";
import { Store, type Table } from "./store.ts";
import { Timeline } from "./time.ts";

/** Everything the platform holds, and the indexes over it. Changes are synchronous; `store.committed()` makes them last. */
export class World {
  readonly store: Store;
  readonly timeline: Timeline;
  readonly feed = new Feed();
  readonly apps: Table<AppRecord>;
  readonly workspaces: Table<WorkspaceRecord>;
  readonly users: Table<UserRecord>;
  readonly channels: Table<ChannelRecord>;
  readonly files: Table<FileRecord>;
  readonly views: Table<ViewRecord>;
  readonly stacks: Table<ModalStack>;
  readonly responseUrls: Table<ResponseUrlRecord>;
  readonly outbox: Table<OutboxRecord>;
  readonly #messages: Table<MessageRecord>;
  readonly #ephemerals: Table<EphemeralRecord>;
  readonly #byChannel = new Map<string, MessageRecord[]>();
  /** The timestamps of each thread's replies, oldest first. */
  readonly #replies = new Map<string, Set<string>>();
  readonly #ephemeralsByChannel = new Map<string, Map<string, EphemeralRecord>>();
  /** Where this sandbox is reached, without a final slash; known once it listens. */
  baseUrl = "";
  /** Told of each event put into the outbox. */
  queued: (record: OutboxRecord) => void = () => undefined;

  constructor(options: { folder?: string; clock: { now(): Date } }) {
    this.store = new Store(options.folder);
    this.timeline = new Timeline(options.clock, this.store.table<number>("meta"));
    this.apps = this.store.table("apps");
    this.workspaces = this.store.table("workspaces");
    this.users = this.store.table("users");
    this.channels = this.store.table("channels");
    this.files = this.store.table("files");
    this.views = this.store.table("views");
    this.stacks = this.store.table("stacks");
    this.responseUrls = this.store.table("responseUrls");
    this.outbox = this.store.table("outbox");
    this.#messages = this.store.table("messages");
    this.#ephemerals = this.store.table("ephemerals");
    const inOrder = [...this.#messages.values()].sort((a, b) => compareTs(a.ts, b.ts));
    for (const message of inOrder) this.#append(message);
    for (const ephemeral of this.#ephemerals.values()) this.#ephemeralsOf(ephemeral.channel).set(ephemeral.ts, ephemeral);
  }

  message(channel: string, ts: string): MessageRecord | undefined {
    return this.#messages.get(messageKey(channel, ts));
  }

  /** The channel's messages, replies included, oldest first. */
  messagesOf(channel: string): readonly MessageRecord[] {
    return this.#byChannel.get(channel) ?? [];
  }

  /** The replies of a thread, oldest first, without its root. */
  repliesOf(channel: string, rootTs: string): MessageRecord[] {
    const replies = [...(this.#replies.get(messageKey(channel, rootTs)) ?? [])];
    return replies.map((ts) => this.message(channel, ts)).filter((message) => message !== undefined);
  }

  /** Stores a new message, or the new state of one. */
  putMessage(message: MessageRecord): void {
    const timeline = this.#timelineOf(message.channel);
    const last = timeline.at(-1);
    if (!last || compareTs(last.ts, message.ts) < 0) this.#append(message);
    else timeline[indexOf(timeline, message.ts)] = message;
    this.#messages.put(messageKey(message.channel, message.ts), message);
  }

  deleteMessage(message: MessageRecord): void {
    const timeline = this.#timelineOf(message.channel);
    if (this.message(message.channel, message.ts)) timeline.splice(indexOf(timeline, message.ts), 1);
    if (message.threadTs !== undefined) this.#replies.get(messageKey(message.channel, message.threadTs))?.delete(message.ts);
    this.#messages.delete(messageKey(message.channel, message.ts));
  }

  ephemeral(channel: string, ts: string): EphemeralRecord | undefined {
    return this.#ephemeralsByChannel.get(channel)?.get(ts);
  }

  /** What only that person sees in the channel, oldest first. */
  ephemeralsOf(channel: string, user: string): EphemeralRecord[] {
    const all = [...(this.#ephemeralsByChannel.get(channel)?.values() ?? [])];
    return all.filter((ephemeral) => ephemeral.user === user).sort((a, b) => compareTs(a.ts, b.ts));
  }

  putEphemeral(ephemeral: EphemeralRecord): void {
    this.#ephemeralsOf(ephemeral.channel).set(ephemeral.ts, ephemeral);
    this.#ephemerals.put(messageKey(ephemeral.channel, ephemeral.ts), ephemeral);
  }

  deleteEphemeral(ephemeral: EphemeralRecord): void {
    this.#ephemeralsByChannel.get(ephemeral.channel)?.delete(ephemeral.ts);
    this.#ephemerals.delete(messageKey(ephemeral.channel, ephemeral.ts));
  }

  /** The workspace whose bot holds this token, whether or not the token is still good. */
  workspaceOfToken(token: string): WorkspaceRecord | undefined {
    for (const workspace of this.workspaces.values()) if (workspace.botToken === token) return workspace;
    return undefined;
  }

  usersOf(teamId: string): UserRecord[] {
    return [...this.users.values()].filter((user) => user.teamId === teamId);
  }

  channelsOf(teamId: string): ChannelRecord[] {
    return [...this.channels.values()].filter((channel) => channel.teamId === teamId);
  }

  /** Forgets the whole world. */
  async clear(): Promise<void> {
    this.#byChannel.clear();
    this.#replies.clear();
    this.#ephemeralsByChannel.clear();
    await this.store.clear();
  }

  #append(message: MessageRecord): void {
    this.#timelineOf(message.channel).push(message);
    if (message.threadTs === undefined || message.threadTs === message.ts) return;
    getOrInsert(this.#replies, messageKey(message.channel, message.threadTs), () => new Set<string>()).add(message.ts);
  }

  #timelineOf(channel: string): MessageRecord[] {
    return getOrInsert(this.#byChannel, channel, () => []);
  }

  #ephemeralsOf(channel: string): Map<string, EphemeralRecord> {
    return getOrInsert(this.#ephemeralsByChannel, channel, () => new Map());
  }
}

/** Compares two message timestamps as numbers, to the microsecond. */
export function compareTs(a: string, b: string): number {
  const [aSeconds = "0", aMicros = "0"] = a.split(".");
  const [bSeconds = "0", bMicros = "0"] = b.split(".");
  return Number(aSeconds) - Number(bSeconds) || Number(aMicros.padEnd(6, "0")) - Number(bMicros.padEnd(6, "0"));
}

/** Where the message of that timestamp stands among messages in order; it must be there. */
function indexOf(timeline: readonly MessageRecord[], ts: string): number {
  let low = 0;
  let high = timeline.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareTs(timeline[middle]?.ts ?? ts, ts) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function messageKey(channel: string, ts: string): string {
  return `${channel}:${ts}`;
}

function getOrInsert<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
