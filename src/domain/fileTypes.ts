/** What files are relayed: what administrations exchange, and nothing that runs on a reader's machine. */

/** Office documents with macros have types of their own. */
const RELAYED_TYPES =
  /^(?:image\/(?!svg)[\w.+-]+|application\/pdf|text\/(?:plain|csv)|application\/(?:msword|rtf|vnd\.(?:openxmlformats-officedocument|oasis\.opendocument|ms-excel|ms-powerpoint)(?![\w.+-]*macro)[\w.+-]*))$/i;

/** Whoever opens the file opens it by the end of its name, whatever type was declared. */
const RUNS =
  /\.(?:ade|adp|apk|app|application|appx|bat|chm|cmd|com|cpl|deb|desktop|dll|dmg|docm|dotm|exe|gadget|hta|html?|img|inf|iso|jar|jnlp|jse?|lnk|mht(?:ml)?|mjs|msc|msi|msix|msp|one|pif|pkg|potm|ppam|ppsm|pptm|ps1|psm1|py|reg|rpm|scf|scr|sct|sh|shtml|svgz?|url|vb[es]?|vhdx?|wsc|wsf|wsh|xht(?:ml)?|xlam|xll|xlsm|xltm|xml)$/i;

/** @param mimetype as the platform declares it, which may have it from whoever sent the file */
export const isRelayed = ({ name, mimetype }: { readonly name: string; readonly mimetype: string }): boolean =>
  // Windows leaves out the dots and spaces at the end.
  RELAYED_TYPES.test(mimetype) && !RUNS.test(name.replace(/(?<![. ])[. ]+$/, ""));

/** How many bytes `contradicts` looks at. */
export const HEAD_BYTES = 1024;

/** How files begin, in hexadecimal. An office document with a password is of the older form, whatever its type. */
const OFFICE = /^(?:504b(?:0304|0506)|d0cf11e0a1b11ae1)/;
/** Readers take for a PDF what says so anywhere in its head. */
const PDF = /^(?:..)*?25504446/;
/** Of Windows (no text has its zeros), Linux, macOS and Java; a Windows shortcut. */
const PROGRAM = /^(?:4d5a(?:..)*?00|7f454c46|c[ef]faedfe|feedfac[ef]|cafebabe|4c00000001140200)/;
const PAGE = /^(?:ï»¿)?\s*<(?:!doctype html|html|script|svg)/i;

/**
 * Whether bytes are plainly not what they were declared to be: no program nor page passes for a document. A picture of another
 * kind of picture, or a table that an old program wrote as a page for Excel, harms nobody.
 * @param head the first `HEAD_BYTES` of the file, or all that it has
 */
export function contradicts(mimetype: string, head: Uint8Array): boolean {
  if (head.length === 0) return false;
  const bytes = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, HEAD_BYTES));
  const type = mimetype.toLowerCase();
  const hex = bytes.toString("hex");
  if (type === "application/pdf") return !PDF.test(hex);
  if (/^application\/vnd\.(?:openxmlformats-officedocument|oasis\.opendocument)/.test(type)) return !OFFICE.test(hex);
  if (PROGRAM.test(hex)) return true;
  if (/^application\/(?:msword|vnd\.ms-)/.test(type)) return false;
  return PAGE.test(bytes.toString("latin1")) || (type.startsWith("image/") && (OFFICE.test(hex) || hex.startsWith("25504446")));
}
