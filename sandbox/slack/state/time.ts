import type { Table } from "./store.ts";

/** Reads the world's wall clock and mints the timestamps that identify messages. */
export class Timeline {
  readonly #clock: { now(): Date };
  readonly #meta: Table<number>;

  constructor(clock: { now(): Date }, meta: Table<number>) {
    this.#clock = clock;
    this.#meta = meta;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#clock.now().getTime();
  }

  /** Whole seconds since 1970, as most of Slack's fields count. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** A timestamp `seconds.microseconds`, greater than any given before, even when the clock was set back. */
  nextTs(): string {
    const micros = Math.max(this.now() * 1000, (this.#meta.get("lastTs") ?? 0) + 1);
    this.#meta.put("lastTs", micros);
    return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, "0")}`;
  }

  /** A number greater than any given before, as a string that sorts as it counts. */
  nextKey(): string {
    const next = (this.#meta.get("lastKey") ?? 0) + 1;
    this.#meta.put("lastKey", next);
    return String(next).padStart(14, "0");
  }
}
