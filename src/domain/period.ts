/**
 * From which day to which day, as people type it after a command: « 01/09/2026 30/09/2026 », « depuis le 01/09/2026 »,
 * « 09/2026 ». Days are whole, the last included, in the time zone of who asks.
 */
import { beginningOf, dayAfter, dayIn } from "./zone.ts";

export interface Period {
  /** yyyy-mm-dd, both included. */
  readonly first: string;
  readonly last: string;
}

export type PeriodFault =
  | { readonly kind: "notADate"; readonly word: string }
  | { readonly kind: "noSuchDay"; readonly word: string }
  | { readonly kind: "tooMany" }
  | { readonly kind: "backwards" }
  | { readonly kind: "future" };

export type ReadPeriod = { readonly ok: true; readonly period: Period } | { readonly ok: false; readonly fault: PeriodFault };

/** As Administration+: three months and the one under way. */
const USUAL_MONTHS = 3;

const FILLERS = new Set(["depuis", "du", "de", "le", "la", "des", "a", "et", "-", "–", "mois"]);
const ENDS = new Set(["jusque", "jusqu'a", "jusqu'au", "jusqu'en", "au"]);

const plain = (word: string): string =>
  word
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[’‘ʼ´`′]/g, "'")
    .replace(/(?<![.,;:)])[.,;:)]+$/, "");

const iso = (year: string, month: string, day: string): string => `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;

/** Whether the calendar has that day: 30 February has none. From 2000 on, the first demandes being far later. */
function exists(date: string): boolean {
  const at = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date) && date >= "2000-01-01";
}

const lastOfMonth = (month: string): string => {
  const [year = 0, number = 0] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
};

/** What one word stands for: a day, or a whole month; null for no date at all, undefined for one that does not exist. */
function span(word: string): { first: string; last: string } | null | undefined {
  const [, day, month, year] = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/.exec(word) ?? [];
  const [, isoYear, isoMonth, isoDay] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(word) ?? [];
  const date =
    day && month && year ? iso(year, month, day) : isoYear && isoMonth && isoDay ? iso(isoYear, isoMonth, isoDay) : null;
  if (date !== null) return exists(date) ? { first: date, last: date } : undefined;
  const [, number, ofYear] = /^(\d{1,2})[/.-](\d{4})$/.exec(word) ?? [];
  if (!number || !ofYear) return null;
  const first = iso(ofYear, number, "1");
  return exists(first) ? { first, last: lastOfMonth(first) } : undefined;
}

/** The first day of the month so many months before that of `date`. */
function monthsBefore(date: string, months: number): string {
  const [year = 0, month = 0] = date.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1 - months, 1)).toISOString().slice(0, 10);
}

/**
 * The period that a text asks for; without any date, the last three months and the one under way.
 * @param zone IANA name: where « today » is
 */
export function readPeriod(text: string, now: Date, zone: string): ReadPeriod {
  const today = dayIn(zone, now);
  const refused = (fault: PeriodFault): ReadPeriod => ({ ok: false, fault });
  const spans: { first: string; last: string; end: boolean }[] = [];
  let end = false;
  for (const typed of text.trim().split(/\s+/).filter(Boolean)) {
    const word = plain(typed);
    if (ENDS.has(word) || word === "jusqu'") end = true;
    if (ENDS.has(word) || word === "jusqu'" || FILLERS.has(word) || word === "") continue;
    const found = span(word);
    if (found === null) return refused({ kind: "notADate", word: typed });
    if (found === undefined) return refused({ kind: "noSuchDay", word: typed });
    spans.push({ ...found, end });
  }
  const [one, two, ...others] = spans;
  if (others.length > 0) return refused({ kind: "tooMany" });
  const onlyEnd = one !== undefined && two === undefined && one.end;
  const wholeMonth = one !== undefined && two === undefined && !one.end && one.first !== one.last && !/depuis/i.test(text);
  const last = two?.last ?? (onlyEnd || wholeMonth ? one.last : today);
  const first = one === undefined || onlyEnd ? monthsBefore(last, USUAL_MONTHS) : one.first;
  if (first > today) return refused({ kind: "future" });
  if (first > last) return refused({ kind: "backwards" });
  return { ok: true, period: { first, last } };
}

/** The instants that bound it in a zone: from the first, before the second. */
export const boundsOf = ({ first, last }: Period, zone: string): { readonly from: Date; readonly before: Date } => ({
  from: beginningOf(first, zone),
  before: beginningOf(dayAfter(last, 1), zone),
});
