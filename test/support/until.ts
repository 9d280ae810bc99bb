/** Waiting for a condition: looked at again and again, never for a fixed time. */
import { setTimeout as sleep } from "node:timers/promises";

const LOOK_AGAIN_MS = 20;

/**
 * Resolves with what `look` gives once that is truthy.
 * @param what said when it does not come; a function where only the last look tells what is missing
 * @param within bounds a hang, in milliseconds; no test depends on its value
 * @throws Error that says what was awaited
 */
export async function until<T>(
  what: string | (() => string | Promise<string>),
  look: () => T | Promise<T>,
  within = 150_000,
): Promise<NonNullable<T>> {
  const start = performance.now();
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() - start > within) throw new Error(`still waiting: ${typeof what === "string" ? what : await what()}`);
    await sleep(LOOK_AGAIN_MS);
  }
}
