/**
 * What was shown outside threads is looked at again some minutes later: a demande that was wiped while it was being shown has not
 * found it. What people typed for a demande that they never opened goes after a week, as their unfinished form does.
 */
import type { Showing } from "../../models/showings.ts";
import type { DeliveryContext } from "./context.ts";
import { eraseShowings } from "./erase.ts";

const BATCH = 200;
const UNOPENED_MS = 7 * 86_400_000;

/** @returns how many were looked at */
export async function sweepShowings(context: DeliveryContext): Promise<number> {
  const { db } = context;
  const now = new Date();
  const showings = await db.showings.toLookAt(now, BATCH);
  if (showings.length === 0) return 0;
  const { known, wiped } = await db.demandes.amongKeys(showings.flatMap(({ keys }) => keys));
  const toErase: Showing[] = [];
  for (const showing of showings) {
    const { id, keys, at } = showing;
    if (keys.some((key) => wiped.has(key))) toErase.push(showing);
    else if (keys.some((key) => known.has(key))) await db.showings.keep(id, null);
    else if (now.getTime() - at.getTime() >= UNOPENED_MS) toErase.push(showing);
    else await db.showings.keep(id, new Date(at.getTime() + UNOPENED_MS));
  }
  await eraseShowings(context, toErase, null);
  return showings.length;
}
