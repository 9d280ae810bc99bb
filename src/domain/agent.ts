/** People with an account, and what they are in each groupe. */
import type { AgentId, GroupeId } from "./ids.ts";

/** One agent can be several of these in one groupe; `admin` is of no groupe (see Agent). */
export interface Membership {
  readonly groupeId: GroupeId;
  readonly aidant: boolean;
  readonly instructeur: boolean;
  readonly responsable: boolean;
}

export interface Agent {
  readonly id: AgentId;
  readonly name: string;
  readonly email: string;
  /** All groupes and accounts, never the personal data. */
  readonly admin: boolean;
  readonly disabled: boolean;
  /** An account used by several people, who must sign what they send. */
  readonly shared: boolean;
  readonly memberships: readonly Membership[];
}

export const membershipOf = (agent: Agent, groupe: GroupeId | null): Membership | undefined =>
  agent.disabled || groupe === null ? undefined : agent.memberships.find((m) => m.groupeId === groupe);

export const isInstructeurOf = (agent: Agent, groupe: GroupeId | null): boolean =>
  membershipOf(agent, groupe)?.instructeur === true;

export const isResponsableOf = (agent: Agent, groupe: GroupeId | null): boolean =>
  membershipOf(agent, groupe)?.responsable === true;

/** The groupes in whose name this agent may open a demande. */
export const aidantGroupes = (agent: Agent): GroupeId[] =>
  agent.disabled ? [] : agent.memberships.filter((m) => m.aidant).map((m) => m.groupeId);

/** The groupes for which this agent answers demandes. */
export const instructeurGroupes = (agent: Agent): GroupeId[] =>
  agent.disabled ? [] : agent.memberships.filter((m) => m.instructeur).map((m) => m.groupeId);
