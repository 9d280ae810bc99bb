/** Does what a responsable asks, and keeps who asked for it: written before, marked after, so that nothing is done unrecorded. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Groupe } from "../../models/groupe.ts";
import type { JournalAct } from "../../models/journal.ts";
import type { UseCaseContext } from "../demandes/context.ts";
import type { AgentId } from "../domain/ids.ts";

export interface Recorded {
  readonly context: UseCaseContext;
  /** Who acts. */
  readonly agent: AgentRecord;
  readonly groupe: Pick<Groupe, "id">;
  /** Stands for the act: the same for a redelivery. */
  readonly command: string;
  readonly act: JournalAct;
  readonly about: AgentId | null;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * @param change one conditional write, which may be done again without harm; false when somebody was faster. `again`: this very
 *   act was begun before, by a process that died or by another delivery of it, and may be found written.
 * @returns what `change` returned; nothing is kept of what was not done
 */
export async function record(
  { context, agent, groupe, command, ...entry }: Recorded,
  change: (again: boolean) => Promise<boolean>,
): Promise<boolean> {
  const { journal } = context.db;
  const first = await journal.begin({ ...entry, id: command, at: context.clock.now(), by: agent.id, groupeId: groupe.id });
  const changed = await change(!first);
  if (changed) await journal.done(command);
  else if (first) await journal.withdraw(command);
  return changed;
}
