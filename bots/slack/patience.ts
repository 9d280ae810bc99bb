/** Waiting as Slack asks to when it limits the rate of calls. */
import { setTimeout as sleep } from "node:timers/promises";
import { rateLimitMs } from "./faults.ts";

export interface Patience {
  /** The longest single wait; a longer one is thrown. Milliseconds. */
  readonly longestMs: number;
  readonly tries: number;
  readonly signal?: AbortSignal;
}

/** Within a channel's queue, or while a person looks on. */
export const SHORT: Patience = { longestMs: 3_000, tries: 3 };

/** Does it again after the wait that Slack asked for. @throws what the last try threw; AbortError when the signal says stop */
export async function patiently<T>(act: () => Promise<T>, { longestMs, tries, signal }: Patience = SHORT): Promise<T> {
  for (let left = tries - 1; ; left--) {
    try {
      return await act();
    } catch (error) {
      const wait = rateLimitMs(error);
      if (wait === null || wait > longestMs || left <= 0) throw error;
      await sleep(wait, undefined, signal === undefined ? {} : { signal });
    }
  }
}
