/** Text written twice side by side, as Matrix has it: plain for the notifications, and HTML. Nothing typed is ever markup. */

import type { UserIds } from "../../../src/delivery/port.ts";
import type { Block, Inline, ListItem, RichText, TextStyle } from "../../../src/domain/richtext.ts";
import { escapeHtml } from "../../../src/presentation/html.ts";
import { matrixTexts } from "../../../src/texts/matrix.ts";
import { cutBytes, sendable } from "../limits.ts";

export const NO_USERS: UserIds = new Map();

export interface Written {
  readonly body: string;
  readonly html: string;
}

/** What is left of the message's length, in bytes, and whom it names. */
export interface Page {
  left: number;
  /** Something did not fit. */
  cut: boolean;
  readonly users: UserIds;
  readonly mentioned: Set<string>;
}

export const newPage = (bytes: number, users: UserIds): Page => ({ left: bytes, cut: false, users, mentioned: new Set() });

export const plain = (text: string): Written => {
  const shown = sendable(text);
  return { body: shown, html: escapeHtml(shown).replaceAll("\n", "<br>") };
};

export const wrap = (tag: string, { body, html }: Written): Written => ({ body, html: `<${tag}>${html}</${tag}>` });

export const bold = (text: string): Written => wrap("strong", plain(text));

/** One after the other, on the same line. */
export const join = (parts: readonly Written[], separator = ""): Written => ({
  body: parts.map(({ body }) => body).join(separator),
  html: parts.map(({ html }) => html).join(escapeHtml(separator)),
});

/** Each on a line of its own. */
export const lines = (parts: readonly Written[]): Written => ({
  body: parts.map(({ body }) => body).join("\n"),
  html: parts.map(({ html }) => html).join("<br>"),
});

/** « `texte` » as people type it, in the colours of code. */
export const withCode = (text: string): Written =>
  join(text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? wrap("code", plain(part)) : plain(part))));

const permalink = (id: string): string => `https://matrix.to/#/${encodeURIComponent(id)}`;

/** A person's name that alerts them: https://spec.matrix.org/latest/client-server-api/#user-and-room-mentions */
export const userPill = (user: string, name: string): Written => ({
  body: name,
  html: `<a href="${escapeHtml(permalink(user))}">${escapeHtml(name)}</a>`,
});

export const eventLink = (room: string, event: string, text: string): Written => {
  const url = `https://matrix.to/#/${encodeURIComponent(room)}/${encodeURIComponent(event)}`;
  return { body: `${text} : ${url}`, html: `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>` };
};

const take = (text: string, page: Page): string => {
  const whole = sendable(text);
  const shown = cutBytes(whole, Math.max(page.left, 3));
  page.left -= Buffer.byteLength(shown);
  page.cut ||= shown !== whole;
  return shown;
};

const TAGS: readonly (readonly [keyof TextStyle, string])[] = [
  ["code", "code"],
  ["strike", "del"],
  ["italic", "em"],
  ["bold", "strong"],
];

const styled = (written: Written, style: TextStyle | undefined): Written =>
  TAGS.reduce((inner, [name, tag]) => (style?.[name] ? wrap(tag, inner) : inner), written);

/** The schemes that Matrix lets a link have. */
const LINKED_SCHEMES = new Set(["http:", "https:", "mailto:", "ftp:", "magnet:"]);
const LONGEST_URL = 3000;

const isLinkable = (url: string): boolean =>
  url.length <= LONGEST_URL && URL.canParse(url) && LINKED_SCHEMES.has(new URL(url).protocol);

function writeInline(inline: Inline, page: Page): Written {
  if (page.cut) return plain("");
  switch (inline.type) {
    case "text":
      return styled(plain(take(inline.text, page)), inline.style);
    case "link": {
      const url = sendable(inline.url);
      const text = sendable(inline.text).trim() === "" ? url : inline.text;
      const named = text === url ? url : `${text} (${url})`;
      if (!isLinkable(url)) return styled(plain(take(named, page)), inline.style);
      page.left -= Buffer.byteLength(url);
      const shown = take(text, page);
      const html = `<a href="${escapeHtml(url)}">${escapeHtml(shown)}</a>`;
      return styled({ body: shown === url ? url : `${shown} (${url})`, html }, inline.style);
    }
    case "mention": {
      const user = inline.agentId === undefined ? undefined : page.users.get(inline.agentId);
      const name = take(`@${inline.name}`, page);
      if (user === undefined) return plain(name);
      page.mentioned.add(user);
      return userPill(user, name);
    }
  }
}

const writeInlines = (inlines: readonly Inline[], page: Page): Written =>
  join(inlines.map((inline) => writeInline(inline, page)));

const prefixed = (text: string, prefix: string): string =>
  text
    .split("\n")
    .map((row) => `${prefix}${row}`)
    .join("\n");

const DEEPEST = 8;
const indentOf = (item: ListItem): number => Math.min(Math.max(Math.trunc(item.indent), 0), DEEPEST);

function writeList(items: readonly ListItem[], ordered: boolean, page: Page): Written {
  const tag = ordered ? "ol" : "ul";
  const body: string[] = [];
  let html = "";
  let depth = 0;
  const counts: number[] = [];
  for (const item of items) {
    if (page.cut) break;
    const wanted = indentOf(item) + 1;
    while (depth > wanted) {
      html += `</${tag}>`;
      depth -= 1;
      counts.pop();
    }
    while (depth < wanted) {
      html += `<${tag}>`;
      depth += 1;
      counts.push(0);
    }
    const number = (counts.pop() ?? 0) + 1;
    counts.push(number);
    const written = writeInlines(item.inlines, page);
    body.push(`${"  ".repeat(depth - 1)}${ordered ? `${number}.` : "•"} ${written.body}`);
    html += `<li>${written.html}</li>`;
  }
  return { body: body.join("\n"), html: html + `</${tag}>`.repeat(depth) };
}

function writeBlock(block: Block, page: Page): Written {
  switch (block.type) {
    case "paragraph":
      return wrap("p", writeInlines(block.inlines, page));
    case "quote": {
      const { body, html } = writeInlines(block.inlines, page);
      return { body: prefixed(body, "> "), html: `<blockquote>${html}</blockquote>` };
    }
    case "code": {
      const text = sendable(take(block.text, page));
      return { body: text, html: `<pre><code>${escapeHtml(text)}</code></pre>` };
    }
    case "list":
      return writeList(block.items, block.ordered, page);
  }
}

/** The blocks, as far as the page holds them; it says when it does not. */
export function writeText(text: RichText, page: Page): Written {
  const parts: Written[] = [];
  for (const block of text) {
    if (page.cut || page.left <= 0) break;
    parts.push(writeBlock(block, page));
  }
  if (page.cut || parts.length < text.length) parts.push(wrap("p", wrap("em", plain(matrixTexts.tooLong))));
  return { body: parts.map(({ body }) => body).join("\n"), html: parts.map(({ html }) => html).join("") };
}

/** Without the paragraph around a text that is nothing else, so that it can follow a name on the same line. */
export function unwrapped({ body, html }: Written): Written {
  const inner = /^<p>(.*)<\/p>$/s.exec(html)?.[1];
  return inner === undefined || inner.includes("<p>") ? { body, html } : { body, html: inner };
}
