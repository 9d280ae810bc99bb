/** RichText as Slack's rich_text: every word stays literal, as nothing in it is parsed again. */
import type { RichTextBlock, RichTextElement, RichTextSection } from "@slack/web-api";
import type { UserIds } from "../../../src/delivery/port.ts";
import type { Block, Inline, ListItem, RichText, TextStyle } from "../../../src/domain/richtext.ts";
import { slackTexts } from "../../../src/texts.ts";
import { cut, LIMITS, pieces, sendable } from "../limits.ts";

export const NO_USERS: UserIds = new Map();

type RichTextPart = RichTextBlock["elements"][number];

/** What is left of the message's length, shared by all that one message shows. */
export interface Room {
  left: number;
}

export const fullRoom = (): Room => ({ left: LIMITS.richText });

const take = (text: string, room: Room): string => {
  const shown = cut(text, Math.max(room.left, 1));
  room.left -= Math.min(shown.length, room.left);
  return shown;
};

const styled = (style: TextStyle | undefined) => (style && Object.keys(style).length > 0 ? { style: { ...style } } : {});

/** Literal text, in as many elements as Slack needs; none for an empty text, which Slack refuses. */
export function textElements(text: string, style: TextStyle | undefined, room: Room): RichTextElement[] {
  if (room.left <= 0) return [];
  return pieces(take(text, room), LIMITS.richTextElement).map((piece) => ({ type: "text", text: piece, ...styled(style) }));
}

const LINKED_SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

const isLinkable = (url: string): boolean =>
  url.length <= LIMITS.url && URL.canParse(url) && LINKED_SCHEMES.has(new URL(url).protocol);

function inlineElements(inline: Inline, users: UserIds, room: Room): RichTextElement[] {
  if (room.left <= 0) return [];
  switch (inline.type) {
    case "text":
      return textElements(inline.text, inline.style, room);
    case "link": {
      const url = sendable(inline.url);
      if (!isLinkable(url)) return textElements(inline.text === url ? url : `${inline.text} (${url})`, inline.style, room);
      const text = take(sendable(inline.text).trim() === "" ? url : inline.text, room);
      return [{ type: "link", url, text: cut(text, LIMITS.richTextElement), ...styled(inline.style) }];
    }
    case "mention": {
      const user = inline.agentId === undefined ? undefined : users.get(inline.agentId);
      if (user === undefined) return textElements(`@${inline.name}`, undefined, room);
      room.left -= 1;
      return [{ type: "user", user_id: user }];
    }
  }
}

const inlinesElements = (inlines: readonly Inline[], users: UserIds, room: Room): RichTextElement[] =>
  inlines.flatMap((inline) => inlineElements(inline, users, room));

export const section = (elements: RichTextElement[]): RichTextSection => ({ type: "rich_text_section", elements });

/** Slack has no list of mixed levels: each run of items of one level is a list of its own. */
function listParts(items: readonly ListItem[], ordered: boolean, users: UserIds, room: Room): RichTextPart[] {
  const parts: RichTextPart[] = [];
  let run: { indent: number; elements: RichTextSection[] } | undefined;
  for (const item of items) {
    if (room.left <= 0) break;
    const indent = Math.min(Math.max(Math.trunc(item.indent), 0), 8);
    if (run?.indent !== indent) {
      run = { indent, elements: [] };
      parts.push({ type: "rich_text_list", style: ordered ? "ordered" : "bullet", indent, elements: run.elements });
    }
    const elements = inlinesElements(item.inlines, users, room);
    run.elements.push(section(elements.length === 0 ? [{ type: "text", text: " " }] : elements));
  }
  return parts;
}

function blockParts(block: Block, users: UserIds, room: Room): RichTextPart[] {
  if (room.left <= 0) return [];
  switch (block.type) {
    case "paragraph": {
      const elements = inlinesElements(block.inlines, users, room);
      return elements.length === 0 ? [] : [section(elements)];
    }
    case "quote": {
      const elements = inlinesElements(block.inlines, users, room);
      return elements.length === 0 ? [] : [{ type: "rich_text_quote", elements }];
    }
    case "code": {
      const elements = pieces(take(block.text, room), LIMITS.richTextElement).map((text) => ({ type: "text" as const, text }));
      return elements.length === 0 ? [] : [{ type: "rich_text_preformatted", elements }];
    }
    case "list":
      return listParts(block.items, block.ordered, users, room);
  }
}

/** Paragraphs that follow each other become one section, with a line feed between: the same on every client. */
function joined(parts: readonly RichTextPart[]): RichTextPart[] {
  const result: RichTextPart[] = [];
  for (const part of parts) {
    const previous = result.at(-1);
    if (part.type === "rich_text_section" && previous?.type === "rich_text_section")
      result[result.length - 1] = section([...previous.elements, { type: "text", text: "\n" }, ...part.elements]);
    else result.push(part);
  }
  return result;
}

/** One block of rich text, none for an empty text. A text too long for Slack is cut, and says so. */
export function richTextBlocks(
  text: RichText,
  users: UserIds = NO_USERS,
  lead: readonly RichTextElement[] = [],
): RichTextBlock[] {
  const room = fullRoom();
  const parts = text.flatMap((block) => blockParts(block, users, room));
  if (room.left <= 0) parts.push(section([{ type: "text", text: slackTexts.tooLong, style: { italic: true } }]));
  const all = joined(lead.length === 0 ? parts : [section([...lead]), ...parts]);
  return all.length === 0 ? [] : [{ type: "rich_text", elements: all }];
}
