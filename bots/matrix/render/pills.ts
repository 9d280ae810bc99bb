/** Buttons as pills: which are shown under a message, and what a reaction must be to count as a click on one. */
import { z } from "zod";
import type { PromptEntry } from "../../../models/prompts.ts";
import { type ActionId, isActionId } from "../../../src/actions.ts";
import type { Button } from "../../../src/presentation/message.ts";
import type { Content } from "../api.ts";
import { BUTTONS_KEY } from "./content.ts";

/** Each pill is an event: what is not shown is typed, or reacted with all the same. */
const MOST_PILLS = 5;
/** The first to go without a pill. */
const SELDOM: readonly ActionId[] = ["inviter", "completer", "rouvrir"];

const SIGN_VARIANTS = /[\ufe0e\ufe0f]|\p{Emoji_Modifier}/gu;
const APOSTROPHES = /[’‘ʼ´`′]/g;

/** A reaction's key as it is compared: clients differ in variation selectors, skin tones and apostrophes. */
export const pillKey = (text: string): string =>
  text.normalize("NFC").replace(SIGN_VARIANTS, "").replace(APOSTROPHES, "'").replace(/\s+/g, " ").trim().toLowerCase();

const pillOf = ({ emoji, label }: Button): string => `${emoji ?? ""} ${label}`.trim();

/** « 3️⃣ » is never shown: ten pills would take ten events. */
const isNumber = (text: string): boolean => /^(?:\d\ufe0f?\u20e3|🔟)$/u.test(text);

function shownPills(buttons: readonly Button[]): Set<Button> {
  const shown = buttons.filter(({ label }) => !isNumber(label));
  for (const action of SELDOM) {
    if (shown.length <= MOST_PILLS) break;
    const at = shown.findIndex((button) => button.action === action);
    if (at >= 0) shown.splice(at, 1);
  }
  return new Set(shown.slice(0, MOST_PILLS));
}

/** What may be clicked under a message. The sign alone, or the label alone, is a click too where it can mean one thing only. */
export function entriesOf(buttons: readonly Button[]): PromptEntry[] {
  const shown = shownPills(buttons);
  const ways = buttons.map((button) => [
    ...new Set([pillOf(button), button.label, button.emoji ?? ""].map(pillKey).filter((key) => key !== "")),
  ]);
  const counts = new Map<string, number>();
  for (const key of ways.flat()) counts.set(key, (counts.get(key) ?? 0) + 1);
  return buttons.map((button, index) => ({
    pill: pillOf(button),
    keys: (ways[index] ?? []).filter((key) => counts.get(key) === 1),
    action: button.action,
    value: button.value,
    shown: shown.has(button),
  }));
}

/** With the entries that the message had before, as far as no key of theirs means something else now; none of them is shown. */
export function withFormer(entries: readonly PromptEntry[], former: readonly PromptEntry[]): PromptEntry[] {
  const taken = new Set(entries.flatMap(({ keys }) => keys));
  const left = former.map((entry) => ({ ...entry, shown: false, keys: entry.keys.filter((key) => !taken.has(key)) }));
  return [...entries, ...left.filter(({ keys }) => keys.length > 0)];
}

const carried = z.array(
  z.object({
    action: z.string().refine(isActionId),
    label: z.string(),
    emoji: z.string().optional(),
    style: z.enum(["primary", "danger", "default"]),
    value: z.string(),
  }),
);

/** The buttons that a message of the bot's bears in itself; none for anything else. */
export function buttonsIn(content: Content): readonly Button[] {
  return (carried.safeParse(content[BUTTONS_KEY]).data ?? []).map(({ emoji, ...rest }) => ({
    ...rest,
    action: rest.action as ActionId,
    ...(emoji !== undefined && { emoji }),
  }));
}
