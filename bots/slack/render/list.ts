/** A page of demandes as Slack blocks. */
import type { KnownBlock } from "@slack/web-api";
import type { List, ListLine } from "../../../src/presentation/list.ts";
import { slackTexts } from "../../../src/texts.ts";
import { cut, fallbackText, LIMITS, label } from "../limits.ts";
import { frameBlocks } from "./board.ts";
import { actionsBlocks } from "./buttons.ts";
import type { Rendered } from "./card.ts";
import { fullRoom, type Room, section, textElements } from "./richtext.ts";

const note = (text: string): KnownBlock => ({
  type: "context",
  elements: [{ type: "plain_text", text: label(text, LIMITS.contextText), emoji: false }],
});

function lineBlocks(line: ListLine, room: Room): KnownBlock[] {
  const elements = [
    ...textElements(
      `${line.emoji} ${label(line.ref, LIMITS.header)} · ${label(line.sujet, LIMITS.header)}\n`,
      { bold: true },
      room,
    ),
    ...textElements(cut(line.details, LIMITS.contextText), undefined, room),
  ];
  return elements.length === 0 ? [] : [{ type: "rich_text", elements: [section(elements)] }, ...actionsBlocks(line.buttons)];
}

/**
 * The blocks of a page, at most so many. Lines that would pass them are counted below the others: a page is asked for anew,
 * never refused.
 */
export function listBlocks(list: List, mostBlocks: number): KnownBlock[] {
  const head: KnownBlock[] = [
    ...(list.frame === undefined ? [] : frameBlocks(list.frame)),
    { type: "header", text: { type: "plain_text", text: label(list.title, LIMITS.header), emoji: false } },
  ];
  const tail: KnownBlock[] = [
    ...(list.footer === null || list.footer.trim() === "" ? [] : [note(list.footer)]),
    ...actionsBlocks(list.pages).slice(0, 2),
  ];
  const most = mostBlocks - head.length - tail.length - 1;
  const room = fullRoom();
  const body: KnownBlock[] = [];
  let shown = 0;
  for (const line of list.lines) {
    const blocks = lineBlocks(line, room);
    if (blocks.length === 0 || body.length + blocks.length > most) break;
    body.push(...blocks);
    shown += 1;
  }
  if (shown < list.lines.length) body.push(note(slackTexts.more(list.lines.length - shown)));
  if (list.lines.length === 0)
    body.push({ type: "rich_text", elements: [section(textElements(label(list.empty, LIMITS.contextText), undefined, room))] });
  return [...head, ...body, ...tail];
}

export function renderList(list: List): Rendered {
  const words = [
    list.title,
    ...(list.lines.length === 0 ? [list.empty] : list.lines.map((line) => `${line.ref} · ${line.sujet}`)),
  ];
  return { text: fallbackText(words.join("\n")), blocks: listBlocks(list, LIMITS.messageBlocks) };
}
