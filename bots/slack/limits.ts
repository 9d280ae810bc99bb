/**
 * Slack's limits, kept by construction: what is shown is cut with an ellipsis, what identifies something is never cut.
 * Figures: https://docs.slack.dev/reference/block-kit and https://docs.slack.dev/reference/methods/chat.postMessage.
 */

export const LIMITS = {
  header: 150,
  buttonLabel: 75,
  buttonValue: 2000,
  actionId: 255,
  blockId: 255,
  actionsPerBlock: 25,
  messageBlocks: 50,
  viewBlocks: 100,
  viewTitle: 24,
  viewButton: 24,
  privateMetadata: 3000,
  inputLabel: 2000,
  inputHint: 2000,
  inputText: 3000,
  placeholder: 150,
  /** Of a search: the longest subject. */
  searchText: 150,
  optionLabel: 75,
  optionValue: 150,
  optionsPerGroup: 100,
  optionGroups: 100,
  /** Of a whole view, in bytes, is 250 000; the rest of the view keeps what the choices leave. */
  viewChoicesBytes: 180_000,
  contextText: 2000,
  /** Slack refuses an update whose `text` is over 4 000 characters; it only stands in notifications. The rest is for pings. */
  fallback: 3000,
  /** People alerted by one message: their names take room in its text. */
  pings: 50,
  /** Not documented for rich text; what Slack's own composer lets a person send. */
  richText: 12_000,
  richTextElement: 3000,
  username: 80,
  fileName: 255,
  /** `alt_txt` of an upload. */
  fileDescription: 1000,
  url: 3000,
} as const;

const ELLIPSIS = "…";
/** `&amp;` */
const LONGEST_ENTITY = 5;
/** One visible character made of more than this is hostile: it is cut inside. */
const LONGEST_GRAPHEME = 64;
const graphemes = new Intl.Segmenter("fr", { granularity: "grapheme" });

/** Control characters but line feed and tab, and lone surrogates, which Slack's encoding of a request refuses. */
const UNSENDABLE = /(?![\n\t])\p{Cc}/gu;
const LONE_SURROGATE = /\p{Cs}/gu;
/** Marks that turn the reading direction of what follows them: in a label, they would reach beyond it. */
const DIRECTION_OVERRIDES = /[\u202a-\u202e\u2066-\u2069]/gu;

/** The text without what cannot be sent; line feeds as `\n`. */
export const sendable = (text: string): string =>
  text.replace(/\r\n?/g, "\n").replace(UNSENDABLE, "").replace(LONE_SURROGATE, "\ufffd");

/** How much of the text holds in `max` without halving a pair of surrogates. */
const wholePoints = (text: string, max: number): number => {
  const last = text.codePointAt(max - 1) ?? 0;
  return last > 0xffff ? max - 1 : max;
};

const lastWhole = (text: string, max: number): string => {
  let end = 0;
  for (const { segment, index } of graphemes.segment(text.slice(0, max + LONGEST_GRAPHEME))) {
    if (index + segment.length > max) {
      if (segment.length > LONGEST_GRAPHEME) end = wholePoints(text, max);
      break;
    }
    end = index + segment.length;
  }
  return text.slice(0, end);
};

/**
 * At most `max` UTF-16 units, the way in which Slack's strictest reading counts. Longer text ends with an ellipsis, and no
 * character that a person sees as one is cut in two.
 */
export function cut(text: string, max: number): string {
  const whole = sendable(text);
  return whole.length <= max ? whole : lastWhole(whole, max - ELLIPSIS.length) + ELLIPSIS;
}

/** As `cut`, on one line, for titles and labels. Never empty: Slack refuses an empty label. */
export function label(text: string, max: number): string {
  const line = sendable(text).replace(DIRECTION_OVERRIDES, "").replace(/\s+/g, " ").trim();
  return line === "" ? ELLIPSIS : cut(line, max);
}

/** The text in pieces of at most `max` (2 or more), in order, none cutting a visible character that holds in one. */
export function pieces(text: string, max: number): string[] {
  const found: string[] = [];
  let rest = text;
  while (rest.length > max) {
    const piece = lastWhole(rest, max) || rest.slice(0, wholePoints(rest, max));
    found.push(piece);
    rest = rest.slice(piece.length);
  }
  return rest === "" ? found : [...found, rest];
}

/** An id or a value, unchanged. @throws RangeError when it is over the limit: cut, it would name something else */
export function identifier(text: string, max: number, what: string): string {
  if (text.length === 0 || text.length > max)
    throw new RangeError(`Slack takes 1 to ${max} characters for ${what}, not ${text.length}`);
  return text;
}

/** `&`, `<` and `>` are the only characters with a meaning in Slack's `text` that a person could abuse: mentions and links. */
export const escapeText = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

export const unescapeText = (text: string): string =>
  text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** Escaped, and cut before that so that no entity is. Never empty: Slack refuses a message without text. */
export const fallbackText = (text: string): string => {
  const shown = cut(text, LIMITS.fallback);
  if (shown.trim() === "") return ELLIPSIS;
  const escaped = escapeText(shown);
  return escaped.length <= LIMITS.fallback ? escaped : escapeText(cut(text, LIMITS.fallback / LONGEST_ENTITY));
};
