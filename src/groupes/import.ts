/** Groupes and agents from two CSV files: everything is checked before anything is written. */
import type { Database } from "../../models/database.ts";
import type { Groupe } from "../../models/groupe.ts";
import { agentsByEmail } from "../../models/roster.ts";
import type { Agent } from "../domain/agent.ts";
import { planAgents } from "./importAgents.ts";
import type { LineChange, Tally } from "./importChange.ts";
import type { ChannelFinder } from "./importGroupes.ts";
import { planGroupes } from "./importGroupes.ts";
import { agentColumns, checkAgentRows, checkGroupeRows, groupeColumns } from "./importRows.ts";
import type { ImportFault, ImportFile } from "./importTable.ts";
import { readTable } from "./importTable.ts";

export type ImportPlan =
  | { readonly kind: "refused"; readonly faults: readonly ImportFault[] }
  | {
      readonly kind: "ready";
      readonly changes: readonly LineChange[];
      readonly groupes: { readonly saves: readonly Groupe[]; readonly tally: Tally };
      readonly agents: { readonly saves: readonly Agent[]; readonly tally: Tally };
    };

/** In the order of the lines, the file of groupes first. */
const inOrder = (faults: readonly ImportFault[], files: readonly string[]): ImportFault[] =>
  [...faults].sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);

/**
 * What these files would change. Nothing is written; with a single fault, nothing may be.
 * @param channels null when Slack is not configured
 * @throws what `channels` throws when Slack does not answer
 */
export async function planImport(
  db: Database,
  files: { readonly groupes: ImportFile; readonly agents: ImportFile },
  channels: ChannelFinder | null,
): Promise<ImportPlan> {
  const groupeRows = checkGroupeRows(files.groupes.name, readTable(files.groupes, groupeColumns));
  const agentRows = checkAgentRows(files.agents.name, readTable(files.agents, agentColumns));
  const stored = await db.groupes.all();
  const groupes = await planGroupes(files.groupes.name, groupeRows, stored, channels);
  const emails = [...new Set(agentRows.rows.map(({ value }) => value.email))];
  // A groupe whose line is faulty is told there, and not again for each of its members.
  const isReadable = groupeRows.named.length > 0 || groupeRows.faults.length === 0;
  const known = isReadable ? new Set<string>([...stored.map(({ id }) => id), ...groupeRows.named]) : null;
  const agents = planAgents(files.agents.name, agentRows, await agentsByEmail(db.agents, emails), known);
  const faults = [...groupeRows.faults, ...groupes.faults, ...agentRows.faults, ...agents.faults];
  if (faults.length > 0) return { kind: "refused", faults: inOrder(faults, [files.groupes.name, files.agents.name]) };
  return { kind: "ready", changes: [...groupes.changes, ...agents.changes], groupes, agents };
}

/** Writes the plan, groupes first. Cut short, it may be planned and applied again: what is there already is then unchanged. */
export async function applyImport(db: Database, plan: Extract<ImportPlan, { kind: "ready" }>): Promise<void> {
  for (const groupe of plan.groupes.saves) await db.groupes.save(groupe);
  for (const agent of plan.agents.saves) await db.agents.save(agent);
}
