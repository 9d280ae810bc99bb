import fc from "fast-check";
import { nirKey } from "../../src/domain/nir.ts";
import type { UsagerField } from "../../src/domain/usager.ts";
import { checkUsager, checkUsagerField, checkUsagerInfo, normaliseNom, USAGER_FIELDS } from "../../src/domain/usager.ts";

const TODAY = "2026-11-23";
const check = (field: UsagerField, text: string) => {
  const checked = checkUsagerField(field, text, TODAY);
  return checked.ok ? checked.value : { refused: checked.reason };
};
const refused = (reason: string) => ({ refused: reason });

describe("names", () => {
  test("are cleaned of spaces, and kept as they are otherwise", () => {
    expect(check("prenom", "  Marie-Ève  ")).toBe("Marie-Ève");
    expect(check("nomDeFamille", "d’Exemple\t de\n Test")).toBe("d’Exemple de Test");
    expect(check("prenom", "محمد")).toBe("محمد");
    expect(check("prenom", "👩‍👩‍👧")).toBe("👩‍👩‍👧");
    // One form for the same letters, composed or not.
    expect(check("prenom", "E\u0301lodie")).toBe("Élodie");
  });
  test("must be there, and have 200 characters at most", () => {
    for (const blank of ["", "   ", "\n", "\u200b\ufeff", "\u202e"]) expect(check("prenom", blank)).toEqual(refused("required"));
    expect(check("nomDeFamille", "é".repeat(200))).toBe("é".repeat(200));
    expect(check("nomDeFamille", "😀".repeat(200))).toBe("😀".repeat(200));
    expect(check("nomDeFamille", "é".repeat(201))).toEqual(refused("tooLong"));
    expect(check("nomDeNaissance", "")).toBe("");
  });
  test("hold no control character; marks of direction are dropped", () => {
    for (const bad of ["\u0000", "\u0007", "\u001b[31m", "\u007f", "\u009b", "\ud800"])
      expect(check("prenom", `Cam${bad}ille`)).toEqual(refused("controlCharacters"));
    expect(check("prenom", "\u202eCam\u2066il\u200ble\u2069\u202c")).toBe("Camille");
  });
});

describe("dateDeNaissance", () => {
  test.each([
    ["31/12/1980", "31/12/1980"],
    ["1/2/1980", "01/02/1980"],
    ["01-02-1980", "01/02/1980"],
    ["1.2.1980", "01/02/1980"],
    [" 01 / 02 / 1980 ", "01/02/1980"],
    ["1980-02-01", "01/02/1980"],
    ["29/02/2024", "29/02/2024"],
    ["22/11/2026", "22/11/2026"],
    ["23/11/1896", "23/11/1896"],
  ])("%j is %s", (text, value) => expect(check("dateDeNaissance", text)).toBe(value));
  test.each([
    ["", "required"],
    ["hier", "dateFormat"],
    ["12/05/24", "dateFormat"],
    ["1980", "dateFormat"],
    ["12/1980", "dateFormat"],
    ["1980-2-1", "dateFormat"],
    ["01/02/1980 10:00", "dateFormat"],
    ["０１/０２/１９８０", "dateFormat"],
    ["29/02/2023", "dateUnreal"],
    ["29/02/1900", "dateUnreal"],
    ["31/04/1980", "dateUnreal"],
    ["00/01/1980", "dateUnreal"],
    ["12/13/1980", "dateUnreal"],
    ["23/11/2026", "dateFuture"],
    ["24/11/2026", "dateFuture"],
    ["01/01/9999", "dateFuture"],
    ["22/11/1896", "dateTooOld"],
    ["01/01/0080", "dateTooOld"],
  ])("%j is refused: %s", (text, reason) => expect(check("dateDeNaissance", text)).toEqual(refused(reason)));
  test("every real date of a life is taken, and comes back the same", () =>
    fc.assert(
      fc.property(fc.date({ min: new Date("1897-01-01"), max: new Date("2026-11-22"), noInvalidDate: true }), (date) => {
        const [y, m, d] = date.toISOString().slice(0, 10).split("-");
        expect(check("dateDeNaissance", `${d}/${m}/${y}`)).toBe(`${d}/${m}/${y}`);
        expect(check("dateDeNaissance", `${y}-${m}-${d}`)).toBe(`${d}/${m}/${y}`);
      }),
    ));
});

