/** A form that only shows, as a message. */
import type { Form, Note } from "../../../src/presentation/form.ts";
import { isField } from "../../../src/presentation/form.ts";
import { line } from "../limits.ts";
import { fitted, type Said } from "./content.ts";
import { bold, join, NO_USERS, type Page, type Written, wrap, writeText } from "./written.ts";

const TITLE = 200;

const textOf = (text: string, page: Page): Written => writeText([{ type: "paragraph", inlines: [{ type: "text", text }] }], page);

function note({ label, text }: Note, page: Page): Written {
  if (label === undefined) return textOf(text, page);
  const { body, html } = textOf(text, page);
  const name = bold(`${label} : `);
  return { body: `${name.body}${body}`, html: html.replace(/^<p>/, () => `<p>${name.html}`) };
}

export function renderView({ title, parts }: Form): Said {
  return fitted(NO_USERS, (page) => {
    const notes = parts.flatMap((part) => (isField(part) ? [] : [note(part, page)]));
    const all = [wrap("p", bold(line(title, TITLE))), ...notes];
    const written = { body: all.map(({ body }) => body).join("\n"), html: join(all).html };
    return { msgtype: "m.text", written, mentions: [], buttons: [] };
  });
}
