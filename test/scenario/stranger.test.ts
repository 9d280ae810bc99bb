/** The control API as somebody uses it who has read only the page: natural values, short answers, and clear refusals. */
import type { Stage } from "../../sandbox/scenario/stage.ts";
import { startStage } from "../../sandbox/scenario/stage.ts";
import { textsOf } from "../../sandbox/scenario/threads.ts";

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
  await stage.control.act("command", { as: "camille.exemple", channel: "dm", command: "/demande" });
  return stage.control.act("submit", { as: "camille.exemple", values });
}

const lastIn = async (as: string, channel: string) => (await stage.control.messages(as, channel)).at(-1);

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
  await stage.control.act("close", { as: "camille.exemple" });
});

test("when an act is answered, all that follows from it is there, what is told elsewhere included", async () => {
  expect((await open({ groupes: ["cpam-01"], ...FORM, autorisation: true })).ok).toBe(true);
  await stage.control.act("click", { as: "sacha.specimen", channel: "cpam-ain", action: "Je ne suis pas le bon interlocuteur" });
  await stage.control.act("submit", { as: "sacha.specimen" });
  const notice = await lastIn("dominique.exemple", "france-services-exemple");
  expect(textsOf(notice?.blocks ?? []).join(" ")).toMatch(/^⚠️ Plus aucun organisme ne suit la demande D-\d{6}/);
});

test("a colleague of the aidant who is told that nobody is left may invite another groupe", async () => {
  const colleague = { as: "dominique.exemple" };
  const action = { ...colleague, channel: "france-services-exemple", action: "Inviter un organisme" };
  expect((await stage.control.act("click", action)).view?.title.text).toBe("Inviter un organisme");
  const invited = await stage.control.act("submit", { ...colleague, values: { groupes: ["Préfecture de l’Ain"] } });
  expect(invited.ok).toBe(true);
  expect((await lastIn("morgan.fictif", "prefecture-ain"))?.text).toContain(FORM.sujet);
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
    { as: "morgan.fictif", channel: "prefecture-ain", action: "Voter" },
    "« Je m’en occupe » (prendre)",
  ],
  [
    "somebody who is not there",
    "click",
    { as: "noa.imaginaire", channel: "caf-ain", action: "Je m’en occupe" },
    "n’est pas membre de ce canal",
  ],
])("%s is refused in a sentence", async (_what, name, body, sentence) => {
  await expect(stage.control.act(name, body)).rejects.toThrow(sentence);
});
