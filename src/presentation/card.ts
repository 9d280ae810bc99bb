/** The card of a demande: the root of each of its threads, kept current. Never holds the usager's identity. */
import type { DemandeState, GroupeState, Side, Status } from "../domain/demande.ts";
import { isOpen, nobodyLeft } from "../domain/demande.ts";
import type { GroupeId } from "../domain/ids.ts";
import { formatRef } from "../domain/ids.ts";
import { isOverdue, overdueAt } from "../domain/overdue.ts";
import { territoire } from "../domain/territoires.ts";
import { wipeTexts } from "../texts/donnees.ts";
import { cardTexts, statusTexts } from "../texts.ts";
import { cardButtons } from "./buttons.ts";
import { formatMoment } from "./dates.ts";
import type { Button } from "./message.ts";
import type { GroupeNames } from "./names.ts";
import { groupeName, whoIs } from "./names.ts";

export interface GroupeLine {
  readonly name: string;
  readonly emoji: string;
  /** « en attente », « prise en charge par Camille Exemple », « n’est pas le bon interlocuteur »… */
  readonly standing: string;
}

export interface Card {
  readonly ref: string;
  readonly side: Side;
  readonly sujet: string;
  /** « Ain (01) » */
  readonly territoire: string;
  /** « Camille Exemple (France Services d’Exemple) » */
  readonly opener: string;
  readonly openedAt: Date;
  /** The IANA time zone in which dates are shown. */
  readonly timeZone: string;
  readonly status: { readonly status: Status; readonly label: string; readonly emoji: string };
  readonly groupes: readonly GroupeLine[];
  /** « Consultée par … »: the instructeurs who have looked at the usager's file. */
  readonly viewers: readonly string[];
  /** What must be seen at once: « ⏰ En souffrance depuis … », « Plus aucun organisme… » */
  readonly alerts: readonly string[];
  /** Only the actions that make sense now, for this side. */
  readonly buttons: readonly Button[];
}

function groupeLine(groupe: GroupeState, names: GroupeNames): GroupeLine {
  const name = groupeName(names, groupe.groupeId) ?? "";
  if (groupe.out) return { name, emoji: "↪️", standing: cardTexts.out };
  if (groupe.takenBy) return { name, emoji: "✋", standing: cardTexts.takenBy(groupe.takenBy.name) };
  // Not « has reacted »: the aidant must not learn from the card that something was said between instructeurs.
  return groupe.answeredAt
    ? { name, emoji: "💬", standing: cardTexts.answered }
    : { name, emoji: "⌛", standing: cardTexts.waiting };
}

function alertsOf(state: DemandeState, now: Date, timeZone: string): string[] {
  const due = overdueAt(state);
  return [
    ...(due && isOverdue(state, now) ? [cardTexts.overdueSince(formatMoment(due, timeZone))] : []),
    ...(isOpen(state) && nobodyLeft(state) ? [cardTexts.nobodyLeft] : []),
    ...(state.status === "traitee" ? [cardTexts.toArchive] : []),
    ...(state.standardProcedure ? [cardTexts.standardProcedure] : []),
    ...(state.usefulness ? [cardTexts.usefulness(state.usefulness)] : []),
    ...(state.wipedAt ? [cardTexts.wiped] : []),
  ];
}

/** The card as it reads now, for one side. `groupe`: whose thread it heads; null in a direct conversation. */
export function buildCard(state: DemandeState, side: Side, groupe: GroupeId | null, names: GroupeNames, now: Date): Card {
  const { nom, code, timeZone } = territoire(state.territoire);
  return {
    ref: formatRef(state.ref),
    side,
    sujet: state.wipedAt ? wipeTexts.sujet : state.sujet,
    territoire: `${nom} (${code})`,
    opener: whoIs(state.opener, names),
    openedAt: state.openedAt,
    timeZone,
    status: { status: state.status, ...statusTexts[state.status] },
    groupes: state.groupes.map((g) => groupeLine(g, names)),
    viewers: state.viewers.filter((v) => v.agentId !== state.opener.agentId).map((v) => v.name),
    alerts: alertsOf(state, now, timeZone),
    buttons: cardButtons(state, side, groupe),
  };
}
