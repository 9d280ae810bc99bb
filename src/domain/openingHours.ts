/** The opening hours of one day, as people write them and as they are kept: « 9:00 - 12:00 / 13:30 - 17:00 ». */

export const CLOSED = "fermé";

const TIME = /^(\d{1,2})(?:\s*[h:.]\s*(\d{2})?)?$/i;
const MINUTES_A_DAY = 24 * 60;

/** « 9 », « 9h », « 9h30 », « 09:30 » → minutes since midnight; undefined for what is no time of a day. */
function minutesOf(text: string): number | undefined {
  const [, hours, minutes = "0"] = TIME.exec(text.trim()) ?? [];
  if (hours === undefined || Number(minutes) > 59) return undefined;
  const total = Number(hours) * 60 + Number(minutes);
  return total <= MINUTES_A_DAY ? total : undefined;
}

const written = (minutes: number): string => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;

/**
 * Spans in order and apart, « 9h-12h30, 14h-18h », « de 9:00 à 12:00 et de 13:30 à 17:00 », or « fermé », « - ».
 * @returns one form for each: « 9:00 - 12:30 / 14:00 - 18:00 », « fermé »; undefined for what says no hours
 */
export function normaliseOpeningHours(text: string): string | undefined {
  const plain = text.trim().toLowerCase().normalize("NFC").replace(/[–—−]/g, "-");
  if (plain === "-" || /^ferm[ée]e?$/.test(plain)) return CLOSED;
  const spans = plain
    .split(/\/|,|;|\bet\b|\bpuis\b|\n/)
    .map((span) => span.trim())
    .filter(Boolean);
  const found: string[] = [];
  let last = -1;
  for (const span of spans) {
    const [from, to, ...rest] = span.replace(/^de\s+/, "").split(/-|(?<=\s)[àa](?=\s)/);
    const [start, end] = [minutesOf(from ?? ""), minutesOf(to ?? "")];
    if (start === undefined || end === undefined || rest.length > 0 || start <= last || end <= start) return undefined;
    last = end;
    found.push(`${written(start)} - ${written(end)}`);
  }
  return found.length === 0 ? undefined : found.join(" / ");
}
