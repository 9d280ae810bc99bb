import fc from "fast-check";
import { Parser } from "htmlparser2";
import { cutBytes, line } from "../../../bots/matrix/limits.ts";
import { typedCommand } from "../../../bots/matrix/receive/commands.ts";
import { mentionedUser, readText } from "../../../bots/matrix/receive/richtext.ts";
import { renderCard } from "../../../bots/matrix/render/card.ts";
import { contentOf, editOf } from "../../../bots/matrix/render/content.ts";
import { renderList } from "../../../bots/matrix/render/list.ts";
import { renderMessage } from "../../../bots/matrix/render/message.ts";
import { buttonsIn, entriesOf, pillKey } from "../../../bots/matrix/render/pills.ts";
import { renderView } from "../../../bots/matrix/render/view.ts";
import { agentId } from "../../../src/domain/ids.ts";
import type { Block, Inline, RichText } from "../../../src/domain/richtext.ts";
import { plainText, richText } from "../../../src/domain/richtext.ts";
import { type Message, say } from "../../../src/presentation/message.ts";
import { button, card } from "../desk.ts";
import { anyText } from "../slack/anyText.ts";

const EVENT_BYTES = 65_536;
/** What the homeserver adds around a content. */
const ENVELOPE_BYTES = 2_000;
const NO_USERS = new Map();

const style = fc.record(
  {
    bold: fc.constant(true as const),
    italic: fc.constant(true as const),
    strike: fc.constant(true as const),
    code: fc.constant(true as const),
  },
  { requiredKeys: [] },
);
const inline: fc.Arbitrary<Inline> = fc.oneof(
  fc.record({ type: fc.constant("text" as const), text: anyText, style }),
  fc.record({ type: fc.constant("link" as const), url: fc.oneof(fc.webUrl(), anyText), text: anyText }),
  fc.record({
    type: fc.constant("mention" as const),
    name: anyText,
    agentId: fc.constantFrom(agentId("a1"), agentId("inconnu")),
  }),
);
const inlines = fc.array(inline, { maxLength: 5 });
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ type: fc.constant("paragraph" as const), inlines }),
  fc.record({ type: fc.constant("quote" as const), inlines }),
  fc.record({ type: fc.constant("code" as const), text: anyText }),
  fc.record({
    type: fc.constant("list" as const),
    ordered: fc.boolean(),
    items: fc.array(fc.record({ indent: fc.integer({ min: -1, max: 20 }), inlines }), { maxLength: 6 }),
  }),
);
const text: fc.Arbitrary<RichText> = fc.array(block, { maxLength: 8 });

const users = new Map([[agentId("a1"), "@dominique:exemple.fr"]]);
const ALLOWED = new Set(["p", "br", "strong", "em", "del", "code", "pre", "a", "blockquote", "ul", "ol", "li"]);

/** The HTML is made of what the specification allows, each element closed in its turn. */
function checkHtml(html: string): void {
  const open: string[] = [];
  for (const [, end, tag = "", rest = ""] of html.matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g)) {
    expect(ALLOWED.has(tag)).toBe(true);
    if (tag === "br") continue;
    if (end === "/") expect(open.pop()).toBe(tag);
    else {
      open.push(tag);
      if (tag === "a") expect(rest).toMatch(/^ href="[^"<>]*"$/);
      else if (tag === "strong") expect(["", " data-mx-profile-fallback"]).toContain(rest);
      else expect(rest).toBe("");
    }
  }
  expect(open).toEqual([]);
  expect(html.replace(/<[^<>]*>/g, "")).not.toMatch(/[<>]/);
  const parsed: string[] = [];
  new Parser({ onopentagname: (name) => parsed.push(name) }).end(html);
  expect(parsed.filter((name) => !ALLOWED.has(name))).toEqual([]);
}

const sizeOf = (content: object): number => Buffer.byteLength(JSON.stringify(content)) + ENVELOPE_BYTES;

