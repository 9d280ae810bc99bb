/**
 * The threads of one demande side by side, each at its own pace. What comes meanwhile is shown at once wherever nothing is under
 * way: a thread in a quick place does not wait for the one in a slow place. In one thread all is done one after the other.
 */
import type { ThreadChange } from "../../models/deliveries.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import { LeaseLost } from "./hold.ts";
import { jointWrites } from "./jointWrites.ts";
import type { News } from "./news.ts";
import { Progress } from "./progress.ts";

export interface SideBySide {
  /** Brings one thread in step with the demande as it was read, or as far as its platform lets it. */
  oneThread(demande: LoadedDemande, progress: Progress, flush: () => Promise<void>): Promise<void>;
  /** Reads the demande anew; null when the lease was lost. */
  reread(): Promise<LoadedDemande | null>;
  /** False when the lease was lost. */
  write(changes: readonly ThreadChange[]): Promise<boolean>;
  readonly news: News;
}

export interface Ends {
  /** As it was read last: each thread was tried with it. */
  readonly demande: LoadedDemande;
  /** What they did is not all written yet. */
  readonly progresses: readonly Progress[];
}

/** The thread of the side that acted last before the others: somebody there looks at what becomes of it. */
function actedFirst({ events }: LoadedDemande, progresses: readonly Progress[]): readonly Progress[] {
  const by = events.at(-1)?.by;
  const own = progresses.filter(({ thread }) => thread.groupeId !== null && thread.groupeId === by?.groupeId);
  return own.length === 0 ? progresses : [...own, ...progresses.filter((progress) => !own.includes(progress))];
}

/**
 * Resolves once no thread is under way, and each was tried with the demande as it was read last.
 * @throws LeaseLost, and what a thread threw: when no thread is under way any more, since what went on would be done by the next
 *   worker too
 */
export async function sideBySide(first: LoadedDemande, { oneThread, reread, write, news }: SideBySide): Promise<Ends> {
  let demande = first;
  const progresses = first.threads.map((thread, index) => new Progress(index, thread));
  const flush = jointWrites(progresses, write, () => new LeaseLost());
  const underWay = new Map<number, Promise<void>>();
  const triedWith = new Map<number, LoadedDemande>();
  const faults: unknown[] = [];

  /** What people write below a card is known by it: it is not kept back until the slowest thread has ended. */
  const isNew = ({ index, thread }: Progress): boolean => thread.root !== null && !demande.threads[index]?.root;

  const start = (progress: Progress): void => {
    const { index } = progress;
    triedWith.set(index, demande);
    const ended = oneThread(demande, progress, flush)
      .then(() => (isNew(progress) && underWay.size > 1 ? flush() : undefined))
      .catch((error: unknown) => void faults.push(error))
      .finally(() => underWay.delete(index));
    underWay.set(index, ended);
  };

  const learn = async (): Promise<void> => {
    // One that ends from here on may have done what is not written: it goes on from what it knows.
    const idle = new Set(progresses.filter(({ index }) => !underWay.has(index)));
    await flush();
    const read = await reread();
    if (read === null) throw new LeaseLost();
    demande = read;
    for (const [index, thread] of read.threads.entries()) {
      const known = progresses[index];
      if (known === undefined || idle.has(known)) progresses[index] = new Progress(index, thread);
    }
  };

  try {
    for (;;) {
      for (const progress of actedFirst(demande, progresses))
        if (!underWay.has(progress.index) && triedWith.get(progress.index) !== demande) start(progress);
      if (underWay.size === 0) return { demande, progresses };
      await Promise.race([...underWay.values(), news.come()]);
      if (faults.length > 0) throw faults[0];
      // What comes when all have ended is for whoever gives the demande back.
      if (underWay.size > 0 && news.take()) await learn();
    }
  } finally {
    await Promise.all(underWay.values());
  }
}
