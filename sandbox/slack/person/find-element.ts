import { elementsOf, type PlacedElement } from "../blocks/values.ts";
import type { Json } from "../state/model.ts";
import { Refusal } from "./refusal.ts";

/** A label as a person reads it: emoji, case, kinds of apostrophe and spacing do not count. */
export function readLabel(label: string): string {
  return label
    .normalize("NFC")
    .replace(/:[a-z0-9_+'-]+:/g, " ")
    .replace(/\p{Extended_Pictographic}|\u{FE0F}|\u{200D}/gu, " ")
    .replace(/[’‘ʼ]/g, "'")
    .replace(/[\s\u{A0}\u{202F}]+/gu, " ")
    .trim()
    .toLowerCase();
}

/** All blocks of a message, those of its attachments included. */
export function allBlocks(message: { blocks?: Json[]; attachments?: Json[] }): Json[] {
  const attached = (message.attachments ?? []).flatMap((attachment) => (attachment.blocks as Json[] | undefined) ?? []);
  return [...(message.blocks ?? []), ...attached];
}

function labelsOf({ block, element }: PlacedElement): string[] {
  const texts = [element.text, element.placeholder, block.label] as ({ text?: string } | undefined)[];
  return texts.map((text) => text?.text).filter((text) => text !== undefined);
}

/** The choices that stand open to a click by their own label: radio buttons, checkboxes and overflow menus. */
function optionLabelled({ element }: PlacedElement, label: string): Json | undefined {
  if (!["overflow", "radio_buttons", "checkboxes"].includes(String(element.type))) return undefined;
  const options = (element.options as { text: { text: string } }[] | undefined) ?? [];
  return options.find((option) => readLabel(option.text.text) === label) as Json | undefined;
}

/** The element that has this action_id, or this label; with the choice when the label is that of a choice. */
export function findElement(blocks: readonly Json[], action: string): { placed: PlacedElement; option?: Json } | undefined {
  const elements = elementsOf(blocks);
  const byId = elements.find((placed) => placed.actionId === action);
  if (byId) return { placed: byId };
  const label = readLabel(action);
  if (label === "") return undefined;
  const byLabel = elements.find((placed) => labelsOf(placed).some((text) => readLabel(text) === label));
  if (byLabel) return { placed: byLabel };
  for (const placed of elements) {
    const option = optionLabelled(placed, label);
    if (option) return { placed, option };
  }
  return undefined;
}

/** Refuses naming what there is to click. */
export function nothingToClick(blocks: readonly Json[], action: string): Refusal {
  const names = elementsOf(blocks).map((placed) => {
    const [label] = labelsOf(placed);
    return label === undefined ? placed.actionId : `« ${label} » (${placed.actionId})`;
  });
  const there = names.length > 0 ? `On y trouve : ${[...new Set(names)].slice(0, 30).join(", ")}.` : "Il n’y a rien à y cliquer.";
  return new Refusal(404, `Il n’y a pas de bouton « ${action.slice(0, 80)} » ici. ${there}`);
}
