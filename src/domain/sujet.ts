/**
 * The sujet of a demande, which everybody in a channel reads: it may not tell who the usager is. What is looked for is what
 * can be known for sure; the rest is asked of people.
 */
import { cleanLine } from "./cleaning.ts";
import { fold } from "./folding.ts";
import type { Usager } from "./usager.ts";

/** In code points. */
export const SUJET_MAX_LENGTH = 150;

/** What gives the usager away. `number`: a NIR, a numéro fiscal, or one of the usager’s own. */
export type SujetIdentity = "name" | "number" | "email" | "telephone";

export type CheckedSujet =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly reason: "required" | "tooLong" | "controlCharacters" }
  | { readonly ok: false; readonly reason: "sujetIdentity"; readonly found: SujetIdentity };

const EMAIL = /(?<![^\s@<>()])[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>().]{2,}/u;
/** 13 digits, or 2A/2B in their place, with or without what separates them: a NIR without its key, or a numéro fiscal. */
const LONG_NUMBER = /(?<!\d)\d(?:[ .-]?\d){4}[ .-]?(?:2[ab]|\d[ .-]?\d)(?:[ .-]?\d){6,8}(?!\d)/i;
/** Ten digits of the national plan, or an international number. */
const TELEPHONE = /(?<!\d)(?:0[1-9](?:[ .-]?\d){8}|(?:\+|00)[1-9](?:[ .-]?(?:\(0\)[ ]?)?\d){6,14})(?!\d)/;
/** A name of one or two letters is a word of French more often than not: « Le », « Du ». */
const SHORT_NAME = 2;

const hasWords = (text: string, words: string): boolean => words !== "" && ` ${text} `.includes(` ${words} `);

/** The nom de famille or de naissance as a word of the text; one too short to tell, only beside the prénom. */
function names(text: string, { prenom = "", nomDeFamille = "", nomDeNaissance = "" }: Partial<Usager>): boolean {
  return [nomDeFamille, nomDeNaissance].map(fold).some((nom) => {
    if (!hasWords(text, nom)) return false;
    return nom.length > SHORT_NAME || hasWords(text, fold(prenom));
  });
}

const OWN_NUMBERS = ["numeroAllocataire", "numeroEtranger", "identifiantFranceTravail"] as const;

function identityIn(sujet: string, usager: Partial<Usager>): SujetIdentity | undefined {
  const text = sujet.normalize("NFKC");
  if (EMAIL.test(text)) return "email";
  if (LONG_NUMBER.test(text)) return "number";
  if (TELEPHONE.test(text)) return "telephone";
  const digits = text.replace(/[\s.-]/g, "").toUpperCase();
  if (OWN_NUMBERS.map((field) => usager[field] ?? "").some((number) => number !== "" && digits.includes(number))) return "number";
  return names(fold(sujet), usager) ? "name" : undefined;
}

/**
 * @param text as typed
 * @param usager what is known of the usager, checked; what is missing is not looked for
 */
export function checkSujet(text: string, usager: Partial<Usager>): CheckedSujet {
  const cleaned = cleanLine(text, SUJET_MAX_LENGTH);
  if (!cleaned.ok) return cleaned;
  if (cleaned.value === "") return { ok: false, reason: "required" };
  const found = identityIn(cleaned.value, usager);
  return found === undefined ? cleaned : { ok: false, reason: "sujetIdentity", found };
}
