/** What people said in open threads while no place in the account's events was known: before the first reading, or after it was lost. */
import type { Desk, OpenThread } from "../../src/demandes/desk.ts";
import { faultFields, type Log } from "../log.ts";
import type { MatrixApi, Page } from "./api.ts";
import type { MatrixEvent } from "./events.ts";

export interface CatchUpOptions {
  readonly desk: Desk;
  readonly api: MatrixApi;
  readonly log: Log;
  readonly receive: (room: string, event: MatrixEvent) => Promise<void>;
}

export class CatchUp {
  readonly #with: CatchUpOptions;

  constructor(options: CatchUpOptions) {
    this.#with = options;
  }

  async run(workspace: string): Promise<void> {
    const { desk, log } = this.#with;
    const threads = await desk.openThreads({ platform: "matrix", workspace });
    for (const thread of threads) {
      try {
        await this.#thread(thread);
      } catch (error) {
        log.warn({ room: thread.place.channel, ...faultFields(error) }, "A thread could not be caught up");
      }
    }
    log.info({ workspace, threads: threads.length }, "Caught up");
  }

  /** Backwards to the last message that the desk was given; what it was given already changes nothing. */
  async #thread({ place, root, seen }: OpenThread): Promise<void> {
    const { api, receive } = this.#with;
    const news: MatrixEvent[] = [];
    let from: string | null = null;
    do {
      const page: Page = await api.relations(place.channel, root, "m.thread", from);
      const stop = page.events.findIndex((event) => event.event_id === seen);
      news.push(...(stop < 0 ? page.events : page.events.slice(0, stop)));
      from = stop < 0 ? page.next : null;
    } while (from !== null);
    for (const event of news.reverse()) await receive(place.channel, event);
  }
}
