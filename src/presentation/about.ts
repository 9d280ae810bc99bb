/** Which demandes something shown to people tells of: what a wipe has to find again, wherever it was shown. */
import { demandeKey, refKey, type ShowingKey } from "../../models/showings.ts";
import { demandeId, parseRef } from "../domain/ids.ts";
import { plainText } from "../domain/richtext.ts";
import type { Form } from "./form.ts";
import type { List } from "./list.ts";
import type { Message } from "./message.ts";

const REFS = /\bD-\d{6,9}\b/g;

function named(texts: readonly string[]): ShowingKey[] {
  const refs = texts.flatMap((text) => text.match(REFS) ?? []).flatMap((ref) => parseRef(ref) ?? []);
  return [...new Set(refs)].map(refKey);
}

/** One key for each of its lines. */
export const keysOfList = ({ title, lines }: List): ShowingKey[] => named([title, ...lines.map(({ ref }) => ref)]);

/** By the numbers that it names; most messages of the bot's name none. */
export const keysOfMessage = ({ body }: Message): ShowingKey[] => named([plainText(body)]);

/** The demande on which it acts, or that it shows. */
export const keysOfForm = ({ title, context }: Form): ShowingKey[] => [
  ...named([title]),
  ...(context.demande ? [demandeKey(demandeId(context.demande))] : []),
];
