import { signatureOf } from "../../src/domain/signature.ts";

test.each([
  ["Bonjour, le dossier est complet.\n— Camille Exemple, accueil", "Camille Exemple, accueil"],
  ["Merci\n-- Lou  ", "Lou"],
  ["Merci\n– Lou Spécimen\n", "Lou Spécimen"],
])("%j is signed", (text, signature) => {
  expect(signatureOf(text)).toBe(signature);
});

test.each(["Bonjour", "Bonjour\n—", "Il faut :\n— un RIB\net c’est tout", "- 1", "Dossier A-Lou", ""])("%j is not", (text) => {
  expect(signatureOf(text)).toBeNull();
});
