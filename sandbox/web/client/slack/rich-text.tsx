/** rich_text blocks as elements. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
import type { ComponentChild } from "preact";
import { type Json, list, num, obj, str } from "../json.ts";
import { Link } from "../links.tsx";
import { type Names, useNames } from "../names.ts";
import { emoji } from "./emoji.ts";

function styled(child: ComponentChild, style: Json): ComponentChild {
  let out = child;
  if (style.code === true) out = <code>{out}</code>;
  if (style.strike === true) out = <s>{out}</s>;
  if (style.italic === true) out = <em>{out}</em>;
  if (style.bold === true) out = <strong>{out}</strong>;
  return out;
}

function fromUnicode(codes: string): string {
  const points = codes.split("-").map((code) => Number.parseInt(code, 16));
  return points.every((point) => point > 0 && point <= 0x10ffff) ? String.fromCodePoint(...points) : "";
}

function leaf(element: Json, names: Names): ComponentChild {
  switch (element.type) {
    case "text":
      return str(element.text);
    case "link":
      return <Link href={str(element.url)}>{str(element.text) || str(element.url)}</Link>;
    case "emoji":
      return fromUnicode(str(element.unicode)) || emoji(str(element.name));
    case "user":
      return <span class="mention">@{names.account(str(element.user_id))}</span>;
    case "channel":
      return <span class="mention">#{names.channel(str(element.channel_id))}</span>;
    case "broadcast":
      return <span class="mention">@{str(element.range)}</span>;
    case "date":
      return str(element.fallback) || new Date(num(element.timestamp) * 1000).toLocaleString("fr-FR");
    default:
      return str(element.text);
  }
}

const leaves = (elements: readonly Json[], names: Names): ComponentChild[] =>
  elements.map((element) => styled(leaf(element, names), obj(element.style)));

function part(element: Json, names: Names): ComponentChild {
  const children = list(element.elements);
  switch (element.type) {
    case "rich_text_list": {
      const items = children.map((child) => <li>{leaves(list(child.elements), names)}</li>);
      const indent = `indent-${Math.min(num(element.indent), 5)}`;
      return element.style === "ordered" ? (
        <ol class={indent} start={num(element.offset) + 1}>
          {items}
        </ol>
      ) : (
        <ul class={indent}>{items}</ul>
      );
    }
    case "rich_text_preformatted":
      return <pre>{leaves(children, names)}</pre>;
    case "rich_text_quote":
      return <blockquote class="lines">{leaves(children, names)}</blockquote>;
    default:
      return <p class="lines">{leaves(children, names)}</p>;
  }
}

export function RichText({ block }: { block: Json }) {
  const names = useNames();
  return <div class="rich">{list(block.elements).map((element) => part(element, names))}</div>;
}
