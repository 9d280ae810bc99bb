/**
 * What a file of agents changes in those that are stored: one line for each groupe of an agent. A line decides of the roles
 * in its groupe alone; groupes and agents that the file does not name stay as they are.
 */
import { randomUUID } from "node:crypto";
import type { AgentRecord } from "../../models/agent.ts";
import { NEW_PROFILE } from "../../models/agent.ts";
import type { Membership } from "../domain/agent.ts";
import type { GroupeId } from "../domain/ids.ts";
import { agentId, groupeId } from "../domain/ids.ts";
import type { Identity } from "../domain/place.ts";
import type { MatrixAccounts } from "./importAccounts.ts";
import { Accounts } from "./importAccounts.ts";
import type { LineChange, PartPlan } from "./importChange.ts";
import { applyCell, applyTelephone, describeText } from "./importDetails.ts";
import type { AgentRow, Checked, ImportedRole } from "./importRows.ts";
import { agentColumns } from "./importRows.ts";
import type { ImportFault } from "./importTable.ts";
import { importChanges, importFaults } from "./importTexts.ts";

type Line = Checked<AgentRow>["rows"][number];
/** Groupes of one agent; far more than anybody has, and few enough to be compared with one another. */
const MOST_LINES_OF_ONE = 1000;

type AddFault = (line: number, column: keyof typeof agentColumns, reason: string) => void;

/** The lines of one agent must agree on all that is not of a groupe; an empty cell says nothing. */
function checkAgreement(lines: readonly Line[], fault: AddFault): void {
  const groupes = new Map<string, number>();
  const said = new Map<string, { readonly value: unknown; readonly line: number }>();
  for (const { line, value: row } of lines) {
    const earlier = groupes.get(row.groupe);
    if (earlier !== undefined) fault(line, "groupe", importFaults.twice(earlier));
    groupes.set(row.groupe, line);
    const admin = row.groupe === "" ? row.roles.includes("admin") : row.roles.includes("admin") || null;
    for (const [column, value] of [
      ["nom", row.nom],
      ["partage", row.partage],
      ["desactive", row.desactive],
      ["matrix", row.matrix],
      ["qualite", row.qualite],
      ["telephone", row.telephone],
      ["roles", admin],
    ] as const) {
      const first = said.get(column);
      if (value === null) continue;
      if (first && first.value !== value) fault(line, column, importFaults.contradicts(first.line));
      else if (!first) said.set(column, { value, line });
    }
  }
}

const MEMBER_ROLES = ["aidant", "instructeur", "responsable"] as const satisfies readonly ImportedRole[];

const rolesOf = (membership: Membership): string[] => MEMBER_ROLES.filter((role) => membership[role]);

/** The agent once this line is applied, and what it changes beside the creation of the account. */
function applyLine(
  agent: AgentRecord,
  { line, value: row }: Line,
  accounts: Accounts,
): { agent: AgentRecord; details: string[] } {
  const details: string[] = [];
  const changed: { -readonly [K in keyof AgentRecord]: AgentRecord[K] } = { ...agent };
  if (row.nom !== agent.name) {
    details.push(importChanges.changed(importChanges.fields.name, agent.name, row.nom));
    changed.name = row.nom;
  }
  const admin = row.roles.includes("admin") || (row.groupe !== "" && agent.admin);
  if (admin !== agent.admin) details.push(importChanges.admin(admin));
  changed.admin = admin;
  if (row.partage !== null && row.partage !== agent.shared) details.push(importChanges.shared(row.partage));
  changed.shared = row.partage ?? agent.shared;
  if (row.desactive !== null && row.desactive !== agent.disabled) details.push(importChanges.disabled(row.desactive));
  changed.disabled = row.desactive ?? agent.disabled;
  const profile = {
    ...agent.profile,
    qualite: applyCell(agent.profile.qualite, row.qualite),
    telephone: applyTelephone(agent.profile.telephone, row.telephone),
  };
  for (const field of ["qualite", "telephone"] as const)
    details.push(...describeText(importChanges.fields[field], agent.profile[field], profile[field]));
  changed.profile = profile;
  const account = accounts.apply(line, agent, row.matrix);
  details.push(...account.details);
  changed.identities = account.identities;
  if (row.groupe !== "") changed.memberships = applyMembership(agent.memberships, groupeId(row.groupe), row.roles, details);
  return { agent: changed, details };
}

