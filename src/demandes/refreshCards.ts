/** The sweep that shows « en souffrance » on the cards at the moment it becomes true, though nothing happened then. */
import type { UseCaseContext } from "./context.ts";

const BATCH = 500;

/** @returns how many cards are to be shown anew */
export async function sweepCards(context: UseCaseContext): Promise<number> {
  const { db, clock, delivery } = context;
  let count = 0;
  for (;;) {
    // Strictly after the due date, as the rule has it: at the date itself the card would still say the contrary.
    const due = new Date(clock.now().getTime() - 1);
    const ids = await db.due.ids("refreshAt", due, BATCH);
    if (ids.length === 0) return count;
    for (const id of ids) {
      await db.due.refreshCard(id, due, new Date());
      delivery.kick(id);
    }
    count += ids.length;
  }
}
