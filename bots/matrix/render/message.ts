/** What is said, as Matrix has it: a relay under its author's name, or the bot's own words. */

import { createHash } from "node:crypto";
import { actionOf } from "../../../src/actions.ts";
import type { UserIds } from "../../../src/delivery/port.ts";
import type { AgentId } from "../../../src/domain/ids.ts";
import { mentionedAgents } from "../../../src/domain/richtext.ts";
import { escapeHtml } from "../../../src/presentation/html.ts";
import type { Button, Message, Speaker } from "../../../src/presentation/message.ts";
import { matrixTexts } from "../../../src/texts/matrix.ts";
import { line, MOST_PINGS } from "../limits.ts";
import { fitted, type Said } from "./content.ts";
import { join, type Page, plain, unwrapped, userPill, type Written, wrap, writeText } from "./written.ts";

const NAME = 100;

/** « Camille Exemple (CAF de l’Ain) » */
export const speakerName = ({ name, groupe }: Speaker): string =>
  groupe === null ? line(name, NAME) : `${line(name, NAME)} (${line(groupe, NAME)})`;

const profileId = (name: string): string => createHash("sha256").update(name).digest("base64url").slice(0, 16);

/** Those who must be alerted and whom the body does not name, each once. */
function pinged(message: Message, users: UserIds): string[] {
  const named = new Set<AgentId>(mentionedAgents(message.body));
  const ids = message.pings.filter((agent) => !named.has(agent)).map((agent) => users.get(agent));
  return [...new Set(ids)].filter((id) => id !== undefined).slice(0, MOST_PINGS);
}

/** « ✋ Je m’en occupe `!prendre` »: every button can also be typed, but those that stand for one choice among several. */
export function wordsOf(buttons: readonly Button[]): Written[] {
  const typed = buttons.filter(
    ({ action }) => actionOf(action).capability !== null && action !== "rappeler" && action !== "publier",
  );
  return typed.map(({ action, label, emoji }) =>
    join([plain(`${emoji ?? ""} ${label} `.trimStart()), wrap("code", plain(`!${actionOf(action).word}`))]),
  );
}

const paragraph = (written: Written): Written => wrap("p", written);
const filled = (parts: readonly (Written | null)[]): Written[] => parts.filter((part) => part !== null);

/** `data-mx-profile-fallback` marks the name that clients which show the profile leave out (MSC4144). */
const speakerPrefix = (name: string): Written => ({
  body: matrixTexts.speaks(name),
  html: `<strong data-mx-profile-fallback>${escapeHtml(matrixTexts.speaks(name))}</strong>`,
});

function written(message: Message, pings: readonly string[], name: string | null, page: Page): Written {
  const body = writeText(message.body, page);
  const said = name === null ? body : spoken(speakerPrefix(name), body);
  const head = join(
    filled([
      message.private ? plain(matrixTexts.privateMark) : null,
      pings.length > 0
        ? join(
            pings.map((user) => userPill(user, user)),
            " ",
          )
        : null,
    ]),
    " · ",
  );
  const words = wordsOf(message.buttons);
  const parts = filled([
    head.body === "" ? null : paragraph(head),
    said,
    message.edited ? paragraph(wrap("em", plain(matrixTexts.editedMark))) : null,
    words.length === 0 ? null : paragraph(join(words, " · ")),
  ]);
  return { body: parts.map((part) => part.body).join("\n"), html: parts.map((part) => part.html).join("") };
}

/** The name stands on the line of the first words, as in a conversation. */
function spoken(prefix: Written, { body, html }: Written): Written {
  return html.startsWith("<p>")
    ? { body: `${prefix.body}${body}`, html: `<p>${prefix.html}${html.slice("<p>".length)}` }
    : { body: `${prefix.body}\n${body}`, html: `<p>${prefix.html}</p>${html}` };
}

export function renderMessage(message: Message, users: UserIds): Said {
  const pings = pinged(message, users);
  const name = message.speaker === null ? null : speakerName(message.speaker);
  return fitted(users, (page) => {
    const text = written(message, pings, name, page);
    return {
      // A notice alerts nobody, whoever it names.
      msgtype: message.quiet && pings.length === 0 && page.mentioned.size === 0 ? "m.notice" : "m.text",
      written: text.html.match(/<p>/g)?.length === 1 ? unwrapped(text) : text,
      mentions: [...new Set([...pings, ...page.mentioned])].slice(0, MOST_PINGS),
      buttons: message.buttons,
      ...(name !== null && { profile: { id: profileId(name), displayname: name } }),
    };
  });
}

/** One line above what is said: where it comes from. */
export const above = (said: Said, note: Written): Said => ({
  ...said,
  written: {
    body: `${said.written.body}\n${note.body}`,
    html: `${said.written.html.startsWith("<") ? said.written.html : `<p>${said.written.html}</p>`}<p>${note.html}</p>`,
  },
});

/** A short sentence of the bot's own, with `code` in backquotes; rings nobody. */
export const notice = (written: Written): Said => ({ msgtype: "m.notice", written, mentions: [], buttons: [] });