describe("numeroSecuriteSociale", () => {
  /** The key by long division on the digits, with the letters of Corsica as the rule has them: A less a million, B less two. */
  function key(first13: string): string {
    const corsica = first13.includes("A") ? 1_000_000n : first13.includes("B") ? 2_000_000n : 0n;
    const number = BigInt(first13.replace(/[AB]/, "0")) - corsica;
    return String(97n - (number % 97n)).padStart(2, "0");
  }
  const full = (first13: string) => first13 + key(first13);

  test("takes numbers made up with their key, in any writing", () => {
    const nir = full("1800175056001");
    expect(check("numeroSecuriteSociale", nir)).toBe(nir);
    const spaced = `${nir[0]} ${nir.slice(1, 3)} ${nir.slice(3, 5)} ${nir.slice(5, 7)} ${nir.slice(7, 10)} ${nir.slice(10, 13)} ${nir.slice(13)}`;
    expect(check("numeroSecuriteSociale", spaced)).toBe(nir);
    expect(check("numeroSecuriteSociale", spaced.replaceAll(" ", "."))).toBe(nir);
    expect(check("numeroSecuriteSociale", spaced.replaceAll(" ", "\u00a0"))).toBe(nir);
  });
  test.each([
    ["Corse-du-Sud", "277122A004018"],
    ["Haute-Corse", "150032B033900"],
    ["La Réunion", "2991297411123"],
    ["born abroad", "1850699350042"],
    ["a month that is not known", "1852099350042"],
    ["an incomplete acte", "2855075110042"],
    ["under registration", "3850675110042"],
    ["a provisional number", "7850675110042"],
    ["another", "8850675110042"],
  ])("takes %s", (_, first13) => {
    expect(check("numeroSecuriteSociale", full(first13).toLowerCase())).toBe(full(first13));
    expect(nirKey(first13)).toBe(Number(key(first13)));
  });
  test("knows a key computed by hand", () => {
    // 1 80 01 75 056 001 leaves 94 when divided by 97.
    expect(check("numeroSecuriteSociale", "1 80 01 75 056 001 03")).toBe("180017505600103");
    expect(check("numeroSecuriteSociale", "1 80 01 75 056 001 04")).toEqual(refused("cleSecuriteSociale"));
  });
  test("refuses what is not of its form", () => {
    for (const bad of [
      "1",
      full("1800175056001").slice(0, 13),
      `${full("1800175056001")}0`,
      full("5800175056001"),
      full("1801375056001"),
      full("1800075056001"),
      full("1804375056001"),
      full("1800100056001"),
      "180012C05600112",
      "abc",
    ])
      expect(check("numeroSecuriteSociale", bad)).toEqual(refused("numeroSecuriteSociale"));
  });
  test("refuses any one wrong digit: that is what the key is for", () => {
    const nir = full("1800175056001");
    for (let i = 7; i < 15; i++)
      for (let digit = 0; digit <= 9; digit++) {
        const typed = nir.slice(0, i) + digit + nir.slice(i + 1);
        if (typed !== nir) expect(check("numeroSecuriteSociale", typed)).toEqual(refused("cleSecuriteSociale"));
      }
  });
});

describe("the other numbers", () => {
  test.each<[UsagerField, string, string]>([
    ["numeroAllocataire", "1234567", "1234567"],
    ["numeroAllocataire", "12 34 567 a", "1234567A"],
    ["numeroFiscal", "30 00 000 000 001", "3000000000001"],
    ["numeroEtranger", "9912345678", "9912345678"],
    ["identifiantFranceTravail", "1234567a", "1234567A"],
    ["identifiantFranceTravail", "12345678901", "12345678901"],
    ["numeroDossier", " A 12/34 ", "A 12/34"],
    ["autre", "à rappeler <!channel> @room", "à rappeler <!channel> @room"],
    ["adressePostale", "1 rue de l’Exemple\r\n01000 Bourg-en-Bresse\n", "1 rue de l’Exemple, 01000 Bourg-en-Bresse"],
  ])("%s: %j", (field, text, value) => expect(check(field, text)).toBe(value));
  test.each<[UsagerField, string, string]>([
    ["numeroAllocataire", "123456", "numeroAllocataire"],
    ["numeroAllocataire", "1234567AB", "numeroAllocataire"],
    ["numeroFiscal", "123456789012", "numeroFiscal"],
    ["numeroFiscal", "12345678901234", "numeroFiscal"],
    ["numeroEtranger", "123", "invalid"],
    ["identifiantFranceTravail", "inconnu1", "invalid"],
    ["autre", "x".repeat(201), "tooLong"],
    ["adressePostale", "1 rue\u0000", "controlCharacters"],
  ])("%s refuses %j", (field, text, reason) => expect(check(field, text)).toEqual(refused(reason)));
});

