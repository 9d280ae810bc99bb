/** « depuis … »: a day, or a number of days ago. Pure: today is given. */

const FRENCH = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;
const AGO = /^(\d{1,4})\s*(j|jours?|semaines?|mois)$/i;
const DAYS: Readonly<Record<string, number>> = { j: 1, s: 7, m: 30 };

/**
 * « 01/09/2026 », « 2026-09-01 », « 30 jours », « 2 semaines », « 3 mois » (of thirty days).
 * @param today yyyy-mm-dd
 * @returns yyyy-mm-dd, today at the latest; undefined for anything else
 */
export function parseSince(text: string, today: string): string | undefined {
  const trimmed = text.trim();
  const [, count, unit = ""] = AGO.exec(trimmed) ?? [];
  if (count !== undefined) {
    const days = Number(count) * (DAYS[unit[0]?.toLowerCase() ?? ""] ?? 1);
    return new Date(Date.parse(`${today}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
  }
  const french = FRENCH.exec(trimmed);
  const [year = "", month = "", day = ""] = french ? french.slice(1).reverse() : (ISO.exec(trimmed)?.slice(1) ?? []);
  const written = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const date = new Date(`${written}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== written) return undefined;
  return written <= today ? written : undefined;
}
