/** Dates as people read them, always in the time zone of the demande's territoire. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** Building a format is slow and there are few of them. */
function format(timeZone: string, options: Intl.DateTimeFormatOptions, key: string): Intl.DateTimeFormat {
  const id = `${key}/${timeZone}`;
  const found = formats.get(id) ?? new Intl.DateTimeFormat("fr-FR", { ...options, timeZone });
  formats.set(id, found);
  return found;
}

/** « 3 mars 2026 » */
export const formatDay = (at: Date, timeZone: string): string => format(timeZone, { dateStyle: "long" }, "day").format(at);

/** « 3 mars 2026 à 09:05 » */
export const formatMoment = (at: Date, timeZone: string): string =>
  format(timeZone, { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" }, "moment").format(at);

/** « mardi 3 mars à 09:05 » */
export const formatNearMoment = (at: Date, timeZone: string): string =>
  format(timeZone, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" }, "near").format(at);
