/** What only one process of an account may do at a time, for the moment that a few calls take. */
import { setTimeout as sleep } from "node:timers/promises";
import type { MatrixState } from "../../models/matrixState.ts";

/** Longer than the calls may last; a process that dies meanwhile keeps the others waiting for that long. */
const HELD_MS = 20_000;
const ASK_AGAIN_MS = 50;

/** Waits for its turn among all processes. @param what names what is done, apart from the reading of the account itself */
export async function alone<T>(
  { store, account, owner, what }: { store: MatrixState; account: string; owner: string; what: string },
  act: () => Promise<T>,
): Promise<T> {
  const key = `${account}|${what}`;
  for (;;) {
    const now = new Date();
    if ((await store.claim(key, owner, now, new Date(now.getTime() + HELD_MS))) !== null) break;
    await sleep(ASK_AGAIN_MS + Math.random() * ASK_AGAIN_MS);
  }
  try {
    return await act();
  } finally {
    await store.release(key, owner);
  }
}
