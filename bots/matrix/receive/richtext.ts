/** What a person typed in a Matrix client, as RichText: the subset of HTML that the specification lets clients send. */
import { Parser } from "htmlparser2";
import type { AgentId } from "../../../src/domain/ids.ts";
import type { Block, Inline, ListItem, RichText, TextStyle } from "../../../src/domain/richtext.ts";
import { richText } from "../../../src/domain/richtext.ts";
import type { MatrixEvent } from "../events.ts";
import { relationOf } from "../events.ts";

/** The names behind the people who are named; none throws. */
export type Names = (user: string) => Promise<{ readonly name: string; readonly agentId?: AgentId }>;

const FORMAT = "org.matrix.custom.html";
/** No browser nests deeper either. */
const DEEPEST = 50;

const STYLES: Readonly<Record<string, keyof TextStyle>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  del: "strike",
  s: "strike",
  strike: "strike",
  code: "code",
};
const BREAKS = new Set(["p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "hr", "details", "summary"]);

/** « https://matrix.to/#/@camille:exemple.fr » or « matrix:u/camille:exemple.fr » → the MXID; null for any other link. */
export function mentionedUser(href: string): string | null {
  const shared = /^https:\/\/matrix\.to\/#\/(@[^/?]+|%40[^/?]+)/i.exec(href)?.[1];
  const named = /^matrix:u\/([^/?]+)/i.exec(href)?.[1];
  try {
    if (shared !== undefined) return decodeURIComponent(shared);
    return named === undefined ? null : `@${decodeURIComponent(named)}`;
  } catch {
    return null;
  }
}

type Draft = Inline | { readonly type: "user"; readonly user: string; readonly shown: string };

/** Reads the elements one after the other; what is no block of RichText becomes lines of text. */
class Reader {
  readonly blocks: ({ kind: "paragraph" | "quote"; inlines: Draft[] } | { kind: "code"; text: string } | ListDraft)[] = [];
  readonly #styles: (keyof TextStyle)[] = [];
  readonly #lists: boolean[] = [];
  #inlines: Draft[] = [];
  #link: { href: string; text: string } | null = null;
  #code: string | null = null;
  #quotes = 0;
  #list: ListDraft | null = null;
  #skipped = 0;
  #depth = 0;

  open(tag: string, attributes: Readonly<Record<string, string>>): void {
    this.#depth += 1;
    if (tag === "mx-reply" || this.#skipped > 0) this.#skipped += 1;
    else if (this.#depth <= DEEPEST) this.#open(tag, attributes);
  }

  #open(tag: string, attributes: Readonly<Record<string, string>>): void {
    const style = STYLES[tag];
    if (tag === "br") this.#say("\n");
    else if (tag === "pre") {
      this.#endBlock();
      this.#code = "";
    } else if (this.#code !== null) return;
    else if (tag === "a" && attributes.href) this.#link = { href: attributes.href, text: "" };
    else if (tag === "img") this.#say(attributes.alt ?? attributes.title ?? "");
    else if (style !== undefined) this.#styles.push(style);
    else if (tag === "blockquote") {
      this.#endBlock();
      this.#quotes += 1;
    } else if (tag === "ul" || tag === "ol") this.#openList(tag === "ol");
    else if (tag === "li" || BREAKS.has(tag)) this.#endBlock();
  }

  close(tag: string): void {
    this.#depth -= 1;
    if (this.#skipped > 0) this.#skipped -= 1;
    else if (this.#depth < DEEPEST) this.#close(tag);
  }

  #close(tag: string): void {
    const style = STYLES[tag];
    if (tag === "pre" && this.#code !== null) {
      const text = this.#code.replace(/\n$/, "");
      this.#code = null;
      if (text !== "") this.blocks.push({ kind: "code", text });
    } else if (this.#code !== null) return;
    else if (tag === "a") this.#endLink();
    else if (style !== undefined) {
      const at = this.#styles.lastIndexOf(style);
      if (at >= 0) this.#styles.splice(at, 1);
    } else if (tag === "blockquote") {
      this.#endBlock();
      this.#quotes = Math.max(this.#quotes - 1, 0);
    } else if (tag === "ul" || tag === "ol") {
      this.#endBlock();
      this.#lists.pop();
      if (this.#lists.length === 0) this.#list = null;
    } else if (tag === "li" || BREAKS.has(tag)) this.#endBlock();
  }

  /** Line ends in the source are blanks on the screen, but in code. */
  text(text: string): void {
    if (this.#skipped === 0) this.#say(this.#code === null ? text.replace(/[ \t\r\n]+/g, " ") : text);
  }

  #say(text: string): void {
    if (text === "") return;
    if (this.#code !== null) this.#code += text;
    else if (this.#link !== null) this.#link.text += text;
    else this.#inlines.push({ type: "text", text, ...this.#style() });
  }

  end(): void {
    this.#endLink();
    this.#endBlock();
  }

  #openList(ordered: boolean): void {
    this.#endBlock();
    this.#lists.push(ordered);
    if (this.#list !== null) return;
    this.#list = { kind: "list", ordered, items: [] };
    this.blocks.push(this.#list);
  }

  #endLink(): void {
    if (this.#link === null) return;
    const { href, text } = this.#link;
    this.#link = null;
    const user = mentionedUser(href);
    if (user !== null) this.#inlines.push({ type: "user", user, shown: text });
    else this.#inlines.push({ type: "link", url: href, text, ...this.#style() });
  }

  #endBlock(): void {
    const inlines = trimmed(this.#inlines);
    this.#inlines = [];
    if (inlines.length === 0) return;
    if (this.#list !== null) this.#list.items.push({ indent: Math.max(this.#lists.length - 1, 0), inlines });
    else this.blocks.push({ kind: this.#quotes > 0 ? "quote" : "paragraph", inlines });
  }

  #style(): { style?: TextStyle } {
    if (this.#styles.length === 0) return {};
    return { style: Object.fromEntries(this.#styles.map((style) => [style, true])) };
  }
}

interface ListDraft {
  readonly kind: "list";
  readonly ordered: boolean;
  readonly items: { readonly indent: number; readonly inlines: Draft[] }[];
}

/** Without the blanks and line ends at both ends, which HTML does not show. */
function trimmed(inlines: readonly Draft[]): Draft[] {
  const kept = [...inlines];
  const blank = (one: Draft | undefined) => one?.type === "text" && one.text.trim() === "";
  while (kept.length > 0 && blank(kept[0])) kept.shift();
  while (kept.length > 0 && blank(kept.at(-1))) kept.pop();
  const [first] = kept;
  if (first?.type === "text") kept[0] = { ...first, text: first.text.trimStart() };
  const last = kept.at(-1);
  if (last?.type === "text") kept[kept.length - 1] = { ...last, text: last.text.trimEnd() };
  return kept;
}

const named = (inlines: readonly Draft[], names: Names): Promise<Inline[]> =>
  Promise.all(
    inlines.map(async (inline): Promise<Inline> => {
      if (inline.type !== "user") return inline;
      return { type: "mention", ...(await names(inline.user)) };
    }),
  );

function blocksOf(html: string): Reader["blocks"] {
  const reader = new Reader();
  const parser = new Parser({
    onopentag: (tag, attributes) => reader.open(tag, attributes),
    onclosetag: (tag) => reader.close(tag),
    ontext: (text) => reader.text(text),
  });
  parser.end(html);
  reader.end();
  return reader.blocks;
}

/** What was typed, in order, with the MXID of whoever a piece names; nothing where there is no HTML. */
export function typedWithPeople(event: Pick<MatrixEvent, "content">): { text: string; user: string | null }[] {
  const { format, formatted_body: html } = event.content;
  if (format !== FORMAT || typeof html !== "string") return [];
  return blocksOf(html).flatMap((block) => {
    if (block.kind === "code") return [{ text: block.text, user: null }];
    const inlines = block.kind === "list" ? block.items.flatMap((item) => item.inlines) : block.inlines;
    return inlines.map((inline) => {
      if (inline.type === "user") return { text: inline.shown, user: inline.user };
      return { text: inline.type === "mention" ? inline.name : inline.text, user: null };
    });
  });
}

async function readHtml(html: string, names: Names): Promise<RichText> {
  return Promise.all(
    blocksOf(html).map(async (block): Promise<Block> => {
      if (block.kind === "code") return { type: "code", text: block.text };
      if (block.kind !== "list") return { type: block.kind, inlines: await named(block.inlines, names) };
      const items = await Promise.all(
        block.items.map(async ({ indent, inlines }): Promise<ListItem> => ({ indent, inlines: await named(inlines, names) })),
      );
      return { type: "list", ordered: block.ordered, items };
    }),
  );
}

/** Older clients quote what they answer at the beginning of the plain text. */
const withoutQuote = (body: string): string =>
  body.startsWith("> <@") || body.startsWith("> * <@") ? body.replace(/^(?:>.*\n?)+\n?/, "") : body;

/** The plain words of a message, without what it quotes. */
export function bodyOf(event: Pick<MatrixEvent, "content">): string {
  const body = typeof event.content.body === "string" ? event.content.body : "";
  return relationOf(event)["m.in_reply_to"] === undefined ? body : withoutQuote(body);
}

/** The words of a message's content: its HTML, or its plain text where there is none. */
export async function readText(event: Pick<MatrixEvent, "content">, names: Names): Promise<RichText> {
  const { format, formatted_body: html } = event.content;
  if (format === FORMAT && typeof html === "string" && html.trim() !== "") {
    const read = await readHtml(html, names);
    if (read.length > 0) return read;
  }
  return richText(bodyOf(event));
}
