/** Matrix's limits: an event holds 65 536 bytes, envelope included. https://spec.matrix.org/latest/client-server-api/#size-limits */

/** Of a message's content, as JSON; encrypted, it grows by a third and must still hold. */
export const CONTENT_BYTES = 44_000;
export const NAME_LENGTH = 255;
/** People alerted by one message. */
export const MOST_PINGS = 50;

const ELLIPSIS = "…";
const graphemes = new Intl.Segmenter("fr", { granularity: "grapheme" });

/** Control characters but line feed and tab: a homeserver refuses some, and nobody sees them. */
const UNSENDABLE = /(?![\n\t])\p{Cc}/gu;
const LONE_SURROGATE = /\p{Cs}/gu;
/** Marks that turn the reading direction of what follows them: in a name, they would reach beyond it. */
const DIRECTION_OVERRIDES = /[\u202a-\u202e\u2066-\u2069]/gu;

/** The text without what cannot be sent; line feeds as `\n`. */
export const sendable = (text: string): string =>
  text.replace(/\r\n?/g, "\n").replace(UNSENDABLE, "").replace(LONE_SURROGATE, "\ufffd");

/** At most `max` bytes of UTF-8; longer text ends with an ellipsis, and no character that a person sees as one is cut in two. */
export function cutBytes(text: string, max: number): string {
  const whole = sendable(text);
  if (Buffer.byteLength(whole) <= max) return whole;
  let [end, left] = [0, max - Buffer.byteLength(ELLIPSIS)];
  // No character takes more than three bytes for each of its UTF-16 units, nor less than one.
  for (const { segment, index } of graphemes.segment(whole.slice(0, max))) {
    left -= Buffer.byteLength(segment);
    if (left < 0) break;
    end = index + segment.length;
  }
  return whole.slice(0, end) + ELLIPSIS;
}

/** On one line and at most `max` characters, for names and titles. Never empty. */
export function line(text: string, max: number): string {
  const one = sendable(text).replace(DIRECTION_OVERRIDES, "").replace(/\s+/g, " ").trim();
  if (one === "") return ELLIPSIS;
  const shown = [...graphemes.segment(one.slice(0, max * 4))].map(({ segment }) => segment);
  return shown.length <= max && one.length <= max * 4 ? one : `${shown.slice(0, max - 1).join("")}${ELLIPSIS}`;
}