function applyMembership(
  memberships: readonly Membership[],
  groupe: GroupeId,
  roles: readonly ImportedRole[],
  details: string[],
): readonly Membership[] {
  const before = memberships.find((m) => m.groupeId === groupe);
  const [aidant, instructeur, responsable] = MEMBER_ROLES.map((role) => roles.includes(role));
  const after: Membership = {
    groupeId: groupe,
    aidant: aidant === true,
    instructeur: instructeur === true,
    responsable: responsable === true,
  };
  const names = rolesOf(after);
  if (names.length === 0) {
    if (before) details.push(importChanges.leaves(groupe));
    return memberships.filter((m) => m !== before);
  }
  if (!before) {
    details.push(importChanges.joins(groupe, names));
    return [...memberships, after];
  }
  const former = rolesOf(before);
  if (former.join() === names.join()) return memberships;
  details.push(importChanges.roles(groupe, former, names));
  return memberships.map((m) => (m === before ? after : m));
}

const newAgent = ({ email, nom }: AgentRow): AgentRecord => ({
  // Opaque: an id stands in logs and buttons, where nothing may tell who it is.
  id: agentId(randomUUID()),
  email,
  name: nom,
  admin: false,
  disabled: false,
  shared: false,
  memberships: [],
  identities: [],
  profile: NEW_PROFILE,
});

/** What is to be stored of an agent. */
export interface AgentSave {
  readonly agent: AgentRecord;
  readonly linked: readonly Identity[];
  readonly unlinked: readonly Identity[];
}

function saveOf(before: AgentRecord | undefined, agent: AgentRecord): AgentSave {
  const known = before?.identities ?? [];
  return {
    agent,
    linked: agent.identities.filter((identity) => !known.includes(identity)),
    unlinked: known.filter((identity) => !agent.identities.includes(identity)),
  };
}

export interface AgentsPlan extends PartPlan<AgentSave> {
  readonly faults: readonly ImportFault[];
}

/**
 * @param stored agents by address, those of the file at least
 * @param groupes identifiants of all groupes, stored or about to be; null when they cannot be known
 * @param matrix null when Matrix is not configured: no account of it can then be given
 */
export function planAgents(
  file: string,
  { rows }: Checked<AgentRow>,
  stored: ReadonlyMap<string, AgentRecord>,
  groupes: ReadonlySet<string> | null,
  matrix: MatrixAccounts | null,
): AgentsPlan {
  const faults: ImportFault[] = [];
  const fault: AddFault = (line, column, reason) => {
    faults.push({ file, line, column: agentColumns[column].title, reason });
  };
  const people = new Map<string, Line[]>();
  for (const row of rows) {
    const { email, groupe } = row.value;
    const lines = people.get(email);
    if (lines === undefined) people.set(email, [row]);
    else if (lines.push(row) === MOST_LINES_OF_ONE + 1)
      fault(row.line, "email", importFaults.tooManyLinesOfOne(MOST_LINES_OF_ONE));
    if (groupe !== "" && groupes?.has(groupe) === false) fault(row.line, "groupe", importFaults.groupeUnknown(groupe));
  }
  const accounts = new Accounts(matrix, (line, reason) => fault(line, "matrix", reason));
  const saves: AgentSave[] = [];
  const changes: LineChange[] = [];
  const tally = { created: 0, changed: 0, same: 0 };
  for (const [email, lines] of people) {
    if (lines.length > MOST_LINES_OF_ONE) continue;
    checkAgreement(lines, fault);
    const known = stored.get(email);
    let agent: AgentRecord | undefined = known;
    let differs = false;
    for (const line of lines) {
      const start = agent ?? newAgent(line.value);
      const applied = applyLine(start, line, accounts);
      const details = agent ? applied.details : [importChanges.newAgent(start.name), ...applied.details];
      agent = applied.agent;
      differs ||= details.length > 0;
      changes.push({ file, line: line.line, subject: email, details });
    }
    if (agent && differs) saves.push(saveOf(known, agent));
    tally[!known ? "created" : differs ? "changed" : "same"] += 1;
  }
  changes.sort((a, b) => a.line - b.line);
  return { saves, changes, tally, faults };
}
