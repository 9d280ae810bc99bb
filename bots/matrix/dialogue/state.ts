/** A form being filled in, one question at a time. Pure: what is asked next, and what an answer changes. */
import { fold } from "../../../src/domain/folding.ts";
import type { Field, Form, FormValues } from "../../../src/presentation/form.ts";
import { chosenValues, isField } from "../../../src/presentation/form.ts";
import { matrixTexts } from "../../../src/texts/matrix.ts";
import { faultTexts } from "../../../src/texts.ts";
import { choose, optionsOf } from "./choices.ts";

type Value = string | readonly string[] | boolean;

export interface DialogueState {
  readonly form: Form;
  readonly values: Readonly<Record<string, Value>>;
  /** Fields answered or left out, in the order in which it was done. */
  readonly done: readonly string[];
  /** Fields to be answered again, and why. */
  readonly faults: Readonly<Record<string, string>>;
  /** The choices offered by number instead of the whole list, after a name that fits several. */
  readonly candidates: readonly string[] | null;
  /** Said above what is asked next. */
  readonly remark: string | null;
}

/** What is asked now. */
export type Turn = { readonly kind: "ask"; readonly field: Field } | { readonly kind: "recap" } | { readonly kind: "confirm" };

export type Step =
  | { readonly kind: "on"; readonly state: DialogueState }
  /** The form depends on what was just answered. */
  | { readonly kind: "refresh"; readonly state: DialogueState }
  | { readonly kind: "submit"; readonly state: DialogueState }
  | { readonly kind: "cancelled" };

const texts = matrixTexts.dialogue;

export const begin = (form: Form): DialogueState => ({
  form,
  values: {},
  done: [],
  faults: {},
  candidates: null,
  remark: null,
});

export const fieldsOf = ({ parts }: Form): readonly Field[] => parts.filter(isField);

export function turnOf({ form, done, faults }: DialogueState): Turn {
  const fields = fieldsOf(form);
  if (fields.length === 0) return { kind: "confirm" };
  const field = fields.find(({ name }) => Object.hasOwn(faults, name)) ?? fields.find(({ name }) => !done.includes(name));
  return field === undefined ? { kind: "recap" } : { kind: "ask", field };
}

/** What the field holds if it is passed over: what was answered before, or what the form proposes. */
export function keptValue({ values }: DialogueState, field: Field): Value | undefined {
  const given = values[field.name];
  if (given !== undefined) return given;
  switch (field.kind) {
    case "text":
      return field.initial || undefined;
    case "choice":
      if (!field.initial?.length) return undefined;
      return field.multiple ? field.initial : field.initial[0];
    case "checkbox":
      return field.initial;
  }
}

/** As people read it. */
export function shownValue(field: Field, value: Value | undefined): string {
  if (value === undefined) return texts.none;
  if (typeof value === "boolean") return value ? texts.yes : texts.no;
  if (field.kind !== "choice") return String(value);
  const chosen = typeof value === "string" ? [value] : value;
  const all = optionsOf(field);
  return chosen.map((one) => all.find((option) => option.value === one)?.label ?? one).join(", ");
}

const on = (state: DialogueState, changes: Partial<DialogueState> = {}): Step => ({
  kind: "on",
  state: { ...state, remark: null, candidates: null, ...changes },
});

const without = <T>(record: Readonly<Record<string, T>>, name: string): Record<string, T> => {
  const { [name]: _, ...rest } = record;
  return rest;
};

const same = (a: Value | undefined, b: Value | undefined): boolean => JSON.stringify(a) === JSON.stringify(b);

function answered(state: DialogueState, field: Field, value: Value | undefined): Step {
  const values = value === undefined ? without(state.values, field.name) : { ...state.values, [field.name]: value };
  const done = [...state.done.filter((name) => name !== field.name), field.name];
  const next = { ...state, values, done, faults: without(state.faults, field.name), remark: null, candidates: null };
  const changed = !same(keptValue(state, field), value);
  return { kind: field.refreshes && changed ? "refresh" : "on", state: next };
}

const refusedAnswer = (state: DialogueState, remark: string, candidates: readonly string[] | null = null): Step =>
  on(state, { remark, candidates });

function textAnswer(state: DialogueState, field: Extract<Field, { kind: "text" }>, typed: string): Step {
  const text = field.multiline ? typed.trim() : typed.replace(/\s+/g, " ").trim();
  if (text === "") return refusedAnswer(state, faultTexts.required);
  if ([...text].length > field.maxLength) return refusedAnswer(state, faultTexts.tooLong(field.maxLength));
  return answered(state, field, text);
}

const YES: ReadonlySet<string> = new Set(["oui", "o", "ok", "d accord"]);
const NO: ReadonlySet<string> = new Set(["non", "n"]);

