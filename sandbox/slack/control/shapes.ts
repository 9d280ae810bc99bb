import { z } from "zod";
import { attachedFile } from "../person/form-values.ts";

/** Text that a person could type: no null character, no half of a surrogate pair. */
function typed(max: number) {
  return z
    .string()
    .max(max, `au plus ${max} caractères`)
    .refine((text) => !text.includes("\u0000"), "le caractère nul n’est pas permis")
    .refine((text) => !/\p{Surrogate}/u.test(text), "le texte n’est pas de l’Unicode valide");
}

const reference = typed(200).min(1);
const ts = z.string().regex(/^\d{1,12}\.\d{6}$/, "un horodatage de message Slack est attendu");
const actor = { as: reference, workspace: reference.optional() };
const waiting = { wait: z.enum(["ack", "seen"]).optional() };
const flag = z.union([z.boolean(), z.stringbool()]);
/** What the message field makes of a formatted text; `text` is then what notifications show. */
const formatted = {
  blocks: z
    .array(z.looseObject({ type: z.literal("rich_text") }))
    .length(1)
    .optional(),
};

/** What each control call takes. */
export const shapes = {
  messages: z.strictObject({
    channel: reference,
    thread: ts.optional(),
    as: reference.optional(),
    workspace: reference.optional(),
    limit: z.coerce.number().int().min(1).max(10_000).optional(),
  }),
  command: z.strictObject({
    ...actor,
    ...waiting,
    channel: reference,
    command: z.string().regex(/^\/[a-z0-9_-]{1,32}$/, "une commande commence par « / », en minuscules"),
    text: typed(12_000).default(""),
    thread: z.unknown().optional(),
  }),
  message: z.strictObject({
    ...actor,
    ...waiting,
    channel: reference,
    thread: ts.optional(),
    broadcast: z.boolean().optional(),
    text: typed(12_000).default(""),
    ...formatted,
    files: z.array(attachedFile).max(10).optional(),
  }),
  edit: z.strictObject({ ...actor, ...waiting, channel: reference, message: ts, text: typed(12_000), ...formatted }),
  delete: z.strictObject({ ...actor, ...waiting, channel: reference, message: ts }),
  react: z.strictObject({
    ...actor,
    channel: reference,
    message: ts,
    reaction: z.string().regex(/^:?[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?:?$/),
    remove: z.boolean().optional(),
  }),
  shortcut: z.strictObject({
    ...actor,
    ...waiting,
    channel: reference.optional(),
    message: ts.optional(),
    callback: typed(255).min(1),
  }),
  click: z.strictObject({
    ...actor,
    ...waiting,
    channel: reference.optional(),
    message: ts.optional(),
    view: z.boolean().optional(),
    home: z.boolean().optional(),
    action: typed(255).min(1),
    value: z.unknown().optional(),
  }),
  view: z.strictObject(actor),
  fill: z.strictObject({ ...actor, values: z.record(typed(255), z.unknown()) }),
  submit: z.strictObject({ ...actor, ...waiting, values: z.record(typed(255), z.unknown()).default({}) }),
  close: z.strictObject({ ...actor, back: z.boolean().optional() }),
  home: z.strictObject({ ...actor, quiet: flag.optional() }),
} as const;

export type Shapes = typeof shapes;

/** Refuses strings that nobody could type, however deep they lie in a value. */
export function isTypable(value: unknown, depth = 0): boolean {
  if (typeof value === "string") return typed(10_000_000).safeParse(value).success;
  if (typeof value !== "object" || value === null) return true;
  return depth < 12 && Object.values(value).every((inner) => isTypable(inner, depth + 1));
}
