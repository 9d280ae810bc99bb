/** Buttons: which ones make sense now, and what each carries. */
import type { ActionId } from "../actions.ts";
import { actionOf } from "../actions.ts";
import type { DemandeState, Side } from "../domain/demande.ts";
import { groupeStateOf, isOpen, nobodyLeft } from "../domain/demande.ts";
import type { DemandeId, GroupeId } from "../domain/ids.ts";
import { demandeId, groupeId } from "../domain/ids.ts";
import { newsTexts } from "../texts.ts";
import type { Button } from "./message.ts";

/** What a button is about: ids only. `more` is the choice that it stands for. */
export interface ButtonTarget {
  readonly demande: DemandeId;
  /** For a button outside any thread: the groupe for which the click counts. */
  readonly groupe: GroupeId | null;
  readonly more: string | null;
}

export const encodeTarget = ({ demande, groupe, more }: ButtonTarget): string => [demande, groupe ?? "", more ?? ""].join("|");

/** Null for a value that no button of ours bears. */
export function decodeTarget(value: string): ButtonTarget | null {
  const [demande, groupe, more, ...rest] = value.split("|");
  if (!demande || rest.length > 0 || value.length > 200) return null;
  return { demande: demandeId(demande), groupe: groupe ? groupeId(groupe) : null, more: more || null };
}

export function button(
  action: ActionId,
  target: { demande: DemandeId; groupe?: GroupeId | null; more?: string },
  label?: string,
): Button {
  const { label: usual, emoji, style } = actionOf(action);
  const value = encodeTarget({ demande: target.demande, groupe: target.groupe ?? null, more: target.more ?? null });
  return { action, label: label ?? usual, emoji, style, value };
}

function instructeurActions(state: DemandeState, groupe: GroupeId | null): ActionId[] {
  if (state.status === "archivee") return ["voir"];
  if (state.status === "traitee") return ["voir", "repondre", "inviter"];
  const own = groupeStateOf(state, groupe);
  const take: ActionId = own?.takenBy ? "relayer" : "prendre";
  return ["voir", take, "repondre", "traitee", "inviter", ...(own?.out ? [] : (["decliner"] as const))];
}

function aidantActions(state: DemandeState): ActionId[] {
  if (state.status === "archivee") return ["voir", "rouvrir"];
  if (state.status === "traitee") return ["archiver", "rouvrir", "voir", "inviter"];
  const usual: ActionId[] = ["voir", "completer", "inviter", "archiver"];
  return nobodyLeft(state) ? ["inviter", ...usual.filter((a) => a !== "inviter")] : usual;
}

/** The buttons of the card, on this side; none once the data are wiped. */
export function cardButtons(state: DemandeState, side: Side, groupe: GroupeId | null): Button[] {
  if (state.wipedAt) return [];
  const actions = side === "instructeurs" ? instructeurActions(state, groupe) : aidantActions(state);
  return actions.map((action) => {
    const made = button(action, { demande: state.id });
    // Archiving is the main thing to do once the demande is processed, not before.
    return action === "archiver" && isOpen(state) ? { ...made, style: "default" } : made;
  });
}

export type SnoozeChoice = "demain" | "3-jours" | "semaine";

export const SNOOZE_LABELS: Readonly<Record<SnoozeChoice, string>> = {
  demain: newsTexts.snoozeTomorrow,
  "3-jours": newsTexts.snoozeThreeDays,
  semaine: newsTexts.snoozeWeek,
};

export const isSnoozeChoice = (value: string | null): value is SnoozeChoice =>
  value !== null && Object.hasOwn(SNOOZE_LABELS, value);

/** « Me le rappeler … », each with its choice. */
export const snoozeButtons = (demande: DemandeId, groupe: GroupeId | null): Button[] =>
  (Object.keys(SNOOZE_LABELS) as SnoozeChoice[]).map((choice) =>
    button("rappeler", { demande, groupe, more: choice }, `${actionOf("rappeler").label} ${SNOOZE_LABELS[choice]}`),
  );

/** Of a reminder: act, answer, or be reminded later. */
export const reminderButtons = (demande: DemandeId, groupe: GroupeId, taken: boolean): Button[] => [
  button(taken ? "relayer" : "prendre", { demande, groupe }),
  button("repondre", { demande, groupe }),
  ...snoozeButtons(demande, groupe),
];
