/**
 * Slack sends an event again when it was not acknowledged within three seconds, whether or not it is at work here. Done anew each time,
 * it would make a bot that is late later still: with copies of each event in its queues, and then theirs, it never caught up.
 */
import { LRUCache } from "lru-cache";

/** The last ones; of an older one that comes again, what was written before is found in the database. */
const MOST_KEPT = 1000;

export class Once {
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #done = new LRUCache<string, true>({ max: MOST_KEPT });

  /** Does the work, unless it was done; or has the fate of the one that is under way with this id. What failed is done anew. */
  run(id: string, work: () => Promise<void>): Promise<void> {
    if (this.#done.has(id)) return Promise.resolve();
    const known = this.#underWay.get(id);
    if (known !== undefined) return known;
    const working = this.#do(id, work);
    this.#underWay.set(id, working);
    return working;
  }

  async #do(id: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#done.set(id, true);
    } finally {
      this.#underWay.delete(id);
    }
  }
}
