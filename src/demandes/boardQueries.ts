/**
 * What stands on each board, as the guide defines its tabs (« Consulter les demandes reçues »): on which shelves, and what else must
 * hold of it (docs/decisions/0009-boards.md, 0025-shelves.md).
 */

import type { AgentRecord } from "../../models/agent.ts";
import type { DemandeFilter, GroupeRelation, Wanted } from "../../models/shelves.ts";
import { groupeShelves, ownShelf, wantedOf } from "../../models/shelves.ts";
import { aidantGroupes, instructeurGroupes } from "../domain/agent.ts";
import type { GroupeId } from "../domain/ids.ts";
import { OPEN, type Status } from "../domain/status.ts";
import type { BoardId } from "../presentation/board.ts";

export interface BoardQuery {
  /** No demande in common between two of them. */
  readonly wanted: readonly Wanted[];
  /** By number: 1 the oldest first, -1 the newest. */
  readonly order: 1 | -1;
}

const INSTRUCTEUR_TABS = ["nouvelles", "en-cours", "en-souffrance", "traitees", "ailleurs"] as const satisfies BoardId[];
const AIDANT_TABS = ["mes-demandes", "a-archiver"] as const satisfies BoardId[];

/** The tabs of an agent; who is both has both. None for who is neither. */
export function tabsOf(agent: AgentRecord): BoardId[] {
  const instructeur = instructeurGroupes(agent).length > 0;
  const aidant = aidantGroupes(agent).length > 0;
  return [
    ...(instructeur ? INSTRUCTEUR_TABS : []),
    ...(aidant ? AIDANT_TABS : []),
    ...(instructeur || aidant ? (["archivees"] as const) : []),
  ];
}

/** The groupes of which an agent may choose one: where they answer, and where they ask. */
export const boardGroupes = (agent: AgentRecord): GroupeId[] => [
  ...new Set([...instructeurGroupes(agent), ...aidantGroupes(agent)]),
];

interface Of {
  readonly agent: AgentRecord;
  /** The groupes on whose behalf the agent answers, the chosen one alone if there is one. */
  readonly groupes: readonly GroupeId[];
  /** What the agent opened is looked for in this groupe alone; null for any. */
  readonly groupe: GroupeId | null;
  readonly now: Date;
}

type Statuses = readonly Status[];

/** What is addressed to these groupes, each demande in one state of several. */
const addressed = (relation: GroupeRelation, groupes: readonly GroupeId[], statuses: Statuses, also?: DemandeFilter): Wanted[] =>
  wantedOf((status) => groupeShelves(relation, groupes, [status]), statuses, also);

const own = ({ agent, groupe }: Of, statuses: Statuses, also: DemandeFilter = {}): Wanted[] => {
  const whole = { ...(groupe !== null && { openerGroupeId: groupe }), ...also };
  return wantedOf((status) => [ownShelf(agent.id, status)], statuses, whole);
};

const among = (groupes: readonly GroupeId[]) => ({ $in: [...groupes] });

/** What a groupe left to others is not elsewhere for who is also of one of those others. */
const unless = (field: "active" | "processedFor", { groupes }: Of): DemandeFilter =>
  groupes.length > 1 ? { $nor: [{ [field]: among(groupes) }] } : {};

function wantedOn(board: BoardId, of: Of): Wanted[] {
  const { agent, groupes, now } = of;
  const late = { overdueAt: { $lt: now } };
  switch (board) {
    case "nouvelles":
      return addressed("active", groupes, OPEN, { viewers: { $ne: agent.id } });
    case "en-cours":
      // One that was seen and waits for an answer is under way for who saw it: else it would stand nowhere.
      return [
        ...addressed("active", groupes, ["en_cours"]),
        ...addressed("active", groupes, ["nouvelle"], { $or: [{ viewers: agent.id }, late] }),
      ];
    case "en-souffrance":
      return addressed("active", groupes, OPEN, late);
    case "traitees":
      return addressed("processed", groupes, ["traitee"]);
    case "ailleurs":
      return [
        ...addressed("elsewhere", groupes, OPEN, unless("active", of)),
        ...addressed("elsewhere", groupes, ["traitee"], unless("processedFor", of)),
      ];
    case "mes-demandes":
      return own(of, OPEN);
    case "mes-nouvelles":
      return own(of, ["nouvelle"]);
    case "mes-en-cours":
      return own(of, ["en_cours"]);
    case "mes-en-souffrance":
      return own(of, OPEN, late);
    case "a-archiver":
      return own(of, ["traitee"]);
    case "archivees":
      return [
        ...addressed("asked", groupes, ["archivee"]),
        ...own(of, ["archivee"], groupes.length === 0 ? {} : { $nor: [{ asked: among(groupes) }] }),
      ];
  }
}

/** The most urgent are the oldest; elsewhere the newest come first. */
const orderOf = (board: BoardId): 1 | -1 => (board === "en-souffrance" || board === "mes-en-souffrance" ? 1 : -1);

export interface BoardAsked {
  /** The one chosen; one that is not the agent's own finds nothing. */
  readonly groupe: GroupeId | null;
  readonly now: Date;
}

export function boardQuery(board: BoardId, agent: AgentRecord, { groupe, now }: BoardAsked): BoardQuery {
  const groupes = instructeurGroupes(agent).filter((id) => groupe === null || id === groupe);
  return { wanted: wantedOn(board, { agent, groupes, groupe, now }), order: orderOf(board) };
}
