/** What a dialogue says: a question, what was answered so far, or what is to be confirmed. */
import type { Block, Inline } from "../../../src/domain/richtext.ts";
import type { Field, Form } from "../../../src/presentation/form.ts";
import { isField } from "../../../src/presentation/form.ts";
import { type Message, say } from "../../../src/presentation/message.ts";
import { matrixTexts } from "../../../src/texts/matrix.ts";
import { type ChoiceField, MOST_NUMBERED, numbered, optionsOf } from "./choices.ts";
import { type DialogueState, fieldsOf, keptValue, shownValue, turnOf } from "./state.ts";

const texts = matrixTexts.dialogue;
const LONGEST_SHOWN = 300;

const bold = (text: string): Inline => ({ type: "text", text, style: { bold: true } });
const italic = (text: string): Inline => ({ type: "text", text, style: { italic: true } });
const plain = (text: string): Inline => ({ type: "text", text });
const paragraph = (...inlines: Inline[]): Block => ({ type: "paragraph", inlines });

const shortened = (text: string): string => (text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);

/** The choices under the names of their groups, where there are several. */
function optionsBlock(field: ChoiceField, candidates: readonly string[] | null): Block[] {
  const list = numbered(field, candidates);
  if (list.length === 0) return [];
  const groupOf = (value: string) => field.groups.find(({ options }) => options.some((option) => option.value === value))?.label;
  const inlines: Inline[] = [];
  let group: string | undefined;
  for (const [index, option] of list.entries()) {
    const own = groupOf(option.value);
    if (field.groups.length > 1 && own !== undefined && own !== group)
      inlines.push(bold(`${inlines.length > 0 ? "\n" : ""}${own}`));
    group = own;
    inlines.push(plain(`${inlines.length > 0 ? "\n" : ""}${index + 1}. ${option.label}`));
    if (option.description) inlines.push(italic(` — ${option.description}`));
  }
  return [paragraph(...inlines)];
}

function howTo(field: Field, candidates: readonly string[] | null): string {
  switch (field.kind) {
    case "text":
      return "";
    case "checkbox":
      return texts.yesNo;
    case "choice":
      if (candidates === null && optionsOf(field).length > MOST_NUMBERED) return texts.search;
      return field.multiple ? texts.chooseMany : texts.chooseOne;
  }
}

/** Facts that the form tells before this field and after the one before it: the rest has been told. */
function notesBefore({ parts }: Form, field: Field): Block[] {
  const at = parts.indexOf(field);
  const before = parts.slice(0, at);
  const last = before.findLastIndex(isField);
  return notes(before.slice(last + 1));
}

const notes = (parts: Form["parts"]): Block[] =>
  parts.flatMap((part) =>
    isField(part) ? [] : [paragraph(...(part.label === undefined ? [] : [bold(`${part.label} : `)]), plain(part.text))],
  );

function question(state: DialogueState, field: Field): Block[] {
  const fields = fieldsOf(state.form);
  const kept = keptValue(state, field);
  const fault = state.faults[field.name];
  const skipping = kept !== undefined ? texts.keep(shortened(shownValue(field, kept))) : field.required ? "" : texts.optional;
  const help = [howTo(field, state.candidates), skipping].filter((part) => part !== "").join("\n");
  return [
    ...notesBefore(state.form, field),
    ...(fault === undefined ? [] : [paragraph(plain(`⚠️ ${fault}`))]),
    paragraph(
      bold(field.label),
      plain(` ${texts.progress(fields.indexOf(field) + 1, fields.length)}`),
      ...(field.kind === "checkbox" ? [plain(`\n${field.option}`)] : []),
      ...(field.hint ? [italic(`\n${field.hint}`)] : []),
    ),
    ...(field.kind === "choice" ? optionsBlock(field, state.candidates) : []),
    ...(help === "" ? [] : [paragraph(italic(help))]),
  ];
}

function recap(state: DialogueState): Block[] {
  const rows = fieldsOf(state.form).flatMap((field, index): Inline[] => [
    plain(`${index > 0 ? "\n" : ""}${index + 1}. `),
    bold(`${field.label} : `),
    plain(shortened(shownValue(field, state.values[field.name]))),
  ]);
  return [paragraph(bold(texts.recap)), paragraph(...rows), paragraph(italic(texts.send(state.form.submit ?? "")))];
}

/** @param first whether it is the first thing said of this form: then it rings, since its person may be looking elsewhere */
export function ask(state: DialogueState, first: boolean): Message {
  const turn = turnOf(state);
  const { form, remark } = state;
  const head = [
    ...(first ? [paragraph(bold(form.title))] : []),
    ...(first && turn.kind !== "confirm" ? [paragraph(italic(texts.intro))] : []),
    ...(remark === null ? [] : [paragraph(plain(remark))]),
  ];
  switch (turn.kind) {
    case "ask":
      return say([...head, ...question(state, turn.field)], { quiet: !first });
    case "recap":
      return say([...head, ...recap(state)], { quiet: !first });
    case "confirm":
      return say([...head, ...notes(form.parts), paragraph(plain(texts.confirm(form.submit ?? form.title)))], { quiet: !first });
  }
}
