/** Slack's mrkdwn and plain texts as elements. https://docs.slack.dev/messaging/formatting-message-text */
import type { ComponentChild } from "preact";
import { type Json, str } from "../json.ts";
import { Link } from "../links.tsx";
import { type Names, useNames } from "../names.ts";
import { emoji } from "./emoji.ts";

/** As it was typed. */
export const unescaped = (text: string): string => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

const TOKEN =
  /<([@#!]?)([^<>|]+)(?:\|([^<>]*))?>|(?<![\w*])\*([^*\n]+)\*(?![\w*])|(?<![\w_])_([^_\n]+)_(?![\w_])|(?<![\w~])~([^~\n]+)~(?![\w~])|`([^`\n]+)`|:([a-z0-9_+'-]+):/g;

function reference(sign: string, target: string, label: string | undefined, names: Names): ComponentChild {
  if (sign === "@") return <span class="mention">@{label ?? names.account(target)}</span>;
  if (sign === "#") return <span class="mention">#{label ?? names.channel(target)}</span>;
  if (sign === "!") return <span class="mention">@{unescaped(label ?? target)}</span>;
  return <Link href={unescaped(target)}>{unescaped(label ?? target)}</Link>;
}

function inline(text: string, names: Names): ComponentChild[] {
  const out: ComponentChild[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    out.push(unescaped(text.slice(end, match.index)));
    end = match.index + match[0].length;
    const [, sign, target, label, bold, italic, struck, code, named] = match;
    if (target !== undefined) out.push(reference(sign ?? "", target, label, names));
    else if (bold !== undefined) out.push(<strong>{inline(bold, names)}</strong>);
    else if (italic !== undefined) out.push(<em>{inline(italic, names)}</em>);
    else if (struck !== undefined) out.push(<s>{inline(struck, names)}</s>);
    else if (code !== undefined) out.push(<code>{unescaped(code)}</code>);
    else if (named !== undefined) out.push(emoji(named));
  }
  out.push(unescaped(text.slice(end)));
  return out;
}

export function Mrkdwn({ text }: { text: string }) {
  return <span class="lines">{inline(text, useNames())}</span>;
}

/** A text object, or null for none. */
export function SlackText({ text }: { text: Json }) {
  const words = str(text.text);
  return text.type === "mrkdwn" ? <Mrkdwn text={words} /> : <span class="lines">{words}</span>;
}
