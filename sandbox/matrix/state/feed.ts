import type { EventRecord } from "./model.ts";

/** Wakes those who wait for something new about a user, and tells watchers of each event. */
export class Feed {
  readonly #latest = new Map<string, number>();
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #watchers = new Set<(event: EventRecord) => void>();

  /** Something that these users' syncs will show happened at that position. */
  touch(userIds: Iterable<string>, position: number): void {
    for (const userId of userIds) {
      this.#latest.set(userId, position);
      for (const wake of this.#waiting.get(userId) ?? []) wake();
    }
  }

  /** The position of the latest thing touched for that user, 0 if none since the start. */
  latestFor(userId: string): number {
    return this.#latest.get(userId) ?? 0;
  }

  /** Resolves when something new comes for that user, or after `ms`, or once aborted. */
  wait(userId: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(userId) ?? new Set();
      this.#waiting.set(userId, waiting);
      const end = () => {
        clearTimeout(timer);
        waiting.delete(end);
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, ms);
      waiting.add(end);
      signal.addEventListener("abort", end);
      if (signal.aborted) end();
    });
  }

  /** Lets every waiting sync look again. */
  wakeAll(): void {
    for (const waiting of this.#waiting.values()) for (const wake of [...waiting]) wake();
  }

  /** Has the watcher told of each new event; returns the function that ends it. */
  watch(watcher: (event: EventRecord) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  show(event: EventRecord): void {
    for (const watcher of [...this.#watchers]) watcher(event);
  }

  clear(): void {
    this.#latest.clear();
    this.wakeAll();
  }
}
