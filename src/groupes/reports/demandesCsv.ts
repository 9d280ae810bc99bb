/**
 * The columns of the export of demandes, those of Administration+ (its « Demandes de vos groupes »): metadata only, so that
 * who runs a groupe without answering may have it. Dates in the time of the demande's territoire, written aaaa-mm-jj hh:mm: each
 * spreadsheet takes them for dates, and a text sorts them too. Numbers bear the French comma, which goes with the semicolon.
 */

import type { Groupe } from "../../../models/groupe.ts";
import type { DemandeEvent, DemandeState } from "../../domain/demande.ts";
import type { GroupeId } from "../../domain/ids.ts";
import { formatRef } from "../../domain/ids.ts";
import { delaysOf } from "../../domain/measures.ts";
import { findOrganisme } from "../../domain/organismes.ts";
import { territoire } from "../../domain/territoires.ts";
import { offsetAt } from "../../domain/zone.ts";
import { exportTexts } from "../../texts/reports.ts";
import { newsTexts, statusTexts } from "../../texts.ts";
import { defused } from "../csvCells.ts";

export type GroupesById = ReadonlyMap<GroupeId, Pick<Groupe, "name" | "organisme" | "franceServices">>;

export const DEMANDE_TITLES: readonly string[] = Object.values(exportTexts.columns);

const HOURS_A_DAY = 24;

const number = (value: number | null): string => (value === null ? "" : String(Math.round(value * 100) / 100).replace(".", ","));

const days = (hours: number | null): string => number(hours === null ? null : hours / HOURS_A_DAY);

const stamp = (at: Date | null, zone: string): string =>
  at === null ? "" : new Date(at.getTime() + offsetAt(zone, at.getTime())).toISOString().slice(0, 16).replace("T", " ");

/** A demande and what cannot be told from its state alone. */
export interface DemandeRecord {
  readonly state: DemandeState;
  readonly events: readonly Pick<DemandeEvent, "at" | "by" | "audience" | "type">[];
}

/** What an instructeur did that the aidant could see; a word and the act that goes with it, sent at once, are one answer. */
const ANSWERS: ReadonlySet<DemandeEvent["type"]> = new Set(["message", "fileShared", "taken", "declined", "processed"]);

function answersIn(events: DemandeRecord["events"]): number {
  const shown = events.filter(({ type, by, audience }) => by.role === "instructeur" && audience === "tous" && ANSWERS.has(type));
  return new Set(shown.map(({ at, by }) => `${at.getTime()}/${by.agentId}`)).size;
}

/** The instructeurs who took part, each once. */
const instructeursIn = (events: DemandeRecord["events"]): string[] => [
  ...new Set(events.filter(({ by, type }) => by.role === "instructeur" && type !== "viewed").map(({ by }) => by.name)),
];

/** The cells of one demande, in the order of the titles. */
export function demandeCells({ state, events }: DemandeRecord, groupes: GroupesById): string[] {
  const { nom, code, timeZone } = territoire(state.territoire);
  const delays = delaysOf(state);
  const nameOf = (id: GroupeId): string => groupes.get(id)?.name ?? newsTexts.unknownGroupe;
  const names = (invited: boolean) => state.groupes.filter((g) => g.invited === invited).map((g) => nameOf(g.groupeId));
  const opener = state.opener.groupeId === null ? undefined : groupes.get(state.opener.groupeId);
  const words = state.utterances.filter((utterance) => !utterance.deleted).length;
  const { yes, no, network, useful } = exportTexts;
  const cells: Record<keyof typeof exportTexts.columns, string> = {
    id: state.id,
    ref: formatRef(state.ref),
    openedAt: stamp(state.openedAt, timeZone),
    territoire: `${nom} (${code})`,
    status: statusTexts[state.status].label,
    opener: state.opener.name,
    structure: opener ? (findOrganisme(opener.organisme)?.nom ?? opener.organisme) : "",
    network: opener?.franceServices ? network.franceServices : network.general,
    people: instructeursIn(events).join(", "),
    // The demande itself is the first.
    messages: String(1 + words),
    answers: String(answersIn(events)),
    useful: state.usefulness === null ? "" : useful[state.usefulness],
    relevant: state.standardProcedure ? no : yes,
    closedAt: stamp(state.archivedAt, timeZone),
    openerGroupe: state.opener.groupeId === null ? "" : nameOf(state.opener.groupeId),
    asked: names(false).join(", "),
    invited: names(true).join(", "),
    firstAnswerDays: days(delays.firstAnswer),
    closingDays: days(delays.closing),
    firstAnswerHours: number(delays.firstAnswer),
    closingHours: number(delays.closing),
  };
  return Object.values(cells).map(defused);
}
