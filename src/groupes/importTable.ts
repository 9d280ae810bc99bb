/** A CSV file as rows of named cells, each with its line; what is wrong with its form is told with line and column. */
import { CsvError, parse } from "csv-parse/sync";
import { withoutControls } from "../domain/cleaning.ts";
import { fold } from "../domain/folding.ts";
import { decode } from "./importEncoding.ts";
import { importFaults, importWarnings } from "./importTexts.ts";

export interface ImportFile {
  /** As it is told to the person. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ImportFault {
  readonly file: string;
  readonly line: number;
  /** Null when the whole line is meant. */
  readonly column: string | null;
  /** A French sentence. */
  readonly reason: string;
}

export interface Row<Column extends string> {
  /** In the file, from 1; where the row begins if it spans several. */
  readonly line: number;
  readonly cells: Readonly<Record<Column, string>>;
}

/** Titles of columns, in the order in which they are named to people; whether a file may lack it. */
export type Columns<Column extends string> = Readonly<Record<Column, { readonly title: string; readonly optional?: true }>>;

export interface Table<Column extends string> {
  readonly rows: readonly Row<Column>[];
  readonly faults: readonly ImportFault[];
  /** What is imported all the same, and must not go unsaid. */
  readonly warnings: readonly ImportFault[];
}

/** Beyond any directory of agents, and what a refusal says within seconds. */
export const MOST_BYTES = 32 * 1024 * 1024;
const MOST_LINES = 100_000;
const MOST_COLUMNS = 200;
/** In characters: all cells of a line at their longest, several times over. */
const LONGEST_LINE = 200_000;
/** Longer values are cut where a fault quotes them. */
const QUOTED = 60;

/** A value as a fault may quote it: short, and with nothing that a terminal would obey. */
export function quotable(value: string): string {
  const text = withoutControls(value).replace(/\s+/g, " ").trim();
  return text.length > QUOTED ? `${[...text].slice(0, QUOTED).join("")}…` : text;
}

const REASONS: Readonly<Partial<Record<CsvError["code"], string>>> = {
  CSV_QUOTE_NOT_CLOSED: importFaults.quoteNotClosed,
  CSV_INVALID_CLOSING_QUOTE: importFaults.misplacedQuote,
  INVALID_OPENING_QUOTE: importFaults.misplacedQuote,
  CSV_MAX_RECORD_SIZE: importFaults.lineTooLong(LONGEST_LINE),
};

interface Record_ {
  readonly line: number;
  readonly cells: readonly string[];
}

class TooManyLines extends Error {}

/** @throws CsvError with the line of what cannot be read; TooManyLines */
function records(text: string): Record_[] {
  const header = text.slice(0, text.indexOf("\n") === -1 ? undefined : text.indexOf("\n"));
  const delimiter = header.includes(";") ? ";" : ",";
  let line = 1;
  const found: Record_[] = [];
  parse(text, {
    delimiter,
    relax_column_count: true,
    max_record_size: LONGEST_LINE,
    // Kept here, and not in the list that the parser would make beside it.
    on_record: (record: string[], { lines }) => {
      // A spreadsheet leaves lines of empty cells behind.
      if (record.some((cell) => cell.trim() !== "")) found.push({ line, cells: record });
      if (found.length > MOST_LINES) throw new TooManyLines();
      line = lines + 1;
      return null;
    },
  });
  return found;
}

interface Places<Column extends string> {
  /** For each column, its place in the records. */
  readonly places: Partial<Record<Column, number>>;
  /** Titles of columns that nobody asked for. */
  readonly unknown: readonly string[];
}

function placesOf<Column extends string>(
  header: Record_,
  columns: Columns<Column>,
  fault: (line: number, column: string | null, reason: string) => void,
): Places<Column> {
  const names = Object.keys(columns) as Column[];
  const titles = names.map((name) => columns[name].title);
  const places: Partial<Record<Column, number>> = {};
  const unknown: string[] = [];
  for (const [place, cell] of header.cells.entries()) {
    const title = fold(cell);
    const column = names.find((name) => fold(columns[name].title) === title);
    if (!column) unknown.push(quotable(cell));
    else if (places[column] !== undefined) fault(header.line, columns[column].title, importFaults.columnTwice);
    else places[column] = place;
  }
  for (const name of names)
    if (places[name] === undefined && !columns[name].optional)
      fault(header.line, null, importFaults.missingColumn(columns[name].title, titles));
  return { places, unknown };
}

/** The titles of the columns of a file, folded; none when it cannot be read. */
export function headerOf({ bytes }: ImportFile): readonly string[] {
  const end = bytes.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  const decoded = decode(bytes.subarray(0, end === -1 ? undefined : end));
  if (!decoded.ok) return [];
  try {
    return (records(decoded.text)[0]?.cells ?? []).map(fold);
  } catch {
    return [];
  }
}

/**
 * Reads UTF-8 with or without byte order mark, or Windows-1252 with a warning; cells separated by `;` or `,` as the first line
 * has them, in any order of columns. A column that the file lacks gives empty cells.
 * @param unknown whether columns that nobody asked for are a fault of the file, or passed over with a warning
 */
export function readTable<Column extends string>(
  file: ImportFile,
  columns: Columns<Column>,
  unknown: "refused" | "ignored" = "refused",
): Table<Column> {
  const faults: ImportFault[] = [];
  const warnings: ImportFault[] = [];
  const fault = (line: number, column: string | null, reason: string) => {
    faults.push({ file: file.name, line, column, reason });
  };
  const refused = (line: number, reason: string): Table<Column> => {
    fault(line, null, reason);
    return { rows: [], faults, warnings };
  };
  if (file.bytes.length > MOST_BYTES) return refused(1, importFaults.tooLarge("32 Mo"));
  const decoded = decode(file.bytes);
  if (!decoded.ok) return refused(1, decoded.reason);
  if (decoded.guessed !== null)
    warnings.push({ file: file.name, line: 1, column: null, reason: importWarnings.windows1252(quotable(decoded.guessed)) });
  try {
    const [header, ...body] = records(decoded.text);
    if (!header) return refused(1, importFaults.empty);
    if (header.cells.length > MOST_COLUMNS) return refused(header.line, importFaults.tooManyColumns(MOST_COLUMNS));
    const titles = Object.values<{ title: string }>(columns).map(({ title }) => title);
    const { places, unknown: others } = placesOf(header, columns, fault);
    if (unknown === "refused") for (const each of others) fault(header.line, null, importFaults.unknownColumn(each, titles));
    else if (others.length > 0)
      warnings.push({ file: file.name, line: header.line, column: null, reason: importWarnings.columnsIgnored(others) });
    if (faults.length > 0) return { rows: [], faults, warnings };
    const names = Object.keys(columns) as Column[];
    const rows = body.flatMap(({ line, cells }): Row<Column>[] => {
      if (cells.length !== header.cells.length) {
        fault(line, null, importFaults.cellCount(cells.length, header.cells.length));
        return [];
      }
      const entries = names.map((name) => [name, cells[places[name] ?? cells.length] ?? ""]);
      return [{ line, cells: Object.fromEntries(entries) as Record<Column, string> }];
    });
    return { rows, faults, warnings };
  } catch (error) {
    if (error instanceof TooManyLines) return refused(1, importFaults.tooManyLines(MOST_LINES));
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === "number" ? error.lines : 1;
    return refused(line, REASONS[error.code] ?? importFaults.unreadable(error.code));
  }
}
