/** What the calendar has to say of a moment: why nothing comes, and when something will. Pure but for the demandes it is given. */
import { isWorkingDay, localDate, nextOpening } from "../../src/domain/calendar.ts";
import type { DemandeState } from "../../src/domain/demande.ts";
import { joursFeries } from "../../src/domain/holidays.ts";
import { formatRef } from "../../src/domain/ids.ts";
import { archiveInvitationAt, overdueAt, plannedReminders } from "../../src/domain/overdue.ts";
import { territoire as placeOf } from "../../src/domain/territoires.ts";
import { formatDay, formatNearMoment } from "../../src/presentation/dates.ts";

/** Where the people of the first day are. */
export const AIN = "01";
const HOUR = 3_600_000;
const MOST_SENTENCES = 4;

const isOpenAt = (at: Date, territoire: string): boolean => nextOpening(at, territoire).getTime() === at.getTime();

/** « le lundi 30 novembre à 09:00 », where people of that territoire are. */
const momentIn = (at: Date, territoire: string): string => `le ${formatNearMoment(at, placeOf(territoire).timeZone)}`;

const placeName = (territoire: string): string => `${placeOf(territoire).nom} (${placeOf(territoire).code})`;

/** Why offices are closed there at that moment, in words; null when they are open. */
export function whyClosed(at: Date, territoire: string): string | null {
  if (isOpenAt(at, territoire)) return null;
  const { feries, timeZone } = placeOf(territoire);
  const date = localDate(at, territoire);
  const holidays = joursFeries(feries, Number(date.slice(0, 4))).filter((holiday) => holiday.date === date);
  if (holidays.length > 0) return `le ${formatDay(at, timeZone)} y est férié (${holidays.map(({ nom }) => nom).join(", ")})`;
  if (!isWorkingDay(at, territoire)) return "c’est le week-end";
  return "il est hors des heures ouvrées (de 9 h à 18 h)";
}

/** The first opening there after the present one, if it is open. */
export function openingAfter(at: Date, territoire: string): Date {
  let moment = at;
  while (isOpenAt(moment, territoire)) moment = new Date(moment.getTime() + HOUR);
  return nextOpening(moment, territoire);
}

interface Expected {
  readonly at: Date;
  readonly what: string;
  readonly territoire: string;
}

const ofDemande = (state: DemandeState): string => `${formatRef(state.ref)} (« ${state.sujet} »)`;

/** What is late already and waits for offices to open. */
function heldBack(state: DemandeState, now: Date): string | null {
  const waiting = plannedReminders(state).filter(({ at, late }) => late < now && at > now);
  const closed = whyClosed(now, state.territoire);
  const [first] = waiting;
  // A reminder that was given already waits for its next turn, not for the opening.
  const opens = first && nextOpening(now, state.territoire).getTime() === first.at.getTime();
  if (!first || closed === null || !opens) return null;
  return `${ofDemande(state)} est en souffrance, mais dans le territoire ${placeName(state.territoire)} ${closed} : le rappel viendra ${momentIn(first.at, state.territoire)}.`;
}

function expectedOf(state: DemandeState, now: Date): Expected[] {
  const { territoire } = state;
  const reminders = plannedReminders(state).map(({ at, count }) => ({
    at,
    territoire,
    what: count === 1 ? `le premier rappel de ${ofDemande(state)}` : `le rappel n° ${count} de ${ofDemande(state)}`,
  }));
  const late = overdueAt(state);
  const falls = late ? [{ at: late, territoire, what: `${ofDemande(state)} tombe en souffrance` }] : [];
  const archive = archiveInvitationAt(state);
  const invitation = archive ? [{ at: archive, territoire, what: `l’invitation à archiver ${ofDemande(state)}` }] : [];
  return [...falls, ...reminders, ...invitation].filter(({ at }) => at > now);
}

/**
 * What there is to expect, in sentences: what waits for offices to open, whether they are open now, and what comes next.
 * @param states of all demandes
 */
export function explainMoment(states: readonly DemandeState[], now: Date): string[] {
  const held = states.flatMap((state) => heldBack(state, now) ?? []);
  const territoires = [...new Set([AIN, ...states.map(({ territoire }) => territoire)])];
  const closed = territoires.flatMap((territoire) => {
    const reason = whyClosed(now, territoire);
    const opens = momentIn(nextOpening(now, territoire), territoire);
    return reason === null ? [] : [`${placeName(territoire)} : ${reason} ; aucun rappel avant ${opens.replace(/^le /, "le ")}.`];
  });
  const expected = states.flatMap((state) => expectedOf(state, now)).sort((a, b) => a.at.getTime() - b.at.getTime());
  const [next] = expected;
  const coming = next
    ? `Prochaine échéance : ${momentIn(next.at, next.territoire)}, ${next.what}.`
    : "Aucune échéance à venir : toutes les demandes sont archivées, ou attendent quelqu’un d’autre.";
  return [...held.slice(0, MOST_SENTENCES), ...(held.length === 0 ? closed.slice(0, MOST_SENTENCES) : []), coming];
}
