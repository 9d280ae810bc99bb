import fc from "fast-check";
import { LIMITS } from "../../../bots/slack/limits.ts";
import { dateText, type Rendered, renderCard } from "../../../bots/slack/render/card.ts";
import { choiceLists } from "../../../bots/slack/render/choices.ts";
import { blockErrors, formValues, renderForm } from "../../../bots/slack/render/form.ts";
import { renderList } from "../../../bots/slack/render/list.ts";
import { renderMessage, speakerName } from "../../../bots/slack/render/message.ts";
import { messageBlocks } from "../../../sandbox/slack/blocks/blocks.ts";
import { modalView, VIEW_BYTES } from "../../../sandbox/slack/blocks/view.ts";
import { ACTION_IDS } from "../../../src/actions.ts";
import { agentId } from "../../../src/domain/ids.ts";
import type { RichText } from "../../../src/domain/richtext.ts";
import type { Card } from "../../../src/presentation/card.ts";
import type { Field, Form, Note } from "../../../src/presentation/form.ts";
import type { List } from "../../../src/presentation/list.ts";
import type { Button, Message } from "../../../src/presentation/message.ts";
import { card } from "../desk.ts";
import { anyText } from "./anyText.ts";

const huge = fc.oneof(
  { weight: 5, arbitrary: anyText },
  { weight: 1, arbitrary: fc.integer({ min: 2_000, max: 15_000 }).map((length) => "été & <b> ".repeat(length / 10)) },
);
const optionalText = fc.option(huge, { nil: undefined });
const id = fc.string({ unit: fc.constantFrom(..."abc123:-"), minLength: 1, maxLength: 60 });

const buttons: fc.Arbitrary<Button[]> = fc.array(
  fc.record({
    action: fc.constantFrom(...ACTION_IDS),
    label: huge,
    style: fc.constantFrom("primary", "danger", "default"),
    value: id,
  }),
  { maxLength: 60 },
);

const style = fc.option(fc.record({ bold: fc.constant(true as const), code: fc.constant(true as const) }, { requiredKeys: [] }), {
  nil: undefined,
});
const inline = fc.oneof(
  fc.record({ type: fc.constant("text" as const), text: huge }),
  fc.record({ type: fc.constant("text" as const), text: anyText, style: style.map((given) => given ?? {}) }),
  fc.record({
    type: fc.constant("link" as const),
    url: fc.oneof(fc.webUrl(), anyText, fc.constant("javascript:alert(1)")),
    text: anyText,
  }),
  fc.record({ type: fc.constant("mention" as const), name: anyText, agentId: fc.constantFrom(agentId("a1"), agentId("a2")) }),
);
const inlines = fc.array(inline, { maxLength: 8 });
const richText: fc.Arbitrary<RichText> = fc.array(
  fc.oneof(
    fc.record({ type: fc.constantFrom("paragraph" as const, "quote" as const), inlines }),
    fc.record({ type: fc.constant("code" as const), text: huge }),
    fc.record({
      type: fc.constant("list" as const),
      ordered: fc.boolean(),
      items: fc.array(fc.record({ indent: fc.integer({ min: 0, max: 20 }), inlines }), { maxLength: 6 }),
    }),
  ),
  { maxLength: 8 },
);

/** As Slack would take it: the sandbox's rules, and those that Slack has for rich text. */
function expectTaken({ text, blocks }: Rendered): void {
  const read = messageBlocks.safeParse(JSON.parse(JSON.stringify(blocks)));
  expect(read.error?.issues ?? []).toEqual([]);
  expect(text.trim().length).toBeGreaterThan(0);
  expect(text.length).toBeLessThanOrEqual(4_000);
  const json = JSON.stringify(blocks);
  expect(json).not.toContain('"text":""');
  expect(json).not.toMatch(/"elements":\[\]/);
}

const users = new Map([[agentId("a1"), "U0000000001"]]);

