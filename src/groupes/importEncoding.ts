/** The text of a file of an import: UTF-8, or the Windows-1252 that Excel makes of « CSV » in French. */
import { importFaults } from "./importTexts.ts";

export type Decoded =
  /** `guessed`: a word with a letter that only the guess of the encoding gives, for a person to check; null for UTF-8. */
  { readonly ok: true; readonly text: string; readonly guessed: string | null } | { readonly ok: false; readonly reason: string };

/**
 * What bytes 80 to 9F are in Windows-1252. Our own, for TextDecoder("windows-1252") of Node.js 20 makes control characters of them,
 * the apostrophe ’ (92) included. A space: no character.
 */
const HIGH = "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ";

/** Accented letters as UTF-8 has them: a file with both is a damaged one, of which a guess would make « Ã© ». */
const UTF8_PIECE = /[\xc2\xc3][\x80-\xbf]|\xe2\x80[\x80-\xbf]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
const NOT_A_TEXT = /[\x00-\x08\x81\x8d\x8f\x90\x9d]/;

const GUESSED = /[\u00a0-\uffff]/;
const BEFORE = /(?:^|[^\p{L}\p{N}’-])([\p{L}\p{N}’-]*)$/u;
const AFTER = /^[\p{L}\p{N}’-]*/u;
/** Of a word, on each side of the letter: an expression over a word without end leaves no room on the stack. */
const SHOWN = 40;

/** The first word with a letter that was guessed; of a very long one, what stands around the letter. */
function guessedWord(text: string): string {
  const at = text.search(GUESSED);
  if (at < 0) return "";
  const before = text.slice(Math.max(0, at - SHOWN), at);
  const after = text.slice(at + 1, at + 1 + SHOWN);
  return `${BEFORE.exec(before)?.[1] ?? ""}${text[at]}${AFTER.exec(after)?.[0] ?? ""}`;
}

function windows1252(bytes: Uint8Array): Decoded {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  if (NOT_A_TEXT.test(latin) || UTF8_PIECE.test(latin)) return { ok: false, reason: importFaults.notUtf8 };
  const text = latin.replace(/[\x80-\x9f]/g, (byte) => HIGH[byte.charCodeAt(0) - 0x80] ?? byte);
  return {
    ok: true,
    text,
    guessed: guessedWord(text),
  };
}

/** Line ends of any system become line feeds; a byte order mark is removed. */
export function decode(bytes: Uint8Array): Decoded {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return { ok: false, reason: importFaults.notUtf8 };
  const marked = first === 0xef && second === 0xbb;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { ok: true, text: text.replace(/\r\n?/g, "\n"), guessed: null };
  } catch {
    if (marked) return { ok: false, reason: importFaults.notUtf8 };
    const decoded = windows1252(bytes);
    return decoded.ok ? { ...decoded, text: decoded.text.replace(/\r\n?/g, "\n") } : decoded;
  }
}
