/**
 * The usager, whose file it is: what identifies them, checked field by field. All of it is personal data. A refusal is a
 * code; its sentence is in texts.ts.
 */
import { checkBirthDate } from "./birthdate.ts";
import { cleanLine } from "./cleaning.ts";
import { fold } from "./folding.ts";
import { checkNir } from "./nir.ts";
import { normaliseTelephone } from "./telephone.ts";

export interface Usager {
  readonly prenom: string;
  readonly nomDeFamille: string;
  /** jj/mm/aaaa */
  readonly dateDeNaissance: string;
  readonly nomDeNaissance?: string;
  /** 15 characters in a row. */
  readonly numeroSecuriteSociale?: string;
  /** CAF: 7 digits, and a letter at times. */
  readonly numeroAllocataire?: string;
  /** 13 digits in a row. */
  readonly numeroFiscal?: string;
  /** Numéro étranger (AGDREF), on a titre de séjour: 10 digits. */
  readonly numeroEtranger?: string;
  readonly identifiantFranceTravail?: string;
  readonly adressePostale?: string;
  /** As `normaliseTelephone` writes it. */
  readonly telephone?: string;
  readonly numeroDossier?: string;
  readonly autre?: string;
}

export type UsagerField = keyof Usager;

export const REQUIRED_USAGER_FIELDS = ["prenom", "nomDeFamille", "dateDeNaissance"] as const satisfies readonly UsagerField[];
export const OPTIONAL_USAGER_FIELDS = [
  "nomDeNaissance",
  "numeroSecuriteSociale",
  "numeroAllocataire",
  "numeroFiscal",
  "numeroEtranger",
  "identifiantFranceTravail",
  "adressePostale",
  "telephone",
  "numeroDossier",
  "autre",
] as const satisfies readonly UsagerField[];
/** In the order of the form. */
export const USAGER_FIELDS: readonly UsagerField[] = [...REQUIRED_USAGER_FIELDS, ...OPTIONAL_USAGER_FIELDS];

/** In code points, of every field. */
export const USAGER_MAX_LENGTH = 200;

export type UsagerFault =
  | "required"
  | "tooLong"
  | "controlCharacters"
  | "dateFormat"
  | "dateUnreal"
  | "dateFuture"
  | "dateTooOld"
  | "numeroSecuriteSociale"
  | "cleSecuriteSociale"
  | "numeroAllocataire"
  | "numeroFiscal"
  | "telephone"
  /** A number that is not of the form of its organisme, where no other code says which. */
  | "invalid";

export type CheckedField =
  /** Ready to be kept; "" for an optional field left empty. */
  { readonly ok: true; readonly value: string } | { readonly ok: false; readonly reason: UsagerFault };

/** Without what people put between digits to read them. */
const compact = (text: string): string => text.replace(/[\s.\-–/]/g, "").toUpperCase();

const matching = (text: string, form: RegExp, reason: UsagerFault): CheckedField => {
  const value = compact(text);
  return form.test(value) ? { ok: true, value } : { ok: false, reason };
};

function checkForm(field: UsagerField, text: string, today: string): CheckedField {
  switch (field) {
    case "dateDeNaissance":
      return checkBirthDate(text, today);
    case "numeroSecuriteSociale":
      return checkNir(text);
    case "numeroAllocataire":
      return matching(text, /^\d{7}[A-Z]?$/, "numeroAllocataire");
    case "numeroFiscal":
      return matching(text, /^\d{13}$/, "numeroFiscal");
    case "numeroEtranger":
      return matching(text, /^\d{10}$/, "invalid");
    // 11 digits since 2025; before, 7 digits and a letter or a digit, and longer ones in some régions.
    case "identifiantFranceTravail":
      return matching(text, /^(?=.*\d{5})[\dA-Z]{8,12}$/, "invalid");
    case "telephone": {
      const value = normaliseTelephone(text);
      return value === undefined ? { ok: false, reason: "telephone" } : { ok: true, value };
    }
    case "prenom":
    case "nomDeFamille":
    case "nomDeNaissance":
    case "adressePostale":
    case "numeroDossier":
    case "autre":
      return { ok: true, value: text };
  }
}

const inOneLine = (address: string): string =>
  address
    .split(/[\r\n]+/)
    .map((line) => line.trim().replace(/,$/, "").trim())
    .filter(Boolean)
    .join(", ");

/**
 * One field, as typed. What is accepted is cleaned (see cleaning.ts) and in the one form in which it is kept.
 * @param today yyyy-mm-dd, where the demande is: `localDate` of calendar.ts
 */
export function checkUsagerField(field: UsagerField, text: string, today: string): CheckedField {
  // An address is often pasted in lines: they stay apart.
  const line = field === "adressePostale" ? inOneLine(text) : text;
  const cleaned = cleanLine(line, USAGER_MAX_LENGTH);
  if (!cleaned.ok) return cleaned;
  if (cleaned.value !== "") return checkForm(field, cleaned.value, today);
  const required: readonly UsagerField[] = REQUIRED_USAGER_FIELDS;
  return required.includes(field) ? { ok: false, reason: "required" } : { ok: true, value: "" };
}

export type UsagerInput = Readonly<Partial<Record<UsagerField, string>>>;
export type UsagerFaults = Readonly<Partial<Record<UsagerField, UsagerFault>>>;

type CheckedFields = { readonly ok: true; readonly value: UsagerInput } | { readonly ok: false; readonly faults: UsagerFaults };

function checkFields(fields: readonly UsagerField[], input: UsagerInput, today: string): CheckedFields {
  const value: Partial<Record<UsagerField, string>> = {};
  const faults: Partial<Record<UsagerField, UsagerFault>> = {};
  for (const field of fields) {
    const checked = checkUsagerField(field, input[field] ?? "", today);
    if (!checked.ok) faults[field] = checked.reason;
    else if (checked.value !== "") value[field] = checked.value;
  }
  return Object.keys(faults).length === 0 ? { ok: true, value } : { ok: false, faults };
}

/**
 * The whole form: every fault at once, each under its field, or the usager, without the fields left empty.
 * @param today yyyy-mm-dd, where the demande is
 */
export function checkUsager(
  input: UsagerInput,
  today: string,
): { readonly ok: true; readonly value: Usager } | { readonly ok: false; readonly faults: UsagerFaults } {
  const checked = checkFields(USAGER_FIELDS, input, today);
  if (!checked.ok) return checked;
  const { prenom = "", nomDeFamille = "", dateDeNaissance = "", ...others } = checked.value;
  return { ok: true, value: { prenom, nomDeFamille, dateDeNaissance, ...others } };
}

/**
 * What « ajouter des informations » gives: any of the fields, of which those left empty change nothing.
 * @param today yyyy-mm-dd, where the demande is
 * @returns only the fields that were filled in, none perhaps
 */
export function checkUsagerInfo(
  input: UsagerInput,
  today: string,
): { readonly ok: true; readonly value: Partial<Usager> } | { readonly ok: false; readonly faults: UsagerFaults } {
  const filled = USAGER_FIELDS.filter((field) => (input[field] ?? "").trim() !== "");
  return checkFields(filled, input, today);
}

/**
 * A name as it is searched for through its keyed hash: case, accents, hyphens, apostrophes and runs of spaces folded.
 * « Marie-Ève  D’EXEMPLE » → « marie eve d exemple ».
 */
export const normaliseNom = (text: string): string => fold(text);
