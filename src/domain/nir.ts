/** The numéro de sécurité sociale: the NIR, and the numbers given while one is being registered. */

export type CheckedNir =
  | { readonly ok: true; readonly value: string }
  /** `numeroSecuriteSociale`: not of its form; `cleSecuriteSociale`: of its form, with a key that is not its own. */
  | { readonly ok: false; readonly reason: "numeroSecuriteSociale" | "cleSecuriteSociale" };

/**
 * Sex: 1, 2; 3, 4 for foreigners under registration; 7, 8 for provisional numbers. Month: 01 to 12; from 20 on where the acte
 * of birth does not tell it or is incomplete (20 to 42, 50 to 99). Département: 2A or 2B in Corsica, 99 abroad.
 */
const FORM = /^[123478]\d\d(?:0[1-9]|1[0-2]|[23]\d|4[0-2]|[5-9]\d)(?:2[AB]|0[1-9]|[1-9]\d)\d{6}\d\d$/;

/**
 * The key of the first 13 characters: 97 less the remainder of their division by 97, where 2A counts as 19 and 2B as 18.
 * 1 to 97.
 */
export const nirKey = (first13: string): number => 97 - (Number(first13.replace("2A", "19").replace("2B", "18")) % 97);

/**
 * A number as people write it, with spaces, dots or hyphens anywhere. Valid gives its 15 characters in a row, in upper case.
 * The key is required: it is what tells a slip of the keyboard.
 */
export function checkNir(text: string): CheckedNir {
  const value = text.replace(/[\s.\-–]/g, "").toUpperCase();
  if (!FORM.test(value)) return { ok: false, reason: "numeroSecuriteSociale" };
  if (nirKey(value.slice(0, 13)) !== Number(value.slice(13))) return { ok: false, reason: "cleSecuriteSociale" };
  return { ok: true, value };
}
