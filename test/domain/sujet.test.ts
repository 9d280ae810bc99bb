import { checkSujet } from "../../src/domain/sujet.ts";

const usager = {
  prenom: "Camille",
  nomDeFamille: "Le Goff-Exemple",
  nomDeNaissance: "Ès",
  dateDeNaissance: "01/02/1980",
  numeroAllocataire: "1234567A",
};
const found = (text: string) => {
  const checked = checkSujet(text, usager);
  return checked.ok ? checked.value : checked.reason === "sujetIdentity" ? checked.found : checked.reason;
};

test.each([
  "Prime d’activité suspendue depuis le 01/09/2026",
  "Dossier D-000123 sans réponse depuis 3 mois",
  "Relance : APL 2024-2025, 3 courriers du 12.05.2026",
  "Indu de 1 234,56 € contesté",
  "Demande de Camille pour la CAF",
  "Titre de séjour : rendez-vous du 24 12 2026 à 10h30",
  "Il goffre",
  "دفع 🙂 <!channel>",
])("%j may stand", (text) => expect(found(text)).toBe(text));

test.each([
  ["RSA de M. LE GOFF EXEMPLE", "name"],
  ["le  goff‑exemple : APL", "name"],
  ["Dossier Camille Es", "name"],
  ["NIR 1 80 01 75 056 001 12", "number"],
  ["NIR 180012A05600112", "number"],
  ["n° 1800175056001", "number"],
  ["Numéro fiscal 30 00 000 000 001", "number"],
  ["allocataire 1234567 A", "number"],
  ["Rappeler au 06 12 34 56 78", "telephone"],
  ["Rappeler au 0612345678 svp", "telephone"],
  ["Rappeler au +33 (0)6.12.34.56.78", "telephone"],
  ["Rappeler au +262 692 12 34 56", "telephone"],
  ["Rappeler au +689 40 12 34 56", "telephone"],
  ["écrire à camille@exemple.fr", "email"],
  ["Ｒappeler au ０６１２３４５６７８", "telephone"],
])("%j gives the usager away: %s", (text, what) => expect(found(text)).toBe(what));

test("a nom that is a common short word is looked for with the prénom only", () => {
  expect(found("Es-tu là ?")).toBe("Es-tu là ?");
});

test("length, blank and control characters", () => {
  expect(found("x".repeat(150))).toBe("x".repeat(150));
  expect(found("x".repeat(151))).toBe("tooLong");
  expect(found(" \n ")).toBe("required");
  expect(found("APL\u0000")).toBe("controlCharacters");
  expect(found("APL\nen retard")).toBe("APL en retard");
});

test("looks for nothing that is not known", () =>
  expect(checkSujet("APL de Camille", {})).toEqual({ ok: true, value: "APL de Camille" }));
