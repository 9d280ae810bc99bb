/**
 * What does not open here, its key not being there or its bytes damaged: given back at once, since another process may have the right key
 * and must not wait, and not tried again by this one for a while.
 */
import { LRUCache } from "lru-cache";
import { doesNotOpen } from "../../models/sealing.ts";
import type { Log } from "../log.ts";

const TRIED_AGAIN_MS = 10 * 60_000;
const MOST_KEPT = 50_000;

/** How something is taken, which opens it, and given back as it was. */
export interface Taking<T> {
  claim(): Promise<T | null>;
  giveBack(): Promise<void>;
}

/** Of demandes, or of notices, by id; forgotten when the process ends, which may then be given its keys. */
export class Unopened<Id extends string> {
  private readonly known = new LRUCache<Id, true>({ max: MOST_KEPT, ttl: TRIED_AGAIN_MS });
  private readonly log: Log;

  constructor(log: Log) {
    this.log = log;
  }

  has(id: Id): boolean {
    return this.known.has(id);
  }

  /** @returns what was taken; null when another worker has it, or is to have it, since it does not open here */
  async take<T>(id: Id, { claim, giveBack }: Taking<T>): Promise<T | null> {
    try {
      return await claim();
    } catch (error) {
      if (!doesNotOpen(error)) throw error;
      this.log.error({ id, error }, "what is stored does not open");
      this.known.set(id, true);
      await giveBack();
      return null;
    }
  }
}
