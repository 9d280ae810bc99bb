/** Forms as Slack modals, and the values of a modal as form values. */
import type { InputBlock, KnownBlock, ModalView, PlainTextOption, StaticSelect } from "@slack/web-api";
import { z } from "zod";
import {
  type Field,
  type Form,
  type FormId,
  type FormValues,
  isField,
  type Note,
  type Option,
} from "../../../src/presentation/form.ts";
import type { Message } from "../../../src/presentation/message.ts";
import { slackTexts } from "../../../src/texts.ts";
import { cut, identifier, LIMITS, label } from "../limits.ts";
import { type ChoiceLists, choiceLists } from "./choices.ts";
import { renderMessage } from "./message.ts";
import { fullRoom, NO_USERS, section, textElements } from "./richtext.ts";

const TICKED = "oui";

/** Where the form was asked for, so that what follows its sending is said there. Ids only. */
export interface FormOrigin {
  readonly channel: string | null;
  readonly thread: string | null;
  /** The view of the home in which it was asked for. */
  readonly home?: string | undefined;
}

/** What travels in `private_metadata`: ids and nothing else, since Slack keeps it. */
const carried = z.object({
  context: z.record(z.string(), z.string()),
  channel: z.string().nullable(),
  thread: z.string().nullable(),
  home: z.string().optional(),
});
export type Carried = z.infer<typeof carried>;

/** @throws when the view is not one that this program opened, or not in this version */
export const readCarried = (privateMetadata: string): Carried => carried.parse(JSON.parse(privateMetadata));

const CALLBACK = "form:";

/** Every form, kept complete by its type. */
const FORMS: Readonly<Record<FormId, true>> = {
  ouvrir: true,
  voir: true,
  moi: true,
  relais: true,
  decliner: true,
  repondre: true,
  inviter: true,
  traiter: true,
  archiver: true,
  completer: true,
  "groupe-ajouter": true,
  "groupe-retirer": true,
  "groupe-role": true,
  "groupe-creer": true,
  "groupe-modifier": true,
  "groupe-relier": true,
};
const isFormId = (id: string): id is FormId => Object.hasOwn(FORMS, id);

/** The form behind a view's `callback_id`; undefined for a view that is no form. */
export function formOfCallback(callback: string): FormId | undefined {
  const id = callback.startsWith(CALLBACK) ? callback.slice(CALLBACK.length) : "";
  return isFormId(id) ? id : undefined;
}

const plain = (text: string, max: number) => ({ type: "plain_text" as const, text: label(text, max), emoji: false });

const slackOption = (option: Option): PlainTextOption => ({
  text: plain(option.label, LIMITS.optionLabel),
  value: identifier(option.value, LIMITS.optionValue, "an option's value"),
  ...(option.description === undefined || option.description.trim() === ""
    ? {}
    : { description: plain(option.description, LIMITS.optionLabel) }),
});

type ChoiceField = Extract<Field, { kind: "choice" }>;

function choiceElement(field: ChoiceField, lists: ChoiceLists): InputBlock["element"] {
  const groups = lists.groups.map((group) => ({
    label: plain(group.label, LIMITS.optionLabel),
    options: group.options.map(slackOption),
  }));
  const single = groups.length === 1 && lists.groups[0]?.label === "" ? groups[0] : undefined;
  const choices: Pick<StaticSelect, "options" | "option_groups"> = single
    ? { options: single.options }
    : { option_groups: groups };
  const wanted = new Set(field.initial ?? []);
  const initial = groups
    .flatMap((group) => group.options)
    .filter((option) => option.value !== undefined && wanted.has(option.value));
  const base = {
    action_id: field.name,
    placeholder: plain(field.placeholder ?? slackTexts.choose, LIMITS.placeholder),
    ...choices,
  };
  if (field.multiple)
    return { type: "multi_static_select", ...base, ...(initial.length === 0 ? {} : { initial_options: initial }) };
  return { type: "static_select", ...base, ...(initial[0] === undefined ? {} : { initial_option: initial[0] }) };
}

function textElement(field: Extract<Field, { kind: "text" }>): InputBlock["element"] {
  const most = Math.min(Math.max(Math.trunc(field.maxLength), 1), LIMITS.inputText);
  return {
    type: "plain_text_input",
    action_id: field.name,
    multiline: field.multiline,
    max_length: most,
    ...(field.placeholder === undefined || field.placeholder.trim() === ""
      ? {}
      : { placeholder: plain(field.placeholder, LIMITS.placeholder) }),
    ...(field.initial === undefined || field.initial === "" ? {} : { initial_value: cut(field.initial, most) }),
    ...(field.refreshes ? { dispatch_action_config: { trigger_actions_on: ["on_enter_pressed" as const] } } : {}),
  };
}

function fieldBlock(field: Field, element: InputBlock["element"], hint: string | undefined): InputBlock {
  return {
    type: "input",
    block_id: identifier(field.name, LIMITS.blockId, "a field's name"),
    label: plain(field.label, LIMITS.inputLabel),
    element,
    optional: !field.required,
    ...(hint === undefined || hint.trim() === "" ? {} : { hint: plain(hint, LIMITS.inputHint) }),
    ...(field.refreshes ? { dispatch_action: true } : {}),
  };
}

