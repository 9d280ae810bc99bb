import { findOrganisme, ORGANISMES, organisme, searchOrganismes, usagerFieldsFor } from "../../src/domain/organismes.ts";
import { normaliseNom } from "../../src/domain/usager.ts";

describe("the 31 organismes", () => {
  test("have each a sigle and a name of their own, whatever the case and accents", () => {
    expect(ORGANISMES).toHaveLength(31);
    const owners = new Map<string, string>();
    for (const { sigle, nom, aliases } of ORGANISMES)
      for (const name of [sigle, nom, ...aliases].map(normaliseNom)) {
        expect([name, owners.get(name) ?? sigle]).toEqual([name, sigle]);
        owners.set(name, sigle);
      }
  });
  test("are aidants for five of them", () =>
    expect(ORGANISMES.filter(({ type }) => type === "aidant").map(({ sigle }) => sigle)).toEqual([
      "Association",
      "DILA",
      "Hôpital",
      "FS",
      "MSAP",
    ]));
});

describe("lookups", () => {
  test.each([
    ["caf", "CAF"],
    ["  PREF ", "Préf"],
    ["préfecture", "Préf"],
    ["sous préfecture", "Sous-Préf"],
    ["France Renov'", "France Rénov’"],
    ["CHEQUE ENERGIE", "Chèque énergie"],
    ["Pôle Emploi", "France Travail"],
    ["france services", "FS"],
    ["conseil départemental", "Département"],
    ["Conseil départemental d'accès au droit", "CDAD"],
  ])("%j is %s", (text, sigle) => {
    expect(findOrganisme(text)?.sigle).toBe(sigle);
    expect(organisme(text).sigle).toBe(sigle);
  });
  test.each(["", "’", "xyz", "caf caf", "__proto__"])("%j is none", (text) => {
    expect(findOrganisme(text)).toBeUndefined();
    expect(() => organisme(text)).toThrow(RangeError);
  });
  test("search finds parts of names, beginnings first", () => {
    expect(searchOrganismes("france").map(({ sigle }) => sigle)).toEqual([
      "ANTS",
      "France Rénov’",
      "FS",
      "France Travail",
      "BDF",
    ]);
    expect(searchOrganismes("prefecture").map(({ sigle }) => sigle)).toEqual(["Préf", "Sous-Préf"]);
    expect(searchOrganismes("")).toHaveLength(31);
    expect(searchOrganismes("!")).toEqual([]);
  });
});

describe("what they ask for of the usager", () => {
  const asks = (...sigles: string[]) => usagerFieldsFor(sigles.map(organisme));
  test("by organisme", () => {
    expect(asks("CAF")).toEqual(["numeroSecuriteSociale", "numeroAllocataire"]);
    for (const sigle of ["CARSAT", "CPAM", "MSA", "CNAV", "CNAM", "CRAM"]) expect(asks(sigle)).toEqual(["numeroSecuriteSociale"]);
    for (const sigle of ["DDFIP", "DRFIP"]) expect(asks(sigle)).toEqual(["numeroFiscal"]);
    for (const sigle of ["Préf", "Sous-Préf"]) expect(asks(sigle)).toEqual(["numeroEtranger"]);
    expect(asks("France Travail")).toEqual(["identifiantFranceTravail"]);
    expect(asks("La Poste")).toEqual([]);
  });
  test("together, each once and in the order of the form", () =>
    expect(asks("DDFIP", "CAF", "CPAM")).toEqual(["numeroSecuriteSociale", "numeroAllocataire", "numeroFiscal"]));
  test("nothing for none", () => expect(usagerFieldsFor([])).toEqual([]));
});
