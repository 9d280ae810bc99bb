/**
 * What stands on each board, as the guide defines its tabs (« Consulter les demandes reçues »): the filters that walk it, each
 * fixing one groupe or person and one status so that an index gives it in order, and those that count it.
 */
import type { AgentRecord } from "../../models/agent.ts";
import type { DemandeFilter } from "../../models/demandes.ts";
import { aidantGroupes, instructeurGroupes } from "../domain/agent.ts";
import type { GroupeId } from "../domain/ids.ts";
import type { BoardId } from "../presentation/board.ts";

export interface BoardQuery {
  readonly walk: readonly DemandeFilter[];
  /** None in common between two of them. */
  readonly count: readonly DemandeFilter[];
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
  /** What the agent opened, for the chosen groupe if there is one. */
  readonly mine: DemandeFilter;
  readonly now: Date;
}

type Statuses = readonly ("nouvelle" | "en_cours" | "traitee" | "archivee")[];
const OPEN: Statuses = ["nouvelle", "en_cours"];

/** In one list, or one status, a value that an index fixes. */
const among = (values: readonly string[]) => (values.length === 1 ? values[0] : { $in: values });

function query(
  field: "active" | "asked",
  { groupes }: Of,
  parts: readonly { readonly statuses: Statuses; readonly also?: DemandeFilter }[],
): BoardQuery {
  if (groupes.length === 0) return { walk: [], count: [], order: -1 };
  return {
    walk: parts.flatMap(({ statuses, also }) =>
      statuses.flatMap((status) => groupes.map((groupe) => ({ [field]: groupe, status, ...also }))),
    ),
    count: parts.map(({ statuses, also }) => ({ [field]: among(groupes), status: among(statuses), ...also })),
    order: -1,
  };
}

const own = ({ mine }: Of, statuses: Statuses, also: DemandeFilter = {}): BoardQuery => ({
  walk: statuses.map((status) => ({ ...mine, status, ...also })),
  count: [{ ...mine, status: among(statuses), ...also }],
  order: -1,
});

/** Of a demande written before the groupe that processed it was kept, all asked groupes count as that groupe. */
const processedBy = (groupes: readonly GroupeId[]): DemandeFilter => ({ processedFor: { $in: [...groupes, null] } });

function ofBoard(board: BoardId, of: Of): BoardQuery {
  const { agent, groupes, now } = of;
  const late = { overdueAt: { $lt: now } };
  switch (board) {
    case "nouvelles":
      return query("active", of, [{ statuses: OPEN, also: { viewers: { $ne: agent.id } } }]);
    case "en-cours":
      // One that was seen and waits for an answer is under way for who saw it: else it would stand nowhere.
      return query("active", of, [
        { statuses: ["en_cours"] },
        { statuses: ["nouvelle"], also: { $or: [{ viewers: agent.id }, late] } },
      ]);
    case "en-souffrance": {
      const { walk } = query("active", of, [{ statuses: OPEN, also: late }]);
      // Only what is open has a due date.
      return { walk, count: groupes.length === 0 ? [] : [{ active: among(groupes), ...late }], order: 1 };
    }
    case "traitees":
      return query("asked", of, [{ statuses: ["traitee"], also: processedBy(groupes) }]);
    case "ailleurs": {
      const left = { active: { $nin: groupes } };
      return query("asked", of, [
        { statuses: OPEN, also: left },
        { statuses: ["traitee"], also: { processedFor: { $nin: [...groupes, null] } } },
      ]);
    }
    case "mes-demandes":
      return own(of, OPEN);
    case "mes-nouvelles":
      return own(of, ["nouvelle"]);
    case "mes-en-cours":
      return own(of, ["en_cours"]);
    case "mes-en-souffrance":
      return { ...own(of, OPEN, late), order: 1 };
    case "a-archiver":
      return own(of, ["traitee"]);
    case "archivees": {
      const asked = query("asked", of, [{ statuses: ["archivee"] }]);
      const mine = own(of, ["archivee"], groupes.length === 0 ? {} : { asked: { $nin: groupes } });
      return { walk: [...asked.walk, ...mine.walk], count: [...asked.count, ...mine.count], order: -1 };
    }
  }
}

/** @param groupe the one chosen; one that is not the agent's own finds nothing */
export function boardQuery(board: BoardId, agent: AgentRecord, groupe: GroupeId | null, now: Date): BoardQuery {
  const groupes = instructeurGroupes(agent).filter((id) => groupe === null || id === groupe);
  const mine = { openerId: agent.id, ...(groupe === null ? {} : { openerGroupeId: groupe }) };
  return ofBoard(board, { agent, groupes, mine, now });
}
