/** The inputs of a form and the menus of a message, as native controls with their labels. */
import type { ComponentChildren } from "preact";
import { type Json, num, obj, str } from "../json.ts";
import { texts } from "../texts.ts";
import { groupsOf, type Held, isMultiple } from "./held.ts";

export interface FieldProps {
  readonly id: string;
  readonly element: Json;
  readonly value: Held;
  readonly label: string;
  readonly describedBy?: string | undefined;
  readonly invalid?: boolean;
  readonly required?: boolean;
  onChange(value: Held): void;
  /** Enter, in a field that tells the app at once. */
  onEnter?(): void;
}

const one = (value: Held): string => (typeof value === "string" ? value : (value[0] ?? ""));
const many = (value: Held): readonly string[] => (typeof value === "string" ? (value === "" ? [] : [value]) : value);

function aria({ describedBy, invalid, required }: FieldProps) {
  return {
    ...(describedBy !== undefined && { "aria-describedby": describedBy }),
    ...(invalid && { "aria-invalid": "true" as const }),
    ...(required && { "aria-required": "true" as const }),
  };
}

type InputType = "email" | "url" | "date" | "time" | "datetime-local";

const INPUT_TYPES: Readonly<Record<string, InputType>> = {
  email_text_input: "email",
  url_text_input: "url",
  datepicker: "date",
  timepicker: "time",
  datetimepicker: "datetime-local",
};

function TextField(props: FieldProps) {
  const { id, element, value, onChange, onEnter } = props;
  const shared = {
    id,
    class: "fr-input",
    value: one(value),
    placeholder: str(obj(element.placeholder).text) || undefined,
    ...(num(element.max_length) > 0 && { maxLength: num(element.max_length) }),
    ...aria(props),
  };
  if (element.multiline === true || element.type === "rich_text_input")
    return <textarea {...shared} rows={4} onInput={({ currentTarget }) => onChange(currentTarget.value)} />;
  return (
    <input
      {...shared}
      // One type or another takes the same attributes here, which the types of the elements do not know.
      type={(INPUT_TYPES[str(element.type)] ?? "text") as "text"}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || !onEnter) return;
        event.preventDefault();
        onEnter();
      }}
    />
  );
}

function SelectField(props: FieldProps) {
  const { id, element, value, onChange } = props;
  const groups = groupsOf(element).map((group) => {
    const options = group.options.map((option) => <option value={option.value}>{option.label}</option>);
    return group.label === "" ? options : <optgroup label={group.label}>{options}</optgroup>;
  });
  return (
    <select
      id={id}
      class="fr-select"
      value={one(value)}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      {...aria(props)}
    >
      <option value="">{str(obj(element.placeholder).text) || texts.choose}</option>
      {groups}
    </select>
  );
}

/** One box a choice: several at once without a key held down. */
function ChoiceList(props: FieldProps) {
  const { id, element, value, onChange } = props;
  const held = many(value);
  const single = !isMultiple(element);
  const toggle = (chosen: string, on: boolean) => {
    if (single) onChange(chosen);
    else onChange(on ? [...held, chosen] : held.filter((other) => other !== chosen));
  };
  return (
    <fieldset class="choices" id={id} aria-describedby={props.describedBy}>
      <legend class="fr-sr-only">{props.label}</legend>
      {groupsOf(element).map((group, g) => (
        <div class="choice-group">
          {group.label !== "" && <p class="fr-text--sm fr-mb-1v">{group.label}</p>}
          {group.options.map((option, n) => {
            const box = `${id}-${g}-${n}`;
            return (
              <div class={single ? "fr-radio-group fr-radio-group--sm" : "fr-checkbox-group fr-checkbox-group--sm"}>
                <input
                  type={single ? "radio" : "checkbox"}
                  id={box}
                  name={id}
                  checked={held.includes(option.value)}
                  onChange={({ currentTarget }) => toggle(option.value, currentTarget.checked)}
                />
                <label class="fr-label" for={box}>
                  {option.label}
                  {option.description !== "" && <span class="fr-hint-text">{option.description}</span>}
                </label>
              </div>
            );
          })}
        </div>
      ))}
    </fieldset>
  );
}

const CHOICE_LISTS = new Set(["checkboxes", "radio_buttons", "multi_static_select"]);
const SELECTS = new Set(["static_select", "overflow"]);

/** Whether it is a list of boxes, which a legend names rather than a label. */
export const isChoiceList = (element: Json): boolean => CHOICE_LISTS.has(str(element.type));

export function ElementField(props: FieldProps) {
  const type = str(props.element.type);
  if (CHOICE_LISTS.has(type)) return <ChoiceList {...props} />;
  if (SELECTS.has(type)) return <SelectField {...props} />;
  return <TextField {...props} />;
}

export function Labelled({
  id,
  label,
  hint,
  children,
}: {
  id: string;
  label: string;
  hint: string;
  children: ComponentChildren;
}) {
  return (
    <div class="fr-input-group">
      <label class="fr-label" for={id}>
        {label}
        {hint !== "" && (
          <span class="fr-hint-text lines" id={`${id}-hint`}>
            {hint}
          </span>
        )}
      </label>
      {children}
    </div>
  );
}
