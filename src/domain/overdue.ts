/**
 * When a demande falls en souffrance, and when to remind whom. The rule is the guide's (« Consulter les demandes reçues »):
 * never answered for more than 3 jours ouvrés, or last answered more than 15 days ago.
 */
import { addWorkingHours, nextOpening } from "./calendar.ts";
import type { DemandeState, GroupeState } from "./demande.ts";
import { isOpen } from "./demande.ts";
import type { GroupeId } from "./ids.ts";

/** 3 jours ouvrés. */
export const FIRST_ANSWER_HOURS = 72;
const LAST_ANSWER_DAYS = 15;
const BETWEEN_REMINDERS_HOURS = 48;
/** From this reminder on, the responsables are told in person too. */
export const ESCALATION_COUNT = 3;
const ARCHIVE_INVITATION_DAYS = 7;
const MAX_ARCHIVE_INVITATIONS = 4;
const WIPE_MONTHS = 6;
const DAY = 86_400_000;

const later = (a: Date, b: Date): Date => (a > b ? a : b);

/**
 * The moment after which the demande is en souffrance (strictly after: at 72 hours sharp it is not yet). Null when it is
 * neither nouvelle nor en cours. After a reopening it is no sooner than 72 working hours from it.
 */
export function overdueAt(state: DemandeState): Date | null {
  if (!isOpen(state)) return null;
  const due = state.lastAnswerAt
    ? new Date(state.lastAnswerAt.getTime() + LAST_ANSWER_DAYS * DAY)
    : addWorkingHours(state.openedAt, FIRST_ANSWER_HOURS, state.territoire);
  return state.reopenedAt ? later(due, addWorkingHours(state.reopenedAt, FIRST_ANSWER_HOURS, state.territoire)) : due;
}

export const isOverdue = (state: DemandeState, now: Date): boolean => {
  const due = overdueAt(state);
  return due !== null && now > due;
};

/** One groupe's next reminder. `count` is the number that it will bear; `late`: since when it is late. */
export interface PlannedReminder {
  readonly groupeId: GroupeId;
  readonly at: Date;
  readonly count: number;
  readonly late: Date;
}

/** An invited groupe that never reacted has a clock of its own; every other one follows the demande's. */
function groupeDueAt(state: DemandeState, groupe: GroupeState, due: Date): Date {
  if (!groupe.invited || groupe.reactedAt) return due;
  const own = addWorkingHours(groupe.askedAt, FIRST_ANSWER_HOURS, state.territoire);
  return state.reopenedAt ? later(own, addWorkingHours(state.reopenedAt, FIRST_ANSWER_HOURS, state.territoire)) : own;
}

function plan(state: DemandeState, groupe: GroupeState, due: Date): PlannedReminder {
  const late = groupeDueAt(state, groupe, due);
  // Reminders of an earlier lateness, since answered, do not count.
  const given = groupe.reminders.filter((at) => at > late);
  const last = given.at(-1);
  const next = last
    ? addWorkingHours(last, BETWEEN_REMINDERS_HOURS, state.territoire)
    : // The first opening hour after the due date: a due date within working hours is its own, one millisecond later.
      new Date(late.getTime() + 1);
  // Whoever asked to be reminded sooner or later than usual is, but never of what is not late yet.
  const wanted = groupe.snoozedUntil ? later(groupe.snoozedUntil, new Date(late.getTime() + 1)) : next;
  const at = nextOpening(wanted, state.territoire);
  return { groupeId: groupe.groupeId, at, count: given.length + 1, late };
}

/** The next reminder of each groupe that is not out, while the demande is open; none otherwise. */
export function plannedReminders(state: DemandeState): PlannedReminder[] {
  const due = overdueAt(state);
  if (!due) return [];
  return state.groupes.filter((g) => !g.out).map((g) => plan(state, g, due));
}

/** The reminders to give now, at the moment of `now` in an opening hour of the territoire; none outside these hours. */
export function remindersDue(state: DemandeState, now: Date): PlannedReminder[] {
  if (nextOpening(now, state.territoire).getTime() !== now.getTime()) return [];
  return plannedReminders(state).filter((r) => r.at <= now);
}

/**
 * When the aidant's side is next invited to archive: a week after « traitée », then a week after each invitation, four times
 * in all. Counted from the invitation itself: after a long stop, those that were missed do not come all at once.
 */
export function archiveInvitationAt(state: DemandeState): Date | null {
  if (state.status !== "traitee" || !state.processedAt || state.archiveInvitations >= MAX_ARCHIVE_INVITATIONS) return null;
  const from = state.archiveInvitedAt ?? state.processedAt;
  return nextOpening(new Date(from.getTime() + ARCHIVE_INVITATION_DAYS * DAY), state.territoire);
}

/** When the personal data are wiped: six months after the archiving. */
export function wipeAt(state: DemandeState): Date | null {
  if (!state.archivedAt || state.wipedAt) return null;
  const at = new Date(state.archivedAt);
  const day = at.getUTCDate();
  at.setUTCMonth(at.getUTCMonth() + WIPE_MONTHS, 1);
  const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
  at.setUTCDate(Math.min(day, lastDay));
  return at;
}

/** The dates that the sweeps look for. All are derived: they are computed when the document changes, and stored. */
export interface DueDates {
  readonly overdueAt: Date | null;
  /** The earliest reminder of any groupe. */
  readonly remindAt: Date | null;
  readonly archiveInvitationAt: Date | null;
  readonly wipeAt: Date | null;
}

export function dueDates(state: DemandeState): DueDates {
  const reminders = plannedReminders(state).map((r) => r.at.getTime());
  return {
    overdueAt: overdueAt(state),
    remindAt: reminders.length ? new Date(Math.min(...reminders)) : null,
    archiveInvitationAt: archiveInvitationAt(state),
    wipeAt: wipeAt(state),
  };
}
