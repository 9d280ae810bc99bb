/** The sandbox's Slack as the checks read it. */
import { isDeepStrictEqual } from "node:util";
import { DELIVERY_EVENT } from "../../bots/slack/find.ts";
import { unescapeText } from "../../bots/slack/limits.ts";
import { renderCard } from "../../bots/slack/render/card.ts";
import type { SlackSandbox } from "../../sandbox/slack/server.ts";
import type { Place } from "../../src/domain/place.ts";
import type { Card } from "../../src/presentation/card.ts";
import { slackTexts } from "../../src/texts.ts";
import type { PlatformView, ShownMessage } from "./platformView.ts";

type Json = Record<string, unknown>;

const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);
const listOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** One space between words, none around, and none of the marks that turn the reading direction. */
export const squeezed = (text: string): string =>
  text
    .replace(/[\u202a-\u202e\u2066-\u2069]/gu, "")
    .replace(/\s+/gu, " ")
    .trim();

/** What a block says, its buttons apart; `<@U…>` for a person who is named. */
function wordsOf(block: unknown): string {
  if (Array.isArray(block)) return block.map(wordsOf).join("");
  if (!isRecord(block) || block.type === "actions") return "";
  if (block.type === "broadcast") return `@${String(block.range)}`;
  if (block.type === "user") return `<@${String(block.user_id)}>`;
  if (typeof block.text === "string") return block.text;
  return wordsOf([block.text, block.elements].flat());
}

/** The words of a message's or a form's blocks, in order. */
export const blockWords = (blocks: unknown): string => squeezed(listOf(blocks).map(wordsOf).join(" "));

/** The labels of its buttons. */
export const buttonLabels = (blocks: unknown): string[] =>
  listOf(blocks)
    .filter(({ type }) => type === "actions")
    .flatMap(({ elements }) => listOf(elements))
    .flatMap(({ text }) => (isRecord(text) ? [String(text.text)] : []));

function deliveryOf({ metadata }: Json): string | null {
  if (!isRecord(metadata) || metadata.event_type !== DELIVERY_EVENT || !isRecord(metadata.event_payload)) return null;
  return String(metadata.event_payload.id);
}

function shown(message: Json): ShownMessage {
  const { ts, user, bot_id: bot, text, blocks, username, files } = message;
  const body = listOf(blocks).length > 0 ? blockWords(blocks) : squeezed(unescapeText(String(text ?? "")));
  return {
    id: String(ts),
    person: bot === undefined ? String(user) : null,
    delivery: deliveryOf(message),
    words: squeezed(`${typeof username === "string" ? username : ""} ${body}`),
    isPrivate: body.includes(slackTexts.privateMark),
    files: listOf(files).map(({ name }) => String(name ?? "")),
  };
}

/** Slack names the blocks of each message anew. */
const unnamed = (blocks: unknown): unknown => listOf(blocks).map(({ block_id: _id, ...rest }) => rest);

export function slackView({ control }: Pick<SlackSandbox, "control">): PlatformView {
  const stored = async (channel: string, thread?: string): Promise<Json[]> => {
    const { messages } = await control.messages({ channel, ...(thread !== undefined && { thread }) });
    return messages;
  };
  const root = async ({ channel }: Place, ts: string) => (await stored(channel)).find((message) => message.ts === ts);
  return {
    name: "slack",
    async places() {
      return control.channels().map(({ teamId, id }) => ({ platform: "slack" as const, workspace: teamId, channel: id }));
    },
    roots: async ({ channel }) => (await stored(channel)).map(shown),
    thread: async (place, ts) => ((await root(place, ts)) ? (await stored(place.channel, ts)).map(shown) : []),
    asides: async () => [],
    async stored({ channel }) {
      const roots = await stored(channel);
      const threads = await Promise.all(roots.map(({ ts }) => stored(channel, String(ts))));
      return JSON.stringify([roots, threads]);
    },
    async cardFault(place, ts, card: Card) {
      const found = await root(place, ts);
      const wanted = unnamed(renderCard(card).blocks);
      if (isDeepStrictEqual(unnamed(found?.blocks), wanted)) return null;
      const read = (blocks: unknown) => `${blockWords(blocks)} [${buttonLabels(blocks).join(", ")}]`;
      return `the card reads « ${read(found?.blocks)} » and not « ${read(renderCard(card).blocks)} »`;
    },
  };
}
