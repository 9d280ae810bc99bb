import { NO_USERS } from "../../../bots/slack/render/richtext.ts";
import { richText } from "../../../src/domain/richtext.ts";
import { UserError } from "../../../src/errors.ts";
import type { Form } from "../../../src/presentation/form.ts";
import type { List } from "../../../src/presentation/list.ts";
import { say } from "../../../src/presentation/message.ts";
import { slackTexts } from "../../../src/texts.ts";
import { button, card, nothing, tell, until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";

const form = (changes: Partial<Form> = {}): Form => ({
  id: "repondre",
  title: "Répondre à l’aidant",
  submit: "Envoyer",
  context: { demande: "d1", groupe: "g1" },
  parts: [
    { kind: "note", label: "Usager", text: "Prénom : *Camille* <!channel>" },
    { kind: "text", name: "texte", label: "Votre réponse", required: true, multiline: true, maxLength: 2000 },
    {
      kind: "choice",
      name: "groupes",
      label: "Groupes",
      required: false,
      multiple: true,
      groups: [
        {
          label: "",
          options: [
            { value: "g1", label: "CAF" },
            { value: "g2", label: "CPAM" },
          ],
        },
      ],
    },
    {
      kind: "choice",
      name: "territoire",
      label: "Territoire",
      required: false,
      multiple: false,
      refreshes: true,
      groups: [
        {
          label: "",
          options: [
            { value: "01", label: "Ain" },
            { value: "974", label: "La Réunion" },
          ],
        },
      ],
    },
    { kind: "checkbox", name: "derniere", label: "Fin", option: "C’est ma dernière réponse", required: false },
  ],
  ...changes,
});

const list = (page: number): List => ({
  title: "Demandes nouvelles",
  lines: [
    {
      ref: `D-00000${page}`,
      emoji: "🆕",
      sujet: "Versement suspendu",
      details: "Ain (01)",
      buttons: [button("voir", "Voir la demande")],
    },
  ],
  empty: "Aucune demande.",
  footer: `page ${page}`,
  pages: [button("lister", "Suivantes", `page:${page + 1}`)],
});

describe.each(["socket", "http"] as const)("what people do, by %s", (mode) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench({ mode });
  });
  afterAll(() => bench.close());
  beforeEach(() => {
    bench.desk.calls.length = 0;
    bench.desk.reaction = nothing;
    bench.desk.formReaction = nothing;
    bench.desk.before = async () => undefined;
  });

  const postCard = () => bench.platform.port.postCard(bench.place, card(), `t:${performance.now()}`, NO_USERS);

  const opened = async (shown: Form) => {
    bench.desk.reaction = { kind: "form", form: shown };
    const outcome = await bench.control.command({
      as: bench.camille.id,
      channel: bench.channel.id,
      command: "/demande",
      text: "",
    });
    expect(outcome.view).not.toBeNull();
    return outcome.view as { id: string; private_metadata: string; blocks: { block_id: string }[] };
  };

  test("a click on the card reaches the desk with its thread, and its answer is shown to that person alone", async () => {
    const { place, control, camille, dominique, channel, desk } = bench;
    const root = await postCard();
    desk.reaction = tell("C’est noté.");
    const outcome = await control.click({ as: camille.id, channel: channel.id, message: root, action: "Je m’en occupe" });
    expect(outcome.ok).toBe(true);
    expect(desk.of("click")).toMatchObject([
      { action: "prendre", value: "d1", root, place, person: { user: camille.id, workspace: place.workspace } },
    ]);
    const { messages } = await control.messages({ channel: channel.id, thread: root, as: camille.id });
    expect(messages.at(-1)).toMatchObject({ text: "C’est noté." });
    const others = await control.messages({ channel: channel.id, thread: root, as: dominique.id });
    expect(others.messages).toHaveLength(1);
  });

  test("a click told twice bears the same id, another click another", async () => {
    const { control, camille, channel, desk, slack } = bench;
    const root = await postCard();
    slack.faults.add({ kind: "redeliver", method: "block_actions", times: 1 });
    await control.click({ as: camille.id, channel: channel.id, message: root, action: "prendre", wait: "ack" });
    await control.click({ as: camille.id, channel: channel.id, message: root, action: "prendre", wait: "ack" });
    const ids = desk.of("click").map(({ id }) => id);
    expect(ids).toHaveLength(3);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test("a button under a message of the thread gives the thread's root, and the second button of an action its own value", async () => {
    const { place, platform, control, camille, channel, desk } = bench;
    const root = await postCard();
    const buttons = [button("rappeler", "Demain", "d1:demain"), button("rappeler", "Dans une semaine", "d1:semaine")];
    const reminder = await platform.port.post(place, root, say(richText("Cette demande attend."), { buttons }), "t1:9", NO_USERS);
    await control.click({ as: camille.id, channel: channel.id, message: reminder, action: "Dans une semaine", wait: "ack" });
    expect(desk.of("click")).toMatchObject([{ action: "rappeler", value: "d1:semaine", root }]);
  });

  test("a click that could not be written is answered with a sentence, and nothing of the fault is shown", async () => {
    const { control, camille, channel, desk, log } = bench;
    const root = await postCard();
    desk.before = async () => {
      throw new Error("Camille Exemple, née le 01/02/1980");
    };
    const outcome = await control.click({ as: camille.id, channel: channel.id, message: root, action: "prendre" });
    expect(outcome.ok).toBe(true);
    expect(outcome.ephemeral).toMatchObject([{ text: slackTexts.actFault, thread_ts: root }]);
    expect(JSON.stringify(log.lines)).not.toContain("1980");
    desk.before = async () => {
      throw new UserError("Vous n’êtes pas de ce groupe.");
    };
    const refused = await control.click({ as: camille.id, channel: channel.id, message: root, action: "prendre" });
    expect(refused.ephemeral).toMatchObject([{ text: "Vous n’êtes pas de ce groupe." }]);
  });

  test("a command is handed over without its sign, its text as typed, and answered even where the bot is not", async () => {
    const { control, workspace, camille, desk, place } = bench;
    const name = `ailleurs-${mode}`;
    const elsewhere = await control.createChannel({ workspace: workspace.teamId, name, members: [camille.id] });
    desk.reaction = tell("Voici l’aide.");
    const outcome = await control.command({ as: camille.id, channel: elsewhere.id, command: "/aplus", text: "aide <b> & co" });
    expect(desk.of("command")).toMatchObject([
      { command: "aplus", text: "aide <b> & co", place: { ...place, channel: elsewhere.id } },
    ]);
    expect(outcome.ephemeral).toMatchObject([{ text: "Voici l’aide." }]);
  });

  test("an answer that cannot be shown in the channel is given in person", async () => {
    const { control, camille, channel, desk, slack, workspace } = bench;
    const root = await postCard();
    slack.faults.add({ kind: "refuse", method: "chat.postEphemeral", error: "user_not_in_channel", times: 1 });
    desk.reaction = tell("En personne.");
    await control.click({ as: camille.id, channel: channel.id, message: root, action: "prendre" });
    const direct = () =>
      control.channels(workspace.teamId).find(({ kind, members }) => kind === "im" && members.includes(camille.id));
    await until(direct, "the direct conversation");
    const { messages } = await control.messages({ channel: direct()?.id ?? "" });
    expect(messages.at(-1)).toMatchObject({ text: "En personne." });
  });

  test("the next page takes the place of the list, for that person alone", async () => {
    const { control, camille, channel, desk } = bench;
    desk.reaction = { kind: "list", list: list(1) };
    const first = await control.command({ as: camille.id, channel: channel.id, command: "/demandes", text: "nouvelles" });
    const [shown] = first.ephemeral as { ts: string; text: string }[];
    expect(shown?.text).toContain("D-000001");
    desk.reaction = { kind: "list", list: list(2) };
    const next = await control.click({ as: camille.id, channel: channel.id, message: shown?.ts ?? "", action: "Suivantes" });
    expect(desk.of("click")).toMatchObject([{ action: "lister", value: "page:2", root: null }]);
    expect(next.ephemeral).toMatchObject([{ ts: shown?.ts }]);
    expect(JSON.stringify(next.ephemeral)).toContain("D-000002");
  });

  test("a form is shown, sent, and handed over by field; its metadata holds ids only", async () => {
    const { control, camille, channel, desk } = bench;
    const view = await opened(form());
    expect(JSON.parse(view.private_metadata)).toEqual({
      context: { demande: "d1", groupe: "g1" },
      channel: channel.id,
      thread: null,
    });
    desk.formReaction = tell("Envoyé.");
    const outcome = await control.submit({
      as: camille.id,
      values: { texte: "Bonjour <@U1> & merci", groupes: ["g2", "g1"], derniere: true },
    });
    expect(desk.of("submitForm")).toMatchObject([
      {
        id: `view:${view.id}`,
        form: "repondre",
        context: { demande: "d1", groupe: "g1" },
        values: { texte: "Bonjour <@U1> & merci", groupes: expect.arrayContaining(["g1", "g2"]), derniere: true },
      },
    ]);
    expect(desk.of("submitForm")[0]?.values).not.toHaveProperty("territoire");
    expect(outcome).toMatchObject({ view: null, ephemeral: [{ text: "Envoyé." }] });
  });

  test("faults stand beside their fields, and what was typed stays; sent again, it bears the same id", async () => {
    const { control, camille, desk } = bench;
    await opened(form());
    desk.formReaction = { kind: "faults", faults: { texte: "Trop court.", inconnu: "Autre chose." } };
    const outcome = await control.submit({ as: camille.id, values: { texte: "Bonjour" } });
    expect(outcome).toMatchObject({ errors: { texte: "Trop court. Autre chose." } });
    desk.formReaction = nothing;
    const again = await control.submit({ as: camille.id, wait: "ack" });
    expect(again).toMatchObject({ ok: true, view: null });
    const [first, second] = desk.of("submitForm");
    expect(second?.id).toBe(first?.id);
    expect(second?.values.texte).toBe("Bonjour");
  });

  test("a submission that could not be written loses nothing typed", async () => {
    const { control, camille, desk } = bench;
    await opened(form());
    desk.before = async () => {
      throw new Error("no database");
    };
    const outcome = await control.submit({ as: camille.id, values: { texte: "Long texte" } });
    expect(outcome).toMatchObject({ errors: { texte: slackTexts.submissionFault } });
    const { values } = await control.view({ as: camille.id });
    expect(JSON.stringify(values)).toContain("Long texte");
    await control.close({ as: camille.id });
  });

  test("a confirmation without a field that could not be written says so above itself", async () => {
    const { control, camille, desk } = bench;
    await opened(form({ id: "decliner", parts: [{ kind: "note", text: "Cela engage votre groupe." }], submit: "Confirmer" }));
    desk.before = async () => {
      throw new Error("no database");
    };
    const outcome = await control.submit({ as: camille.id });
    expect(JSON.stringify(outcome.view)).toContain(slackTexts.submissionFault);
    await control.close({ as: camille.id, back: true });
    const { view } = await control.view({ as: camille.id });
    expect(view).toMatchObject({ callback_id: "form:decliner" });
    await control.close({ as: camille.id });
  });

  test("a field that decides of others brings the form built anew, what is typed kept", async () => {
    const { control, camille, desk } = bench;
    await opened(form());
    await control.fill({ as: camille.id, values: { texte: "Déjà tapé" } });
    desk.form = form({
      parts: [
        ...form().parts,
        { kind: "text", name: "numero", label: "Numéro", required: false, multiline: false, maxLength: 20 },
      ],
    });
    const outcome = await control.click({ as: camille.id, view: true, action: "territoire", value: "974" });
    expect(desk.of("refreshForm")).toMatchObject([{ form: "repondre", values: { territoire: "974", texte: "Déjà tapé" } }]);
    expect(JSON.stringify(outcome.view)).toContain("numero");
    await control.submit({ as: camille.id, values: { numero: "12" }, wait: "ack" });
    expect(desk.of("submitForm")).toMatchObject([{ values: { texte: "Déjà tapé", territoire: "974", numero: "12" } }]);
  });

  test("a form after a form takes its place; one that only shows has nothing to send", async () => {
    const { control, camille, desk } = bench;
    await opened(form());
    desk.formReaction = {
      kind: "form",
      form: form({ id: "voir", title: "La demande", submit: null, parts: [{ kind: "note", label: "Nom", text: "Exemple" }] }),
    };
    const outcome = await control.submit({ as: camille.id, values: { texte: "Bonjour" } });
    expect(outcome.view).toMatchObject({ callback_id: "form:voir" });
    expect(outcome.view).not.toHaveProperty("submit.text");
    await control.close({ as: camille.id });
  });

  test("a form that comes too late says what to do", async () => {
    const { control, camille, channel, desk, slack } = bench;
    desk.reaction = { kind: "form", form: form() };
    slack.faults.add({ kind: "refuse", method: "views.open", error: "expired_trigger_id", times: 1 });
    const outcome = await control.command({ as: camille.id, channel: channel.id, command: "/demande", text: "" });
    expect(outcome.ephemeral).toMatchObject([{ text: slackTexts.formTooLate }]);
  });

  test("a message shortcut hands over the message with its words", async () => {
    const { control, camille, dominique, channel, desk } = bench;
    const said = (await control.message({ as: dominique.id, channel: channel.id, text: "Un dossier bloqué" })) as {
      ts?: string;
      message?: { ts: string };
    };
    const ts = said.ts ?? said.message?.ts ?? "";
    desk.reaction = { kind: "form", form: form({ id: "ouvrir" }) };
    const outcome = await control.shortcut({ as: camille.id, channel: channel.id, message: ts, callback: "transformer" });
    expect(desk.of("shortcut")).toMatchObject([
      { shortcut: "transformer", message: ts, root: null, text: richText("Un dossier bloqué"), person: { user: camille.id } },
    ]);
    expect(outcome.view).toMatchObject({ callback_id: "form:ouvrir" });
    await control.close({ as: camille.id });
  });
});
