/** Groupes and agents from CSV files: everything is checked before anything is written. */
import type { Database } from "../../models/database.ts";
import type { Groupe } from "../../models/groupe.ts";
import { agentsByEmail, agentsByIdentity, isTaken, saveAgents, saveGroupes } from "../../models/roster.ts";
import { fold } from "../domain/folding.ts";
import { RetryError } from "../errors.ts";
import { NONE } from "./csvCells.ts";
import { franceServicesColumns, readFranceServices } from "./franceServices.ts";
import { matrixAccount, mxidsOf } from "./importAccounts.ts";
import type { AgentSave } from "./importAgents.ts";
import { planAgents } from "./importAgents.ts";
import type { LineChange, Tally } from "./importChange.ts";
import { planGroupes } from "./importGroupes.ts";
import type { Finders, GroupeColumn, GroupeLine } from "./importPlaces.ts";
import type { CheckedGroupes } from "./importRows.ts";
import { agentColumns, checkAgentRows, checkGroupeRows, groupeColumns, NO_ROWS } from "./importRows.ts";
import type { ImportFault, ImportFile } from "./importTable.ts";
import { headerOf, readTable } from "./importTable.ts";
import { importFaults } from "./importTexts.ts";
import { leaveDirects } from "./leaveDirects.ts";

export type ImportKind = "groupes" | "franceServices" | "agents";
/** One of each at most. */
export type ImportFiles = Readonly<Partial<Record<ImportKind, ImportFile>>>;

export type ImportPlan =
  | { readonly kind: "refused"; readonly faults: readonly ImportFault[] }
  | {
      readonly kind: "ready";
      readonly changes: readonly LineChange[];
      /** What is imported all the same, and must not go unsaid. */
      readonly warnings: readonly ImportFault[];
      /** Lines of the list of the France Services that cannot be read; the others are imported. */
      readonly aside: readonly ImportFault[];
      readonly groupes: { readonly saves: readonly Groupe[]; readonly tally: Tally };
      readonly agents: { readonly saves: readonly AgentSave[]; readonly tally: Tally };
    };

/** What a file is about, by its columns; undefined when they do not tell. */
export function kindOfFile(file: ImportFile): ImportKind | undefined {
  const titles = headerOf(file);
  const has = ({ title }: { title: string }) => titles.includes(fold(title));
  if (has(franceServicesColumns.matricule)) return "franceServices";
  if (has(groupeColumns.identifiant)) return "groupes";
  return has(agentColumns.email) ? "agents" : undefined;
}

/** In the order of the files, and of their lines. */
const inOrder = (told: readonly ImportFault[], files: readonly string[]): ImportFault[] =>
  [...told].sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);

const groupeTitles = Object.fromEntries(Object.entries(groupeColumns).map(([name, { title }]) => [name, title])) as Record<
  GroupeColumn,
  string
>;

const groupeLines = (file: string, { rows }: CheckedGroupes): GroupeLine[] =>
  rows.map((row) => ({ ...row, file, titles: groupeTitles }));

/**
 * What these files would change. Nothing is written; with a single fault, nothing may be.
 * @throws what the finders throw when their platform does not answer
 */
export async function planImport(db: Database, files: ImportFiles, finders: Finders): Promise<ImportPlan> {
  const names = [files.groupes, files.franceServices, files.agents].flatMap((file) => (file ? [file.name] : []));
  const groupesFile = files.groupes?.name ?? "";
  const groupeRows = files.groupes ? checkGroupeRows(groupesFile, readTable(files.groupes, groupeColumns)) : NO_ROWS;
  const agentsFile = files.agents?.name ?? "";
  const agentRows = files.agents ? checkAgentRows(agentsFile, readTable(files.agents, agentColumns)) : NO_ROWS;
  const stored = await db.groupes.all();
  const named = new Map(groupeRows.rows.map(({ value }): [string, string] => [fold(value.nom), value.identifiant]));
  const list = files.franceServices
    ? readFranceServices(
        files.franceServices.name,
        readTable(files.franceServices, franceServicesColumns, "ignored"),
        stored,
        named,
      )
    : { lines: [], faults: [], warnings: [], aside: [] };
  const mxids = mxidsOf(agentRows.rows);
  const needsMatrix = mxids.length > 0 || groupeRows.rows.some(({ value }) => value.salon !== null && value.salon !== NONE);
  const rooms = finders.rooms && needsMatrix ? await finders.rooms() : null;
  const lines = [...groupeLines(groupesFile, groupeRows), ...list.lines];
  const groupes = await planGroupes(lines, stored, { channels: finders.channels, rooms });
  const emails = [...new Set(agentRows.rows.map(({ value }) => value.email))];
  // A groupe whose line is faulty is told there, and not again for each of its members.
  const isReadable = groupeRows.named.length > 0 || groupeRows.faults.length === 0;
  const listed = list.lines.map(({ value }) => value.identifiant);
  const known = isReadable ? new Set<string>([...stored.map(({ id }) => id), ...groupeRows.named, ...listed]) : null;
  const matrix = rooms && {
    workspace: rooms.workspace,
    owners: await agentsByIdentity(
      db.agents,
      mxids.map((user) => matrixAccount(rooms.workspace, user)),
    ),
  };
  const agents = planAgents(agentsFile, agentRows, await agentsByEmail(db.agents, emails), known, matrix);
  const faults = [...groupeRows.faults, ...list.faults, ...groupes.faults, ...agentRows.faults, ...agents.faults];
  if (faults.length > 0) return { kind: "refused", faults: inOrder(faults, names) };
  return {
    kind: "ready",
    changes: [...groupes.changes, ...agents.changes],
    warnings: inOrder([...groupeRows.warnings, ...list.warnings, ...agentRows.warnings], names),
    aside: inOrder(list.aside, names),
    groupes,
    agents,
  };
}

async function unlink(db: Database, { agent, unlinked }: AgentSave): Promise<void> {
  for (const platform of new Set(unlinked.map((identity) => identity.platform))) await leaveDirects(db, agent.id, platform);
  if (unlinked.length > 0) await db.agents.unlink(agent.id, unlinked);
}

/**
 * Writes the plan, groupes first. Cut short, it may be planned and applied again: what is there already is then unchanged.
 * @throws RetryError with a French sentence: to be planned and applied again
 */
export async function applyImport(db: Database, plan: Extract<ImportPlan, { kind: "ready" }>): Promise<void> {
  try {
    await saveGroupes(db.groupes, plan.groupes.saves);
    for (const save of plan.agents.saves) await unlink(db, save);
    await saveAgents(db.agents, plan.agents.saves);
  } catch (cause) {
    // Somebody else made that groupe or that account since it was planned.
    throw isTaken(cause) ? new RetryError(importFaults.meanwhile, { cause }) : cause;
  }
}