describe("rendering for Matrix", () => {
  test("whatever is written, an event holds it, its edit too, and its HTML is sound", () => {
    fc.assert(
      fc.property(text, anyText, anyText, fc.boolean(), (body, name, groupe, edited) => {
        const message: Message = {
          ...say(body),
          speaker: { name, groupe },
          private: true,
          quiet: false,
          pings: [agentId("a1")],
          edited,
        };
        const content = contentOf(renderMessage(message, users));
        expect(sizeOf(content)).toBeLessThan(EVENT_BYTES);
        expect(sizeOf(editOf("$x", content))).toBeLessThan(EVENT_BYTES);
        expect(String(content.body).trim()).not.toBe("");
        expect(JSON.stringify(content)).not.toMatch(/\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])/i);
        checkHtml(String(content.formatted_body ?? ""));
        expect(content["m.mentions"]).toEqual({ user_ids: ["@dominique:exemple.fr"] });
      }),
      { numRuns: 300 },
    );
  });

  test("long texts are cut by bytes, not by characters", () => {
    for (const unit of ["é", "&", '"', "👩‍👩‍👧‍👦", "\n", "\\"]) {
      const content = contentOf(renderMessage({ ...say(richText(`a${unit.repeat(40_000)}`)), quiet: false }, NO_USERS));
      expect(sizeOf(content)).toBeLessThan(EVENT_BYTES);
      expect(String(content.body)).toContain("texte coupé");
    }
  });

  test("a text of twenty thousand characters, the most that is relayed, stays whole in plain French", () => {
    const long = "Bonjour, avez-vous reçu l’attestation ? ".repeat(500).slice(0, 20_000);
    expect(contentOf(renderMessage({ ...say(richText(long)), quiet: false }, NO_USERS)).body).toBe(long);
  });

  test("cards, lists and views of any text hold and are sound", () => {
    fc.assert(
      fc.property(anyText, fc.array(anyText, { maxLength: 40 }), (one, many) => {
        const groupes = many.map((name) => ({ name, emoji: "⌛", standing: one }));
        const lines = many.map((sujet) => ({
          ref: "D-1",
          emoji: "⏳",
          sujet,
          details: one,
          buttons: [button("voir", one || "v")],
        }));
        const all = [
          renderCard(card({ sujet: one, opener: one, groupes, alerts: many, viewers: many })),
          renderList({ title: one, lines, empty: one, footer: one, pages: [] }),
          renderView({
            id: "voir",
            title: one,
            submit: null,
            context: {},
            parts: many.map((t) => ({ kind: "note", label: one, text: t })),
          }),
        ];
        for (const said of all) {
          const content = contentOf(said);
          expect(sizeOf(content)).toBeLessThan(EVENT_BYTES);
          checkHtml(String(content.formatted_body ?? ""));
        }
      }),
      { numRuns: 100 },
    );
  });

  test("what a person formats is read back as it was written", async () => {
    const simple: RichText = [
      {
        type: "paragraph",
        inlines: [
          { type: "text", text: "Du " },
          { type: "text", text: "gras", style: { bold: true } },
        ],
      },
      { type: "quote", inlines: [{ type: "text", text: "cité" }] },
      { type: "code", text: "a < b\n  c" },
      {
        type: "list",
        ordered: true,
        items: [
          { indent: 0, inlines: [{ type: "text", text: "un" }] },
          { indent: 1, inlines: [{ type: "text", text: "deux" }] },
        ],
      },
    ];
    const content = contentOf(renderMessage(say(simple), NO_USERS));
    expect(await readText({ content }, async (name) => ({ name }))).toEqual(simple);
  });

  test("whatever HTML comes in, it is read, and within what was sent", async () => {
    const tags = fc.constantFrom(
      "<p>",
      "</p>",
      "<ul>",
      "</ul>",
      "<li>",
      "<pre>",
      "</pre>",
      "<code>",
      "</code>",
      "<b>",
      "<a href='https://matrix.to/#/%40x:y'>",
      "</a>",
      "<mx-reply>",
      "</mx-reply>",
      "<blockquote>",
      "<br>",
      "<script>",
      "<!--",
      "&lt;",
      "<img alt=x>",
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(tags, anyText), { maxLength: 30 }), async (parts) => {
        const html = parts.join("");
        const read = await readText(
          { content: { body: "corps", format: "org.matrix.custom.html", formatted_body: html } },
          async (name) => ({ name }),
        );
        expect(plainText(read).length).toBeLessThanOrEqual(html.length * 3 + 10);
      }),
      { numRuns: 300 },
    );
    const deep = `${"<blockquote>".repeat(5_000)}fond${"</blockquote>".repeat(5_000)}`;
    const read = await readText(
      { content: { body: "x", format: "org.matrix.custom.html", formatted_body: deep } },
      async (name) => ({ name }),
    );
    expect(plainText(read)).toContain("fond");
  });

  test("a person is named by their links, whatever their form", () => {
    expect(mentionedUser("https://matrix.to/#/@camille:exemple.fr")).toBe("@camille:exemple.fr");
    expect(mentionedUser("https://matrix.to/#/%40camille%3Aexemple.fr?via=exemple.fr")).toBe("@camille:exemple.fr");
    expect(mentionedUser("matrix:u/camille:exemple.fr")).toBe("@camille:exemple.fr");
    expect(mentionedUser("https://matrix.to/#/!salon:exemple.fr")).toBeNull();
    expect(mentionedUser("https://exemple.fr/#/@camille:exemple.fr")).toBeNull();
    expect(mentionedUser("https://matrix.to/#/%40%E0%A4%A")).toBeNull();
  });

  test("cuts never halve what a person sees as one character, and never pass their bound", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 3, max: 200 }), (written, max) => {
        expect(Buffer.byteLength(cutBytes(written, max))).toBeLessThanOrEqual(max);
        expect(line(written, max)).not.toMatch(/[\n\r]/);
        expect(line(written, max)).not.toBe("");
      }),
    );
    expect(cutBytes("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 30)).toBe("👩‍👩‍👧‍👦…");
  });

  test("keys are compared without what clients change in them; an ambiguous sign alone is none", () => {
    expect(pillKey("↪️ Je ne suis pas le bon interlocuteur")).toBe(pillKey("↪ je ne suis pas  le bon interlocuteur"));
    expect(pillKey("✋🏿 Je m’en occupe")).toBe(pillKey("✋ Je m'en occupe"));
    const snooze = ["demain", "dans une semaine"].map((when) => ({
      ...button("rappeler", `Me le rappeler ${when}`),
      emoji: "⏰",
    }));
    const keys = entriesOf(snooze).flatMap((entry) => entry.keys);
    expect(keys).toContain(pillKey("⏰ Me le rappeler demain"));
    expect(keys).not.toContain(pillKey("⏰"));
  });

  test("the buttons that a message bears are read again as they were; others' inventions are not", () => {
    const buttons = [{ ...button("prendre", "Je m’en occupe", "d1|g1|"), emoji: "✋" }];
    expect(buttonsIn(contentOf(renderMessage(say(richText("x"), { buttons }), NO_USERS)))).toEqual(buttons);
    expect(buttonsIn({ "fr.gouv.aplus.buttons": [{ action: "detruire", label: "x", style: "default", value: "y" }] })).toEqual(
      [],
    );
    expect(buttonsIn({ "fr.gouv.aplus.buttons": "x" })).toEqual([]);
  });

  test("a line of which there is nothing more to say is one line", () => {
    const person = { ref: "Alix Modèle", emoji: "👤", sujet: "instructeur", details: "", buttons: [] };
    const { body } = contentOf(renderList({ title: "Le groupe", lines: [person], empty: "", footer: null, pages: [] }));
    expect(body).toContain("1. 👤 Alix Modèle · instructeur");
    expect(body).not.toContain("…");
  });

  test("commands are told from exclamations", () => {
    expect(typedCommand("!demande Mon sujet\nsur deux lignes")).toEqual({ word: "demande", rest: "Mon sujet\nsur deux lignes" });
    expect(typedCommand("  !Traitée ")).toEqual({ word: "Traitée", rest: "" });
    for (const other of ["!!!", "! oui", "non !", "!3", "!", ""]) expect(typedCommand(other)).toBeNull();
  });
});
