import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { App } from "@slack/bolt";
import type { KnownBlock } from "@slack/types";
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

describe("slash commands", () => {
  test("the app gets Slack's fields, and its ack's text is shown to the person alone", async () => {
    let got: Json = {};
    app.command("/demandes", async ({ ack, body }) => {
      got = body as unknown as Json;
      await ack("Voici");
    });
    await app.start();
    const typed = `chercher @dominique & <b> #caf-ain`;
    const seen = await bench.sandbox.control.command({
      as: "Camille Exemple",
      channel: "#caf-ain",
      command: "/demandes",
      text: typed,
    });
    expect(seen).toMatchObject({ ok: true, ephemeral: [{ text: "Voici", is_ephemeral: true }], view: null });
    expect(got).toMatchObject({
      command: "/demandes",
      text: `chercher <@${bench.dominique}|dominique> &amp; &lt;b&gt; <#${bench.caf}|caf-ain>`,
      user_id: bench.camille,
      channel_id: bench.caf,
      channel_name: "caf-ain",
      team_id: bench.installation.teamId,
      is_enterprise_install: "false",
      response_url: expect.stringContaining("/commands/"),
    });
  });

  test("a command not acknowledged in time shows operation_timeout; without the app, dispatch_failed", async () => {
    app.command("/muette", async () => undefined);
    await app.start();
    const { control } = bench.sandbox;
    const late = await control.command({ as: "camille", channel: "caf-ain", command: "/muette" });
    expect(late).toMatchObject({ ok: false, error: "operation_timeout" });
    await socketClient(app).disconnect();
    const absent = await control.command({ as: "camille", channel: "caf-ain", command: "/muette" });
    expect(absent).toMatchObject({ ok: false, error: "dispatch_failed" });
  });

  test("there are none in threads, for strangers, nor undeclared", async () => {
    await app.start();
    const { control } = bench.sandbox;
    const call = { as: "camille", channel: "caf-ain", command: "/x" };
    await expect(control.command({ ...call, thread: "1.000001" })).rejects.toThrow("fil");
    await expect(control.command({ ...call, as: "sacha" })).rejects.toThrow("n’est pas membre");
    const other = await control.createWorkspace({ name: "Déclaré", separateApp: true, commands: ["/aplus"] });
    await control.createUser({ workspace: other.teamId, name: "val", realName: "Val Fictif", email: "val@exemple.fr" });
    await expect(control.command({ as: "val", channel: "dm", command: "/autre" })).rejects.toThrow("pas une commande valide");
  });
});

