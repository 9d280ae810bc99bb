/**
 * What is known of the archives, so that it is not asked again for some minutes. Archives only grow, and counting a great one takes as
 * long as all that is in it: one that was found to be beyond counting is not counted again. And where its newest demande stands, all
 * that is newer is looked for at once. Neither decides what is shown: a demande may be taken up again, and leave its archive.
 */
import { LRUCache } from "lru-cache";
import type { Wanted } from "./shelves.ts";

const KEPT_MS = 10 * 60_000;
/** Of whoever looked lately. */
const MOST_KEPT = 10_000;
/** Fewer are counted in no time. */
const WORTH_KNOWING = 200;

interface Known {
  /** How many there are, at least. */
  readonly size: number;
  /** The number of the newest; null when it was not looked for. */
  readonly newest: number | null;
}

const keyOf = (wanted: Wanted): string => JSON.stringify(wanted);

export class KnownArchives {
  private readonly known = new LRUCache<string, Known>({ max: MOST_KEPT, ttl: KEPT_MS });

  private of(wanted: Wanted): Known | null {
    return (wanted.kind === "archives" && this.known.get(keyOf(wanted))) || null;
  }

  /** Whether more than so many were found not long ago. */
  isAbove(wanted: Wanted, count: number): boolean {
    return (this.of(wanted)?.size ?? 0) > count;
  }

  /** The number of the newest, not long ago. */
  newest(wanted: Wanted): number | null {
    return this.of(wanted)?.newest ?? null;
  }

  /** @param size how many were counted, at least */
  noteSize(wanted: Wanted, size: number): void {
    if (wanted.kind !== "archives" || size <= WORTH_KNOWING) return;
    this.known.set(keyOf(wanted), { size, newest: this.newest(wanted) });
  }

  noteNewest(wanted: Wanted, ref: number): void {
    const known = this.of(wanted);
    if (known) this.known.set(keyOf(wanted), { ...known, newest: ref }, { noUpdateTTL: true });
  }
}
