/** What cannot be written at this moment keeps its turn: those behind it wait, so that what people say stays in order. */
import { setTimeout as sleep } from "node:timers/promises";
import { DeliveryFault } from "../../../src/delivery/port.ts";
import { RetryError } from "../../../src/errors.ts";

const FIRST_MS = 50;
const LONGEST_MS = 2_000;
/** After that the event is left to Slack, which sends again what was not acknowledged. */
const IN_ALL_MS = 30_000;

/** The database's faults are told by their names: this folder knows no driver. */
function isPassing(error: unknown): boolean {
  if (error instanceof DeliveryFault) return error.kind === "retry";
  return error instanceof RetryError || (error instanceof Error && error.name.startsWith("Mongo"));
}

/** Does it again after a passing fault. @throws what the last try threw; RetryError for what was not begun when `signal` says stop */
export async function persevering<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) throw new RetryError("The program is stopping");
  const start = performance.now();
  for (let wait = FIRST_MS; ; wait = Math.min(wait * 2, LONGEST_MS)) {
    try {
      return await act();
    } catch (error) {
      if (!isPassing(error) || signal.aborted || performance.now() - start > IN_ALL_MS) throw error;
      await sleep(wait, undefined, { signal }).catch(() => undefined);
    }
  }
}