describe("clicks", () => {
  const buttons: KnownBlock[] = [
    { type: "section", block_id: "texte", text: { type: "mrkdwn", text: "carte" } },
    {
      type: "actions",
      block_id: "boutons",
      elements: [
        { type: "button", action_id: "prendre", value: "42", text: plain(":raised_hand: Je m’en occupe"), style: "primary" },
        {
          type: "static_select",
          action_id: "rappel",
          placeholder: plain("Me le rappeler"),
          options: [option("1", "Demain"), option("7", "Dans une semaine")],
        },
        { type: "overflow", action_id: "plus", options: [option("v", "Voir"), option("a", "Archiver")] },
      ],
    },
  ];

  test("a button's payload is Slack's, and its response_url changes the message", async () => {
    let got: Json = {};
    app.action("prendre", async ({ ack, body, respond }) => {
      got = body as unknown as Json;
      await ack();
      await respond({ text: "pris", blocks: [], replace_original: true });
    });
    await app.start();
    const { ts } = await app.client.chat.postMessage({ channel: bench.caf, text: "carte", blocks: buttons });
    const seen = await bench.sandbox.control.click({
      as: "camille",
      channel: "caf-ain",
      message: String(ts),
      action: "✋ JE M'EN OCCUPE",
    });
    expect(seen).toMatchObject({ ok: true, messages: [{ ts, text: "pris" }] });
    expect(got).toMatchObject({
      type: "block_actions",
      user: { id: bench.camille, team_id: bench.installation.teamId },
      container: { type: "message", message_ts: ts, channel_id: bench.caf, is_ephemeral: false },
      channel: { id: bench.caf, name: "caf-ain" },
      message: { ts, text: "carte" },
      state: { values: { boutons: { rappel: { selected_option: null } } } },
      response_url: expect.stringContaining("/actions/"),
      trigger_id: expect.stringMatching(/^\d+\.\d+\.[0-9a-f]+$/),
      actions: [
        {
          action_id: "prendre",
          block_id: "boutons",
          type: "button",
          value: "42",
          style: "primary",
          action_ts: expect.any(String),
        },
      ],
    });
  });

  test("menus take a value or a label, and the latest message that offers the action is meant when none is named", async () => {
    const got: Json[] = [];
    for (const action of ["rappel", "plus"])
      app.action(action, async ({ ack, payload }) => {
        got.push(payload as unknown as Json);
        await ack();
      });
    await app.start();
    await app.client.chat.postMessage({ channel: bench.caf, text: "carte", blocks: buttons });
    const { control } = bench.sandbox;
    const click = (action: string, value?: string) =>
      control.click({ as: "camille", channel: "caf-ain", action, wait: "ack", ...(value !== undefined && { value }) });
    await click("rappel", "Dans une semaine");
    await click("Me le rappeler", "1");
    await click("Archiver");
    expect(got).toMatchObject([
      { type: "static_select", selected_option: { value: "7" } },
      { type: "static_select", selected_option: { value: "1" } },
      { type: "overflow", selected_option: { value: "a" } },
    ]);
    await expect(click("Refuser")).rejects.toThrow("Refuser");
    await expect(click("rappel", "Jamais")).rejects.toThrow(/« Demain »/);
    await expect(click("rappel")).rejects.toThrow("valeur");
    await expect(control.click({ as: "sacha", channel: "caf-ain", action: "prendre" })).rejects.toThrow("n’est pas membre");
  });

  test("an ephemeral message can be clicked, replaced and removed", async () => {
    app.action("prendre", async ({ ack, body, respond }) => {
      await ack();
      const { container } = body as unknown as { container: Json };
      await respond({ replace_original: true, text: `éphémère : ${String(container.is_ephemeral)}`, blocks: buttons });
    });
    app.action("plus", async ({ ack, respond }) => {
      await ack();
      await respond({ delete_original: true });
    });
    await app.start();
    const { control } = bench.sandbox;
    await app.client.chat.postEphemeral({ channel: bench.caf, user: bench.camille, text: "à vous", blocks: buttons });
    const replaced = await control.click({ as: "camille", channel: "caf-ain", action: "Je m’en occupe" });
    expect(replaced).toMatchObject({ ephemeral: [{ text: "éphémère : true" }] });
    const removed = await control.click({ as: "camille", channel: "caf-ain", action: "Voir" });
    expect(removed).toMatchObject({ ephemeral: [{ deleted: true }] });
    expect((await control.messages({ channel: "caf-ain", as: "camille" })).messages).toEqual([]);
    await expect(control.click({ as: "dominique", channel: "caf-ain", action: "prendre" })).rejects.toBeInstanceOf(Refusal);
  });

  test("a response_url serves five times, and half an hour", async () => {
    await app.start();
    await socketClient(app).disconnect();
    await bench.sandbox.close();
    let now = new Date("2026-03-02T10:00:00Z");
    bench = await furnished({ clock: { now: () => now } });
    app = socketApp(bench);
    let url = "";
    app.action("prendre", async ({ ack, body }) => {
      url = (body as unknown as { response_url: string }).response_url;
      await ack();
    });
    await app.start();
    await app.client.chat.postMessage({ channel: bench.caf, text: "carte", blocks: buttons });
    const click = () => bench.sandbox.control.click({ as: "camille", channel: "caf-ain", action: "prendre", wait: "ack" });
    const answer = async () => {
      const response = await fetch(url, { method: "POST", body: JSON.stringify({ text: "x", response_type: "in_channel" }) });
      return [response.status, await response.text()] as const;
    };
    await click();
    for (let i = 0; i < 5; i++) expect(await answer()).toEqual([200, "ok"]);
    expect(await answer()).toEqual([404, JSON.stringify({ ok: false, error: "used_url" })]);
    await click();
    now = new Date("2026-03-02T10:31:00Z");
    expect(await answer()).toEqual([404, JSON.stringify({ ok: false, error: "expired_url" })]);
  });

  test("a click that is not acknowledged fails before the person's eyes", async () => {
    app.action("prendre", async () => undefined);
    await app.start();
    await app.client.chat.postMessage({ channel: bench.caf, text: "carte", blocks: buttons });
    const seen = await bench.sandbox.control.click({ as: "camille", channel: "caf-ain", action: "prendre" });
    expect(seen).toMatchObject({ ok: false, error: "operation_timeout" });
  });
});

