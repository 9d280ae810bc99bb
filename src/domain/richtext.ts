/**
 * What people write, as a small tree of its own: each chat platform reads its format into it and renders it back, so that
 * formatting survives the way from one platform to another, and nothing that somebody typed is ever taken for markup.
 */
import type { AgentId } from "./ids.ts";

export interface TextStyle {
  readonly bold?: true;
  readonly italic?: true;
  readonly strike?: true;
  readonly code?: true;
}

export type Inline =
  | { readonly type: "text"; readonly text: string; readonly style?: TextStyle }
  | { readonly type: "link"; readonly url: string; readonly text: string; readonly style?: TextStyle }
  /** Somebody named in the text. `agentId` is known when that person has an account: the other platform then pings them too. */
  | { readonly type: "mention"; readonly name: string; readonly agentId?: AgentId };

export type Block =
  | { readonly type: "paragraph"; readonly inlines: readonly Inline[] }
  | { readonly type: "quote"; readonly inlines: readonly Inline[] }
  | { readonly type: "code"; readonly text: string }
  | { readonly type: "list"; readonly ordered: boolean; readonly items: readonly ListItem[] };

export interface ListItem {
  /** 0 for the outermost level. */
  readonly indent: number;
  readonly inlines: readonly Inline[];
}

export type RichText = readonly Block[];

/** Plain text as rich text: line feeds are kept inside one paragraph; an empty text gives no block. */
export function richText(text: string): RichText {
  return text.trim() === "" ? [] : [{ type: "paragraph", inlines: [{ type: "text", text }] }];
}

const inlineText = (inline: Inline): string => {
  switch (inline.type) {
    case "text":
      return inline.text;
    case "link":
      return inline.text === "" || inline.text === inline.url ? inline.url : `${inline.text} (${inline.url})`;
    case "mention":
      return `@${inline.name}`;
  }
};

const inlinesText = (inlines: readonly Inline[]): string => inlines.map(inlineText).join("");

const blockText = (block: Block): string => {
  switch (block.type) {
    case "paragraph":
      return inlinesText(block.inlines);
    case "quote":
      return inlinesText(block.inlines)
        .split("\n")
        .map((line) => `> ${line}`)
        .join("\n");
    case "code":
      return block.text;
    case "list":
      return block.items
        .map((item, index) => `${"  ".repeat(item.indent)}${block.ordered ? `${index + 1}.` : "•"} ${inlinesText(item.inlines)}`)
        .join("\n");
  }
};

/** The text without its formatting, for notifications, searches and platforms that show none. */
export const plainText = (text: RichText): string => text.map(blockText).join("\n");

/** Whether a person would see nothing. */
export const isBlank = (text: RichText): boolean => plainText(text).trim() === "";

/** The agents named in the text, each once. */
export function mentionedAgents(text: RichText): AgentId[] {
  const found = new Set<AgentId>();
  const visit = (inlines: readonly Inline[]) => {
    for (const inline of inlines) if (inline.type === "mention" && inline.agentId) found.add(inline.agentId);
  };
  for (const block of text) {
    if (block.type === "list") for (const item of block.items) visit(item.inlines);
    else if (block.type !== "code") visit(block.inlines);
  }
  return [...found];
}

const mapInlines = (inlines: readonly Inline[], change: (text: string) => string): Inline[] =>
  inlines.map((inline) =>
    inline.type === "mention" ? { ...inline, name: change(inline.name) } : { ...inline, text: change(inline.text) },
  );

/** The same tree with each of its texts changed; addresses of links are left as they are. */
export const mapTexts = (text: RichText, change: (text: string) => string): RichText =>
  text.map((block): Block => {
    if (block.type === "code") return { ...block, text: change(block.text) };
    if (block.type === "list")
      return { ...block, items: block.items.map((item) => ({ ...item, inlines: mapInlines(item.inlines, change) })) };
    return { ...block, inlines: mapInlines(block.inlines, change) };
  });
