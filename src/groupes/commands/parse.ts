/** What was typed after `/groupe`, taken apart. Pure. */
import { fold } from "../../domain/folding.ts";

export interface TypedGroupeCommand {
  /** The sub-command, folded: « Créer-Compte » → creer compte. "" when there is none. */
  readonly name: string;
  /** The sub-command as typed, to be named in an answer. */
  readonly typed: string;
  readonly text: string;
  /** The groupe named by a trailing « dans … »; null when none is. */
  readonly groupe: string | null;
}

/** Quotes of any kind around the whole of it are not part of a name. */
const unquoted = (text: string): string => {
  const whole = text.trim();
  return /^[«“”"'‘]([\s\S]*)[»“”"'’]$/u.exec(whole)?.[1]?.trim() ?? whole;
};

/** A groupe's name may hold « dans » itself: where it is quoted, its quotes tell where it begins. */
const QUOTED_GROUPE = /(?:^|\s)dans\s+([«“"][^«»“”"]+[»”"])\s*$/iu;
const GROUPE = /^(?<text>[\s\S]*?)(?:^|\s)dans\s+(?<groupe>\S[\s\S]*)$/iu;

function groupeOf(text: string): { text: string; groupe: string | null } {
  const quoted = QUOTED_GROUPE.exec(text);
  if (quoted?.[1] !== undefined) return { text: text.slice(0, quoted.index).trim(), groupe: unquoted(quoted[1]) };
  const { text: before, groupe } = GROUPE.exec(text)?.groups ?? {};
  return groupe === undefined ? { text: text.trim(), groupe: null } : { text: (before ?? "").trim(), groupe: unquoted(groupe) };
}

export function parseGroupeCommand(typed: string): TypedGroupeCommand {
  const { text, groupe } = groupeOf(typed.trim());
  const [word = ""] = text.split(/\s+/, 1);
  return { name: fold(word), typed: word, text: text.slice(word.length).trim(), groupe };
}

/** « un.agent@exemple.fr », without the signs that a sentence puts around it. */
export const EMAIL = /(?<![^\s<>(),;:"«»])[^\s<>(),;:"«»]+@[^\s<>(),;:"«»@]+\.[^\s<>(),;:"«»@.]{2,}/u;
