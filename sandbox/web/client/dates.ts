/** Dates as people of the Ain read them. */
const ZONE = "Europe/Paris";

const long = new Intl.DateTimeFormat("fr-FR", {
  timeZone: ZONE,
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
});
const short = new Intl.DateTimeFormat("fr-FR", { timeZone: ZONE, weekday: "short", day: "numeric", month: "short" });
const hour = new Intl.DateTimeFormat("fr-FR", { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });

export const longDay = (at: Date): string => long.format(at);
export const timeOf = (at: Date): string => hour.format(at);
/** « mer. 25 nov. 14:05 » */
export const shortMoment = (at: Date): string => `${short.format(at)} ${hour.format(at)}`;
/** Of a Slack timestamp. */
export const slackDate = (ts: string): Date => new Date(Number.parseFloat(ts) * 1000);
