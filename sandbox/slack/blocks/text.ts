import { z } from "zod";

/** A JSON problem that Slack words in its own way; zod carries it as a custom issue. */
export function refusal(message: string, path: PropertyKey[] = []) {
  return { code: "custom" as const, message, path, input: undefined };
}

const plainShape = { type: z.literal("plain_text"), emoji: z.boolean().optional() };
const mrkdwnShape = { type: z.literal("mrkdwn"), verbatim: z.boolean().optional() };

/** A `plain_text` object of 1 to `max` characters. */
export function plainText(max: number) {
  return z.strictObject({ ...plainShape, text: z.string().min(1).max(max) });
}

/** A `plain_text` or `mrkdwn` object of 1 to `max` characters. */
export function anyText(max: number) {
  return z.discriminatedUnion("type", [plainText(max), z.strictObject({ ...mrkdwnShape, text: z.string().min(1).max(max) })]);
}

const optionShape = {
  value: z.string().min(1).max(150),
  description: anyText(75).optional(),
  url: z.string().max(3000).optional(),
};

/** A choice of a menu: plain text only. */
export const plainOption = z.strictObject({ ...optionShape, text: plainText(75), description: plainText(75).optional() });

/** A choice of checkboxes or radio buttons: mrkdwn is allowed too. */
export const richOption = z.strictObject({ ...optionShape, text: anyText(75) });

export const optionGroup = z.strictObject({ label: plainText(75), options: z.array(plainOption).min(1).max(100) });

/** The dialogue that asks a person to confirm. */
export const confirmation = z.strictObject({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: z.enum(["primary", "danger"]).optional(),
});

export const dispatchConfig = z.strictObject({
  trigger_actions_on: z
    .array(z.enum(["on_enter_pressed", "on_character_entered"]))
    .min(1)
    .max(2),
});
