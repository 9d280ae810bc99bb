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
  /**
   * The groupes whose channel the account by which they act was seen to leave: what these groupes gave is suspended until it
   * comes back (section 10 of the design: rights on the state as it is now). Absent for none.
   */
  readonly away?: readonly GroupeId[];
}

/** What the agent is of each groupe, and may use now: nothing of a disabled account, nor of a groupe whose channel they left. */
export const activeMemberships = ({ disabled, memberships, away = [] }: Agent): readonly Membership[] =>
  disabled ? [] : memberships.filter(({ groupeId }) => !away.includes(groupeId));

export const membershipOf = (agent: Agent, groupe: GroupeId | null): Membership | undefined =>
  groupe === null ? undefined : activeMemberships(agent).find((m) => m.groupeId === groupe);

export const isInstructeurOf = (agent: Agent, groupe: GroupeId | null): boolean =>
  membershipOf(agent, groupe)?.instructeur === true;

export const isResponsableOf = (agent: Agent, groupe: GroupeId | null): boolean =>
  membershipOf(agent, groupe)?.responsable === true;

/** The groupes in whose name this agent may open a demande. */
export const aidantGroupes = (agent: Agent): GroupeId[] =>
  activeMemberships(agent)
    .filter((m) => m.aidant)
    .map((m) => m.groupeId);

/** The groupes for which this agent answers demandes. */
export const instructeurGroupes = (agent: Agent): GroupeId[] =>
  activeMemberships(agent)
    .filter((m) => m.instructeur)
    .map((m) => m.groupeId);
