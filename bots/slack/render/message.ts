/** What is said, as Slack blocks: a relay under its author's name, or the bot's own words. */
import type { KnownBlock, RichTextElement } from "@slack/web-api";
import type { UserIds } from "../../../src/delivery/port.ts";
import type { AgentId } from "../../../src/domain/ids.ts";
import { mentionedAgents, plainText } from "../../../src/domain/richtext.ts";
import type { Message, Speaker } from "../../../src/presentation/message.ts";
import { slackTexts } from "../../../src/texts.ts";
import { cut, escapeText, fallbackText, LIMITS, label } from "../limits.ts";
import { actionsBlocks } from "./buttons.ts";
import type { Rendered } from "./card.ts";
import { richTextBlocks } from "./richtext.ts";

export interface RenderedMessage extends Rendered {
  /** The name under which it is posted; absent for the bot's own. */
  readonly username?: string;
}

/** « Camille Exemple (CAF de l’Ain) »; a name too long leaves the groupe's whole, as far as both hold. */
export function speakerName(speaker: Speaker): string {
  if (speaker.groupe === null) return label(speaker.name, LIMITS.username);
  const groupe = label(speaker.groupe, LIMITS.username / 2);
  return `${label(speaker.name, LIMITS.username - groupe.length - 3)} (${groupe})`;
}

const context = (text: string): KnownBlock => ({
  type: "context",
  elements: [{ type: "plain_text", text: cut(text, LIMITS.contextText), emoji: false }],
});

/** Those who must be alerted and whom the body does not name, each once. */
function pinged(message: Message, users: UserIds): string[] {
  const named = new Set<AgentId>(mentionedAgents(message.body));
  const ids = message.pings.filter((agent) => !named.has(agent)).map((agent) => users.get(agent));
  return [...new Set(ids)].filter((id) => id !== undefined).slice(0, LIMITS.pings);
}

const pingElements = (ids: readonly string[]): RichTextElement[] =>
  ids.flatMap((id) => [
    { type: "user", user_id: id },
    { type: "text", text: " " },
  ]);

export function renderMessage(message: Message, users: UserIds): RenderedMessage {
  const pings = pinged(message, users);
  const blocks: KnownBlock[] = [
    ...(message.private ? [context(slackTexts.privateMark)] : []),
    ...richTextBlocks(message.body, users, pingElements(pings)),
    ...(message.edited ? [context(slackTexts.editedMark)] : []),
  ];
  const words = [
    message.private ? slackTexts.privateMark : "",
    plainText(message.body),
    message.edited ? slackTexts.editedMark : "",
  ];
  const text = fallbackText(words.filter((part) => part !== "").join("\n"));
  return {
    text: pings.length === 0 ? text : `${pings.map((id) => `<@${id}>`).join(" ")} ${text}`,
    blocks: [...blocks, ...actionsBlocks(message.buttons)].slice(0, LIMITS.messageBlocks),
    ...(message.speaker === null ? {} : { username: speakerName(message.speaker) }),
  };
}

/** The words that go with a file, which Slack posts under the bot's own name: whose it is stands in them. */
export function renderCaption(caption: Message, users: UserIds): string {
  const who = caption.speaker === null ? "" : `*${escapeText(speakerName(caption.speaker)).replaceAll("*", "∗")}*`;
  const pings = pinged(caption, users).map((id) => `<@${id}>`);
  const body = plainText(caption.body).trim();
  return [
    [...pings, caption.private ? slackTexts.privateMark : "", who].filter((part) => part !== "").join(" "),
    body === "" ? "" : fallbackText(body),
  ]
    .filter((part) => part !== "")
    .join("\n");
}
