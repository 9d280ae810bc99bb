/**
 * The direct conversations of the bot: Slack gives the same one whenever it is asked, and lets itself be asked for some fifty a minute.
 * So they are remembered, until one turns out to be gone.
 */
import { LRUCache } from "lru-cache";
import { Lanes } from "../lanes.ts";
import type { Workspace } from "./workspaces.ts";

const MOST_REMEMBERED = 10_000;

export class Directs {
  /** By workspace, bot and person: a bot that is installed anew may be another one there. */
  readonly #known = new LRUCache<string, string>({ max: MOST_REMEMBERED });
  readonly #lanes = new Lanes();

  /** @param ask what Slack says when it is not known. What it throws is thrown, and not remembered. */
  open({ id, botUserId }: Workspace, user: string, ask: () => Promise<string>): Promise<string> {
    const key = `${id}/${botUserId}/${user}`;
    const known = this.#known.get(key);
    if (known !== undefined) return Promise.resolve(known);
    return this.#lanes.run(key, async () => {
      const channel = this.#known.get(key) ?? (await ask());
      this.#known.set(key, channel);
      return channel;
    });
  }

  /** Slack knows it no more: whoever it was with is asked for anew. */
  forget(channel: string): void {
    for (const [key, known] of this.#known) if (known === channel) this.#known.delete(key);
  }
}
