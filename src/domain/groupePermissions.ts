/**
 * What an agent may do with a groupe, in one table that every command, form and file asks, on the agent as they are now.
 * Source: section 9 of the design, « /groupe, for responsables »; an admin has all groupes and accounts, never personal data.
 */
import type { Agent } from "./agent.ts";
import { activeMemberships, isResponsableOf, membershipOf } from "./agent.ts";
import type { GroupeId } from "./ids.ts";

/** What an agent is to a groupe. Several may hold at once. */
export type GroupeRelation = "member" | "responsable" | "admin";

export type GroupeCapability =
  /** To know that it exists and who runs it. */
  | "know"
  /** Its members, their roles and how they are reached. */
  | "members"
  /** Its demandes as numbers, dates and states: no subject, no words, no identity. */
  | "demandes"
  | "addMember"
  | "removeMember"
  | "changeRole"
  | "createAccount"
  /** Its name, description, mailbox and opening hours. */
  | "edit"
  | "bind"
  | "export"
  | "stats";

const RUNS: readonly GroupeRelation[] = ["responsable", "admin"];

const TABLE = {
  know: ["member", "responsable", "admin"],
  members: RUNS,
  demandes: RUNS,
  addMember: RUNS,
  removeMember: RUNS,
  changeRole: RUNS,
  createAccount: RUNS,
  edit: RUNS,
  bind: RUNS,
  export: RUNS,
  stats: RUNS,
} as const satisfies Record<GroupeCapability, readonly GroupeRelation[]>;

/** The whole table, for the test that tries every right. */
export const GROUPE_PERMISSIONS: Readonly<Record<GroupeCapability, readonly GroupeRelation[]>> = TABLE;

/** What the agent is to the groupe. Of a disabled agent, nothing. */
export function groupeRelationsOf(agent: Agent, groupe: GroupeId): Set<GroupeRelation> {
  const relations = new Set<GroupeRelation>();
  if (agent.disabled) return relations;
  if (membershipOf(agent, groupe)) relations.add("member");
  if (isResponsableOf(agent, groupe)) relations.add("responsable");
  if (agent.admin) relations.add("admin");
  return relations;
}

/**
 * Whether the agent may. `unknown`: they may not even know that the groupe exists, and the answer must not tell.
 * `forbidden`: they know the groupe, and do not run it.
 */
export function mayInGroupe(agent: Agent, capability: GroupeCapability, groupe: GroupeId): "allowed" | "forbidden" | "unknown" {
  const relations = groupeRelationsOf(agent, groupe);
  const holds = (wanted: GroupeCapability) => GROUPE_PERMISSIONS[wanted].some((relation) => relations.has(relation));
  if (holds(capability)) return "allowed";
  return holds("know") ? "forbidden" : "unknown";
}

/** The groupes that the agent runs as a responsable; an admin runs all of them, and this does not list them. */
export const groupesRunBy = (agent: Agent): GroupeId[] =>
  activeMemberships(agent)
    .filter((m) => m.responsable)
    .map((m) => m.groupeId);
