/** Text as it is compared: « Élodie  D’Argent-Œuf » and « elodie d'argent oeuf » are the same. */

/** Letters that Unicode does not take apart into a plain letter and a mark. */
const PLAIN: Readonly<Record<string, string>> = {
  œ: "oe",
  æ: "ae",
  ß: "ss",
  ø: "o",
  ł: "l",
  đ: "d",
  ð: "d",
  þ: "th",
  ı: "i",
};

/**
 * Case, accents, ligatures, hyphens, apostrophes and other signs folded away: words of letters and digits with one space
 * between them. "" when there is neither letter nor digit. Letters of other scripts are kept.
 */
export const fold = (text: string): string =>
  text
    .normalize("NFKD")
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[œæßøłđðþı]/g, (letter) => PLAIN[letter] ?? letter)
    // Apostrophes that Unicode counts among letters.
    .replace(/[ʹʻʼʾʿ]/g, " ")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