test("an act waits for an app that says when it is done", async () => {
  let work: Promise<unknown> = Promise.resolve();
  app.command("/lente", async ({ ack, respond }) => {
    await ack();
    work = new Promise((resolve) => setTimeout(resolve, 600)).then(() => respond("fini"));
  });
  await app.start();
  bench.sandbox.followApp(async () => void (await work));
  const seen = await bench.sandbox.control.command({ as: "camille", channel: "caf-ain", command: "/lente" });
  expect(seen).toMatchObject({ ok: true, ephemeral: [{ text: "fini" }] });
});

describe("shortcuts and the App Home", () => {
  test("a shortcut on a message gives it to the app, with a trigger", async () => {
    let got: Json = {};
    app.shortcut("transformer", async ({ ack, body, client }) => {
      got = body as unknown as Json;
      await ack();
      await client.views.open({ trigger_id: body.trigger_id, view: modal([name]) });
    });
    await app.start();
    const { control } = bench.sandbox;
    const { ts } = await control.message({ as: "dominique", channel: "caf-ain", text: "aidez-moi", wait: "ack" });
    const seen = await control.shortcut({ as: "camille", channel: "caf-ain", message: ts, callback: "transformer" });
    expect(seen).toMatchObject({ ok: true, view: { callback_id: "formulaire" } });
    expect(got).toMatchObject({
      type: "message_action",
      message_ts: ts,
      message: { text: "aidez-moi" },
      channel: { id: bench.caf },
    });
    expect(await control.shortcut({ as: "camille", callback: "transformer", wait: "ack" })).toMatchObject({ ok: true });
    expect(got).toMatchObject({ type: "shortcut", callback_id: "transformer" });
  });

  test("opening the App Home has it published, and its buttons work", async () => {
    const publish = (user: string, text: string) =>
      app.client.views.publish({
        user_id: user,
        view: {
          type: "home",
          blocks: [
            { type: "header", text: plain(text) },
            { type: "actions", elements: [{ type: "button", action_id: "suivant", text: plain("Suivant") }] },
          ],
        },
      });
    app.event("app_home_opened", async ({ event }) => void (await publish(event.user, "Page 1")));
    app.action("suivant", async ({ ack, body }) => {
      await ack();
      await publish(body.user.id, `Page 2, ${String((body as unknown as { view: Json }).view.type)}`);
    });
    await app.start();
    const { control } = bench.sandbox;
    expect(await control.home({ as: "camille" })).toMatchObject({ view: { blocks: [{ text: { text: "Page 1" } }, {}] } });
    await control.click({ as: "camille", home: true, action: "Suivant" });
    expect(await control.home({ as: "camille", quiet: true })).toMatchObject({
      view: { blocks: [{ text: { text: "Page 2, home" } }, {}] },
    });
  });
});
