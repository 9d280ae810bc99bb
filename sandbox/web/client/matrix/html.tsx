/**
 * The `formatted_body` of a message as elements: only tags and attributes that the Matrix specification lets through are made, each
 * anew, and everything else is text. https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes
 */
import { type ComponentChild, h } from "preact";
import { Link } from "../links.tsx";

const TAGS = new Set(
  "del h1 h2 h3 h4 h5 h6 blockquote p ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th td caption pre span details summary".split(
    " ",
  ),
);
/** Not even their text is shown. */
const SILENT = new Set(["script", "style", "template", "mx-reply", "head", "noscript", "iframe", "object", "svg", "math"]);
/** Titles of messages are none of the page's own. */
const HEADINGS = /^h[1-6]$/;
const DEEPEST = 50;

const PERSON = /^https:\/\/matrix\.to\/#\/(@|%40)([^/?]+)/;

function anchor(element: Element, children: ComponentChild[]): ComponentChild {
  const href = element.getAttribute("href") ?? "";
  if (PERSON.test(href))
    return (
      <span class="mention">
        {element.textContent.startsWith("@") ? "" : "@"}
        {children}
      </span>
    );
  return <Link href={href}>{children.length > 0 ? children : href}</Link>;
}

function node(from: Node, depth: number): ComponentChild {
  if (from.nodeType === Node.TEXT_NODE) return from.textContent ?? "";
  if (!(from instanceof Element) || depth > DEEPEST) return from instanceof Element ? from.textContent : null;
  const tag = from.localName;
  if (SILENT.has(tag)) return null;
  const children = [...from.childNodes].map((child) => node(child, depth + 1));
  if (tag === "a") return anchor(from, children);
  if (tag === "img") return from.getAttribute("alt") ?? "";
  if (HEADINGS.test(tag)) return <p class="block-header">{children}</p>;
  if (tag === "br" || tag === "hr") return h(tag, null);
  if (!TAGS.has(tag)) return <>{children}</>;
  const start = tag === "ol" ? Number.parseInt(from.getAttribute("start") ?? "", 10) : Number.NaN;
  return h(tag, Number.isNaN(start) ? null : { start }, children);
}

export function MatrixHtml({ html }: { html: string }) {
  // A document made by the parser is inert: nothing in it is loaded or run.
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return <div class="rich">{[...body.childNodes].map((child) => node(child, 0))}</div>;
}
