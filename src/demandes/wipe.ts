/** The sweep that wipes: six months after its archiving, the personal data of a demande go; dates, delays and groupes stay. */
import type { DemandeId } from "../domain/ids.ts";
import { act, commandIdOf } from "./act.ts";
import type { UseCaseContext } from "./context.ts";

const BATCH = 500;

async function wipe(context: UseCaseContext, id: DemandeId): Promise<void> {
  await act(
    context,
    commandIdOf(`wipe/${id}`),
    () => context.db.demandes.load(id),
    () => ({ command: { type: "wipe" }, actor: { kind: "system" } }),
  );
}

/** One demande that cannot be read does not keep the others from being wiped. @returns how many were due */
export async function sweepWipes(context: UseCaseContext): Promise<number> {
  const { clock, db, log } = context;
  const now = clock.now();
  const seen = new Set<DemandeId>();
  for (;;) {
    const ids = (await db.due.ids("wipeAt", now, BATCH)).filter((id) => !seen.has(id));
    if (ids.length === 0) return seen.size;
    for (const id of ids) {
      seen.add(id);
      await wipe(context, id).catch((error) => log.error({ demande: id, error }, "wipe failed"));
    }
  }
}
