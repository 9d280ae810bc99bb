import type { ThreadChange } from "../../models/deliveries.ts";
import type { Thread } from "../../models/thread.ts";
import { newThread } from "../../models/thread.ts";
import { jointWrites } from "../../src/delivery/jointWrites.ts";
import { Progress } from "../../src/delivery/progress.ts";
import { groupeId, threadId } from "../../src/domain/ids.ts";

const thread = (n: number): Thread => newThread(threadId(`fil-${n}`), "instructeurs", { groupeId: groupeId("caf-01") });
const lost = () => new Error("lease lost");

function twoThreads(answers: readonly boolean[] = []) {
  const progresses = [0, 1].map((n) => new Progress(n, thread(n))) as [Progress, Progress];
  const written: ThreadChange[][] = [];
  const flush = jointWrites(
    progresses,
    async (changes) => {
      written.push([...changes]);
      return answers[written.length - 1] ?? true;
    },
    lost,
  );
  return { progresses, written, flush };
}

test("what two threads ask in one turn is one write, and each resolves once it is made", async () => {
  const { progresses, written, flush } = twoThreads();
  progresses[0].set({ delivered: 3 });
  const first = flush();
  progresses[1].set({ delivered: 4 });
  await Promise.all([first, flush()]);
  expect(written).toEqual([
    [
      { index: 0, fields: { delivered: 3 }, posts: [] },
      { index: 1, fields: { delivered: 4 }, posts: [] },
    ],
  ]);
});

test("writes follow each other in order", async () => {
  const { progresses, written, flush } = twoThreads();
  progresses[0].set({ delivered: 1 });
  await flush();
  progresses[0].set({ delivered: 2 });
  await flush();
  expect(written.map(([change]) => change?.fields.delivered)).toEqual([1, 2]);
});

test("after one failure nothing more is written: a thread must not go on above changes that are lost", async () => {
  const { progresses, written, flush } = twoThreads([false]);
  progresses[0].set({ delivered: 1 });
  await expect(flush()).rejects.toThrow("lease lost");
  progresses[1].set({ delivered: 2 });
  await expect(flush()).rejects.toThrow("lease lost");
  expect(written).toHaveLength(1);
});
