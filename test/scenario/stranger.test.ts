/** The control API as somebody uses it who has read only the page: natural values, short answers, and clear refusals. */

import { textsOf } from "../../sandbox/scenario/slack-blocks.ts";
import type { Stage } from "../../sandbox/scenario/stage.ts";
import { startStage } from "../../sandbox/scenario/stage.ts";

const FORM = {
  sujet: "Dossier bloqué depuis deux mois",
  prenom: "Dany",
  nomDeFamille: "Sans-Nom",
  dateDeNaissance: "28/02/1990",
  description: "Une description.",
};

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});

afterAll(() => stage.close());

async function open(values: Readonly<Record<string, unknown>>) {
  await stage.control.slack.act("command", { as: "camille.exemple", channel: "dm", command: "/demande" });
  return stage.control.slack.act("submit", { as: "camille.exemple", values });
}

const lastIn = async (as: string, channel: string) => (await stage.control.slack.messages(as, channel)).at(-1);

test("a form takes its values in any order, a territoire by its name, a groupe by its label, a box by « oui »", async () => {
  const { autorisation, ...rest } = { autorisation: "oui", ...FORM };
  const values = { autorisation, numeroAllocataire: "1234567", groupes: "CAF du Bas-Rhin", ...rest, territoire: "Bas-Rhin" };
  expect((await open(values)).ok).toBe(true);
  expect((await lastIn("noa.imaginaire", "caf-bas-rhin"))?.text).toContain(FORM.sujet);
});

test("a box that is not ticked is told beside it", async () => {
  const { ok, errors } = await open({ groupes: ["caf-01"], ...FORM, autorisation: "non" });
  expect(ok).toBe(false);
  expect(Object.keys(errors)).toEqual(["autorisation"]);
  await stage.control.slack.act("close", { as: "camille.exemple" });
});

test("when an act is answered, all that follows from it is there, what is told elsewhere included", async () => {
  expect((await open({ groupes: ["cpam-01"], ...FORM, autorisation: true })).ok).toBe(true);
  await stage.control.slack.act("click", {
    as: "sacha.specimen",
    channel: "cpam-ain",
    action: "Je ne suis pas le bon interlocuteur",
  });
  await stage.control.slack.act("submit", { as: "sacha.specimen" });
  const notice = await lastIn("dominique.exemple", "france-services-exemple");
  expect(textsOf(notice?.blocks ?? []).join(" ")).toMatch(/^⚠️ Plus aucun organisme ne suit la demande D-\d{6}/);
});

test("a colleague of the aidant who is told that nobody is left may invite another groupe", async () => {
  const colleague = { as: "dominique.exemple" };
  const action = { ...colleague, channel: "france-services-exemple", action: "Inviter un organisme" };
  expect((await stage.control.slack.act("click", action)).view?.title.text).toBe("Inviter un organisme");
  const invited = await stage.control.slack.act("submit", { ...colleague, values: { groupes: ["MSA de l’Ain"] } });
  expect(invited.ok).toBe(true);
  expect((await lastIn("yael.invente", "msa-ain"))?.text).toContain(FORM.sujet);
});

test.each([
  [
    "an unknown command",
    "command",
    { as: "alix.modele", channel: "general", command: "/voter" },
    "n’est pas une commande valide",
  ],
  ["a missing parameter", "command", { as: "alix.modele", channel: "general" }, "« command » est attendu."],
  ["a parameter of another type", "message", { as: 1, channel: "general" }, "« as » n’est pas du type attendu (un texte)."],
  [
    "an unknown button, with those that are there",
    "click",
    { as: "yael.invente", channel: "msa-ain", action: "Voter" },
    "« Je m’en occupe » (prendre)",
  ],
  [
    "somebody who is not there",
    "click",
    { as: "noa.imaginaire", channel: "caf-ain", action: "Je m’en occupe" },
    "n’est pas membre de ce canal",
  ],
])("%s is refused in a sentence", async (_what, name, body, sentence) => {
  await expect(stage.control.slack.act(name, body)).rejects.toThrow(sentence);
});

/** What the bot says to that person, outside threads, when they write this in their conversation. */
async function saidTo(as: string, text: string): Promise<string> {
  const { seen } = await stage.control.matrix.act("message", { as, channel: "dm", text });
  return seen.find(({ thread }) => thread === undefined)?.body ?? "";
}