describe("whatever it holds, Slack takes it", () => {
  test("a card", () => {
    const cards: fc.Arbitrary<Card> = fc.record({
      ref: fc.constant("D-000123"),
      side: fc.constantFrom("aidant" as const, "instructeurs" as const),
      sujet: huge,
      territoire: huge,
      opener: huge,
      openedAt: fc.date({ min: new Date("1990-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }),
      timeZone: fc.constantFrom("Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "Pacific/Wallis"),
      status: fc.constant({ status: "en_cours" as const, label: "En cours", emoji: "⏳" }),
      groupes: fc.array(fc.record({ name: huge, emoji: fc.constant("✋"), standing: huge }), { maxLength: 40 }),
      viewers: fc.array(huge, { maxLength: 15 }),
      alerts: fc.array(huge, { maxLength: 15 }),
      buttons,
    });
    fc.assert(
      fc.property(cards, (given) => expectTaken(renderCard(given))),
      { numRuns: 30 },
    );
  });

  test("a message", () => {
    const messages: fc.Arbitrary<Message> = fc.record({
      speaker: fc.option(fc.record({ name: huge, groupe: fc.option(huge) })),
      body: richText,
      private: fc.boolean(),
      pings: fc.constantFrom([], [agentId("a1"), agentId("a3")]),
      quiet: fc.boolean(),
      buttons,
      edited: fc.boolean(),
    });
    fc.assert(
      fc.property(messages, (given) => {
        const rendered = renderMessage(given, users);
        expectTaken(rendered);
        expect(rendered.username?.length ?? 0).toBeLessThanOrEqual(LIMITS.username);
        expect(JSON.stringify(rendered.blocks)).not.toContain('"url":"javascript:');
      }),
      { numRuns: 50 },
    );
  });

  test("a list", () => {
    const lines = fc.array(fc.record({ ref: huge, emoji: fc.constant("🆕"), sujet: huge, details: huge, buttons }), {
      maxLength: 60,
    });
    const lists: fc.Arbitrary<List> = fc.record({ title: huge, lines, empty: huge, footer: fc.option(huge), pages: buttons });
    fc.assert(
      fc.property(lists, (given) => expectTaken(renderList(given))),
      { numRuns: 30 },
    );
  });

  test("a form", () => {
    const option = fc.record({ value: id, label: huge, description: huge }, { requiredKeys: ["value", "label"] });
    const base = { label: huge, required: fc.boolean() };
    const parts = fc.array(
      fc.oneof(
        fc.record({ kind: fc.constant("note" as const), label: huge, text: huge }),
        fc.record({
          kind: fc.constant("text" as const),
          name: id,
          ...base,
          hint: huge,
          multiline: fc.boolean(),
          maxLength: fc.integer({ min: 1, max: 9000 }),
          initial: huge,
          placeholder: huge,
        }),
        fc.record({ kind: fc.constant("checkbox" as const), name: id, ...base, option: huge, initial: fc.boolean() }),
        fc.record({
          kind: fc.constant("choice" as const),
          name: id,
          ...base,
          multiple: fc.boolean(),
          groups: fc.array(
            fc.record({ label: huge, options: fc.uniqueArray(option, { selector: ({ value }) => value, maxLength: 250 }) }),
            { maxLength: 5 },
          ),
          initial: fc.array(id, { maxLength: 3 }),
        }),
      ),
      { maxLength: 20 },
    );
    const named = parts.map((all) =>
      all.map((part, index): Field | Note => (part.kind === "note" ? part : { ...part, name: `champ${index}` })),
    );
    fc.assert(
      fc.property(named, optionalText, (given, title) => {
        const form: Form = {
          id: "ouvrir",
          title: title ?? "Titre",
          submit: "Envoyer",
          parts: [...given, { kind: "note", text: "Fin" }],
          context: { demande: "d1" },
        };
        const view = renderForm(form, { channel: "C1", thread: "1.000000" });
        const json = JSON.parse(JSON.stringify(view));
        expect(modalView.safeParse(json).error?.issues ?? []).toEqual([]);
        expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThanOrEqual(VIEW_BYTES);
      }),
      { numRuns: 15 },
    );
  });
});

describe("a card", () => {
  test("says who, where, when and where each groupe stands, with the buttons to the letter", () => {
    const { text, blocks } = renderCard(
      card({ alerts: ["⏰ En souffrance depuis le 9 mars"], viewers: ["Dominique Modèle", "Sacha Exemple"] }),
    );
    const json = JSON.stringify(blocks);
    for (const shown of [
      "D-000123 · Versement suspendu",
      "🆕 Nouvelle",
      "Camille Exemple (France Services d’Exemple)",
      "Ain (01)",
      "CAF de l’Ain",
      "en attente",
      "En souffrance",
      "Dominique Modèle et Sacha Exemple",
    ])
      expect(json).toContain(shown);
    expect(blocks.at(-1)).toMatchObject({
      type: "actions",
      elements: [{ action_id: "prendre", text: { text: "Je m’en occupe" }, value: "d1" }, { action_id: "repondre" }],
    });
    expect(text).toContain("D-000123");
  });

  test("dates itself in the territoire’s own time, which it names away from mainland France", () => {
    const at = new Date("2026-03-03T22:05:00Z");
    expect(dateText(at, "Europe/Paris")).toBe("le 3 mars 2026 à 23:05");
    expect(dateText(at, "Indian/Reunion")).toMatch(/^le 4 mars 2026 à 02:05 \(.*Réunion.*\)$/);
  });

  test("shows a long sujet whole, below its title", () => {
    const sujet = `${"Versement suspendu ".repeat(7)}fin`;
    expect(JSON.stringify(renderCard(card({ sujet })).blocks)).toContain(sujet.trim());
  });
});

describe("a message", () => {
  const message = (changes: Partial<Message>): Message => ({
    speaker: null,
    body: [],
    private: false,
    pings: [],
    quiet: true,
    buttons: [],
    edited: false,
    ...changes,
  });

  test("keeps its formatting, and names as users those whom Slack knows", () => {
    const body: RichText = [
      {
        type: "paragraph",
        inlines: [
          { type: "text", text: "Bonjour ", style: { bold: true } },
          { type: "mention", name: "Camille", agentId: agentId("a1") },
          { type: "mention", name: "Sacha", agentId: agentId("a9") },
        ],
      },
      { type: "paragraph", inlines: [{ type: "link", url: "https://exemple.fr/", text: "le site" }] },
      { type: "quote", inlines: [{ type: "text", text: "cité" }] },
      { type: "code", text: "x = 1" },
      {
        type: "list",
        ordered: true,
        items: [
          { indent: 0, inlines: [{ type: "text", text: "un" }] },
          { indent: 1, inlines: [{ type: "text", text: "dedans" }] },
        ],
      },
    ];
    expect(renderMessage(message({ body }), users).blocks).toEqual([
      {
        type: "rich_text",
        elements: [
          {
            type: "rich_text_section",
            elements: [
              { type: "text", text: "Bonjour ", style: { bold: true } },
              { type: "user", user_id: "U0000000001" },
              { type: "text", text: "@Sacha" },
              { type: "text", text: "\n" },
              { type: "link", url: "https://exemple.fr/", text: "le site" },
            ],
          },
          { type: "rich_text_quote", elements: [{ type: "text", text: "cité" }] },
          { type: "rich_text_preformatted", elements: [{ type: "text", text: "x = 1" }] },
          {
            type: "rich_text_list",
            style: "ordered",
            indent: 0,
            elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "un" }] }],
          },
          {
            type: "rich_text_list",
            style: "ordered",
            indent: 1,
            elements: [{ type: "rich_text_section", elements: [{ type: "text", text: "dedans" }] }],
          },
        ],
      },
    ]);
  });

  test("pings nobody twice", () => {
    const { text, blocks } = renderMessage(
      message({
        body: [{ type: "paragraph", inlines: [{ type: "mention", name: "Camille", agentId: agentId("a1") }] }],
        pings: [agentId("a1")],
      }),
      users,
    );
    expect(JSON.stringify(blocks).match(/U0000000001/g)).toHaveLength(1);
    expect(text).toBe("@Camille");
  });

  test("bears its author’s name and groupe, both legible when they are long", () => {
    expect(speakerName({ name: "Camille Exemple", groupe: "CAF de l’Ain" })).toBe("Camille Exemple (CAF de l’Ain)");
    expect(speakerName({ name: "Camille Exemple", groupe: null })).toBe("Camille Exemple");
    const long = speakerName({ name: "Camille ".repeat(20), groupe: "Caisse d’allocations familiales ".repeat(5) });
    expect(long).toMatch(/^Camille .*…? \(Caisse .*…\)$/);
  });
});

