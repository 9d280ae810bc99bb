/** Slack's blocks: what people read in them, and what the message field makes of a formatted text. */
import type { Block, Inline, RichText } from "../../src/domain/richtext.ts";
import type { SlackBlock } from "./control-slack.ts";
import { linked, listItem, rings, squeezed, styled } from "./reading.ts";

type Json = Record<string, unknown>;
type People = ReadonlyMap<string, string>;

const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null;
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const nobody: People = new Map();

/** How words are read: with the marks of their formatting, or without. */
interface Reading {
  readonly people: People;
  readonly marked: boolean;
}

const styleOf = ({ style }: Json): Json => (isRecord(style) ? style : {});

function inlineWords(element: Json, { people, marked }: Reading): string {
  const text = typeof element.text === "string" ? element.text : "";
  switch (element.type) {
    case "user":
      return rings(people.get(String(element.user_id)) ?? String(element.user_id));
    case "link":
      return marked ? styled(linked(text, String(element.url)), styleOf(element)) : text;
    case "broadcast":
      return rings(String(element.range));
    default:
      return marked ? styled(text, styleOf(element)) : text;
  }
}

/** A part of a rich text: each item of a list after its sign. */
function partWords(part: Json, reading: Reading): string {
  const inlines = (of: Json) =>
    listOf(of.elements)
      .map((element) => inlineWords(element, reading))
      .join("");
  if (part.type !== "rich_text_list") return inlines(part);
  return listOf(part.elements)
    .map((item, index) => listItem(part.style === "ordered" ? index + 1 : null) + inlines(item))
    .join("");
}

function blockWords(block: Json, reading: Reading): string {
  switch (block.type) {
    case "rich_text":
      return listOf(block.elements)
        .map((part) => partWords(part, reading))
        .join(" ");
    case "actions":
    case "input":
      return "";
    default:
      return [block.text, ...listOf(block.elements)]
        .filter(isRecord)
        .map((one) => (typeof one.text === "string" ? one.text : ""))
        .join(" ");
  }
}

/** What the blocks say, one text a block, line ends kept; the buttons left out. */
export const rawTexts = (blocks: readonly SlackBlock[], people: People, marked: boolean): string[] =>
  blocks.map((block) => blockWords(block, { people, marked }));

/** What the blocks say, one text a block. */
export const textsOf = (blocks: readonly SlackBlock[], people: People = nobody): string[] =>
  rawTexts(blocks, people, true)
    .map(squeezed)
    .filter((text) => text !== "");

export function buttonsOf(blocks: readonly SlackBlock[]): string[] {
  return blocks
    .filter((block) => block.type === "actions")
    .flatMap((block) => listOf(block.elements))
    .flatMap((element) => (isRecord(element.text) ? [String(element.text.text)] : []));
}

/** What a text of Slack's own markup says: « <@U…> », « <https://…|texte> ». */
export const markupWords = (text: string, people: People): string =>
  squeezed(
    text
      .replace(/<@([^>|]+)[^>]*>/g, (_, id: string) => rings(people.get(id) ?? id))
      .replace(/<([a-z]+:[^>|]+)(?:\|([^>]*))?>/g, (_, url: string, shown = "") => linked(shown, url))
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&"),
  );

/** The field's label, by the id that its fault bears. */
export const labelsOf = (blocks: readonly SlackBlock[]): ReadonlyMap<string, string> =>
  new Map(blocks.flatMap(({ block_id: id, label }) => (isRecord(label) ? [[String(id), String(label.text)]] : [])));

/** The accounts of those who are named, by name. */
type Accounts = ReadonlyMap<string, string>;

function inlineElement(inline: Inline, accounts: Accounts): Json {
  switch (inline.type) {
    case "text":
    case "link":
      return { ...inline };
    case "mention":
      return { type: "user", user_id: accounts.get(inline.name) };
  }
}

function part(block: Block, accounts: Accounts): Json {
  const section = (inlines: readonly Inline[]) => ({
    type: "rich_text_section",
    elements: inlines.map((inline) => inlineElement(inline, accounts)),
  });
  switch (block.type) {
    case "paragraph":
      return section(block.inlines);
    case "quote":
      return { ...section(block.inlines), type: "rich_text_quote" };
    case "code":
      return { type: "rich_text_preformatted", elements: [{ type: "text", text: block.text }] };
    case "list":
      return {
        type: "rich_text_list",
        style: block.ordered ? "ordered" : "bullet",
        indent: 0,
        elements: block.items.map(({ inlines }) => section(inlines)),
      };
  }
}

/** The rich text that the message field sends. */
export const composed = (text: RichText, accounts: Accounts): Json[] => [
  { type: "rich_text", elements: text.map((block) => part(block, accounts)) },
];