function checkboxBlock(field: Extract<Field, { kind: "checkbox" }>): InputBlock {
  const option: PlainTextOption = { text: plain(field.option, LIMITS.optionLabel), value: TICKED };
  const whole = label(field.option, LIMITS.inputHint);
  // A box holds 75 characters: an attestation is often longer, and must be read whole before it is ticked.
  const hint = whole === option.text.text ? field.hint : [whole, field.hint ?? ""].join("\n").trim();
  const element = {
    type: "checkboxes" as const,
    action_id: field.name,
    options: [option],
    ...(field.initial ? { initial_options: [option] } : {}),
  };
  return fieldBlock(field, element, hint);
}

function choiceBlocks(field: ChoiceField, bytes: number): KnownBlock[] {
  const lists = choiceLists(field.groups, bytes);
  if (lists.groups.length === 0) return noteBlocks({ kind: "note", label: field.label, text: slackTexts.noChoice });
  const block = fieldBlock(field, choiceElement(field, lists), field.hint);
  return lists.leftOut === 0 ? [block] : [block, ...noteBlocks({ kind: "note", text: slackTexts.moreChoices(lists.leftOut) })];
}

function noteBlocks(note: Note): KnownBlock[] {
  const room = fullRoom();
  const elements = [
    ...(note.label === undefined ? [] : textElements(`${note.label} : `, { bold: true }, room)),
    ...textElements(note.text, undefined, room),
  ];
  return elements.length === 0 ? [] : [{ type: "rich_text", elements: [section(elements)] }];
}

function partBlocks(part: Field | Note, choiceBytes: number): KnownBlock[] {
  switch (part.kind) {
    case "note":
      return noteBlocks(part);
    case "text":
      return [fieldBlock(part, textElement(part), part.hint)];
    case "choice":
      return choiceBlocks(part, choiceBytes);
    case "checkbox":
      return [checkboxBlock(part)];
  }
}

/** @throws RangeError for ids over Slack's limits, or more parts than a modal holds: a form that cannot be shown whole is a fault of the program */
export function renderForm(form: Form, origin: FormOrigin): ModalView {
  const choices = form.parts.filter((part) => part.kind === "choice").length;
  const blocks = form.parts.flatMap((part) => partBlocks(part, Math.floor(LIMITS.viewChoicesBytes / Math.max(choices, 1))));
  if (blocks.length > LIMITS.viewBlocks)
    throw new RangeError(`Slack takes ${LIMITS.viewBlocks} blocks in a modal, not ${blocks.length}`);
  const metadata = JSON.stringify({ context: form.context, ...origin } satisfies Carried);
  return {
    type: "modal",
    callback_id: `${CALLBACK}${form.id}`,
    title: plain(form.title, LIMITS.viewTitle),
    close: plain(form.submit === null ? slackTexts.close : slackTexts.cancel, LIMITS.viewButton),
    // Slack refuses a modal with an input and no submit button: the form's own fault, told at once.
    ...(form.submit === null ? {} : { submit: plain(form.submit, LIMITS.viewButton) }),
    private_metadata: identifier(metadata, LIMITS.privateMetadata, "a form's context"),
    blocks,
  };
}

/** A few words in a window of their own, above what is open. */
export function renderNotice(title: string, message: Message): ModalView {
  return {
    type: "modal",
    callback_id: "notice",
    title: plain(title, LIMITS.viewTitle),
    close: plain(slackTexts.close, LIMITS.viewButton),
    blocks: renderMessage(message, NO_USERS).blocks,
  };
}

const chosen = z.object({ value: z.string() });
const stateValue = z.object({
  type: z.string(),
  value: z.string().nullish(),
  selected_option: chosen.nullish(),
  selected_options: z.array(chosen).nullish(),
});
/** `view.state.values`: by block id, then by action id. */
export const viewState = z.record(z.string(), z.record(z.string(), stateValue));

/** What was typed, by field name; a field left empty is absent. */
export function formValues(state: z.infer<typeof viewState>): FormValues {
  const values: Record<string, string | readonly string[] | boolean> = {};
  for (const [name, elements] of Object.entries(state)) {
    const given = elements[name];
    if (given === undefined) continue;
    switch (given.type) {
      case "plain_text_input":
        if (given.value != null && given.value !== "") values[name] = given.value;
        break;
      case "static_select":
        if (given.selected_option != null) values[name] = given.selected_option.value;
        break;
      case "multi_static_select":
        if (given.selected_options?.length) values[name] = given.selected_options.map((option) => option.value);
        break;
      case "checkboxes":
        values[name] = (given.selected_options?.length ?? 0) > 0;
        break;
    }
  }
  return values;
}

/** Faults by block; one whose field is not in the view stands by the first field, so that it is read. */
export function blockErrors(faults: Readonly<Record<string, string>>, inputs: readonly string[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const [name, sentence] of Object.entries(faults)) {
    const at = inputs.includes(name) ? name : inputs[0];
    if (at !== undefined) errors[at] = errors[at] === undefined ? sentence : `${errors[at]} ${sentence}`;
  }
  return errors;
}

/** The names of the fields that lead to a form built anew. */
export const refreshingFields = (form: Form): readonly string[] =>
  form.parts.filter(isField).flatMap((field) => (field.refreshes ? [field.name] : []));
