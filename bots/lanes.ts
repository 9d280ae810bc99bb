/** One queue a key: what goes in with the same key runs one after the other, in order; different keys run side by side. */
import { AsyncResource } from "node:async_hooks";
import PQueue from "p-queue";

export class Lanes {
  readonly #lanes = new Map<string, PQueue>();

  /** Runs the task after all that was given before under this key, whatever became of it. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const lane = this.#lane(key);
    try {
      // A queue runs a task on behalf of whichever ended before it; what is held belongs to whoever asked.
      return await lane.add(AsyncResource.bind(task));
    } finally {
      if (lane.size === 0 && lane.pending === 0 && this.#lanes.get(key) === lane) this.#lanes.delete(key);
    }
  }

  /** Resolves once nothing is waiting or under way. */
  async idle(): Promise<void> {
    await Promise.all([...this.#lanes.values()].map((lane) => lane.onIdle()));
  }

  #lane(key: string): PQueue {
    const known = this.#lanes.get(key);
    if (known !== undefined) return known;
    const lane = new PQueue({ concurrency: 1 });
    this.#lanes.set(key, lane);
    return lane;
  }
}
