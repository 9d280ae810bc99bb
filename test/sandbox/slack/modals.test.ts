import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { App } from "@slack/bolt";
import type { KnownBlock, ModalView } from "@slack/types";
import { Refusal } from "../../../sandbox/slack/person/refusal.ts";
import { modal, name, option, plain } from "./views.ts";
import { type Bench, furnished, socketApp, socketClient } from "./world.ts";

type Json = Record<string, unknown>;

let bench: Bench;
let app: App;

beforeEach(async () => {
  bench = await furnished({ ackTimeout: 400 });
  app = socketApp(bench);
});

afterEach(async () => {
  await socketClient(app).disconnect();
  await bench.sandbox.close();
});

/** A command that opens that view, and what the person sees. */
async function opening(view: () => ModalView) {
  app.command("/ouvrir", async ({ ack, client, body }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: view() });
  });
  await app.start();
  return bench.sandbox.control.command({ as: "camille", channel: "caf-ain", command: "/ouvrir" });
}

describe("modals", () => {
  test("a trigger serves once, and three seconds", async () => {
    const errors: unknown[] = [];
    let trigger = "";
    app.command("/deux", async ({ ack, client, body }) => {
      await ack();
      trigger = body.trigger_id;
      await client.views.open({ trigger_id: trigger, view: modal([name]) });
      await client.views.open({ trigger_id: trigger, view: modal([name]) }).catch((error) => errors.push(error.data.error));
      await client.views.open({ trigger_id: "1.2.abc", view: modal([name]) }).catch((error) => errors.push(error.data.error));
    });
    await app.start();
    await bench.sandbox.control.command({ as: "camille", channel: "caf-ain", command: "/deux" });
    await bench.sandbox.settled();
    expect(errors).toEqual(["exchanged_trigger_id", "invalid_trigger_id"]);
  });

  test("a trigger is too old after three seconds", async () => {
    let trigger = "";
    app.command("/tard", async ({ ack, body }) => {
      trigger = body.trigger_id;
      await ack();
    });
    await app.start();
    await bench.sandbox.control.command({ as: "camille", channel: "caf-ain", command: "/tard", wait: "ack" });
    await new Promise((resolve) => setTimeout(resolve, 3050));
    const open = app.client.views.open({ trigger_id: trigger, view: modal([name]) });
    await expect(open).rejects.toMatchObject({ data: { error: "expired_trigger_id" } });
  });

  test("a form with inputs needs its button", async () => {
    let data: Json = {};
    app.command("/sans", async ({ ack, client, body }) => {
      await ack();
      const { submit: _submit, ...view } = modal([name]);
      await client.views.open({ trigger_id: body.trigger_id, view }).catch((error) => {
        data = error.data;
      });
    });
    await app.start();
    await bench.sandbox.control.command({ as: "camille", channel: "caf-ain", command: "/sans" });
    expect(data).toMatchObject({
      error: "invalid_arguments",
      response_metadata: { messages: [expect.stringContaining("submit")] },
    });
  });

  test("Slack's client refuses by itself what is empty, short, long or no number; the app hears nothing of it", async () => {
    const submissions: Json[] = [];
    app.view("formulaire", async ({ ack, body }) => {
      submissions.push(body as unknown as Json);
      await ack();
    });
    const number: KnownBlock = {
      type: "input",
      block_id: "nombre",
      optional: true,
      label: plain("Nombre"),
      element: { type: "number_input", action_id: "n", is_decimal_allowed: false, min_value: "1" },
    };
    const mail: KnownBlock = {
      type: "input",
      block_id: "courriel",
      optional: true,
      label: plain("Courriel"),
      element: { type: "email_text_input", action_id: "c" },
    };
    await opening(() => modal([name, number, mail]));
    const { control } = bench.sandbox;
    const submit = (values: Json) => control.submit({ as: "camille", values });
    expect(await submit({})).toMatchObject({ ok: false, errors: { nom: "Veuillez renseigner ce champ obligatoire." } });
    expect(await submit({ nom: "a" })).toMatchObject({ errors: { nom: expect.stringContaining("au moins 2") } });
    expect(await submit({ nom: "a".repeat(11) })).toMatchObject({ errors: { nom: expect.stringContaining("10") } });
    expect(await submit({ nom: "Val", nombre: "1,5" })).toMatchObject({ errors: { nombre: expect.any(String) } });
    expect(await submit({ nombre: "0", courriel: "non" })).toMatchObject({
      errors: { nombre: expect.any(String), courriel: expect.any(String) },
    });
    // What was typed is kept from one try to the next.
    expect(await control.view({ as: "camille" })).toMatchObject({
      values: { nom: { nom: { value: "Val" } } },
      errors: { nombre: {} },
    });
    expect(submissions).toEqual([]);
    expect(await submit({ nombre: null, courriel: "" })).toMatchObject({ ok: true, closed: true });
    expect(submissions).toMatchObject([
      {
        type: "view_submission",
        user: { id: bench.camille },
        view: {
          callback_id: "formulaire",
          hash: expect.any(String),
          state: {
            values: {
              nom: { nom: { type: "plain_text_input", value: "Val" } },
              nombre: { n: { value: null } },
              courriel: { c: { type: "email_text_input", value: null } },
            },
          },
        },
      },
    ]);
  });

  test("a submission that is not acknowledged keeps the form and what was typed", async () => {
    let isSlow = true;
    app.view("formulaire", async ({ ack }) => {
      if (!isSlow) await ack();
    });
    await opening(() => modal([name]));
    const { control } = bench.sandbox;
    const failed = await control.submit({ as: "camille", values: { nom: "Camille" } });
    expect(failed).toMatchObject({
      ok: false,
      error: "operation_timeout",
      message: expect.stringContaining("connexion"),
      view: {},
    });
    expect(await control.view({ as: "camille" })).toMatchObject({ values: { nom: { nom: { value: "Camille" } } } });
    isSlow = false;
    expect(await control.submit({ as: "camille", values: {} })).toMatchObject({ ok: true, closed: true, view: null });
  });

  test("errors for fields that do not exist are a fault of the app", async () => {
    app.view("formulaire", ({ ack }) => ack({ response_action: "errors", errors: { inconnu: "x" } }));
    await opening(() => modal([name]));
    expect(await bench.sandbox.control.submit({ as: "camille", values: { nom: "Val" } })).toMatchObject({
      ok: false,
      error: "invalid_response",
      view: { callback_id: "formulaire" },
    });
  });

  test("views are pushed up to three, updated, and cleared", async () => {
    const refused: string[] = [];
    const deeper = (depth: number) => modal([name], { callback_id: "formulaire", private_metadata: String(depth) });
    app.view("formulaire", async ({ ack, view }) => {
      const depth = Number(view.private_metadata);
      if (depth === 9) await ack({ response_action: "clear" });
      else if (depth === 3) await ack({ response_action: "update", view: deeper(9) });
      else await ack({ response_action: "push", view: deeper(depth + 1) });
    });
    app.command("/quatre", async ({ ack, client, body }) => {
      await ack();
      await client.views.push({ trigger_id: body.trigger_id, view: deeper(4) }).catch((error) => refused.push(error.data.error));
    });
    await opening(() => deeper(1));
    const { control } = bench.sandbox;
    const submit = () => control.submit({ as: "camille", values: { nom: "Val" } });
    expect(await submit()).toMatchObject({
      closed: false,
      view: { private_metadata: "2", depth: 2, previous_view_id: expect.any(String) },
    });
    expect(await submit()).toMatchObject({ closed: false, view: { private_metadata: "3", depth: 3 } });
    await control.command({ as: "camille", channel: "caf-ain", command: "/quatre" });
    expect(refused).toEqual(["push_limit_reached"]);
    expect(await submit()).toMatchObject({ closed: false, view: { private_metadata: "9", depth: 3 } });
    expect(await submit()).toMatchObject({ closed: true, view: null });
  });

  test("an outdated hash is refused", async () => {
    await opening(() => modal([name]));
    const { view } = await bench.sandbox.control.view({ as: "camille" });
    const { id, hash } = view as { id: string; hash: string };
    const updated = await app.client.views.update({ view_id: id, hash, view: modal([name]) });
    expect(updated.view?.hash).not.toBe(hash);
    const again = app.client.views.update({ view_id: id, hash, view: modal([name]) });
    await expect(again).rejects.toMatchObject({ data: { error: "hash_conflict" } });
    const gone = app.client.views.update({ view_id: "V0INCONNU", view: modal([name]) });
    await expect(gone).rejects.toMatchObject({ data: { error: "not_found" } });
  });

  test("closing tells the app where it asked to be told", async () => {
    const closed: Json[] = [];
    app.view({ callback_id: "formulaire", type: "view_closed" }, async ({ ack, body }) => {
      closed.push(body as unknown as Json);
      await ack();
    });
    await opening(() => modal([name], { notify_on_close: true }));
    expect(await bench.sandbox.control.close({ as: "camille" })).toMatchObject({ ok: true, view: null });
    expect(closed).toMatchObject([{ type: "view_closed", is_cleared: false, view: { callback_id: "formulaire" } }]);
    await expect(bench.sandbox.control.close({ as: "camille" })).rejects.toThrow("Aucun formulaire");
  });

  test("a field that dispatches changes the form, whose new field can then be filled; what was typed stays", async () => {
    const actions: Json[] = [];
    const territoire: KnownBlock = {
      type: "input",
      block_id: "territoire",
      dispatch_action: true,
      label: plain("Territoire"),
      element: { type: "static_select", action_id: "territoire", options: [option("01", "Ain"), option("2A", "Corse-du-Sud")] },
    };
    const groupe: KnownBlock = {
      type: "input",
      block_id: "groupe",
      label: plain("Groupe"),
      element: { type: "external_select", action_id: "groupe", min_query_length: 2 },
    };
    const dates: KnownBlock = {
      type: "input",
      block_id: "naissance",
      label: plain("Naissance"),
      element: { type: "datepicker", action_id: "d" },
    };
    const boxes: KnownBlock = {
      type: "input",
      block_id: "accord",
      label: plain("Accord"),
      element: { type: "checkboxes", action_id: "a", options: [option("oui", "J’atteste avoir l’accord de l’usager")] },
    };
    app.action("territoire", async ({ ack, body, client }) => {
      await ack();
      actions.push(body as unknown as Json);
      const { view } = body as unknown as { view: { id: string; hash: string } };
      await client.views.update({ view_id: view.id, hash: view.hash, view: modal([name, territoire, groupe, dates, boxes]) });
    });
    app.options("groupe", async ({ ack, options }) => {
      await ack({ options: [option("g1", `CAF de l’Ain (${options.value})`)] });
    });
    let submitted: Json = {};
    app.view("formulaire", async ({ ack, view }) => {
      submitted = view.state.values as unknown as Json;
      await ack();
    });
    await opening(() => modal([name, territoire]));
    const { control } = bench.sandbox;
    const sent = await control.submit({
      as: "camille",
      values: { nom: "Val", territoire: "Ain", groupe: "g1", naissance: "03/12/1980", accord: true },
    });
    expect(sent).toMatchObject({ ok: true, closed: true });
    expect(actions).toMatchObject([
      {
        type: "block_actions",
        container: { type: "view" },
        actions: [{ action_id: "territoire", block_id: "territoire", type: "static_select", selected_option: { value: "01" } }],
        view: {
          state: { values: { nom: { nom: { value: "Val" } }, territoire: { territoire: { selected_option: { value: "01" } } } } },
        },
      },
    ]);
    expect(submitted).toMatchObject({
      nom: { nom: { value: "Val" } },
      groupe: { groupe: { selected_option: { value: "g1", text: { text: "CAF de l’Ain (g1)" } } } },
      naissance: { d: { selected_date: "1980-12-03" } },
      accord: { a: { selected_options: [{ value: "oui" }] } },
    });
  });

  test("fields and choices that do not exist are refused naming those that do, and nothing changes", async () => {
    const list: KnownBlock = {
      type: "input",
      block_id: "liste",
      label: plain("Liste"),
      element: { type: "static_select", action_id: "l", options: [option("1", "Un")] },
    };
    await opening(() => modal([name, list]));
    const { control } = bench.sandbox;
    const submit = (values: Json) => control.submit({ as: "camille", values });
    await expect(submit({ nom: "Val", autre: "x" })).rejects.toThrow(/autre.*nom, liste/);
    await expect(submit({ nom: "Val", liste: "Deux" })).rejects.toThrow(/Deux.*« Un »/);
    await expect(submit({ nom: { a: 1 } })).rejects.toBeInstanceOf(Refusal);
    await expect(submit({ nom: "a\u0000" })).rejects.toBeInstanceOf(Refusal);
    expect(await control.view({ as: "camille" })).toMatchObject({ values: { nom: { nom: { value: null } } } });
  });
});
