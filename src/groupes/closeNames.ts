/** Names that somebody may have meant: close to what was typed, whatever its case and accents. */
import { distance } from "fastest-levenshtein";
import { fold } from "../domain/folding.ts";

const MOST_PROPOSED = 3;

/** A slip in a short word, a few in a long one. */
const tolerated = (typed: string): number => Math.max(1, Math.floor(typed.length / 4));

const wordsOf = (text: string): string[] => text.split(" ").filter(Boolean);

/** Each typed word is one of the name's, or the beginning of one. */
const beginsWords = (typed: string, name: string): boolean =>
  wordsOf(typed).every((word) => wordsOf(name).some((own) => own.startsWith(word)));

/** How far the name is from what was typed; null when it is another name. */
function farness(typed: string, name: string): number | null {
  if (beginsWords(typed, name)) return 0;
  const whole = distance(typed, name);
  if (whole <= tolerated(typed)) return whole;
  // « Durant » for « Camille Durand »: each typed word is close to one of the name's.
  const nearest = wordsOf(typed).map((word) => {
    const best = Math.min(...wordsOf(name).map((own) => distance(word, own)));
    return best <= tolerated(word) ? best : null;
  });
  return nearest.length > 0 && nearest.every((one) => one !== null)
    ? 1 + nearest.reduce<number>((sum, one) => sum + one, 0)
    : null;
}

/** Those whose name is the typed one, but for case, accents and signs. */
export const sameName = <T>(typed: string, all: readonly T[], nameOf: (one: T) => string): T[] =>
  all.filter((one) => fold(nameOf(one)) === fold(typed));

/** Those of which each typed word is a word, or the beginning of a word: « caf ain » for « CAF de l’Ain ». */
export const partOfName = <T>(typed: string, all: readonly T[], nameOf: (one: T) => string): T[] =>
  fold(typed) === "" ? [] : all.filter((one) => beginsWords(fold(typed), fold(nameOf(one))));

/** Three at most, the closest first. */
function closest<T>(all: readonly T[], farnessOf: (one: T) => number | null): T[] {
  return all
    .flatMap((one) => {
      const far = farnessOf(one);
      return far === null ? [] : [{ one, far }];
    })
    .sort((a, b) => a.far - b.far)
    .slice(0, MOST_PROPOSED)
    .map(({ one }) => one);
}

/** Those that may be meant, three at most, the closest first. */
export function closeNames<T>(typed: string, all: readonly T[], nameOf: (one: T) => string): T[] {
  const wanted = fold(typed);
  return wanted === "" ? [] : closest(all, (one) => farness(wanted, fold(nameOf(one))));
}

/** The same for e-mail addresses, of which many end alike: a slip or two in the whole. */
export function closeEmails<T>(typed: string, all: readonly T[], emailOf: (one: T) => string): T[] {
  const wanted = typed.trim().toLowerCase();
  const most = tolerated(wanted.split("@")[0] ?? "");
  return closest(all, (one) => {
    const far = distance(wanted, emailOf(one).toLowerCase());
    return far <= most ? far : null;
  });
}
