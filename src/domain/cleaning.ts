/**
 * What people type or paste, before anything else looks at it.
 *
 * Refused: null bytes and the other control characters, and halves of surrogate pairs: no keyboard makes them, and they cut
 * or corrupt text further on. Removed without a word: marks of direction (overrides and isolates included), zero-width spaces and the
 * byte order mark, which come along when a number is pasted from a contact or a page, and with which a text can show other than it is.
 * Kept: all letters of all scripts, emoji with the joiners that make them.
 */

/** Controls but tab, line feed, vertical tab, form feed and carriage return, which are spaces; and next line, a space too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f]/;
/** A surrogate that is alone; those of a pair are one character to this expression. */
const HALF_PAIR = /\p{Cs}/u;
const INVISIBLE = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]/g;

export type Cleaned =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly reason: "controlCharacters" | "tooLong" };

/** Length as people count, in code points: an emoji is not two. */
export const lengthOf = (text: string): number => [...text].length;

function clean(text: string, maxLength: number, fold: (text: string) => string): Cleaned {
  if (CONTROL.test(text) || HALF_PAIR.test(text)) return { ok: false, reason: "controlCharacters" };
  const value = fold(text.replace(INVISIBLE, "").normalize("NFC"));
  return lengthOf(value) > maxLength ? { ok: false, reason: "tooLong" } : { ok: true, value };
}

/**
 * A text of one line: runs of spaces and line feeds become one space. "" when nothing is left to see.
 * @param maxLength in code points, of what is left
 */
export const cleanLine = (text: string, maxLength: number): Cleaned =>
  clean(text, maxLength, (line) => line.replace(/[\s\u0085]+/g, " ").trim());

/**
 * A text of several lines: line ends become line feeds, other spaces stay but at the ends of lines; never more than one empty
 * line in a row. "" when nothing is left to see.
 * @param maxLength in code points, of what is left
 */
export const cleanText = (text: string, maxLength: number): Cleaned =>
  clean(text, maxLength, (lines) =>
    lines
      .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, "\n")
      .split("\n")
      .map((line) => line.trimEnd())
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim(),
  );

const CONTROLS = new RegExp(CONTROL, "g");

/** What people said in a conversation: nothing is refused, but control characters and lone surrogates never go further. */
export const withoutControls = (text: string): string => text.toWellFormed().replace(CONTROLS, "").replace(INVISIBLE, "");
