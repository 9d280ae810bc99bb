/** What is stored beside the events so that queries need not read them: always computed from the state, never set by hand. */
import type { DemandeState } from "../src/domain/demande.ts";
import { dueDates } from "../src/domain/overdue.ts";
import type { DemandeDocument } from "./demande.ts";
import type { Sealer } from "./sealing.ts";
import { searchHashes } from "./searchWords.ts";
import { shelvesOf } from "./shelves.ts";

export type DerivedFields = Omit<
  DemandeDocument,
  | "_id"
  | "ref"
  | "events"
  | "source"
  | "threads"
  | "noticed"
  | "deliverAt"
  | "behindSince"
  | "brokenOn"
  | "lease"
  | "sealedWith"
  | "erasure"
>;

export const sujetPlace = (id: string): string => `${id}/sujet`;

/**
 * @param now domain time: tells whether the card has still to change when the demande falls en souffrance
 */
export function derive(state: DemandeState, sealer: Sealer, now: Date): DerivedFields {
  const dates = dueDates(state);
  return {
    revision: state.seq,
    status: state.status,
    territoire: state.territoire,
    sujet: state.wipedAt ? null : sealer.seal(state.sujet, sujetPlace(state.id)),
    openerId: state.opener.agentId ?? "",
    openerName: state.opener.name,
    openerGroupeId: state.opener.groupeId ?? "",
    shared: state.shared,
    openedAt: state.openedAt,
    updatedAt: state.updatedAt,
    asked: state.groupes.map((g) => g.groupeId),
    active: state.groupes.filter((g) => !g.out).map((g) => g.groupeId),
    shelves: shelvesOf(state),
    takers: state.groupes.flatMap((g) =>
      g.takenBy ? [{ groupeId: g.groupeId, agentId: g.takenBy.agentId, name: g.takenBy.name }] : [],
    ),
    viewers: state.viewers.map((v) => v.agentId),
    firstAnswerAt: state.firstAnswerAt,
    lastAnswerAt: state.lastAnswerAt,
    processedAt: state.processedAt,
    processedFor: state.processedFor,
    archivedAt: state.archivedAt,
    usefulness: state.usefulness,
    standardProcedure: state.standardProcedure,
    names: searchHashes(state, sealer),
    ...dates,
    refreshAt: dates.overdueAt && dates.overdueAt >= now ? dates.overdueAt : null,
  };
}
