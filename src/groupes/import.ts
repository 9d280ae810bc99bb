/** Groupes and agents from two CSV files: everything is checked before anything is written. */
import type { Database } from "../../models/database.ts";
import type { Groupe } from "../../models/groupe.ts";
import { agentsByEmail, agentsByIdentity } from "../../models/roster.ts";
import { matrixAccount, mxidsOf } from "./importAccounts.ts";
import type { AgentSave } from "./importAgents.ts";
import { planAgents } from "./importAgents.ts";
import type { LineChange, Tally } from "./importChange.ts";
import { planGroupes } from "./importGroupes.ts";
import type { Finders } from "./importPlaces.ts";
import { agentColumns, checkAgentRows, checkGroupeRows, groupeColumns } from "./importRows.ts";
import type { ImportFault, ImportFile } from "./importTable.ts";
import { readTable } from "./importTable.ts";
import { leaveDirects } from "./leaveDirects.ts";

export type ImportPlan =
  | { readonly kind: "refused"; readonly faults: readonly ImportFault[] }
  | {
      readonly kind: "ready";
      readonly changes: readonly LineChange[];
      readonly groupes: { readonly saves: readonly Groupe[]; readonly tally: Tally };
      readonly agents: { readonly saves: readonly AgentSave[]; readonly tally: Tally };
    };

/** In the order of the lines, the file of groupes first. */
const inOrder = (faults: readonly ImportFault[], files: readonly string[]): ImportFault[] =>
  [...faults].sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);

/**
 * What these files would change. Nothing is written; with a single fault, nothing may be.
 * @throws what the finders throw when their platform does not answer
 */
export async function planImport(
  db: Database,
  files: { readonly groupes: ImportFile; readonly agents: ImportFile },
  finders: Finders,
): Promise<ImportPlan> {
  const groupeRows = checkGroupeRows(files.groupes.name, readTable(files.groupes, groupeColumns));
  const agentRows = checkAgentRows(files.agents.name, readTable(files.agents, agentColumns));
  const stored = await db.groupes.all();
  const mxids = mxidsOf(agentRows.rows);
  const needsMatrix = mxids.length > 0 || groupeRows.rows.some(({ value }) => value.salon !== null);
  const rooms = finders.rooms && needsMatrix ? await finders.rooms() : null;
  const groupes = await planGroupes(files.groupes.name, groupeRows, stored, { channels: finders.channels, rooms });
  const emails = [...new Set(agentRows.rows.map(({ value }) => value.email))];
  // A groupe whose line is faulty is told there, and not again for each of its members.
  const isReadable = groupeRows.named.length > 0 || groupeRows.faults.length === 0;
  const known = isReadable ? new Set<string>([...stored.map(({ id }) => id), ...groupeRows.named]) : null;
  const matrix = rooms && {
    workspace: rooms.workspace,
    owners: await agentsByIdentity(
      db.agents,
      mxids.map((user) => matrixAccount(rooms.workspace, user)),
    ),
  };
  const agents = planAgents(files.agents.name, agentRows, await agentsByEmail(db.agents, emails), known, matrix);
  const faults = [...groupeRows.faults, ...groupes.faults, ...agentRows.faults, ...agents.faults];
  if (faults.length > 0) return { kind: "refused", faults: inOrder(faults, [files.groupes.name, files.agents.name]) };
  return { kind: "ready", changes: [...groupes.changes, ...agents.changes], groupes, agents };
}

async function saveAgent(db: Database, { agent, linked, unlinked }: AgentSave): Promise<void> {
  for (const platform of new Set(unlinked.map((identity) => identity.platform))) await leaveDirects(db, agent.id, platform);
  if (unlinked.length > 0) await db.agents.unlink(agent.id, unlinked);
  await db.agents.save(agent, linked);
}

/**
 * Writes the plan, groupes first. Cut short, it may be planned and applied again: what is there already is then unchanged.
 * @throws RetryError with a French sentence: to be planned and applied again
 */
export async function applyImport(db: Database, plan: Extract<ImportPlan, { kind: "ready" }>): Promise<void> {
  for (const groupe of plan.groupes.saves) await db.groupes.save(groupe);
  for (const agent of plan.agents.saves) await saveAgent(db, agent);
}
