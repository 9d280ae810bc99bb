/** What was said in open threads while nobody listened, handed to the desk with the very ids that the events bore. */
import { z } from "zod";
import type { Desk, OpenThread } from "../../src/demandes/desk.ts";
import { faultFields, type Log } from "../log.ts";
import { deliveryFault } from "./faults.ts";
import { type Patience, patiently } from "./patience.ts";
import { type Heard, type Inbox, isSpoken } from "./receive/inbox.ts";
import { type SlackMessage, slackMessage } from "./receive/payloads.ts";
import type { Workspace } from "./workspaces.ts";

export interface CatchUpDependencies {
  readonly desk: Desk;
  readonly inbox: Inbox;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly heard: (heard: Heard) => void;
}

const PAGE = 200;

const page = z.object({
  messages: z.array(slackMessage),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** Timestamps `seconds.microseconds` of equal length sort as text until the year 2286. */
const later = (a: string, b: string): boolean => a > b;

/** Slack dates an edit by the second; one that was handed over already is known by its id. */
const editedSince = (editedTs: string, since: string): boolean => Number(editedTs) >= Math.floor(Number(since));

function byChannel(threads: readonly OpenThread[]): Map<string, OpenThread[]> {
  const channels = new Map<string, OpenThread[]>();
  for (const thread of threads) {
    const known = channels.get(thread.place.channel) ?? [];
    known.push(thread);
    channels.set(thread.place.channel, known);
  }
  return channels;
}

export class CatchUp {
  readonly #with: CatchUpDependencies;
  /** As many tries and as long waits as Slack asks for: nobody looks on. */
  readonly #patience: Patience;

  constructor(dependencies: CatchUpDependencies) {
    this.#with = dependencies;
    this.#patience = { longestMs: 120_000, tries: 20, signal: dependencies.signal };
  }

  /** True when every channel was read; a channel that could not be is logged, and left to the next time. */
  async run(workspace: Workspace): Promise<boolean> {
    const threads = await this.#with.desk.openThreads({ platform: "slack", workspace: workspace.id });
    const channels = [...byChannel(threads)];
    const done = await Promise.all(channels.map(([channel, open]) => this.#channel(workspace, channel, open)));
    this.#with.log.info({ workspace: workspace.id, threads: threads.length, channels: channels.length }, "Caught up");
    return done.every((whole) => whole);
  }

  async #channel(workspace: Workspace, channel: string, threads: readonly OpenThread[]): Promise<boolean> {
    try {
      await this.#with.inbox.inOrder(workspace, channel, async () => {
        for (const thread of await this.#withNews(workspace, channel, threads)) await this.#thread(workspace, channel, thread);
      });
      return true;
    } catch (error) {
      this.#with.log.warn(
        { workspace: workspace.id, channel, ...faultFields(deliveryFault(error)) },
        "A channel could not be caught up",
      );
      return false;
    }
  }

  /** The channel's history tells of each root when its last reply came: only threads with a later one are read. */
  async #withNews(workspace: Workspace, channel: string, threads: readonly OpenThread[]): Promise<OpenThread[]> {
    const wanted = new Map(threads.map((thread) => [thread.root, thread]));
    const oldest = [...wanted.keys()].sort()[0];
    const found: OpenThread[] = [];
    let cursor: string | undefined;
    do {
      const answer = await patiently(
        () => workspace.client.conversations.history({ channel, limit: PAGE, inclusive: true, ...given({ oldest, cursor }) }),
        this.#patience,
      );
      const { messages, response_metadata: more } = page.parse(answer);
      for (const root of messages) {
        const thread = wanted.get(root.ts);
        if (thread === undefined) continue;
        wanted.delete(root.ts);
        if (root.latest_reply !== undefined && later(root.latest_reply, thread.seen ?? thread.root)) found.push(thread);
      }
      cursor = more?.next_cursor || undefined;
    } while (cursor !== undefined && wanted.size > 0);
    return found;
  }

  async #thread(workspace: Workspace, channel: string, thread: OpenThread): Promise<void> {
    const since = thread.seen ?? thread.root;
    let cursor: string | undefined;
    let last = since;
    do {
      const answer = await patiently(
        () =>
          workspace.client.conversations.replies({
            channel,
            ts: thread.root,
            oldest: since,
            inclusive: true,
            limit: PAGE,
            ...given({ cursor }),
          }),
        this.#patience,
      );
      const { messages, response_metadata: more } = page.parse(answer);
      for (const message of messages) {
        if (message.ts !== thread.root) await this.#message(workspace, channel, message, since);
        if (later(message.ts, last)) last = message.ts;
      }
      cursor = more?.next_cursor || undefined;
    } while (cursor !== undefined);
    await this.#with.desk.seen(thread.place, thread.root, last);
  }

  async #message(workspace: Workspace, channel: string, message: SlackMessage, since: string): Promise<void> {
    if (!isSpoken(message, workspace)) return;
    const { inbox, heard } = this.#with;
    if (later(message.ts, since)) heardBy(heard, await inbox.message(workspace, channel, message));
    if (message.edited != null && editedSince(message.edited.ts, since))
      heardBy(heard, await inbox.edited(workspace, channel, message));
  }
}

const heardBy = (tell: (heard: Heard) => void, heard: Heard | null): void => {
  if (heard !== null) tell(heard);
};

/** Without what is undefined: the client would send it. */
const given = <T extends Record<string, string | undefined>>(args: T) =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: string };
