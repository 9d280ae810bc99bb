/** The data of an usager erased at their request (RGPD, article 17), demandes still open included. */
import type { LoadedDemande } from "../../models/demandes.ts";
import { act, commandIdOf } from "../demandes/act.ts";
import type { UseCaseContext } from "../demandes/context.ts";

export interface ErasureRequest {
  /** Of the request, in the register of who received it; never its words. */
  readonly reference: string | null;
  /** Who does it, and by what means. */
  readonly name: string;
  readonly from: string;
}

/**
 * Done again, it changes nothing. What stands on the platforms goes by the deliveries that follow, as for any wipe.
 * @returns whether it was erased now; false when it was already
 */
export async function eraseOnRequest(
  context: UseCaseContext,
  { id, state }: LoadedDemande,
  { reference, name, from }: ErasureRequest,
): Promise<boolean> {
  if (state.wipedAt !== null) return false;
  // Before: a process that dies between the two has the request on record, and comes back to the erasure.
  await context.db.register.add({
    id: `effacement/${id}`,
    act: "effacement",
    ref: state.ref,
    at: context.clock.now(),
    agentId: null,
    name,
    groupeId: null,
    from,
    reason: reference,
  });
  const outcome = await act(
    context,
    commandIdOf(`erase/${id}`),
    () => context.db.demandes.load(id),
    () => ({ command: { type: "erase", open: true }, actor: { kind: "system" } }),
  );
  return outcome.kind === "done" && !outcome.duplicate;
}
