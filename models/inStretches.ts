/**
 * Reading what may be long. DocumentDB was seen to lose cursors (« Failed to locate the cursor »), those of slow readers above all: so
 * a query is answered whole, and what would not fit in an answer is asked for in stretches.
 */
import type { Query, Schema } from "mongoose";

/** So many documents come in one answer; one more than a limit of a thousand, which then closes the cursor. */
const IN_ONE_ANSWER = 1001;

/** For all schemas of a connection: without it, the first answer has 101 documents, and a cursor waits for the next question. */
export function wholeAnswers(schema: Schema): void {
  schema.pre("find", function (this: Query<unknown, unknown>) {
    if (this.getOptions().batchSize === undefined) this.batchSize(IN_ONE_ANSWER);
  });
}

/**
 * All that `read` gives, in its order.
 * @param read the ones after this one (null: the first ones), no more than `limit`; fewer when these are the last
 */
export async function* inStretches<T>(
  limit: number,
  read: (after: T | null, limit: number) => Promise<readonly T[]>,
): AsyncGenerator<T> {
  for (let after: T | null = null; ; ) {
    const found: readonly T[] = await read(after, limit);
    yield* found;
    if (found.length < limit) return;
    after = found.at(-1) ?? null;
  }
}
