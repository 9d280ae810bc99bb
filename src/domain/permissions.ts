/**
 * Who may do and see what, in one table that every entry point asks, on the demande as it is now.
 * Source: section 4 of the design, which follows the instructeur's guide (« seul l’aidant pourra archiver »).
 */

import type { Agent } from "./agent.ts";
import { isInstructeurOf, isResponsableOf, membershipOf } from "./agent.ts";
import type { DemandeState, Side, Status } from "./demande.ts";
import { groupeStateOf } from "./demande.ts";
import type { GroupeId } from "./ids.ts";
import { NOT_ARCHIVED, OPEN, STATUSES } from "./status.ts";

/** What an agent is to one demande. Several may hold at once. */
export type Relation =
  /** The aidant who opened it. */
  | "opener"
  /** A member of the opener's groupe. */
  | "colleague"
  /** A member of the opener's groupe, for a demande opened in the channel of that groupe. */
  | "witness"
  /** An instructeur of an asked groupe. */
  | "instructeur"
  /** A responsable of an asked groupe or of the opener's. */
  | "responsable"
  | "admin";

export type Capability =
  /** To know that it exists: number, groupes, dates, status. */
  | "metadata"
  /** The conversation that both sides see, and the subject. */
  | "conversation"
  /** What is said between instructeurs. */
  | "private"
  /** The usager's identity and the description; each viewing is an event. */
  | "identity"
  | "take"
  | "decline"
  | "answer"
  | "writePrivately"
  | "writeAsAidant"
  | "publish"
  | "invite"
  | "process"
  | "snooze"
  | "archive"
  | "reopen"
  | "addInfo";

interface Rule {
  readonly relations: readonly Relation[];
  readonly statuses: readonly Status[];
}

const TABLE = {
  metadata: { relations: ["opener", "colleague", "instructeur", "responsable", "admin"], statuses: STATUSES },
  conversation: { relations: ["opener", "witness", "instructeur"], statuses: STATUSES },
  private: { relations: ["instructeur"], statuses: STATUSES },
  identity: { relations: ["opener", "witness", "instructeur"], statuses: STATUSES },
  take: { relations: ["instructeur"], statuses: NOT_ARCHIVED },
  decline: { relations: ["instructeur"], statuses: NOT_ARCHIVED },
  answer: { relations: ["instructeur"], statuses: NOT_ARCHIVED },
  writePrivately: { relations: ["instructeur"], statuses: STATUSES },
  writeAsAidant: { relations: ["opener", "witness"], statuses: STATUSES },
  publish: { relations: ["instructeur"], statuses: NOT_ARCHIVED },
  // The opener's groupe is told, with a button, when no groupe is left: any of its members may then find another.
  invite: { relations: ["opener", "colleague", "instructeur"], statuses: NOT_ARCHIVED },
  process: { relations: ["instructeur"], statuses: OPEN },
  snooze: { relations: ["instructeur"], statuses: OPEN },
  archive: { relations: ["opener", "colleague"], statuses: NOT_ARCHIVED },
  reopen: { relations: ["opener", "colleague"], statuses: ["traitee", "archivee"] },
  addInfo: { relations: ["opener"], statuses: NOT_ARCHIVED },
} satisfies Record<Capability, Rule>;

/** The whole table, for the test that tries every right. */
export const PERMISSIONS: Readonly<Record<Capability, Rule>> = TABLE;

/**
 * What the agent is to the demande. Of a disabled agent, nothing.
 * @param groupe the groupe for which the act is made (that of the thread); null where no thread says it: then any of the
 *   agent's groupes counts.
 */
export function relationsOf(agent: Agent, demande: DemandeState, groupe: GroupeId | null = null): Set<Relation> {
  const relations = new Set<Relation>();
  if (agent.disabled) return relations;
  if (demande.opener.agentId === agent.id) relations.add("opener");
  if (membershipOf(agent, demande.opener.groupeId)) {
    relations.add("colleague");
    if (demande.shared) relations.add("witness");
  }
  const asked = groupe === null ? demande.groupes : [groupeStateOf(demande, groupe)].filter((g) => g !== undefined);
  if (asked.some((g) => isInstructeurOf(agent, g.groupeId))) relations.add("instructeur");
  const involved = [demande.opener.groupeId, ...demande.groupes.map((g) => g.groupeId)];
  if (involved.some((id) => isResponsableOf(agent, id))) relations.add("responsable");
  if (agent.admin) relations.add("admin");
  return relations;
}

export type Verdict = "allowed" | "unknown" | "forbidden" | "notNow";

/** In what capacity an agent who is several things acts: that of the thread in which the act is made. */
const ACTING_ON = {
  aidant: ["opener", "colleague", "witness"],
  instructeurs: ["instructeur"],
} as const satisfies Record<Side, readonly Relation[]>;

/** Where an act is made. `groupe`: whose thread it is; null on the aidant's side, or where there is no thread. */
export interface Standing {
  readonly side: Side;
  readonly groupe: GroupeId | null;
}

/**
 * Whether the agent may. `unknown`: the agent may not even know that the demande exists, and the answer must not tell.
 * `forbidden`: not for this agent, or not from this side. `notNow`: for this agent, but not in the state of the demande.
 */
export function may(agent: Agent, capability: Capability, demande: DemandeState, standing: Standing): Verdict {
  const rule: Rule = TABLE[capability];
  const acting: readonly Relation[] = ACTING_ON[standing.side];
  const relations = relationsOf(agent, demande, standing.groupe);
  // An act of an instructeur counts for a groupe: without one it would count for none.
  const nowhere = standing.side === "instructeurs" && standing.groupe === null;
  if (!nowhere && rule.relations.some((r) => acting.includes(r) && relations.has(r)))
    return rule.statuses.includes(demande.status) ? "allowed" : "notNow";
  const any = relationsOf(agent, demande);
  return TABLE.metadata.relations.some((r) => any.has(r)) ? "forbidden" : "unknown";
}

/** Whether the agent may see this much of it, in any capacity. */
export function maySee(
  agent: Agent,
  capability: "metadata" | "conversation" | "private" | "identity",
  demande: DemandeState,
): boolean {
  const relations = relationsOf(agent, demande);
  return TABLE[capability].relations.some((r) => relations.has(r));
}