describe("telephone", () => {
  test.each([
    ["0612345678", "06 12 34 56 78"],
    ["06.12.34.56.78", "06 12 34 56 78"],
    ["06-12-34-56-78", "06 12 34 56 78"],
    ["+33 6 12 34 56 78", "06 12 34 56 78"],
    ["+33 (0)6 12 34 56 78", "06 12 34 56 78"],
    ["0033612345678", "06 12 34 56 78"],
    ["\u202a+33 6 12 34 56 78\u202c", "06 12 34 56 78"],
    ["+262 692 12 34 56", "06 92 12 34 56"],
    ["+262 262 12 34 56", "02 62 12 34 56"],
    ["+262 639 12 34 56", "06 39 12 34 56"],
    ["+262 269 12 34 56", "02 69 12 34 56"],
    ["+590 690 12 34 56", "06 90 12 34 56"],
    ["+594 594 12 34 56", "05 94 12 34 56"],
    ["+596 696 12 34 56", "06 96 12 34 56"],
    ["+508 41 12 34", "05 08 41 12 34"],
    ["05 08 41 12 34", "05 08 41 12 34"],
    ["+689 40 12 34 56", "+68940123456"],
    ["+687 12 34 56", "+687123456"],
    ["+681 12 34 56", "+681123456"],
    ["00 49 30 123456", "+4930123456"],
  ])("%j is %s, and stays so", (text, value) => {
    expect(check("telephone", text)).toBe(value);
    expect(check("telephone", value)).toBe(value);
  });
  test.each([
    "06 12 34 56",
    "061234567890",
    "0012",
    "3646",
    "40 12 34 56",
    "+33 12",
    "+262 12 34 56 78 90",
    "numéro",
    "+",
    "06 12 34 56 7x",
  ])("%j is none", (text) => expect(check("telephone", text)).toEqual(refused("telephone")));
});

describe("the whole form", () => {
  const identity = { prenom: "Camille", nomDeFamille: "Exemple", dateDeNaissance: "1/2/1980" };
  test("gives the usager, without the fields left empty", () =>
    expect(checkUsager({ ...identity, telephone: "06.12.34.56.78", autre: "  " }, TODAY)).toEqual({
      ok: true,
      value: { prenom: "Camille", nomDeFamille: "Exemple", dateDeNaissance: "01/02/1980", telephone: "06 12 34 56 78" },
    }));
  test("gives every fault at once", () =>
    expect(checkUsager({ prenom: "Camille", numeroFiscal: "12", dateDeNaissance: "demain" }, TODAY)).toEqual({
      ok: false,
      faults: { nomDeFamille: "required", numeroFiscal: "numeroFiscal", dateDeNaissance: "dateFormat" },
    }));
  test("added information asks for none of the identity, and leaves what is empty", () => {
    expect(checkUsagerInfo({ telephone: "0612345678", prenom: " ", autre: "" }, TODAY)).toEqual({
      ok: true,
      value: { telephone: "06 12 34 56 78" },
    });
    expect(checkUsagerInfo({}, TODAY)).toEqual({ ok: true, value: {} });
    expect(checkUsagerInfo({ numeroAllocataire: "x" }, TODAY)).toEqual({
      ok: false,
      faults: { numeroAllocataire: "numeroAllocataire" },
    });
  });
  test("no text whatever makes a check throw, and what is accepted is accepted again unchanged", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."0123456789+-./ ()AB\u0000\u202e") }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...USAGER_FIELDS), text, (field, typed) => {
        const checked = checkUsagerField(field, typed, TODAY);
        if (checked.ok && checked.value !== "") expect(checkUsagerField(field, checked.value, TODAY)).toEqual(checked);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("normaliseNom", () => {
  test.each([
    ["Marie-Ève  D’EXEMPLE", "marie eve d exemple"],
    ["D'Exemple", "d exemple"],
    ["Dʼexemple", "d exemple"],
    ["ŒUVRARD", "oeuvrard"],
    ["Weiß", "weiss"],
    ["Łukasz Ørsted", "lukasz orsted"],
    ["İbrahim", "ibrahim"],
    ["E\u0301lodie", "elodie"],
    ["  ", ""],
    ["🙂", ""],
    ["محمد", "محمد"],
  ])("%j is %j", (text, expected) => expect(normaliseNom(text)).toBe(expected));
  test("says the same of what it said", () =>
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => expect(normaliseNom(normaliseNom(text))).toBe(normaliseNom(text))),
    ));
});
