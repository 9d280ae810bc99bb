import { newBlockId } from "../state/ids.ts";
import type { Json } from "../state/model.ts";

/** Fills in what Slack adds to accepted blocks: a block_id, an action_id, `emoji` and `verbatim`. */
export function filledBlocks(blocks: readonly Json[]): Json[] {
  return blocks.map((block) => {
    const filled = filledValue(block) as Json;
    return { ...filled, block_id: block.block_id ?? newBlockId() };
  });
}

const INTERACTIVE =
  /^(button|overflow|checkboxes|radio_buttons|(date|time|datetime)picker|workflow_button|file_input|.*_(select|input))$/;

function filledValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(filledValue);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, filledValue(inner)]);
  const filled = Object.fromEntries(entries) as Json;
  const type = filled.type;
  if (type === "plain_text") return { ...filled, emoji: filled.emoji ?? true };
  if (type === "mrkdwn") return { ...filled, verbatim: filled.verbatim ?? false };
  if (typeof type === "string" && INTERACTIVE.test(type)) return { ...filled, action_id: filled.action_id ?? newBlockId() };
  return filled;
}

/** An accepted view with the defaults that Slack's answers show; its blocks apart. */
export function filledView(view: Json): { content: Json; blocks: Json[] } {
  const { blocks, ...rest } = view;
  const defaults: Json =
    view.type === "modal"
      ? { close: null, submit: null, clear_on_close: false, notify_on_close: false }
      : { close: null, submit: null, clear_on_close: false, notify_on_close: false, title: null };
  const content = { private_metadata: "", callback_id: "", external_id: "", ...defaults, ...(filledValue(rest) as Json) };
  return { content, blocks: filledBlocks(blocks as Json[]) };
}
