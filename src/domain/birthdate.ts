/** The date of birth, as people write it. */

export type CheckedDate =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly reason: "dateFormat" | "dateUnreal" | "dateFuture" | "dateTooOld" };

const MAX_AGE = 130;
const FRENCH = /^(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4})$/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;

const pad = (value: number, length: number): string => String(value).padStart(length, "0");

/**
 * A real date, before today and within 130 years: « 31/12/1980 », with one digit or two for day and month, with hyphens, dots
 * or spaces; « 1980-12-31 » too, as machines write it. Years of two digits are refused: « 12/05/24 » may be a child or a centenarian.
 * @param today yyyy-mm-dd, where the demande is
 * @returns jj/mm/aaaa
 */
export function checkBirthDate(text: string, today: string): CheckedDate {
  const french = FRENCH.exec(text);
  const iso = ISO.exec(text);
  const [day, month, year] = (french ? french.slice(1) : iso ? iso.slice(1).reverse() : []).map(Number);
  if (day === undefined || month === undefined || year === undefined) return { ok: false, reason: "dateFormat" };
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return { ok: false, reason: "dateUnreal" };
  const written = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  if (written >= today) return { ok: false, reason: "dateFuture" };
  if (written < `${pad(Number(today.slice(0, 4)) - MAX_AGE, 4)}${today.slice(4)}`) return { ok: false, reason: "dateTooOld" };
  return { ok: true, value: `${pad(day, 2)}/${pad(month, 2)}/${pad(year, 4)}` };
}
