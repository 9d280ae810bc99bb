/** Where people and conversations are, by the names that the first day gives them. */

import { setTimeout as sleep } from "node:timers/promises";
import type { ControlClient } from "../../sandbox/scenario/control.ts";
import { SEED_AGENTS, SEED_GROUPES } from "../../sandbox/seed/world.ts";

export type Platform = "slack" | "matrix";

/** Somebody's place before a conversation: a channel's name, `dm` for theirs with the bot, `home` for Slack's App Home. */
export interface Seat {
  readonly platform: Platform;
  readonly as: string;
  readonly channel: string;
  /** Words of the root of the thread that is open; none is, without them. */
  readonly thread?: string;
}

export const onSlack = (as: string, channel: string, thread?: string): Seat => ({
  platform: "slack",
  as,
  channel,
  ...(thread !== undefined && { thread }),
});

export const onMatrix = (as: string, channel: string, thread?: string): Seat => ({
  platform: "matrix",
  as,
  channel,
  ...(thread !== undefined && { thread }),
});

/** A seat as the page keeps it. */
export interface PageSeat {
  readonly account: string;
  readonly channel: string;
  readonly thread: string | null;
}

/** Only bounds a hang: the machine may be busy. */
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 50;

export class Places {
  private readonly control: ControlClient;

  constructor(control: ControlClient) {
    this.control = control;
  }

  async pageSeat({ platform, as, channel, thread }: Seat): Promise<PageSeat> {
    const account = await this.account(platform, as);
    const root = thread === undefined ? null : await this.root({ platform, as, channel }, thread);
    return { account, channel: await this.channel(platform, account, channel), thread: root };
  }

  /**
   * The latest message there that has these words, which is the root of its thread. One that is being made is waited for.
   * @throws Error when none comes
   */
  async root(seat: Seat, words: string): Promise<string> {
    const start = performance.now();
    for (;;) {
      const found = await this.find(seat, words);
      if (found !== undefined) return found;
      if (performance.now() - start > PATIENCE_MS) throw new Error(`no « ${words} » for ${seat.as} in ${seat.channel}`);
      await sleep(LOOK_AGAIN_MS);
    }
  }

  private async find({ platform, as, channel }: Seat, words: string): Promise<string | undefined> {
    if (platform === "matrix")
      return (await this.control.matrix.messages(as, channel)).findLast(({ body }) => body.includes(words))?.event_id;
    return (await this.control.slack.messages(as, channel)).findLast((one) => JSON.stringify(one).includes(words))?.ts;
  }

  private async account(platform: Platform, handle: string): Promise<string> {
    const name = SEED_AGENTS.find((agent) => agent.handle === handle)?.name ?? handle;
    const { agents } = await this.control.world();
    const found = agents.find((agent) => agent.platform === platform && agent.name === name);
    if (!found) throw new Error(`${handle} is not on ${platform}`);
    return found.id;
  }

  private async channel(platform: Platform, account: string, name: string): Promise<string> {
    if (name === "home") return name;
    const { channels } = await this.control.world();
    const here = channels.filter((channel) => channel.platform === platform);
    // A room of Matrix's is called by its groupe, and has the channel's name in its address.
    const names = [name, SEED_GROUPES.find(({ channel }) => channel === name)?.name];
    const found = here.find((channel) => (name === "dm" ? channel.direct === account : names.includes(channel.name)));
    if (!found) throw new Error(`no ${name} on ${platform} for ${account}`);
    return found.id;
  }
}
