import { readFileSync } from "node:fs";
import {
  parseCodeTerritoire,
  searchTerritoires,
  TERRITOIRES,
  territoire,
  territoiresByRegion,
} from "../../src/domain/territoires.ts";
import { normaliseNom } from "../../src/domain/usager.ts";

interface Official {
  code: string;
  nom: string;
  region: string;
  zone: "metro" | "drom" | "com";
}

const official = (file: string): Official[] =>
  JSON.parse(
    readFileSync(new URL(`../../node_modules/@etalab/decoupage-administratif/data/${file}.json`, import.meta.url), "utf8"),
  );
const CLIPPERTON = "989";

describe("the table of territoires", () => {
  test("has the codes and names of the official list, but Clipperton", () => {
    // Signs and case apart: the official list has straight apostrophes, and « Wallis et Futuna ».
    const expected = official("departements").filter(({ code }) => code !== CLIPPERTON);
    const pairs = (list: readonly { code: string; nom: string }[]) =>
      list.map(({ code, nom }) => `${code} ${normaliseNom(nom)}`).sort();
    expect(pairs(TERRITOIRES)).toEqual(pairs(expected));
  });

  test("has the official régions", () => {
    const regions = new Map(official("regions").map(({ code, nom }) => [code, normaliseNom(nom)]));
    for (const { code, region, zone } of official("departements")) {
      if (code === CLIPPERTON) continue;
      const expected = zone === "com" ? "collectivites d outre mer" : regions.get(region);
      expect([code, normaliseNom(territoire(code).region)]).toEqual([code, expected]);
    }
  });

  test("is in the order of the codes, with typographic apostrophes and real time zones", () => {
    const codes = TERRITOIRES.map(({ code }) => code);
    expect(codes).toEqual([...codes].sort((a, b) => a.length - b.length || (a < b ? -1 : 1)));
    for (const { nom, de, region, timeZone } of TERRITOIRES) {
      expect(nom + de + region).not.toContain("'");
      expect(de.endsWith(nom)).toBe(true);
      expect(() => new Intl.DateTimeFormat("fr", { timeZone })).not.toThrow();
    }
  });

  test.each([
    ["01", "de l’Ain"],
    ["13", "des Bouches-du-Rhône"],
    ["28", "d’Eure-et-Loir"],
    ["69", "du Rhône"],
    ["75", "de Paris"],
    ["974", "de La Réunion"],
    ["987", "de la Polynésie française"],
  ])("%s with its preposition: %s", (code, de) => expect(territoire(code).de).toBe(de));

  test.each([
    ["69", "Europe/Paris", "national"],
    ["2A", "Europe/Paris", "national"],
    ["57", "Europe/Paris", "alsace-moselle"],
    ["67", "Europe/Paris", "alsace-moselle"],
    ["68", "Europe/Paris", "alsace-moselle"],
    ["971", "America/Guadeloupe", "guadeloupe"],
    ["972", "America/Martinique", "martinique"],
    ["973", "America/Cayenne", "guyane"],
    ["974", "Indian/Reunion", "la-reunion"],
    ["975", "America/Miquelon", "national"],
    ["976", "Indian/Mayotte", "mayotte"],
    ["977", "America/St_Barthelemy", "saint-barthelemy"],
    ["978", "America/Marigot", "saint-martin"],
    ["984", "Indian/Kerguelen", "national"],
    ["986", "Pacific/Wallis", "wallis-et-futuna"],
    ["987", "Pacific/Tahiti", "polynesie-francaise"],
    ["988", "Pacific/Noumea", "nouvelle-caledonie"],
  ])("%s is in %s with the holidays of %s", (code, timeZone, feries) =>
    expect(territoire(code)).toMatchObject({ timeZone, feries }),
  );
});

describe("codes as people write them", () => {
  test.each([
    ["1", "01"],
    [" 01 ", "01"],
    ["2a", "2A"],
    ["2B", "2B"],
    ["974", "974"],
  ])("%j is %s", (text, code) => {
    expect(parseCodeTerritoire(text)).toBe(code);
    expect(territoire(text).code).toBe(code);
  });

  test.each(["", " ", "0", "20", "96", "989", "01000", "001", "Ain", "01\u0000", "constructor", "__proto__"])(
    "%j is none",
    (text) => {
      expect(parseCodeTerritoire(text)).toBeUndefined();
      expect(() => territoire(text)).toThrow(RangeError);
    },
  );

  test("the writing of the public list of France Services, without the zero, is understood", () => {
    const written = ["1", "2", "2A", "2B", "95", "972", "976"];
    expect(written.map(parseCodeTerritoire)).toEqual(["01", "02", "2A", "2B", "95", "972", "976"]);
  });
});

describe("search", () => {
  const found = (text: string) => searchTerritoires(text).map(({ code }) => code);
  test("by code, with or without its zero, before names", () => {
    expect(found("1")[0]).toBe("01");
    expect(found("974")).toEqual(["974"]);
    expect(found("2a")).toEqual(["2A"]);
  });
  test("by name, whatever case, accents, hyphens and apostrophes, from its beginning first", () => {
    expect(found("cote d'or")).toEqual(["21"]);
    expect(found("REUNION")).toEqual(["974"]);
    expect(found("loire").slice(0, 2)).toEqual(["42", "44"]);
    expect(found("rhin")).toEqual(["67", "68"]);
    expect(found("ain")[0]).toBe("01");
  });
  test("gives all for nothing, none for what is nowhere", () => {
    expect(searchTerritoires("  ")).toHaveLength(TERRITOIRES.length);
    expect(found("xyz")).toEqual([]);
    expect(found("’")).toEqual([]);
  });
});

test("the groups for a form hold every territoire once, overseas last, and never a hundred", () => {
  const groups = territoiresByRegion();
  expect(groups.flatMap(({ territoires }) => territoires.map(({ code }) => code)).sort()).toEqual(
    TERRITOIRES.map(({ code }) => code).sort(),
  );
  expect(groups.every(({ territoires }) => territoires.length <= 13)).toBe(true);
  expect(groups[0]?.region).toBe("Auvergne-Rhône-Alpes");
  expect(groups.at(-1)).toMatchObject({ region: "Outre-mer" });
  expect(groups).toHaveLength(14);
});
