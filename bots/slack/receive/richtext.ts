/** What a person typed in Slack, as RichText. Ids become names here, since no other platform knows them. */
import { z } from "zod";
import type { AgentId } from "../../../src/domain/ids.ts";
import type { Block, Inline, ListItem, RichText, TextStyle } from "../../../src/domain/richtext.ts";
import { slackTexts } from "../../../src/texts.ts";
import { unescapeText } from "../limits.ts";
import type { SlackMessage } from "./payloads.ts";

/** Names behind Slack's ids; none throws for an id that nobody knows. */
export interface Names {
  person(user: string): Promise<{ readonly name: string; readonly agentId?: AgentId }>;
  channel(channel: string): Promise<string>;
}

const flag = z.boolean().nullish();
const element = z.object({
  type: z.string(),
  text: z.string().nullish(),
  url: z.string().nullish(),
  user_id: z.string().nullish(),
  channel_id: z.string().nullish(),
  usergroup_id: z.string().nullish(),
  name: z.string().nullish(),
  unicode: z.string().nullish(),
  range: z.string().nullish(),
  fallback: z.string().nullish(),
  value: z.string().nullish(),
  style: z.object({ bold: flag, italic: flag, strike: flag, code: flag }).nullish().catch(null),
});
type Element = z.infer<typeof element>;

const item = z.object({ elements: z.array(element) });
const part = z.discriminatedUnion("type", [
  z.object({ type: z.literal("rich_text_section"), elements: z.array(element) }),
  z.object({ type: z.literal("rich_text_quote"), elements: z.array(element) }),
  z.object({ type: z.literal("rich_text_preformatted"), elements: z.array(element) }),
  z.object({
    type: z.literal("rich_text_list"),
    style: z.string().nullish(),
    indent: z.number().nullish(),
    elements: z.array(item),
  }),
]);
type Part = z.infer<typeof part>;
const richTextBlock = z.object({ type: z.literal("rich_text"), elements: z.array(z.unknown()) });

function styleOf(style: Element["style"]): { style?: TextStyle } {
  const set: TextStyle = {
    ...(style?.bold ? { bold: true } : {}),
    ...(style?.italic ? { italic: true } : {}),
    ...(style?.strike ? { strike: true } : {}),
    ...(style?.code ? { code: true } : {}),
  };
  return Object.keys(set).length === 0 ? {} : { style: set };
}

/** Slack gives the code points of its standard emoji: « 1f44b-1f3fd ». One of the workspace's own keeps its name. */
function emoji(name: string, unicode: string | null | undefined): string {
  const points = (unicode ?? "").split("-").map((hex) => Number.parseInt(hex, 16));
  const known = points.every((point) => point > 0 && point <= 0x10ffff);
  return known ? String.fromCodePoint(...points) : `:${name}:`;
}

const word = (text: string, style: Element["style"] = null): Inline => ({ type: "text", text, ...styleOf(style) });

async function inlineOf(from: Element, names: Names): Promise<Inline | null> {
  switch (from.type) {
    case "text":
      return from.text ? word(from.text, from.style) : null;
    case "link":
      return from.url ? { type: "link", url: from.url, text: from.text ?? "", ...styleOf(from.style) } : null;
    case "user":
      return from.user_id ? { type: "mention", ...(await names.person(from.user_id)) } : null;
    case "channel":
      return from.channel_id ? word(`#${await names.channel(from.channel_id)}`, from.style) : null;
    case "emoji":
      return from.name ? word(emoji(from.name, from.unicode), from.style) : null;
    case "broadcast":
      return word(`@${from.range ?? "channel"}`, from.style);
    case "usergroup":
      return word(`@${slackTexts.usergroup}`, from.style);
    case "date":
      return from.fallback ? word(from.fallback, from.style) : null;
    case "color":
      return from.value ? word(from.value, from.style) : null;
    default:
      return from.text ? word(from.text, from.style) : null;
  }
}

async function inlines(elements: readonly Element[], names: Names): Promise<Inline[]> {
  const found = await Promise.all(elements.map((from) => inlineOf(from, names)));
  return found.filter((inline) => inline !== null);
}

async function blockOf(from: Part, names: Names): Promise<Block[]> {
  switch (from.type) {
    case "rich_text_section": {
      const found = await inlines(from.elements, names);
      return found.length === 0 ? [] : [{ type: "paragraph", inlines: found }];
    }
    case "rich_text_quote":
      return [{ type: "quote", inlines: await inlines(from.elements, names) }];
    case "rich_text_preformatted":
      return [{ type: "code", text: from.elements.map(({ text, url }) => text ?? url ?? "").join("") }];
    case "rich_text_list": {
      const items = await Promise.all(
        from.elements.map(
          async ({ elements }): Promise<ListItem> => ({
            indent: Math.max(Math.trunc(from.indent ?? 0), 0),
            inlines: await inlines(elements, names),
          }),
        ),
      );
      return [{ type: "list", ordered: from.style === "ordered", items }];
    }
  }
}

/** Slack gives each level of a list apart; they are one list, as they were typed. */
function joinedLists(blocks: readonly Block[]): Block[] {
  const joined: Block[] = [];
  for (const block of blocks) {
    const previous = joined.at(-1);
    const nested = block.type === "list" && (block.items[0]?.indent ?? 0) > 0;
    if (block.type === "list" && previous?.type === "list" && (nested || previous.items.some((entry) => entry.indent > 0)))
      joined[joined.length - 1] = { ...previous, items: [...previous.items, ...block.items] };
    else joined.push(block);
  }
  return joined;
}

/** `<@U…>`, `<#C…|name>`, `<!here>`, `<https://…|text>`: https://docs.slack.dev/messaging/formatting-message-text */
async function tokenInline(token: string, names: Names): Promise<Inline> {
  const [target = "", shown] = token.split("|", 2);
  const [sign, id] = [target[0], target.slice(1)];
  if (sign === "@") return { type: "mention", ...(await names.person(id)) };
  if (sign === "#") return word(`#${shown ? unescapeText(shown) : await names.channel(id)}`);
  if (sign === "!") return word(shown ? unescapeText(shown) : `@${id.split("^")[0] ?? id}`);
  return { type: "link", url: unescapeText(target), text: shown === undefined ? "" : unescapeText(shown) };
}

async function mrkdwnText(text: string, names: Names): Promise<RichText> {
  const found = await Promise.all(
    text.split(/<([^<>]+)>/).map((piece, index) => (index % 2 === 1 ? tokenInline(piece, names) : word(unescapeText(piece)))),
  );
  const kept = found.filter((inline) => inline.type !== "text" || inline.text !== "");
  return kept.length === 0 ? [] : [{ type: "paragraph", inlines: kept }];
}

/** The words of a message: its rich text, or its plain text where Slack gives no other. */
export async function readText(message: SlackMessage, names: Names): Promise<RichText> {
  const rich = (message.blocks ?? []).map((block) => richTextBlock.safeParse(block)).filter((read) => read.success);
  if (rich.length === 0) return mrkdwnText(message.text ?? "", names);
  const parts = rich.flatMap(({ data }) => data.elements).map((from) => part.safeParse(from));
  const blocks = await Promise.all(parts.flatMap((read) => (read.success ? [blockOf(read.data, names)] : [])));
  return joinedLists(blocks.flat());
}
