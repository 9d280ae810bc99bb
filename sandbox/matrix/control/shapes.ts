import { z } from "zod";

/** Text that a person could type: no null character, no half of a surrogate pair. */
function typed(max: number) {
  return z
    .string()
    .max(max, `au plus ${max} caractères`)
    .refine((text) => !text.includes("\u0000"), "le caractère nul n’est pas permis")
    .refine((text) => !/\p{Surrogate}/u.test(text), "le texte n’est pas de l’Unicode valide");
}

const reference = typed(300).min(1);
const eventId = z.string().regex(/^\$[\w\-+/:.]{1,254}$/, "un identifiant d’événement Matrix est attendu");
const waiting = { wait: z.enum(["ack", "seen"]).optional() };
const place = { as: reference, channel: reference };
const flag = z.union([z.boolean(), z.stringbool()]);

const attachedFile = z
  .strictObject({
    name: z.string().min(1).max(255),
    mimetype: z.string().min(1).max(100).default("application/octet-stream"),
    contentBase64: z.base64(),
  })
  .transform(({ name, mimetype, contentBase64 }) => ({ name, mimetype, bytes: Buffer.from(contentBase64, "base64") }));

/** What each control call takes. */
export const shapes = {
  messages: z.strictObject({
    channel: reference,
    thread: eventId.optional(),
    as: reference.optional(),
    /** Everything in order, threads and what is not a message included. */
    all: flag.optional(),
    limit: z.coerce.number().int().min(1).max(10_000).optional(),
  }),
  direct: z.strictObject({ as: reference, bot: reference.optional() }),
  message: z.strictObject({
    ...place,
    ...waiting,
    thread: eventId.optional(),
    replyTo: eventId.optional(),
    text: typed(65_536).default(""),
    html: typed(65_536).optional(),
    files: z.array(attachedFile).max(10).optional(),
  }),
  edit: z.strictObject({ ...place, ...waiting, message: eventId, text: typed(65_536), html: typed(65_536).optional() }),
  delete: z.strictObject({ ...place, ...waiting, message: eventId, reason: typed(500).optional() }),
  react: z.strictObject({
    ...place,
    ...waiting,
    /** The latest that bears the key, if absent. */
    message: eventId.optional(),
    key: typed(500).min(1),
    remove: z.boolean().optional(),
  }),
  invite: z.strictObject({ ...place, ...waiting, who: reference }),
  kick: z.strictObject({ ...place, ...waiting, who: reference, reason: typed(500).optional(), ban: z.boolean().optional() }),
  join: z.strictObject({ ...place, ...waiting }),
  leave: z.strictObject({ ...place, ...waiting }),
  upgrade: z.strictObject({ ...place, ...waiting, version: z.string().max(20).optional() }),
} as const;

export type Shapes = typeof shapes;