describe("a form", () => {
  const choice = (count: number) => ({
    label: "",
    options: Array.from({ length: count }, (_, index) => ({ value: `${index}`, label: `Choix ${index}` })),
  });

  test("offers more choices than a menu of Slack’s holds, in even parts named by their ends", () => {
    const { groups, leftOut } = choiceLists([choice(106)], 200_000);
    expect(leftOut).toBe(0);
    expect(groups.map(({ label, options }) => [label, options.length])).toEqual([
      ["Choix 0 … Choix 52", 53],
      ["Choix 53 … Choix 105", 53],
    ]);
    const few = choiceLists([choice(3)], 200_000);
    expect(few.groups).toHaveLength(1);
  });

  test("counts the choices that no menu could hold", () => {
    const { groups, leftOut } = choiceLists([choice(20_000)], 50_000);
    expect(leftOut).toBe(20_000 - groups.reduce((sum, { options }) => sum + options.length, 0));
    expect(leftOut).toBeGreaterThan(0);
  });

  test("reads a single and a multiple choice, a box, a text, and leaves out what is empty", () => {
    const values = formValues({
      a: { a: { type: "plain_text_input", value: "texte" } },
      b: { b: { type: "plain_text_input", value: null } },
      c: { c: { type: "static_select", selected_option: { value: "1" } } },
      d: { d: { type: "multi_static_select", selected_options: [{ value: "1" }, { value: "2" }] } },
      e: { e: { type: "multi_static_select", selected_options: [] } },
      f: { f: { type: "checkboxes", selected_options: [{ value: "oui" }] } },
      g: { g: { type: "checkboxes", selected_options: [] } },
    });
    expect(values).toEqual({ a: "texte", c: "1", d: ["1", "2"], f: true, g: false });
  });

  test("puts every fault where it is read", () => {
    expect(blockErrors({ b: "B.", z: "Z." }, ["a", "b"])).toEqual({ b: "B.", a: "Z." });
    expect(blockErrors({ z: "Z." }, [])).toEqual({});
  });

  test("shows an attestation whole though a box holds little", () => {
    const option = "J’atteste avoir recueilli l’autorisation de l’usager, par un mandat signé que je conserve et peux produire.";
    const view = renderForm(
      {
        id: "ouvrir",
        title: "t",
        submit: "Envoyer",
        context: {},
        parts: [{ kind: "checkbox", name: "mandat", label: "Mandat", option, required: true }],
      },
      { channel: null, thread: null },
    );
    expect(view.blocks[0]).toMatchObject({ optional: false, hint: { text: option } });
  });

  test("refuses ids that would be cut", () => {
    const form: Form = { id: "ouvrir", title: "t", submit: "e", parts: [], context: { x: "y".repeat(4000) } };
    expect(() => renderForm(form, { channel: null, thread: null })).toThrow(RangeError);
  });
});
