/** What only one process of an account may do at a time, for as long as a few calls take. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Turns } from "../../models/turns.ts";
import { faultFields, type Log } from "../log.ts";

/** A process that dies meanwhile keeps the others waiting for that long. */
const HELD_MS = 20_000;
const KEPT_EVERY_MS = 5_000;
/** At first, and at most: what waits for its turn in a room may take seconds. */
const ASK_AGAIN_MS = { first: 50, most: 1_000 };

export interface AloneOptions {
  readonly turns: Turns;
  readonly owner: string;
  readonly log: Log;
}

/** Waits for its turn among all processes, then acts. `what` names what is done, to all of them alike. */
export type Alone = <T>(what: string, act: () => Promise<T>) => Promise<T>;

export function aloneAmong({ turns, owner, log }: AloneOptions): Alone {
  const take = (what: string) => turns.take(what, owner, new Date(), new Date(Date.now() + HELD_MS));
  return async (what, act) => {
    for (let pause = ASK_AGAIN_MS.first; !(await take(what)); pause = Math.min(pause * 2, ASK_AGAIN_MS.most))
      await sleep(pause * (0.5 + Math.random() / 2));
    const keep = setInterval(() => {
      take(what).catch((error: unknown) => log.warn({ what, ...faultFields(error) }, "A turn could not be kept"));
    }, KEPT_EVERY_MS);
    try {
      return await act();
    } finally {
      clearInterval(keep);
      await turns.end(what, owner);
    }
  };
}
