import { agentId } from "../../src/domain/ids.ts";
import type { RichText } from "../../src/domain/richtext.ts";
import { isBlank, mapTexts, mentionedAgents, plainText, richText } from "../../src/domain/richtext.ts";

const EXAMPLE: RichText = [
  {
    type: "paragraph",
    inlines: [
      { type: "text", text: "Voir ", style: { bold: true } },
      { type: "link", url: "https://exemple.fr/a", text: "la page" },
      { type: "text", text: " avec " },
      { type: "mention", name: "Camille Exemple", agentId: agentId("camille") },
    ],
  },
  { type: "quote", inlines: [{ type: "text", text: "une\ndeux" }] },
  { type: "code", text: "a < b" },
  {
    type: "list",
    ordered: true,
    items: [
      { indent: 0, inlines: [{ type: "text", text: "un" }] },
      { indent: 1, inlines: [{ type: "mention", name: "Dominique Exemple", agentId: agentId("dominique") }] },
    ],
  },
  { type: "list", ordered: false, items: [{ indent: 0, inlines: [{ type: "mention", name: "Inconnu" }] }] },
];

test("what is left when formatting cannot be shown", () => {
  expect(plainText(EXAMPLE)).toBe(
    "Voir la page (https://exemple.fr/a) avec @Camille Exemple\n> une\n> deux\na < b\n1. un\n  2. @Dominique Exemple\n• @Inconnu",
  );
  expect(plainText([{ type: "paragraph", inlines: [{ type: "link", url: "https://exemple.fr", text: "" }] }])).toBe(
    "https://exemple.fr",
  );
});

test("people named in it, each once, and never those named in code", () => {
  expect(mentionedAgents([...EXAMPLE, ...EXAMPLE])).toEqual(["camille", "dominique"]);
});

test.each(["", " ", "\n\t ", "\u00a0"])("nothing to see makes no text (%j)", (text) => {
  expect(richText(text)).toEqual([]);
  expect(isBlank(richText(text))).toBe(true);
});

test("what was typed is text, whatever it looks like", () => {
  const typed = "<!channel> *gras* <b>x</b> @room [lien](javascript:alert(1))";
  expect(richText(typed)).toEqual([{ type: "paragraph", inlines: [{ type: "text", text: typed }] }]);
  expect(plainText(richText(typed))).toBe(typed);
});

test("each text is changed, addresses of links are not", () => {
  const upper = mapTexts(EXAMPLE, (text) => text.toUpperCase());
  expect(plainText(upper)).toBe(
    "VOIR LA PAGE (https://exemple.fr/a) AVEC @CAMILLE EXEMPLE\n> UNE\n> DEUX\nA < B\n1. UN\n  2. @DOMINIQUE EXEMPLE\n• @INCONNU",
  );
  expect(mapTexts(EXAMPLE, (text) => text)).toEqual(EXAMPLE);
  expect(mentionedAgents(upper)).toEqual(mentionedAgents(EXAMPLE));
});
