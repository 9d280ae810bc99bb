/** What is typed after `/groupe`, taken apart; and the names that somebody may have meant. */
import { closeNames, partOfName, sameName } from "../../src/groupes/closeNames.ts";
import { EMAIL, parseGroupeCommand } from "../../src/groupes/commands/parse.ts";

describe("the sub-command, its text and the groupe", () => {
  test.each<[string, { name?: string; text?: string; groupe?: string | null }]>([
    ["", { name: "", text: "", groupe: null }],
    ["membres", { name: "membres", text: "", groupe: null }],
    ["  Membres  ", { name: "membres" }],
    ["Créer-Compte", { name: "creer compte" }],
    ["membres dans CAF de l’Ain", { name: "membres", text: "", groupe: "CAF de l’Ain" }],
    ["membres Dans « CAF de l’Ain »", { name: "membres", groupe: "CAF de l’Ain" }],
    ['ajouter une.personne@exemple.test dans "CAF de l\'Ain"', { text: "une.personne@exemple.test", groupe: "CAF de l'Ain" }],
    ["membres dans « Entraide dans l’Ain »", { name: "membres", text: "", groupe: "Entraide dans l’Ain" }],
    ["dans CAF de l’Ain", { name: "", groupe: "CAF de l’Ain" }],
    ["ajouter Jordan Densimple aidant", { text: "Jordan Densimple aidant", groupe: null }],
    ["retirer Camille dans", { text: "Camille dans", groupe: null }],
  ])("« %s »", (typed, expected) => {
    expect(parseGroupeCommand(typed)).toMatchObject(expected);
  });

  test.each([
    ["ajouter une.personne@exemple.test instructeur", "une.personne@exemple.test"],
    ["<une.personne@exemple.test>", "une.personne@exemple.test"],
    ["une.personne@exemple.test, merci", "une.personne@exemple.test"],
    ["@camille", undefined],
    ["camille@exemple", undefined],
  ])("the address in « %s »", (typed, expected) => {
    expect(EMAIL.exec(typed)?.[0]).toBe(expected);
  });
});

describe("names", () => {
  const names = ["CAF de l’Ain", "CAF du Bas-Rhin", "Préfecture de l’Ain", "France Services d’Exemple-sur-Ain"];
  const same = (typed: string) => sameName(typed, names, (name) => name);
  const part = (typed: string) => partOfName(typed, names, (name) => name);
  const close = (typed: string) => closeNames(typed, names, (name) => name);

  test("the same name, whatever its case, accents and apostrophes", () => {
    expect(same("caf de l'ain")).toEqual(["CAF de l’Ain"]);
    expect(same("caf")).toEqual([]);
    expect(same("")).toEqual([]);
  });

  test("words of a name are enough to find it", () => {
    expect(part("pref")).toEqual(["Préfecture de l’Ain"]);
    expect(part("caf ain")).toEqual(["CAF de l’Ain"]);
    expect(part("caf")).toEqual(["CAF de l’Ain", "CAF du Bas-Rhin"]);
    expect(part("…")).toEqual([]);
  });

  test("slips are forgiven, other names are not proposed", () => {
    expect(close("CAF de l’Aim")[0]).toBe("CAF de l’Ain");
    expect(close("prefectrue")).toEqual(["Préfecture de l’Ain"]);
    expect(close("CPAM")).toEqual([]);
    expect(close("Trésorerie")).toEqual([]);
  });
});