describe("on Matrix", () => {
  const ANSWERS: readonly [RegExp, string][] = [
    [/^À qui adresser la demande \(/m, "préfecture"],
    [/^Sujet de la demande \(/m, "Titre de séjour bloqué à la remise"],
    [/^Prénom \(/m, "Dany"],
    [/^Nom de famille \(/m, "Sans-Nom"],
    [/^Date de naissance \(/m, "28/02/1990"],
    [/^Description du problème \(/m, "Aucun rendez-vous depuis six semaines."],
    [/^Autorisation de l’usager \(/m, "oui"],
    [/^Récapitulatif$/m, "envoyer"],
  ];

  test("a demande is opened by answering each question as it comes, and its thread is in the groupe’s room", async () => {
    await stage.control.matrix.direct("robin.essai");
    let asked = await saidTo("robin.essai", "!demande");
    expect(asked).toContain("Nouvelle demande");
    for (let left = 30; left > 0 && !asked.includes("est envoyée"); left -= 1)
      asked = await saidTo("robin.essai", ANSWERS.find(([question]) => question.test(asked))?.[1] ?? "passer");
    expect(asked).toMatch(/^Votre demande D-\d{6} est envoyée/);
    const card = (await stage.control.matrix.messages("Morgan Fictif", "#prefecture-ain")).at(-1);
    expect(card?.body).toContain("Titre de séjour bloqué à la remise");
    expect(card?.reactions.map(({ key }) => key)).toContain("✋ Je m’en occupe");
  });

  test("a pill is named by its label, without saying on which message; the click is answered by what follows", async () => {
    const click = { as: "@morgan.fictif:ain.exemple.test", channel: "prefecture-ain", key: "Je m’en occupe" };
    const { seen } = await stage.control.matrix.act("react", click);
    expect(seen.map(({ body }) => body).join("\n")).toContain("✋ Morgan Fictif (Préfecture de l’Ain) s’occupe de la demande.");
    const own = (await stage.control.matrix.messages("robin.essai", "dm")).at(-1);
    const thread = await stage.control.matrix.messages("robin.essai", "dm", own?.event_id);
    expect(thread.at(-1)?.body).toContain("s’occupe de votre demande");
  });

  test("somebody unknown to Administration+ who clicks is told so, and changes nothing", async () => {
    const as = { as: "inconnu.exemple", channel: "prefecture-ain" };
    await expect(stage.control.matrix.act("react", { ...as, key: "Traitée" })).rejects.toThrow("n’est pas membre de ce salon");
    await stage.control.matrix.act("invite", { as: "maxime.fictif", channel: "prefecture-ain", who: "inconnu.exemple" });
    await stage.control.matrix.act("join", as);
    const { seen } = await stage.control.matrix.act("react", { ...as, key: "Traitée" });
    expect(seen.map(({ body }) => body).join("\n")).toContain("Votre compte n’est pas connu d’Administration+");
    const card = (await stage.control.matrix.messages("maxime.fictif", "prefecture-ain")).find(({ body }) =>
      body.startsWith("D-"),
    );
    expect(card?.body).toContain("⏳ En cours");
  });

  test.each([
    ["a missing parameter", "message", { as: "andrea.essai" }, "« channel » est attendu."],
    ["an unknown parameter", "react", { as: "a", channel: "b", action: "c", key: "d" }, "Paramètre inconnu : « action »."],
    ["an unknown room", "message", { as: "andrea.essai", channel: "prefecture-rhone", text: "x" }, "Il n’y a pas de salon"],
    ["an unknown pill", "react", { as: "morgan.fictif", channel: "prefecture-ain", key: "Voter" }, "Aucun message de ce salon"],
    ["somebody who is not there", "message", { as: "andrea.essai", channel: "prefecture-ain", text: "x" }, "n’est pas membre"],
    ["somebody who is on Slack only", "message", { as: "alix.modele", channel: "dm", text: "x" }, "Personne ne s’appelle"],
  ])("%s is refused in a sentence", async (_what, name, body, sentence) => {
    await expect(stage.control.matrix.act(name, body)).rejects.toThrow(sentence);
  });
});

test("a text of Slack’s own making is taken as it stands, and refused where it holds what nobody can type", async () => {
  const at = { as: "yael.invente", channel: "msa-ain", text: "important" };
  const rich = (text: string) => ({
    type: "rich_text",
    elements: [{ type: "rich_text_section", elements: [{ type: "text", text, style: { bold: true } }] }],
  });
  await stage.control.slack.act("message", { ...at, blocks: [rich("important")] });
  expect(textsOf((await lastIn("yael.invente", "msa-ain"))?.blocks ?? [])).toEqual(["*important*"]);
  await expect(stage.control.slack.act("message", { ...at, blocks: [rich("nul\u0000")] })).rejects.toThrow(
    "qu’on ne peut pas saisir",
  );
  await expect(stage.control.slack.act("message", { ...at, blocks: [{ type: "section" }] })).rejects.toThrow("400");
});
