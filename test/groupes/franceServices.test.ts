/** The list of the France Services: fictional rows with the oddities of the real one, and the real one where it is at hand. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Groupe } from "../../models/groupe.ts";
import { NO_DETAILS } from "../../models/groupe.ts";
import { fold } from "../../src/domain/folding.ts";
import { groupeId } from "../../src/domain/ids.ts";
import { parseCodeTerritoire } from "../../src/domain/territoires.ts";
import { franceServicesColumns, readFranceServices } from "../../src/groupes/franceServices.ts";
import { planGroupes } from "../../src/groupes/importGroupes.ts";
import { readTable } from "../../src/groupes/importTable.ts";

const SAMPLE = readFileSync(new URL("../../docs/exemples/france-services.csv", import.meta.url), "utf8");
const REAL = fileURLToPath(new URL("../../../shared/reference/france-services.csv", import.meta.url));
const HEADER = SAMPLE.slice(0, SAMPLE.indexOf("\n") + 1);

async function read(content: string | Uint8Array, stored: readonly Groupe[] = [], named = new Map<string, string>()) {
  const table = readTable({ name: "liste.csv", bytes: Buffer.from(content) }, franceServicesColumns, "ignored");
  const list = readFranceServices("liste.csv", table, stored, named);
  const plan = await planGroupes(list.lines, stored, { channels: null, rooms: null });
  expect(plan.faults).toEqual([]);
  return { ...list, ...plan };
}

const told = (faults: readonly { line: number; column: string | null; reason: string }[]) =>
  faults.map(({ line, column, reason }) => `${line} ${column ?? "-"} ${reason}`);

const row = (cells: Partial<Record<keyof typeof franceServicesColumns, string>>): string =>
  `${HEADER.trim()
    .split(";")
    .map((title) => Object.entries(franceServicesColumns).find(([, column]) => column.title === title)?.[0] ?? "")
    .map((name) => cells[name as keyof typeof franceServicesColumns] ?? "")
    .join(";")}\n`;

describe("the list of the France Services", () => {
  test("gives aidants' groupes with how they are reached and their hours, in the words of the list", async () => {
    const { saves, aside, warnings } = await read(SAMPLE);
    expect(aside).toEqual([]);
    expect(saves[0]).toEqual({
      id: "france-services-9001",
      name: "France Services Exemple-sur-Ain",
      description: "Espace labellisé · Structure porteuse : Communauté de communes Fictive (Collectivité)",
      organisme: "FS",
      territoires: ["01"],
      franceServices: true,
      place: null,
      details: {
        bal: "accueil@exemple.test",
        telephone: "04 00 00 00 01",
        adresse: "1 place de la Fiction, 01000 EXEMPLE-SUR-AIN",
        hours: {
          lundi: "9:00 - 12:00 / 13:30 - 17:00",
          mardi: "9:00 - 12:00 / 13:30 - 17:00",
          mercredi: "1er mercredi du mois : 9:30 - 12:15 // 3ème mercredi du mois : 13:45 - 16:30",
          jeudi: "Sur RDV",
          samedi: "fermé",
        },
      },
    });
    expect(saves.map(({ name, territoires }) => [name, ...territoires])).toEqual([
      ["France Services Exemple-sur-Ain", "01"],
      ["France Services exemple sur ain (01)", "01"],
      ["Espace France Services de Modèle", "2A"],
      ["France Services Modèle-les-Bains", "974"],
    ]);
    expect(saves[1]?.description).toContain("Itinérance");
    expect(saves[1]?.details).toMatchObject({
      bal: "deux@exemple.test",
      telephone: "04 00 00 00 02",
      adresse: "01000 EXEMPLE-LE-HAUT",
    });
    expect(saves[2]?.details).toMatchObject({ bal: null, telephone: null });
    expect(told(warnings)).toEqual([
      expect.stringMatching(/^1 - .*LATITUDE ; LONGITUDE/),
      expect.stringMatching(/^3 FRANCE SERVICES .*« France Services exemple sur ain \(01\) »/),
      expect.stringMatching(/^3 CONTACT MAIL .*un@exemple.test ne l’est pas/),
      expect.stringMatching(/^3 TELEPHONE .*zéro/),
      expect.stringMatching(/^3 CODE POSTAL .*zéro/),
      expect.stringMatching(/^4 CONTACT MAIL « guichet@commune-fictive,fr »/),
    ]);
  });

  test("read again changes nothing; a newer one renames and moves, and closes nothing by itself", async () => {
    const { saves } = await read(SAMPLE);
    const own = { ...(saves[0] as Groupe), description: "Les mots du groupe" };
    const stored = [own, ...saves.slice(1)];
    expect((await read(SAMPLE, stored)).saves).toEqual([]);

    const newer =
      HEADER.replace("MATRICULE", "NOUVELLE COLONNE;MATRICULE") +
      `x;${row({ matricule: "09001", departement: "39", nom: "Exemple-du-Jura", insee: "39001", lundi: "Horaires non communiqués" })}`;
    const after = await read(newer, stored);
    expect(after.saves).toEqual([{ ...own, name: "France Services Exemple-du-Jura", territoires: ["39"] }]);
    expect(after.changes[0]?.details).toEqual([
      "nom : « France Services Exemple-sur-Ain » devient « France Services Exemple-du-Jura »",
      "territoires : « 01 » devient « 39 »",
    ]);
    expect(told(after.warnings)).toEqual([
      expect.stringContaining("NOUVELLE COLONNE"),
      ...["9002", "9003", "9004"].map((id) => expect.stringContaining(`france-services-${id} `)),
    ]);
  });

  test("lines that do not say which structure it is, or where, are set aside with the reason, and no other", async () => {
    const { lines, aside, warnings } = await read(
      HEADER +
        row({ matricule: "", departement: "1", nom: "Sans matricule" }) +
        row({ matricule: "12", departement: "99", nom: "Nulle part" }) +
        row({ matricule: "13", departement: "20", nom: "Corse", insee: "2B033" }) +
        row({ matricule: "14", departement: "1", nom: " " }) +
        row({ matricule: "13", departement: "1", nom: "Deux fois" }) +
        "trop;peu\n" +
        row({ matricule: "15", departement: "1", nom: "x".repeat(99) }) +
        row({ matricule: "16", departement: "1", nom: "Ailleurs", insee: "73001", mercredi: "h".repeat(201) }),
    );
    expect(lines.map(({ value }) => [value.identifiant, ...value.territoires])).toEqual([
      ["france-services-13", "2B"],
      ["france-services-16", "01"],
    ]);
    expect(told(aside).sort()).toEqual([
      expect.stringMatching(/^2 MATRICULE la case est vide/),
      expect.stringMatching(/^3 DEPARTEMENT « 99 »/),
      expect.stringMatching(/^5 FRANCE SERVICES la case est vide/),
      expect.stringMatching(/^6 MATRICULE figure déjà à la ligne 4/),
      expect.stringMatching(/^7 - 2 cases/),
      expect.stringMatching(/^8 FRANCE SERVICES 100 caractères/),
    ]);
    expect(told(warnings)).toEqual([
      expect.stringContaining("LATITUDE"),
      expect.stringMatching(/^4 DEPARTEMENT « 20 ».*2B/),
      expect.stringMatching(/^9 CODE INSEE « 73001 »/),
      expect.stringMatching(/^9 HORAIRES MERCREDI 200 caractères/),
    ]);
  });

  test("a name that another groupe has is not taken from it", async () => {
    const other = { ...((await read(SAMPLE)).saves[0] as Groupe), id: groupeId("fs-exemple"), details: NO_DETAILS };
    const { saves } = await read(SAMPLE, [other], new Map([["france services modele les bains", "fs-modele"]]));
    expect(saves.map(({ name }) => name)).toEqual([
      "France Services Exemple-sur-Ain (01)",
      "France Services exemple sur ain (01, 9002)",
      "Espace France Services de Modèle",
      "France Services Modèle-les-Bains (974)",
    ]);
  });

  const real = existsSync(REAL) ? test : test.skip;
  if (!existsSync(REAL)) process.stderr.write(`The published list is not at ${REAL}: its test is skipped.\n`);
  real("as it is published is read whole: every structure, every hour that it tells", async () => {
    const bytes = readFileSync(REAL);
    const { saves, aside, warnings } = await read(bytes);
    const rows = readTable({ name: "liste.csv", bytes }, franceServicesColumns, "ignored").rows;
    expect(rows.length).toBeGreaterThanOrEqual(530);
    expect(aside).toEqual([]);
    expect(saves).toHaveLength(rows.length);
    expect(new Set(saves.map(({ name }) => fold(name))).size).toBe(rows.length);
    const flat = (text: string) => text.replace(/\s+/g, " ").trim();
    for (const [place, { cells }] of rows.entries()) {
      const { territoires, details, franceServices } = saves[place] as Groupe;
      expect([territoires, franceServices]).toEqual([[parseCodeTerritoire(cells.departement)], true]);
      for (const day of ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"] as const) {
        const published = flat(cells[day]);
        const unknown = published === "" || published === "Horaires non communiqués";
        expect(details.hours[day]).toBe(unknown ? undefined : published === "-" ? "fermé" : published);
      }
    }
    expect(warnings.filter(({ column }) => column === "CONTACT MAIL")).toHaveLength(3);
    expect((await read(bytes, saves)).saves).toEqual([]);
  });
});
