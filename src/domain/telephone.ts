/** Telephone numbers of the usager, of the French plan and of any other. */

/**
 * Country codes of the départements and collectivités within the national plan of ten digits, with the first digits after
 * the 0 that are theirs. Saint-Pierre-et-Miquelon has six digits after its code, and its code again within the plan.
 */
const PLAN_CODES: readonly { readonly code: string; readonly national: RegExp }[] = [
  { code: "33", national: /^[1-9]\d{8}$/ },
  { code: "262", national: /^(?:26[23]|269|639|69[23]|976)\d{6}$/ },
  { code: "590", national: /^(?:590|69[01]|976)\d{6}$/ },
  { code: "594", national: /^(?:594|694|976)\d{6}$/ },
  { code: "596", national: /^(?:596|69[67]|976)\d{6}$/ },
  { code: "508", national: /^(?:508|708)\d{6}$/ },
];

const pairs = (digits: string): string => digits.replace(/(\d\d)(?=\d)/g, "$1 ");

/** The ten digits of the national plan for an international number of it (digits after the +); undefined for others. */
function nationalOf(international: string): string | undefined {
  for (const { code, national } of PLAN_CODES) {
    if (!international.startsWith(code)) continue;
    // « +33 0 6… », as many write it.
    const rest = international.slice(code.length).replace(/^0/, "");
    if (national.test(rest)) return `0${rest}`;
    if (code === "508" && /^\d{6}$/.test(rest)) return `0508${rest}`;
  }
  return undefined;
}

/** Country codes that are wholly within the plan: what does not fit it is no number. */
const inPlan = (international: string): boolean => PLAN_CODES.some(({ code }) => international.startsWith(code));

/**
 * A number as people write it: spaces, dots, hyphens, slashes, parentheses, « +33 (0)6… », « 0033… ».
 * @returns one form for each number: « 06 12 34 56 78 » for those of the national plan, overseas départements included, by
 *   whichever code they were written (+262, +508, +590, +594, +596); « +68940000000 » for those of Polynésie française (+689),
 *   Nouvelle-Calédonie (+687), Wallis-et-Futuna (+681) and of other countries. Undefined for what is no number, and for the short
 *   numbers of the Pacific without their code, which do not say where they are.
 */
export function normaliseTelephone(text: string): string | undefined {
  const compact = text
    .replace(/\(0\)/g, "")
    .replace(/[\s.\-–/()]/g, "")
    .replace(/^00/, "+");
  if (/^0[1-9]\d{8}$/.test(compact)) return pairs(compact);
  if (!/^\+[1-9]\d{6,14}$/.test(compact)) return undefined;
  const international = compact.slice(1);
  const national = nationalOf(international);
  if (national !== undefined) return pairs(national);
  return inPlan(international) ? undefined : compact;
}