function answerTo(state: DialogueState, field: Field, typed: string): Step {
  switch (field.kind) {
    case "text":
      return textAnswer(state, field, typed);
    case "checkbox": {
      const word = fold(typed);
      if (YES.has(word)) return answered(state, field, true);
      if (!NO.has(word)) return refusedAnswer(state, texts.yesNo);
      return field.required ? refusedAnswer(state, texts.mustTick) : answered(state, field, false);
    }
    case "choice": {
      const chosen = choose(field, state.candidates, typed);
      if (chosen.kind === "fault") return refusedAnswer(state, chosen.sentence);
      if (chosen.kind === "several") return refusedAnswer(state, texts.candidates(chosen.typed), chosen.values);
      return answered(state, field, field.multiple ? chosen.values : chosen.values[0]);
    }
  }
}

function skip(state: DialogueState, field: Field): Step {
  const kept = keptValue(state, field);
  if (kept === undefined && field.required) return refusedAnswer(state, texts.cannotSkip);
  return answered(state, field, kept);
}

/** Every question that may be left out, and has not been asked yet, is. */
function skipAll(state: DialogueState): Step {
  const open = fieldsOf(state.form).filter(({ name, required }) => !required && !state.done.includes(name));
  const values = { ...state.values };
  for (const field of open) {
    const kept = keptValue(state, field);
    if (kept !== undefined) values[field.name] = kept;
  }
  const done = [...state.done, ...open.map(({ name }) => name)];
  return open.length === 0 ? refusedAnswer(state, texts.cannotSkip) : on(state, { values, done });
}

function back(state: DialogueState): Step {
  const last = state.done.at(-1);
  return last === undefined ? refusedAnswer(state, texts.atStart) : on(state, { done: state.done.slice(0, -1) });
}

function recapAnswer(state: DialogueState, word: string): Step {
  if (word === "envoyer" || YES.has(word)) return { kind: "submit", state };
  const field = /^\d{1,2}$/.test(word) ? fieldsOf(state.form)[Number(word) - 1] : undefined;
  if (field === undefined) return refusedAnswer(state, texts.sendFirst);
  return on(state, { done: state.done.filter((name) => name !== field.name) });
}

/** What a message changes. */
export function step(state: DialogueState, typed: string): Step {
  const word = fold(typed);
  if (word === "annuler") return { kind: "cancelled" };
  const turn = turnOf(state);
  if (turn.kind === "confirm") {
    if (YES.has(word) || word === "envoyer") return { kind: "submit", state };
    return NO.has(word) ? { kind: "cancelled" } : refusedAnswer(state, texts.yesNo);
  }
  if (word === "retour") return back(state);
  if (turn.kind === "recap") return recapAnswer(state, word);
  const { field } = turn;
  if (word === "passer tout") return skipAll(state);
  if (word === "passer" || (word === "ok" && field.kind !== "checkbox" && keptValue(state, field) !== undefined))
    return skip(state, field);
  if (word === "effacer" && !field.required) return answered(state, field, undefined);
  return answerTo(state, field, typed);
}

/** The same dialogue on the form built anew: what it no longer asks, or no longer offers, is forgotten. */
export function refreshed(state: DialogueState, form: Form): DialogueState {
  const values: Record<string, Value> = {};
  const former = new Map(fieldsOf(state.form).map((field) => [field.name, field]));
  for (const field of fieldsOf(form)) {
    const before = former.get(field.name);
    // What the form proposed before, and was not asked yet, is proposed still.
    const value = before === undefined ? state.values[field.name] : keptValue(state, before);
    if (value === undefined) continue;
    if (field.kind !== "choice") values[field.name] = value;
    else {
      const offered = chosenValues(state.values, field.name).filter((one) => optionsOf(field).some((o) => o.value === one));
      if (offered.length > 0) values[field.name] = field.multiple ? offered : (offered[0] ?? "");
    }
  }
  const fields = fieldsOf(form);
  const lost = (name: string) => state.values[name] !== undefined && values[name] === undefined;
  const done = state.done.filter((name) => fields.some((field) => field.name === name) && !lost(name));
  return { ...state, form, values, done, candidates: null };
}

/** After a sending that found faults: only those are asked again. One that no question of the form can mend is told. */
export function faulted(state: DialogueState, faults: Readonly<Record<string, string>>): DialogueState {
  const known = fieldsOf(state.form).map(({ name }) => name);
  const own = Object.entries(faults).filter(([name]) => known.includes(name));
  const others = Object.entries(faults).filter(([name]) => !known.includes(name));
  return { ...state, faults: Object.fromEntries(own), remark: others.map(([, sentence]) => sentence).join(" ") || null };
}

/** What is sent: what was answered, and what the form proposed where nobody was asked otherwise. */
export function valuesOf(state: DialogueState): FormValues {
  return Object.fromEntries(
    fieldsOf(state.form).flatMap((field) => {
      const value = state.done.includes(field.name) ? state.values[field.name] : keptValue(state, field);
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
}
