/** What a person typed, as one or several of the choices that they were offered. */
import { fold } from "../../../src/domain/folding.ts";
import type { Field, Option } from "../../../src/presentation/form.ts";
import { matrixTexts } from "../../../src/texts/matrix.ts";

export type ChoiceField = Extract<Field, { kind: "choice" }>;

/** Above that, nobody reads a numbered list: a name is typed instead. */
export const MOST_NUMBERED = 15;

export type Chosen =
  | { readonly kind: "chosen"; readonly values: readonly string[] }
  /** Several may be meant: these are offered, numbered. */
  | { readonly kind: "several"; readonly values: readonly string[]; readonly typed: string }
  | { readonly kind: "fault"; readonly sentence: string };

const texts = matrixTexts.dialogue;

export const optionsOf = ({ groups }: ChoiceField): readonly Option[] => groups.flatMap(({ options }) => options);

/** The choices that bear a number now; none for a list too long. */
export function numbered(field: ChoiceField, candidates: readonly string[] | null): readonly Option[] {
  const all = optionsOf(field);
  if (candidates !== null) return candidates.flatMap((value) => all.find((option) => option.value === value) ?? []);
  return all.length <= MOST_NUMBERED ? all : [];
}

const wordsOf = (text: string): string[] => fold(text).split(" ").filter(Boolean);

/** The choices that the typed words fit best: whole words before beginnings of words, those before any part of one. */
function fitting(options: readonly Option[], typed: string): readonly Option[] {
  const wanted = wordsOf(typed);
  if (wanted.length === 0) return [];
  // « Rhône » is « Rhône (69) », and not « Bouches-du-Rhône (13) ».
  const names = ({ value, label }: Option) => [value, label, label.replace(/\([^)]*\)$/, "").trimEnd()].map(fold);
  const exact = options.filter((option) => names(option).includes(fold(typed)));
  if (exact.length > 0) return exact;
  const tests: ((word: string, want: string) => boolean)[] = [
    (word, want) => word === want,
    (word, want) => word.startsWith(want),
    (word, want) => word.includes(want),
  ];
  for (const test of tests) {
    const found = options.filter(({ label }) => {
      const words = wordsOf(label);
      return wanted.every((want) => words.some((word) => test(word, want)));
    });
    if (found.length > 0) return found;
  }
  return [];
}

/** « 1 3 », « 1, 3 » → the numbers; null for anything else. */
function numbersIn(typed: string, most: number): number[] | null {
  const tokens = typed.split(/[\s,;.)]+/).filter((token) => token !== "" && fold(token) !== "et");
  const numbers = tokens.map((token) => (/^[1-9]\d?$/.test(token) ? Number(token) : 0));
  return numbers.length > 0 && numbers.every((number) => number >= 1 && number <= most) ? numbers : null;
}

export function choose(field: ChoiceField, candidates: readonly string[] | null, typed: string): Chosen {
  const list = numbered(field, candidates);
  const numbers = numbersIn(typed, list.length);
  if (numbers !== null && (field.multiple || numbers.length === 1))
    return { kind: "chosen", values: [...new Set(numbers)].flatMap((number) => list[number - 1]?.value ?? []) };
  const values: string[] = [];
  const whole = fitting(optionsOf(field), typed);
  // A name may hold a comma or an « et » of its own.
  const terms = whole.length > 0 || !field.multiple ? [typed] : typed.split(/[,;\n]| et /);
  for (const term of terms.map((one) => one.trim()).filter(Boolean)) {
    const found = fitting(optionsOf(field), term);
    const [first] = found;
    if (first === undefined) return { kind: "fault", sentence: texts.noMatch(term) };
    if (found.length > MOST_NUMBERED) return { kind: "fault", sentence: texts.tooMany(term, found.length) };
    if (found.length > 1) return { kind: "several", values: found.map(({ value }) => value), typed: term };
    values.push(first.value);
  }
  return values.length === 0
    ? { kind: "fault", sentence: texts.noMatch(typed) }
    : { kind: "chosen", values: [...new Set(values)] };
}
