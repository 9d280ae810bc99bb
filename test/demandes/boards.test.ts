import type { LoadedDemande } from "../../models/demandes.ts";
import type { FormReaction } from "../../src/demandes/desk.ts";
import { formatRef } from "../../src/domain/ids.ts";
import { personOf, placeOf, told, World } from "./world.ts";

let w: World;
const made: Record<string, LoadedDemande> = {};
const inGroupe = (demande: LoadedDemande, groupe: string) => ({ demande: demande.id, side: "instructeurs", groupe });
const asAidant = (demande: LoadedDemande) => ({ demande: demande.id, side: "aidant", groupe: "" });
let inbound = 0;

const ask = (who: string, text: string) => {
  inbound += 1;
  return w.desk.command({ id: `b${inbound}`, person: personOf(who), command: "demandes", text, place: placeOf("C") });
};
/** The demandes of a list, by the names that they have here. */
async function names(who: string, text: string): Promise<string[]> {
  const reaction: FormReaction = await ask(who, text);
  if (reaction.kind !== "list") throw new Error(told(reaction));
  const refs = new Map(Object.entries(made).map(([name, { state }]) => [formatRef(state.ref), name]));
  return reaction.list.lines.map((line) => refs.get(line.ref) ?? line.ref).toSorted();
}

/** One demande in each state, of the CAF, and one of the CPAM alone. */
beforeAll(async () => {
  w = await World.open();
  const open = async (name: string, values = {}, who = "camille") => {
    made[name] = await w.demande({ sujet: `Sujet ${name}`, ...values }, who);
    return made[name];
  };
  const ancienne = await open("ancienne");
  await w.click("ada", "prendre", ancienne.id, { thread: "caf" });
  await open("oubliee");
  w.later(24 * 20);
  await open("neuve");
  await open("lue");
  await w.click("ada", "voir", made.lue?.id as never, { thread: "caf" });
  const prise = await open("prise");
  await w.click("bob", "prendre", prise.id, { thread: "caf" });
  const traitee = await open("traitee");
  await w.submit("ada", "traiter", {}, inGroupe(traitee, "caf"));
  const archivee = await open("archivee");
  await w.submit("camille", "archiver", { utile: "oui" }, asAidant(archivee));
  const declinee = await open("declinee", { groupes: ["caf", "cpam"] });
  await w.submit("ada", "decliner", {}, inGroupe(declinee, "caf"));
  await open("cpam", { groupes: ["cpam"], nomDeFamille: "Cpamnom" }, "ailleurs");
});
afterAll(() => w.close());

test.each([
  // As the guide has it: not yet looked at by you; under way, those en souffrance included; processed; gone once archived.
  ["ada", "nouvelles", ["ancienne", "neuve", "oubliee", "prise"]],
  ["bob", "nouvelles", ["ancienne", "lue", "neuve", "oubliee", "prise"]],
  ["ada", "en-cours", ["ancienne", "lue", "oubliee", "prise"]],
  ["bob", "en-cours", ["ancienne", "oubliee", "prise"]],
  ["ada", "en-souffrance", ["ancienne", "oubliee"]],
  ["ada", "traitees", ["traitee"]],
  ["ada", "archivees", ["archivee"]],
  ["ada", "autres", ["declinee"]],
  ["bob", "autres", ["declinee"]],
  ["zoe", "autres", []],
  ["zoe", "nouvelles", ["cpam", "declinee"]],
  ["zoe", "en-cours", ["declinee"]],
  ["zoe", "en-souffrance", []],
  ["camille", "nouvelles", ["lue", "neuve", "oubliee"]],
  ["camille", "en-cours", ["ancienne", "declinee", "prise"]],
  ["camille", "en-souffrance", ["ancienne", "oubliee"]],
  ["camille", "traitees", ["traitee"]],
  ["camille", "", ["ancienne", "declinee", "lue", "neuve", "oubliee", "prise"]],
  ["camille", "mes-demandes", ["ancienne", "declinee", "lue", "neuve", "oubliee", "prise"]],
  ["camille", "à archiver", ["traitee"]],
  ["ada", "en cours CAF de l’Ain", ["ancienne", "lue", "oubliee", "prise"]],
  ["partout", "nouvelles cpam", ["cpam", "declinee"]],
  ["partout", "nouvelles france services", []],
  ["camille", "archivees", ["archivee"]],
  ["ailleurs", "nouvelles", ["cpam"]],
])("%s asks for « %s »", async (who, board, expected) => {
  expect(await names(who, board)).toEqual(expected);
});

test.each(["rita", "admin", "dominique"])(
  "%s, who sees no conversation, has no demande in any list and finds none",
  async (who) => {
    for (const board of [
      "",
      "nouvelles",
      "en-cours",
      "en-souffrance",
      "traitees",
      "archivees",
      "chercher Nomusager",
      "chercher 1",
    ])
      expect(await names(who, board)).toEqual([]);
  },
);

