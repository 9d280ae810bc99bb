import type { Json, StateValues } from "../state/model.ts";

/** An interactive element and the block it stands in. */
export interface PlacedElement {
  block: Json;
  blockId: string;
  actionId: string;
  element: Json;
}

/** The interactive elements of blocks, in reading order. */
export function elementsOf(blocks: readonly Json[]): PlacedElement[] {
  return blocks.flatMap((block) => {
    const inside = [block.element, block.accessory, ...(Array.isArray(block.elements) ? block.elements : [])];
    return inside
      .filter((element): element is Json => typeof element === "object" && element !== null && "action_id" in element)
      .map((element) => ({ block, blockId: String(block.block_id), actionId: String(element.action_id), element }));
  });
}

/** What an untouched element holds in `view.state.values`; undefined for those that hold nothing (buttons, overflow menus). */
export function initialValue(element: Json): Json | undefined {
  const type = String(element.type);
  const initial = (name: string) => element[`initial_${name}`] ?? null;
  switch (type) {
    case "plain_text_input":
    case "email_text_input":
    case "url_text_input":
    case "number_input":
      return { type, value: initial("value") };
    case "rich_text_input":
      return { type, rich_text_value: initial("value") };
    case "checkboxes":
    case "multi_static_select":
    case "multi_external_select":
      return { type, selected_options: initial("options") ?? [] };
    case "radio_buttons":
    case "static_select":
    case "external_select":
      return { type, selected_option: initial("option") };
    case "datepicker":
      return { type, selected_date: initial("date") };
    case "timepicker":
      return { type, selected_time: initial("time") };
    case "datetimepicker":
      return { type, selected_date_time: initial("date_time") };
    case "users_select":
      return { type, selected_user: initial("user") };
    case "multi_users_select":
      return { type, selected_users: initial("users") ?? [] };
    case "conversations_select":
      return { type, selected_conversation: initial("conversation") };
    case "multi_conversations_select":
      return { type, selected_conversations: initial("conversations") ?? [] };
    case "channels_select":
      return { type, selected_channel: initial("channel") };
    case "multi_channels_select":
      return { type, selected_channels: initial("channels") ?? [] };
    case "file_input":
      return { type, files: [] };
    default:
      return undefined;
  }
}

/** What a view holds before anybody touches it. */
export function initialValues(blocks: readonly Json[]): StateValues {
  const values: StateValues = {};
  for (const { blockId, actionId, element } of elementsOf(blocks)) {
    const value = initialValue(element);
    if (value) values[blockId] = { ...values[blockId], [actionId]: value };
  }
  return values;
}

/**
 * What a view holds after it was replaced: an element of the same block_id, action_id and kind keeps what was typed or picked, as
 * long as it is still among its choices; the others start afresh.
 */
export function keptValues(before: StateValues, oldBlocks: readonly Json[], blocks: readonly Json[]): StateValues {
  const values = initialValues(blocks);
  const known = new Set(elementsOf(oldBlocks).map(({ blockId, actionId }) => JSON.stringify([blockId, actionId])));
  for (const { blockId, actionId, element } of elementsOf(blocks)) {
    const kept = before[blockId]?.[actionId];
    const held = values[blockId];
    if (!kept || !held || kept.type !== element.type || !known.has(JSON.stringify([blockId, actionId]))) continue;
    if (isStillOffered(element, kept)) held[actionId] = kept;
  }
  return values;
}

/** The choices of an element, its groups laid flat; undefined where they are not listed in the element itself. */
export function choicesOf(element: Json): Json[] | undefined {
  const { options, option_groups: groups } = element as { options?: Json[]; option_groups?: { options: Json[] }[] };
  if (options) return options;
  return groups?.flatMap((group) => group.options);
}

function isStillOffered(element: Json, kept: Json): boolean {
  const choices = choicesOf(element);
  if (!choices) return true;
  const offered = new Set(choices.map((choice) => choice.value));
  const picked = [kept.selected_option, ...((kept.selected_options as Json[] | undefined) ?? [])] as (Json | null | undefined)[];
  return picked.every((choice) => !choice || offered.has(choice.value));
}
