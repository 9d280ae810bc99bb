/** Matrix's HTML: what people read in it, and what the message field makes of a formatted text. */
import { Parser } from "htmlparser2";
import type { Block, Inline, RichText, TextStyle } from "../../src/domain/richtext.ts";
import { linked, listItem, rings, squeezed, styled } from "./reading.ts";

/** How a text is read: who is named and alerted in it, and whether the marks of its formatting are shown. */
export interface HtmlReading {
  readonly people: ReadonlyMap<string, string>;
  /** Those whom the message alerts, by id. */
  readonly alerted: ReadonlySet<string>;
  readonly marked: boolean;
}

const STYLES: Readonly<Record<string, keyof TextStyle>> = { strong: "bold", b: "bold", em: "italic", i: "italic", del: "strike" };
const PARAGRAPHS: ReadonlySet<string> = new Set(["p", "div", "blockquote", "pre"]);
const PERSON = /^https:\/\/matrix\.to\/#\/(@|%40)/;

/** Reads the elements one after the other, into paragraphs of lines. */
class Reader {
  readonly paragraphs: string[] = [];
  private readonly reading: HtmlReading;
  private readonly styles: (keyof TextStyle)[] = [];
  /** The number of the next item of each list; null for a list of points. */
  private readonly lists: (number | null)[] = [];
  private text = "";
  private link: { readonly url: string; text: string } | null = null;
  private code: string | null = null;
  /** Within what clients that show the author's name leave out. */
  private hidden = 0;

  constructor(reading: HtmlReading) {
    this.reading = reading;
  }

  open(tag: string, attributes: Readonly<Record<string, string>>): void {
    if (this.hidden > 0 || "data-mx-profile-fallback" in attributes) this.hidden += 1;
    else if (tag === "br") this.text += "\n";
    else if (tag === "a") this.link = { url: attributes.href ?? "", text: "" };
    else if (tag === "code") this.code = "";
    else if (tag === "ul" || tag === "ol") this.lists.push(tag === "ol" ? 1 : null);
    else if (tag === "li") this.item();
    else if (PARAGRAPHS.has(tag)) this.end();
    else if (STYLES[tag]) this.styles.push(STYLES[tag]);
  }

  close(tag: string): void {
    if (this.hidden > 0) this.hidden -= 1;
    else if (tag === "a") this.endLink();
    else if (tag === "code") this.endCode();
    else if (tag === "ul" || tag === "ol") this.lists.pop();
    else if (PARAGRAPHS.has(tag)) this.end();
    else if (STYLES[tag]) this.styles.splice(this.styles.lastIndexOf(STYLES[tag]), 1);
  }

  say(text: string): void {
    if (this.hidden > 0) return;
    if (this.code !== null) this.code += text;
    else if (this.link) this.link.text += text;
    else this.text += this.styled(text);
  }

  end(): void {
    if (this.text.trim() !== "") this.paragraphs.push(this.text.trim());
    this.text = "";
  }

  private item(): void {
    const number = this.lists.at(-1) ?? null;
    if (number !== null) this.lists[this.lists.length - 1] = number + 1;
    this.text += listItem(number);
  }

  private endLink(): void {
    if (!this.link) return;
    const { url, text } = this.link;
    this.link = null;
    if (!PERSON.test(url)) this.text += this.reading.marked ? this.styled(linked(text, url)) : text;
    else {
      const id = decodeURIComponent(url.slice(url.indexOf("#/") + 2));
      const name = this.reading.people.get(id) ?? id;
      this.text += this.reading.alerted.has(id) ? rings(name) : `@${name}`;
    }
  }

  /** Always shown as such: the words that are typed stand in it. */
  private endCode(): void {
    this.text += `\`${this.code ?? ""}\``;
    this.code = null;
  }

  private styled(text: string): string {
    if (!this.reading.marked) return text;
    return styled(text, Object.fromEntries(this.styles.map((style) => [style, true])));
  }
}

/** What the HTML says, a text for each of its paragraphs, lines of one apart. */
export function paragraphsOf(html: string, reading: HtmlReading): string[] {
  const reader = new Reader(reading);
  const parser = new Parser({
    onopentag: (tag, attributes) => reader.open(tag, attributes),
    onclosetag: (tag) => reader.close(tag),
    ontext: (text) => reader.say(text),
  });
  parser.end(html);
  reader.end();
  return reader.paragraphs;
}

/** Whether its author's name stands in the text too, for the clients that do not show it themselves. */
export const namesItsAuthor = (html: string, name: string): boolean =>
  /<strong data-mx-profile-fallback(?:="")?>([^<]*)<\/strong>/.exec(html)?.[1]?.includes(squeezed(name)) ?? false;

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function inlineHtml(inline: Inline, accounts: ReadonlyMap<string, string>): string {
  switch (inline.type) {
    case "text": {
      const tags = Object.entries({ bold: "strong", italic: "em", strike: "del", code: "code" } as const);
      return tags.reduce(
        (inner, [style, tag]) => (inline.style?.[style as keyof TextStyle] ? `<${tag}>${inner}</${tag}>` : inner),
        escaped(inline.text),
      );
    }
    case "link":
      return `<a href="${escaped(inline.url)}">${escaped(inline.text)}</a>`;
    case "mention":
      return `<a href="https://matrix.to/#/${accounts.get(inline.name)}">${escaped(inline.name)}</a>`;
  }
}

function blockHtml(block: Block, accounts: ReadonlyMap<string, string>): string {
  const inlines = (all: readonly Inline[]) => all.map((inline) => inlineHtml(inline, accounts)).join("");
  switch (block.type) {
    case "paragraph":
      return `<p>${inlines(block.inlines)}</p>`;
    case "quote":
      return `<blockquote>${inlines(block.inlines)}</blockquote>`;
    case "code":
      return `<pre><code>${escaped(block.text)}</code></pre>`;
    case "list": {
      const tag = block.ordered ? "ol" : "ul";
      return `<${tag}>${block.items.map((item) => `<li>${inlines(item.inlines)}</li>`).join("")}</${tag}>`;
    }
  }
}

/** The HTML that the message field sends. */
export const composedHtml = (text: RichText, accounts: ReadonlyMap<string, string>): string =>
  text.map((block) => blockHtml(block, accounts)).join("");
