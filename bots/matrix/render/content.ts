/** The contents of the events that the bot sends. https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes */
import type { DeliveryId, UserIds } from "../../../src/delivery/port.ts";
import type { Button } from "../../../src/presentation/message.ts";
import type { Content } from "../api.ts";
import { CONTENT_BYTES } from "../limits.ts";
import { newPage, type Page, type Written } from "./written.ts";

/** The delivery id, by which a post is found again. */
export const DELIVERY_KEY = "fr.gouv.aplus.delivery";
/** The buttons of a message, ids only: its pills can be made anew from it. */
export const BUTTONS_KEY = "fr.gouv.aplus.buttons";

/** What is said, before it is known where. */
export interface Said {
  /** `m.text` rings, `m.notice` does not. */
  readonly msgtype: "m.text" | "m.notice";
  readonly written: Written;
  /** MXIDs of those who must be alerted. */
  readonly mentions: readonly string[];
  readonly buttons: readonly Button[];
  /** MSC4144: the name under which clients that know it show the message. */
  readonly profile?: { readonly id: string; readonly displayname: string };
}

const FORMAT = "org.matrix.custom.html";
/** A text of one paragraph is the same in plain. */
const needsHtml = ({ body, html }: Written): boolean => html.replace(/^<p>|<\/p>$/g, "") !== body;

export const contentOf = ({ msgtype, written, mentions, buttons, profile }: Said): Content => ({
  msgtype,
  body: written.body === "" ? "…" : written.body,
  ...(needsHtml(written) && { format: FORMAT, formatted_body: written.html }),
  "m.mentions": mentions.length === 0 ? {} : { user_ids: [...mentions] },
  ...(buttons.length > 0 && {
    [BUTTONS_KEY]: buttons.map(({ action, label, emoji, style, value }) => ({ action, label, emoji, style, value })),
  }),
  ...(profile && { "com.beeper.per_message_profile": { ...profile, has_fallback: true } }),
});

export const withDelivery = (content: Content, delivery: DeliveryId): Content => ({ ...content, [DELIVERY_KEY]: delivery });

/** In the thread of `root`; clients that know no threads show it as a reply to `last`. */
export const inThread = (content: Content, root: string | null, last: string, reply = false): Content =>
  root === null
    ? content
    : {
        ...content,
        "m.relates_to": { rel_type: "m.thread", event_id: root, is_falling_back: !reply, "m.in_reply_to": { event_id: last } },
      };

export const inReplyTo = (content: Content, event: string): Content => ({
  ...content,
  "m.relates_to": { "m.in_reply_to": { event_id: event } },
});

/** Replaces the message of that id, which is the original's, whatever edits came since. Alerts nobody again. */
export const editOf = (original: string, content: Content): Content => ({
  msgtype: content.msgtype,
  // Only clients that know no edits show it: the whole text twice would halve what an event holds.
  body: `* ${String(content.body).slice(0, 500)}`,
  "m.mentions": {},
  "m.new_content": content,
  "m.relates_to": { rel_type: "m.replace", event_id: original },
});

/**
 * The widest writing that an event holds: long texts are cut further until they fit, since what escaping adds is only known
 * once written.
 */
export function fitted(users: UserIds, write: (page: Page) => Said): Said {
  for (let room = CONTENT_BYTES; ; room = Math.floor(room * 0.7)) {
    const said = write(newPage(room, users));
    if (Buffer.byteLength(JSON.stringify(contentOf(said))) <= CONTENT_BYTES || room < 100) return said;
  }
}
