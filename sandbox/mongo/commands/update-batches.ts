/** The statements of one `update` command, several at a time: a thousand of them do not wait a thousand times for the disk. */
import type { Doc } from "../values.ts";

/** How many documents of one command are written together: enough to be fast, few enough to let others in between. */
export const CHUNK = 200;

/**
 * Statements that change one document each are given to the store at once: each stays a change of its own, in its turn, and they
 * share the wait for the disk. One that changes many reads first, and goes alone.
 */
export function batchesOf(statements: readonly Doc[]): readonly (readonly Doc[])[] {
  const batches: Doc[][] = [];
  for (const statement of statements) {
    const last = batches.at(-1);
    const isAlone = statement.multi === true || last?.[0]?.multi === true;
    if (last && !isAlone && last.length < CHUNK) last.push(statement);
    else batches.push([statement]);
  }
  return batches;
}

/** The first statement of a batch that failed: in order, none after it may run. */
export interface Gate {
  failed: number;
}

/** Runs a change in its turn, unless one before it has failed. */
export type Run<T> = (change: () => T) => T | undefined;

export async function throughGate<T>(
  gate: Gate,
  ordered: boolean,
  place: number,
  act: (run: Run<T>) => Promise<T | undefined>,
): Promise<T | undefined> {
  const isShut = () => ordered && place > gate.failed;
  try {
    if (isShut()) return undefined;
    return await act((change) => {
      try {
        return isShut() ? undefined : change();
      } catch (error) {
        gate.failed = Math.min(gate.failed, place);
        throw error;
      }
    });
  } catch (error) {
    gate.failed = Math.min(gate.failed, place);
    throw error;
  }
}
