/** What an element of Block Kit holds: as it is shown first, as Slack keeps it, and as a control call takes it. */
import { type Json, list, obj, str, strings } from "../json.ts";

/** A text, one choice, or several. */
export type Held = string | readonly string[];

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly description: string;
}

const optionOf = (option: Json): Option => ({
  value: str(option.value),
  label: str(obj(option.text).text),
  description: str(obj(option.description).text),
});

export interface OptionGroup {
  readonly label: string;
  readonly options: readonly Option[];
}

/** The choices of a menu; ungrouped ones are a group without a label. */
export function groupsOf(element: Json): OptionGroup[] {
  const groups = list(element.option_groups).map((group) => ({
    label: str(obj(group.label).text),
    options: list(group.options).map(optionOf),
  }));
  return groups.length > 0 ? groups : [{ label: "", options: list(element.options).map(optionOf) }];
}

export const isMultiple = (element: Json): boolean => str(element.type).startsWith("multi_") || element.type === "checkboxes";

/** What it shows before anybody touches it. */
export function initialOf(element: Json): Held {
  if (isMultiple(element)) return list(element.initial_options).map((option) => str(option.value));
  const option = str(obj(element.initial_option).value);
  return (
    option || str(element.initial_value) || str(element.initial_date) || str(element.initial_time) || str(element.initial_user)
  );
}

/** What Slack keeps of it in a view's state; undefined when it keeps nothing. */
export function keptOf(state: Json): Held | undefined {
  if (state.type === undefined) return undefined;
  if (Array.isArray(state.selected_options)) return list(state.selected_options).map((option) => str(option.value));
  for (const field of ["selected_users", "selected_channels", "selected_conversations"])
    if (Array.isArray(state[field])) return strings(state[field]);
  const option = obj(state.selected_option).value;
  for (const value of [option, state.value, state.selected_date, state.selected_time, state.selected_user])
    if (typeof value === "string") return value;
  return "";
}
