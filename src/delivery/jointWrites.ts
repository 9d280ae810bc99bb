/** The threads of one demande run side by side and often write at the same moment: what they ask in one turn is one write. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ThreadChange } from "../../models/deliveries.ts";
import type { Progress } from "./progress.ts";

/**
 * @param write false when the lease was lost
 * @param lost made into the error of every thread that writes after that
 * @returns resolves once all that the threads did before the call is written. After one failure every later call fails:
 *   a thread must not go on above changes that were taken and not written.
 */
export function jointWrites(
  progresses: readonly Progress[],
  write: (changes: readonly ThreadChange[]) => Promise<boolean>,
  lost: () => Error,
): () => Promise<void> {
  let asked: Promise<void> | null = null;
  let last: Promise<void> = Promise.resolve();
  const next = async (before: Promise<void>): Promise<void> => {
    await nextTurn();
    // What a thread does from here on is in the next write.
    asked = null;
    const changes = progresses.flatMap((progress) => progress.take());
    await before;
    if (!(await write(changes))) throw lost();
  };
  return () => {
    if (asked === null) {
      asked = next(last);
      last = asked;
    }
    return asked;
  };
}
