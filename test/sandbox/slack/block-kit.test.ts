import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Bench, callApi, furnished } from "./world.ts";

let bench: Bench;

beforeAll(async () => {
  bench = await furnished();
});

afterAll(() => bench.sandbox.close());

type Json = Record<string, unknown>;

const plain = (text: string) => ({ type: "plain_text", text });
const button = (more: Json = {}) => ({ type: "button", action_id: "a", text: plain("Ok"), ...more });
const section = (more: Json = {}) => ({ type: "section", text: { type: "mrkdwn", text: "x" }, ...more });
const actions = (...elements: unknown[]) => ({ type: "actions", elements });
const option = (value = "v", text = "Choix") => ({ text: plain(text), value });
const select = (more: Json) => ({ type: "static_select", action_id: "s", placeholder: plain("…"), ...more });
const input = (element: Json, more: Json = {}) => ({ type: "input", label: plain("Nom"), element, ...more });
const field = (more: Json = {}) => ({ type: "plain_text_input", action_id: "t", ...more });
const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));

async function post(blocks: unknown): Promise<Json> {
  return callApi(
    bench.sandbox.apiUrl,
    "chat.postMessage",
    { channel: bench.caf, text: "x", blocks },
    bench.installation.botToken,
  );
}

async function publish(view: Json): Promise<Json> {
  return callApi(bench.sandbox.apiUrl, "views.publish", { user_id: bench.camille, view }, bench.installation.botToken);
}

/** The reasons of a refusal. */
const reasons = (answer: Json) => (answer.response_metadata as { messages: string[] } | undefined)?.messages ?? [];

test.each<[string, unknown[]]>([
  ["50 blocks", times(50, () => ({ type: "divider" }))],
  ["a text of 3000", [section({ text: plain("a".repeat(3000)) })]],
  ["a header of 150", [{ type: "header", text: plain("a".repeat(150)) }]],
  ["a button of 75 with a value of 2000", [actions(button({ text: plain("a".repeat(75)), value: "v".repeat(2000) }))]],
  ["25 elements", [actions(...times(25, (i) => button({ action_id: `a${i}` })))]],
  ["10 context elements", [{ type: "context", elements: times(10, () => plain("x")) }]],
  ["100 options", [actions(select({ options: times(100, (i) => option(`v${i}`)) }))]],
  ["100 groups", [actions(select({ option_groups: times(100, (i) => ({ label: plain(`g${i}`), options: [option()] })) }))]],
  ["an overflow of 5", [section({ accessory: { type: "overflow", action_id: "o", options: times(5, (i) => option(`v${i}`)) } })]],
  [
    "an initial option among the options",
    [actions(select({ options: [option("1"), option("2")], initial_option: option("2") }))],
  ],
  ["fields without a text", [{ type: "section", fields: [plain("a"), plain("b")] }]],
  [
    "a confirmation",
    [actions(button({ confirm: { title: plain("t"), text: plain("x"), confirm: plain("o"), deny: plain("n") } }))],
  ],
])("a message may have %s", async (_what, blocks) => {
  expect(await post(blocks)).toMatchObject({ ok: true });
});