test("what somebody finds is what they may see, by number or by name; the rest is as if it were not there", async () => {
  const ref = (name: string) => formatRef(made[name]?.state.ref ?? 0);
  expect(await names("zoe", `chercher ${ref("cpam")}`)).toEqual(["cpam"]);
  expect(await ask("ada", `chercher ${ref("cpam")}`)).toEqual(await ask("ada", "chercher D-999999"));
  expect(await names("ada", `chercher ${ref("declinee")}`)).toEqual(["declinee"]);
  expect(await names("zoe", "chercher cpamNOM prénomusager")).toEqual(["cpam"]);
  expect(await ask("ada", "chercher cpamnom")).toEqual(await ask("ada", "chercher personnedecenom"));
  expect(await names("zoe", "chercher Nomusager")).toEqual(["declinee"]);
  expect(told(await ask("ada", "chercher"))).toContain("Indiquez ce que vous cherchez");
  expect(told(await ask("ada", "chercher $%&"))).toContain("Indiquez ce que vous cherchez");
});

test.each([
  "chercher {$ne:null}",
  "chercher .*",
  "chercher $where",
  "chercher \u0000",
  `chercher ${"x".repeat(5000)}`,
  "chercher <!channel>",
])("hostile: %s", async (text) => {
  const reaction = await ask("ada", text);
  expect(reaction.kind === "list" ? reaction.list.lines : told(reaction)).toEqual(
    reaction.kind === "list" ? [] : expect.any(String),
  );
});

test.each(["EN-COURS", " en-cours ", "Traitées", "archivées"])("« %s » is understood", async (text) => {
  expect((await ask("ada", text)).kind).toBe("list");
});

test("a groupe that is not one’s own, or not one alone, is no filter: its person is told which there are", async () => {
  expect(told(await ask("ada", "en-cours CPAM"))).toBe("« cpam » ne désigne pas un seul de vos groupes : CAF de l’Ain.");
  expect(told(await ask("partout", "nouvelles e"))).toContain("ne désigne pas un seul de vos groupes");
  expect(told(await ask("ada", "toutes"))).toContain(
    "nouvelles, en-cours, en-souffrance, traitees, autres, archivees ou chercher",
  );
});

test("pages of ten, with the buttons to the pages before and after; one that is not there is the first", async () => {
  for (let n = 0; n < 12; n += 1) await w.demande({ sujet: `Page ${n}` }, "partout");
  const first = await ask("partout", "mes-demandes");
  if (first.kind !== "list") throw new Error("no list");
  expect([first.list.lines.length, first.list.footer, first.list.pages.map((b) => b.label)]).toEqual([
    10,
    "1 à 10 sur 12",
    ["Suivantes"],
  ]);
  const turn = (value: string) =>
    w.desk.click({ id: "p", person: personOf("partout"), action: "lister", value, place: placeOf("C"), root: null });
  const second = await turn(first.list.pages[0]?.value ?? "");
  if (second.kind !== "list") throw new Error("no list");
  expect([second.list.lines.length, second.list.footer, second.list.pages.map((b) => b.label)]).toEqual([
    2,
    "11 à 12 sur 12",
    ["Précédentes"],
  ]);
  expect(await turn(second.list.pages[0]?.value ?? "")).toEqual(first);
  expect(await turn("liste|mes-demandes||>1|9999")).toEqual(first);
  for (const forged of [
    "liste|toutes|0",
    "liste|nouvelles||-1",
    "liste|nouvelles||>1e9|1",
    "liste",
    "liste|mots|$gt",
    "liste|numero|x",
  ])
    expect((await turn(forged)).kind).toBe("tell");
});

test("a search has pages too, and what is looked for cannot be read in their buttons", async () => {
  const found = await ask("partout", "chercher page prénomusager");
  if (found.kind !== "list") throw new Error("no list");
  expect([found.list.lines.length, found.list.footer]).toEqual([10, "1 à 10, et d’autres"]);
  const value = found.list.pages[0]?.value ?? "";
  expect(value).toMatch(/^liste\|mots\|/);
  expect(value).not.toMatch(/page|usager/i);
  const turn = (who: string) =>
    w.desk.click({ id: "q", person: personOf(who), action: "lister", value, place: placeOf("C"), root: null });
  const next = await turn("partout");
  expect(next.kind === "list" ? [next.list.lines.length, next.list.footer] : told(next)).toEqual([2, "11 à 12 sur 12"]);
  // Handed to somebody else, the button finds what they may see.
  expect(await turn("ailleurs")).toMatchObject({ kind: "list", list: { lines: [] } });
});

test("a line tells number, subject, where it stands, and nothing of the usager", async () => {
  const reaction = await ask("ada", "en-souffrance");
  if (reaction.kind !== "list") throw new Error("no list");
  const line = reaction.list.lines.find((l) => l.sujet === "Sujet ancienne");
  expect(line?.details).toContain(
    "Ain (01) · ouverte le 2 mars 2026 · CAF de l’Ain · prise en charge par ada Exemple · ⏰ en souffrance",
  );
  expect(JSON.stringify(reaction)).not.toMatch(/usager|Blocage/i);
});
