/** Filling in a form on Matrix: one question at a time in the direct conversation, what was typed before kept. */
import { type DialogueState, fieldsOf, keptValue, step, turnOf, valuesOf } from "../../bots/matrix/dialogue/state.ts";
import type { StoredDialogue } from "../../models/dialogues.ts";
import type { Field, FormValues } from "../../src/presentation/form.ts";
import { chosenValues } from "../../src/presentation/form.ts";

type Faults = Readonly<Record<string, string>>;

export const stateOf = ({ state }: StoredDialogue): DialogueState => state as DialogueState;

export const typedIn = (dialogue: StoredDialogue): FormValues => valuesOf(stateOf(dialogue));

const isGiven = (value: FormValues[string]): boolean => value !== undefined && value !== "";

/** « caf-01, cpam-01 », « oui » */
function typed(field: Field, values: FormValues): string {
  const value = values[field.name];
  if (field.kind === "checkbox") return value === true ? "oui" : "non";
  return field.kind === "choice" ? chosenValues(values, field.name).join(", ") : String(value);
}

/** Whether the form holds something else there than what the person wants. */
function differs(state: DialogueState, field: Field, values: FormValues): boolean {
  if (!isGiven(values[field.name])) return false;
  if (field.kind !== "choice") return state.values[field.name] !== values[field.name];
  return chosenValues(state.values, field.name).join() !== chosenValues(values, field.name).join();
}

function answerTo(state: DialogueState, field: Field, values: FormValues): string {
  if (isGiven(values[field.name])) return typed(field, values);
  const left = fieldsOf(state.form).filter(({ name }) => !state.done.includes(name));
  const skipsAll = left.every(({ name, required }) => !required && !isGiven(values[name]) && state.faults[name] === undefined);
  return skipsAll && keptValue(state, field) === undefined ? "passer tout" : "passer";
}

/** What a person who wants these values answers now. @throws Error for a value that nothing asks for */
export function nextAnswer(dialogue: StoredDialogue, values: FormValues): string {
  const state = stateOf(dialogue);
  const turn = turnOf(state);
  if (turn.kind === "ask") return answerTo(state, turn.field, values);
  const fields = fieldsOf(state.form);
  const unasked = Object.keys(values).find((name) => isGiven(values[name]) && !fields.some((field) => field.name === name));
  if (unasked !== undefined) throw new Error(`« ${state.form.title} » does not ask for ${unasked}`);
  const changed = turn.kind === "recap" ? fields.findIndex((field) => differs(state, field, values)) : -1;
  return changed >= 0 ? String(changed + 1) : "envoyer";
}

/** What is wrong with what was sent, or with the answer just given; null when the form goes on. */
export function faultsAfter(before: StoredDialogue, answer: string, after: StoredDialogue): Faults | null {
  const state = stateOf(after);
  if (step(stateOf(before), answer).kind === "submit") return state.faults;
  const turn = turnOf(state);
  const isRefused = turn.kind === "ask" && state.remark !== null;
  return isRefused ? { [turn.field.name]: state.remark ?? "" } : null;
}
