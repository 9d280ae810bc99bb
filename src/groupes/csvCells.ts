/**
 * Cells of our CSV files, of which a spreadsheet must make no formula and an import must read again what was there.
 * An apostrophe before a text says « as it stands »: of what would be a formula, of what an import would take for « aucun », and
 * of what begins with such an apostrophe itself.
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 */

/**
 * How our files are written. Without its byte order mark, Excel takes UTF-8 for Windows-1252, and in French it splits cells at
 * semicolons. A line feed within a cell must be quoted, which csv-stringify does of its own only for whole line ends.
 */
export const CSV_FORM = { bom: true, delimiter: ";", record_delimiter: "windows", quoted_match: /[\r\n]/, header: true } as const;

/** What an optional cell says to clear what is stored. */
export const NONE = "aucun";

const isNone = (text: string): boolean => text.trim().toLowerCase() === NONE;

/** Spreadsheets take the full-width signs of Asian keyboards for formulas too. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

const needsMark = (text: string): boolean =>
  FORMULA.test(text) || isNone(text) || (text.startsWith("'") && needsMark(text.slice(1)));

/** The cell of a text. */
export const defused = (text: string): string => (needsMark(text) ? `'${text}` : text);

/** The text of a cell; `defused` undone. A text with an apostrophe of its own keeps it. */
export const undefused = (cell: string): string => (cell.startsWith("'") && needsMark(cell.slice(1)) ? cell.slice(1) : cell);

/** Whether an optional cell clears what is stored. */
export const clears = isNone;
