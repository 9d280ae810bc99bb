/** In what capacity somebody acts: the thread says it; where there is none, what the person is to the demande. */
import type { AgentRecord } from "../../models/agent.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import { threadKey } from "../../models/thread.ts";
import type { Place } from "../delivery/port.ts";
import { instructeurGroupes } from "../domain/agent.ts";
import type { AgentActor } from "../domain/commands.ts";
import type { DemandeState, Side } from "../domain/demande.ts";
import type { GroupeId } from "../domain/ids.ts";
import { groupeId } from "../domain/ids.ts";
import { relationsOf } from "../domain/permissions.ts";

export const threadAt = (demande: LoadedDemande, place: Place, root: string | null): Thread | undefined =>
  root === null ? undefined : demande.threads.find((t) => t.key === threadKey(place, root));

/** Where an act is made, as it travels with a form: ids only. */
export interface Stand {
  readonly side: Side;
  readonly groupeId: GroupeId | null;
}

/** Outside any thread: the aidant's side for who opened it, else the asked groupe for which the agent answers. */
function usualStand(agent: AgentRecord, state: DemandeState): Stand {
  const relations = relationsOf(agent, state);
  if (relations.has("opener")) return { side: "aidant", groupeId: null };
  const own = instructeurGroupes(agent);
  const groupe = state.groupes.find((g) => own.includes(g.groupeId));
  return groupe ? { side: "instructeurs", groupeId: groupe.groupeId } : { side: "aidant", groupeId: null };
}

/**
 * @param thread in which the act is made, if any
 * @param groupe the groupe that a button outside any thread names
 */
export function standOf(agent: AgentRecord, demande: LoadedDemande, thread: Thread | undefined, groupe: GroupeId | null): Stand {
  if (thread) return { side: thread.side, groupeId: thread.side === "instructeurs" ? thread.groupeId : null };
  if (groupe) return { side: "instructeurs", groupeId: groupe };
  return usualStand(agent, demande.state);
}

export const actorOf = (agent: AgentRecord, stand: Stand): AgentActor => ({ kind: "agent", agent, ...stand });

export const encodeStand = ({ side, groupeId: groupe }: Stand): Record<string, string> => ({ side, groupe: groupe ?? "" });

/** From a form's context. What it claims is not trusted: rights are asked again for it. */
export const decodeStand = (context: Readonly<Record<string, string>>): Stand => ({
  side: context.side === "instructeurs" ? "instructeurs" : "aidant",
  groupeId: context.groupe ? groupeId(context.groupe) : null,
});
