/** The card of a demande: the root of its thread. */
import type { Card, GroupeLine } from "../../../src/presentation/card.ts";
import { formatMoment } from "../../../src/presentation/dates.ts";
import { matrixTexts } from "../../../src/texts/matrix.ts";
import { enumerate } from "../../../src/texts.ts";
import { line } from "../limits.ts";
import { fitted, type Said } from "./content.ts";
import { wordsOf } from "./message.ts";
import { bold, join, lines, NO_USERS, plain, type Written, wrap } from "./written.ts";

const MOST_GROUPES = 30;
const MOST_ALERTS = 10;
const MOST_VIEWERS = 10;
const LINE = 300;
const HOME_ZONE = "Europe/Paris";

/** « heure de La Réunion » */
const zoneName = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat("fr-FR", { timeZone, timeZoneName: "longGeneric" })
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName")?.value ?? timeZone;

/** « le 3 mars 2026 à 14:05 », in the card's own zone, named when it is not that of mainland France. */
function dateText(at: Date, timeZone: string): string {
  const when = `le ${formatMoment(at, timeZone)}`;
  return timeZone === HOME_ZONE ? when : `${when} (${zoneName(at, timeZone)})`;
}

const fact = (name: string, value: string): Written => join([bold(`${name} : `), plain(line(value, LINE))]);

const groupeLine = ({ emoji, name, standing }: GroupeLine): Written =>
  join([plain(`${emoji} `), bold(line(name, LINE)), plain(` — ${line(standing, LINE)}`)]);

function viewers(names: readonly string[]): Written[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, MOST_VIEWERS).map((name) => line(name, LINE));
  const left = names.length - shown.length;
  const all = left === 0 ? enumerate(shown) : `${shown.join(", ")} ${matrixTexts.more(left)}`;
  return [wrap("em", plain(matrixTexts.card.viewedBy(all)))];
}

function groupes(all: readonly GroupeLine[]): Written[] {
  const shown = all.slice(0, MOST_GROUPES).map(groupeLine);
  return shown.length < all.length ? [...shown, plain(matrixTexts.more(all.length - shown.length))] : shown;
}

/** A new demande rings; an edit of its card never does. */
export function renderCard(card: Card): Said {
  const texts = matrixTexts.card;
  const words = wordsOf(card.buttons);
  const paragraphs = [
    [bold(line(`${card.ref} · ${card.sujet}`, LINE))],
    [
      bold(`${card.status.emoji} ${card.status.label}`),
      fact(texts.opener, card.opener),
      fact(texts.territoire, card.territoire),
      fact(texts.openedAt, dateText(card.openedAt, card.timeZone)),
    ],
    groupes(card.groupes),
    card.alerts.slice(0, MOST_ALERTS).map((alert) => bold(line(alert, LINE))),
    viewers(card.viewers),
    words.length === 0 ? [] : [join([plain(matrixTexts.words), join(words, " · ")])],
  ].filter((part) => part.length > 0);
  const written: Written = {
    body: paragraphs.map((part) => lines(part).body).join("\n\n"),
    html: paragraphs.map((part) => `<p>${lines(part).html}</p>`).join(""),
  };
  return fitted(NO_USERS, () => ({ msgtype: "m.text", written, mentions: [], buttons: card.buttons }));
}
