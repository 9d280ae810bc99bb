import { territoireField } from "../../../src/presentation/fields.ts";
import type { Form } from "../../../src/presentation/form.ts";
import { nothing, tell, until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";

const groupesField = (labels: readonly string[]) => ({
  kind: "choice" as const,
  name: "groupes",
  label: "À qui adresser la demande",
  required: true,
  multiple: true,
  groups: [{ label: "CAF", options: labels.map((label, index) => ({ value: `g${index + 1}`, label })) }],
});

const opening = (territoire = "01"): Form => ({
  id: "ouvrir",
  title: "Nouvelle demande",
  submit: "Envoyer la demande",
  context: { channel: "!x" },
  parts: [
    { kind: "note", text: "Décrivez le blocage." },
    territoireField("Territoire concerné", territoire),
    groupesField(territoire === "01" ? ["CAF de l’Ain", "CPAM de l’Ain", "Préfecture de l’Ain"] : ["CAF du Rhône"]),
    { kind: "text", name: "sujet", label: "Sujet", required: true, multiline: false, maxLength: 30 },
    { kind: "text", name: "description", label: "Description", required: true, multiline: true, maxLength: 3000 },
    { kind: "text", name: "telephone", label: "Téléphone", required: false, multiline: false, maxLength: 100 },
    { kind: "text", name: "autre", label: "Autre", required: false, multiline: false, maxLength: 100 },
    { kind: "checkbox", name: "autorisation", label: "Autorisation", option: "J’atteste l’avoir recueillie", required: true },
  ],
});

const confirmation: Form = {
  id: "decliner",
  title: "Mauvais interlocuteur",
  submit: "Confirmer",
  context: { demande: "d1" },
  parts: [{ kind: "note", text: "Cette réponse engage tout le groupe." }],
};

describe("forms as dialogues", () => {
  let bench: Bench;
  let direct: string;
  beforeAll(async () => {
    bench = await startBench();
    direct = await bench.direct(bench.camille);
  });
  afterAll(() => bench.close());
  beforeEach(async () => {
    const { desk, camille, db } = bench;
    await db.dialogues.model.deleteMany({});
    desk.calls.length = 0;
    desk.reaction = nothing;
    desk.formReaction = nothing;
    await camille.say(direct, "!aplus");
    await bench.heard("command");
    desk.calls.length = 0;
  });

  /** Says it in the direct conversation; what the bot answers to it. */
  const say = async (text: string): Promise<string> => {
    const { camille } = bench;
    const id = await camille.say(direct, text);
    return answerTo(id, `an answer to « ${text} »`);
  };
  const answerTo = async (id: string, what: string): Promise<string> => {
    const { camille, bot } = bench;
    const since = async () => {
      const messages = await camille.messages(direct);
      return messages
        .slice(messages.findIndex(({ event_id }) => event_id === id) + 1)
        .filter(({ sender }) => sender === bot.user);
    };
    await until(async () => (await since()).length > 0, what);
    return (await since()).at(-1)?.content.body;
  };
  const begin = async (form: Form): Promise<string> => {
    bench.desk.reaction = { kind: "form", form };
    bench.desk.form = form;
    const answer = await say("!demande");
    bench.desk.reaction = nothing;
    return answer;
  };

  test("a whole opening: choices by number and by name, a fault at once, what is optional left out, a recap, sent", async () => {
    const { desk } = bench;
    const first = await begin(opening());
    expect(first).toContain("Nouvelle demande");
    expect(first).toContain("Décrivez le blocage.");
    expect(first).toContain("Territoire concerné (1/7)");
    expect(first).toContain("« passer » pour garder : Ain (01)");
    expect(await say("zzz")).toContain("Aucune réponse proposée ne correspond à « zzz »");
    expect(await say("retour")).toContain("C’est la première question");
    expect(await say("saint")).toContain("Plusieurs réponses correspondent à « saint »");
    expect(await say("ain")).toContain("À qui adresser la demande");
    expect(await say("1 3")).toContain("Sujet");
    expect(await say("x".repeat(31))).toContain("30 caractères au plus");
    expect(await say("Droits suspendus")).toContain("Description");
    expect(await say("passer")).toContain("Cette réponse est obligatoire");
    expect(await say("Bloqué depuis janvier.\nRien ne bouge.")).toContain("Téléphone");
    expect(await say("passer tout")).toContain("J’atteste l’avoir recueillie");
    expect(await say("non")).toContain("Sans cela, rien ne peut être envoyé");
    const recap = await say("oui");
    expect(recap).toContain("Récapitulatif");
    expect(recap).toContain("2. À qui adresser la demande : CAF de l’Ain, Préfecture de l’Ain");
    expect(recap).toContain("5. Téléphone : —");
    desk.formReaction = tell("Votre demande D-000001 est envoyée.");
    expect(await say("envoyer")).toContain("D-000001");
    expect(desk.of("submitForm")).toMatchObject([
      {
        form: "ouvrir",
        context: { channel: "!x" },
        person: { user: bench.camille.user },
        values: {
          territoire: "01",
          groupes: ["g1", "g3"],
          sujet: "Droits suspendus",
          description: "Bloqué depuis janvier.\nRien ne bouge.",
          autorisation: true,
        },
      },
    ]);
  });

  test("a field that decides of others builds the form anew; what it no longer offers is asked again", async () => {
    const { desk } = bench;
    await begin(opening());
    await say("passer");
    await say("CAF de l’Ain");
    await say("retour");
    await say("retour");
    desk.form = opening("69");
    expect(await say("rhone")).toContain("CAF du Rhône");
    expect(desk.of("refreshForm").at(-1)).toMatchObject({ form: "ouvrir", values: { territoire: "69", groupes: ["g1"] } });
  });

  test("faults found at the sending are asked again, alone, and nothing typed is lost; the sending keeps its id", async () => {
    const { desk } = bench;
    await begin(opening());
    for (const answer of ["passer", "2", "Droits de Mme Exemple", "Bloqué", "passer tout", "oui"]) await say(answer);
    desk.formReaction = {
      kind: "faults",
      faults: { sujet: "Retirez ce qui identifie l’usager.", groupes: "Choisissez de nouveau." },
    };
    const again = await say("envoyer");
    expect(again).toContain("⚠️ Choisissez de nouveau.");
    expect(await say("1")).toContain("⚠️ Retirez ce qui identifie l’usager.");
    const recap = await say("Droits suspendus");
    expect(recap).toContain("Description : Bloqué");
    desk.formReaction = nothing;
    expect(await say("envoyer")).toContain("C’est fait");
    const [first, second] = desk.of("submitForm");
    expect(first?.id).toBe(second?.id);
    expect(second?.values).toMatchObject({ sujet: "Droits suspendus", groupes: ["g1"], description: "Bloqué" });
  });

  test("annuler ends it and sends nothing; what is said next is no answer", async () => {
    const { desk, camille } = bench;
    await begin(opening());
    expect(await say("annuler")).toContain("rien n’a été envoyé");
    await camille.say(direct, "Bonjour");
    await bench.heard("message");
    expect(desk.of("message")).toMatchObject([{ direct: true, root: null }]);
    expect(desk.of("submitForm")).toEqual([]);
  });

  test("from the recap, a number changes one answer", async () => {
    await begin(opening());
    for (const answer of ["passer", "2", "Un sujet", "Bloqué", "passer tout", "oui"]) await say(answer);
    expect(await say("3")).toContain("« passer » pour garder : Un sujet");
    expect(await say("Un autre sujet")).toContain("3. Sujet : Un autre sujet");
    expect(await say("bonjour")).toContain("Écrivez « envoyer »");
  });

  test("a confirmation asks for yes or no", async () => {
    const { desk } = bench;
    expect(await begin(confirmation)).toContain("Cette réponse engage tout le groupe.");
    expect(await say("peut-être")).toContain("Répondez « oui » ou « non »");
    expect(await say("oui")).toContain("C’est fait");
    expect(desk.of("submitForm")).toMatchObject([{ form: "decliner", context: { demande: "d1" }, values: {} }]);
    await begin(confirmation);
    expect(await say("non")).toContain("rien n’a été envoyé");
    expect(desk.of("submitForm")).toHaveLength(1);
  });

  test("it goes on after a restart, a question that was not asked included; what was typed is nowhere in clear", async () => {
    const { desk, db, camille, proxy } = bench;
    await begin(opening());
    await say("passer");
    await say("1");
    // The answer is written, and the process ends before it can ask on.
    proxy.judge = ({ method, path }) =>
      method === "PUT" && path.includes("/send/m.room.message/d.") ? { kind: "drop" } : undefined;
    const typed = await camille.say(direct, "Sujet confidentiel");
    await until(async () => (await db.dialogues.unshown(10)).length === 1, "the answer written");
    proxy.judge = () => undefined;
    await bench.restart();
    expect(await answerTo(typed, "the next question")).toContain("Description");
    for (const answer of ["Bloqué", "passer tout", "oui"]) await say(answer);
    const stored = JSON.stringify(await db.dialogues.model.find({}).lean());
    expect(stored).not.toContain("confidentiel");
    await say("envoyer");
    expect(desk.of("submitForm")[0]?.values.sujet).toBe("Sujet confidentiel");
  });

  test("an answer read twice counts once", async () => {
    const { db, camille } = bench;
    await begin(opening());
    const dialogue = await db.dialogues.current(camille.user);
    const id = await camille.say(direct, "passer");
    await until(async () => (await db.dialogues.current(camille.user))?.step === 1, "the answer");
    expect(await db.dialogues.answered(camille.user, id)).toBe(true);
    if (dialogue === null) throw new Error("no dialogue");
    expect(await db.dialogues.advance(dialogue, id, dialogue.state, false, new Date())).toBe(false);
  });

  test("a form asked for meanwhile comes first, then the other goes on where it was", async () => {
    const { desk, camille, bot } = bench;
    await begin(opening());
    await say("passer");
    desk.reaction = { kind: "form", form: confirmation };
    expect(await say("!demandes")).toContain("Confirmer ?");
    desk.reaction = nothing;
    const id = await camille.say(direct, "oui");
    await until(
      async () =>
        (await camille.messages(direct)).some(
          ({ content, sender }) => sender === bot.user && content.body.startsWith("Nous reprenons où vous en étiez."),
        ),
      "the first form again",
    );
    expect(await answerTo(id, "the question")).toContain("À qui adresser la demande");
  });

  test("a form that only shows is a message", async () => {
    const { desk } = bench;
    desk.reaction = {
      kind: "form",
      form: {
        id: "voir",
        title: "Demande D-000001",
        submit: null,
        context: {},
        parts: [{ kind: "note", label: "Prénom", text: "Alex <b>" }],
      },
    };
    expect(await say("!aplus aide")).toBe("Demande D-000001\nPrénom : Alex <b>");
  });
});
