/** The card of a demande as Slack blocks: the root of its thread. */
import type { KnownBlock, RichTextElement } from "@slack/web-api";
import type { Card, GroupeLine } from "../../../src/presentation/card.ts";
import { formatMoment } from "../../../src/presentation/dates.ts";
import { enumerate, slackTexts } from "../../../src/texts.ts";
import { fallbackText, LIMITS, label } from "../limits.ts";
import { actionsBlocks } from "./buttons.ts";
import { fullRoom, type Room, section, textElements } from "./richtext.ts";

/** What Slack is sent for one message: blocks, and the text of its notification. */
export interface Rendered {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** More groupes than this would push the buttons out of sight. */
const MOST_GROUPES = 30;
const MOST_ALERTS = 10;
const MOST_VIEWERS = 10;
const HOME_ZONE = "Europe/Paris";

/** « heure de La Réunion » */
const zoneName = (at: Date, timeZone: string): string =>
  new Intl.DateTimeFormat("fr-FR", { timeZone, timeZoneName: "longGeneric" })
    .formatToParts(at)
    .find(({ type }) => type === "timeZoneName")?.value ?? timeZone;

/**
 * « le 3 mars 2026 à 14:05 », in the card's own zone, named when it is not that of mainland France: the same words for every
 * reader, where a date of Slack's would follow each reader's own zone and language.
 */
export function dateText(at: Date, timeZone: string): string {
  const when = `le ${formatMoment(at, timeZone)}`;
  return timeZone === HOME_ZONE ? when : `${when} (${zoneName(at, timeZone)})`;
}

const fact = (name: string, value: string, room: Room): RichTextElement[] => [
  ...textElements(`${name} : `, { bold: true }, room),
  ...textElements(`${label(value, LIMITS.richTextElement)}\n`, undefined, room),
];

const groupeLine = (line: GroupeLine, room: Room): RichTextElement[] => [
  ...textElements(`${line.emoji} `, undefined, room),
  ...textElements(label(line.name, LIMITS.contextText), { bold: true }, room),
  ...textElements(` — ${label(line.standing, LIMITS.contextText)}\n`, undefined, room),
];

function viewers(names: readonly string[]): string {
  const shown = names.slice(0, MOST_VIEWERS).map((name) => label(name, LIMITS.header));
  const left = names.length - shown.length;
  return slackTexts.card.viewedBy(left === 0 ? enumerate(shown) : `${shown.join(", ")} ${slackTexts.more(left)}`);
}

function body(card: Card): KnownBlock {
  const room = fullRoom();
  const facts = [
    ...textElements(`${card.status.emoji} ${card.status.label}\n`, { bold: true }, room),
    ...fact(slackTexts.card.opener, card.opener, room),
    ...fact(slackTexts.card.territoire, card.territoire, room),
    ...fact(slackTexts.card.openedAt, dateText(card.openedAt, card.timeZone), room),
  ];
  const shown = card.groupes.slice(0, MOST_GROUPES);
  const groupes = shown.flatMap((line) => groupeLine(line, room));
  if (shown.length < card.groupes.length)
    groupes.push(...textElements(`${slackTexts.more(card.groupes.length - shown.length)}\n`, undefined, room));
  const seen = card.viewers.length === 0 ? [] : textElements(`${viewers(card.viewers)}\n`, { italic: true }, room);
  return { type: "rich_text", elements: [section([...facts, ...groupes, ...seen])] };
}

function alerts(card: Card): KnownBlock[] {
  const room = fullRoom();
  const lines = card.alerts.slice(0, MOST_ALERTS).flatMap((alert) => textElements(`${alert}\n`, { bold: true }, room));
  return lines.length === 0 ? [] : [{ type: "rich_text", elements: [section(lines)] }];
}

/** The header holds 150 characters; a sujet that it cuts stands whole below it. */
function title(card: Card): KnownBlock[] {
  const whole = `${card.ref} · ${card.sujet}`;
  const header = label(whole, LIMITS.header);
  const blocks: KnownBlock[] = [{ type: "header", text: { type: "plain_text", text: header, emoji: false } }];
  if (header !== label(whole, Number.MAX_SAFE_INTEGER))
    blocks.push({ type: "rich_text", elements: [section(textElements(card.sujet, { bold: true }, fullRoom()))] });
  return blocks;
}

/** Of a hundred blocks of buttons, the first are kept: the card itself always shows. */
export function renderCard(card: Card): Rendered {
  const blocks = [...title(card), body(card), ...alerts(card)];
  const buttons = actionsBlocks(card.buttons).slice(0, LIMITS.messageBlocks - blocks.length);
  return {
    text: fallbackText([`${card.ref} · ${card.sujet}`, `${card.status.emoji} ${card.status.label}`, ...card.alerts].join("\n")),
    blocks: [...blocks, ...buttons],
  };
}