test.each<[string, unknown[], string]>([
  ["51 blocks", times(51, () => ({ type: "divider" })), "no more than 50 items allowed [json-pointer:/blocks]"],
  ["an unknown block", [{ type: "bloc" }], "unsupported type: bloc [json-pointer:/blocks/0/type]"],
  [
    "a text of 3001",
    [section({ text: plain("a".repeat(3001)) })],
    "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
  ],
  ["an empty text", [section({ text: plain("") })], "must be more than 0 characters [json-pointer:/blocks/0/text/text]"],
  [
    "a header of 151",
    [{ type: "header", text: plain("a".repeat(151)) }],
    "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
  ],
  ["a header in mrkdwn", [{ type: "header", text: { type: "mrkdwn", text: "x" } }], "[json-pointer:/blocks/0/text/type]"],
  ["a section of nothing", [{ type: "section" }], "missing required field: text [json-pointer:/blocks/0]"],
  [
    "11 fields",
    [{ type: "section", fields: times(11, () => plain("x")) }],
    "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
  ],
  ["a field of 2001", [{ type: "section", fields: [plain("a".repeat(2001))] }], "must be less than 2001 characters"],
  ["an unknown property", [section({ couleur: "rouge" })], "invalid additional property: couleur [json-pointer:/blocks/0]"],
  [
    "a block_id of 256",
    [section({ block_id: "b".repeat(256) })],
    "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
  ],
  [
    "a block_id twice",
    [section({ block_id: "b" }), section({ block_id: "b" })],
    "already exists [json-pointer:/blocks/1/block_id]",
  ],
  [
    "an action_id twice in a block",
    [actions(button(), button())],
    "already exists [json-pointer:/blocks/0/elements/1/action_id]",
  ],
  ["an action_id of 256", [actions(button({ action_id: "a".repeat(256) }))], "must be less than 256 characters"],
  [
    "a button of 76",
    [actions(button({ text: plain("a".repeat(76)) }))],
    "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
  ],
  [
    "a value of 2001",
    [actions(button({ value: "v".repeat(2001) }))],
    "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
  ],
  ["a button in mrkdwn", [actions(button({ text: { type: "mrkdwn", text: "x" } }))], "/blocks/0/elements/0/text/type]"],
  ["an unknown style", [actions(button({ style: "vert" }))], "must be one of primary, danger"],
  [
    "26 elements",
    [actions(...times(26, (i) => button({ action_id: `a${i}` })))],
    "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
  ],
  ["actions of nothing", [actions()], "no fewer than 1 items allowed"],
  [
    "a text field among actions",
    [actions(field())],
    "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
  ],
  ["11 context elements", [{ type: "context", elements: times(11, () => plain("x")) }], "no more than 10 items allowed"],
  ["a button in a context", [{ type: "context", elements: [button()] }], "unsupported type: button"],
  ["101 options", [actions(select({ options: times(101, (i) => option(`v${i}`)) }))], "no more than 100 items allowed"],
  ["an option's text of 76", [actions(select({ options: [option("v", "a".repeat(76))] }))], "must be less than 76 characters"],
  ["an option's value of 151", [actions(select({ options: [option("v".repeat(151))] }))], "must be less than 151 characters"],
  ["an option without value", [actions(select({ options: [{ text: plain("x") }] }))], "missing required field: value"],
  ["neither options nor groups", [actions(select({}))], "missing required field: options [json-pointer:/blocks/0/elements/0]"],
  [
    "a foreign initial option",
    [actions(select({ options: [option("1")], initial_option: option("2") }))],
    "/blocks/0/elements/0/initial_option]",
  ],
  [
    "an initial option of another text",
    [actions(select({ options: [option("1", "Un")], initial_option: option("1", "Deux") }))],
    "initial option",
  ],
  [
    "a placeholder of 151",
    [actions(select({ options: [option()], placeholder: plain("a".repeat(151)) }))],
    "must be less than 151 characters",
  ],
  [
    "an overflow of 6",
    [section({ accessory: { type: "overflow", action_id: "o", options: times(6, (i) => option(`v${i}`)) } })],
    "no more than 5 items allowed",
  ],
  ["a date that is none", [actions({ type: "datepicker", action_id: "d", initial_date: "2026-02-30" })], "/initial_date]"],
  [
    "a confirmation without a way out",
    [actions(button({ confirm: { title: plain("t"), text: plain("x"), confirm: plain("o") } }))],
    "missing required field: deny",
  ],
  [
    "a confirmation's title of 101",
    [actions(button({ confirm: { title: plain("a".repeat(101)), text: plain("x"), confirm: plain("o"), deny: plain("n") } }))],
    "must be less than 101 characters",
  ],
  [
    "a confirmation's button of 31",
    [actions(button({ confirm: { title: plain("t"), text: plain("x"), confirm: plain("o".repeat(31)), deny: plain("n") } }))],
    "must be less than 31 characters",
  ],
  [
    "11 checkboxes",
    [actions({ type: "checkboxes", action_id: "c", options: times(11, (i) => option(`v${i}`)) })],
    "no more than 10 items allowed",
  ],
  ["an image without address", [{ type: "image", alt_text: "x" }], "missing required field: image_url"],
])("a message may not have %s", async (_what, blocks, reason) => {
  const answer = await post(blocks);
  expect(answer).toMatchObject({ ok: false, error: "invalid_blocks" });
  expect(reasons(answer).join("\n")).toContain(reason);
});

const home = (blocks: unknown[], more: Json = {}) => ({ type: "home", blocks, ...more });

test("a home may have 100 blocks, and not 101", async () => {
  expect(await publish(home(times(100, () => ({ type: "divider" }))))).toMatchObject({ ok: true });
  const answer = await publish(home(times(101, () => ({ type: "divider" }))));
  expect(answer).toMatchObject({ ok: false, error: "invalid_arguments" });
  expect(reasons(answer)).toEqual(["[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]"]);
});

test.each<[string, Json, string]>([
  ["private_metadata of 3001", home([], { private_metadata: "a".repeat(3001) }), "/view/private_metadata]"],
  ["a callback_id of 256", home([], { callback_id: "a".repeat(256) }), "/view/callback_id]"],
  ["a title", home([], { title: plain("x") }), "invalid additional property: title [json-pointer:/view]"],
  ["a label of 2001", home([input(field(), { label: plain("a".repeat(2001)) })]), "/view/blocks/0/label/text]"],
  ["a hint of 2001", home([input(field(), { hint: plain("a".repeat(2001)) })]), "/view/blocks/0/hint/text]"],
  ["a min_length above max_length", home([input(field({ min_length: 5, max_length: 3 }))]), "/view/blocks/0/element/min_length]"],
  ["a max_length of 3001", home([input(field({ max_length: 3001 }))]), "/view/blocks/0/element/max_length]"],
  [
    "two elements taking the focus",
    home([input(field({ focus_on_load: true })), input(field({ focus_on_load: true }))]),
    "focus_on_load",
  ],
  ["a button in an input", home([input(button())]), "unsupported type: button [json-pointer:/view/blocks/0/element/type]"],
  ["a type of its own", { type: "accueil", blocks: [] }, "/view/type]"],
])("a home may not have %s", async (_what, view, reason) => {
  const answer = await publish(view);
  expect(answer).toMatchObject({ ok: false, error: "invalid_arguments" });
  expect(reasons(answer).join("\n")).toContain(reason);
});

test("a view over 250 kB is too large", async () => {
  const blocks = times(100, () => section({ text: plain("é".repeat(1500)) }));
  expect(await publish(home(blocks))).toMatchObject({ ok: false, error: "view_too_large" });
});

test("accepted blocks get their ids and defaults", async () => {
  const answer = await post([actions({ type: "button", text: plain("Ok") })]);
  expect(answer).toMatchObject({
    ok: true,
    message: {
      blocks: [
        {
          type: "actions",
          block_id: expect.stringMatching(/^.{5}$/),
          elements: [{ type: "button", action_id: expect.stringMatching(/^.{5}$/), text: { emoji: true } }],
        },
      ],
    },
  });
});
