/** The list of the France Services, exports and large files, through the command as administrators run it. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Database } from "../../models/database.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import { until } from "../support/until.ts";
import type { Desktop } from "./command.ts";
import { type Office, openOffice } from "./office.ts";

const sample = (name: string) => readFile(new URL(`../../docs/exemples/${name}`, import.meta.url));
const REAL = fileURLToPath(new URL("../../../shared/reference/france-services.csv", import.meta.url));

const GROUPES = "identifiant;nom;organisme;territoires\n";
const AGENTS = "email;nom;groupe;roles\n";

/** What an independent reader finds: Python's own. Null where there is no Python. */
async function pythonRows(path: string): Promise<Record<string, string>[] | null> {
  const program =
    "import csv,json,sys\nwith open(sys.argv[1], encoding='utf-8-sig', newline='') as f: print(json.dumps(list(csv.DictReader(f, delimiter=';'))))";
  try {
    const { stdout } = await promisify(execFile)("python3", ["-c", program, path], { maxBuffer: 1e8 });
    return JSON.parse(stdout) as Record<string, string>[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    process.stderr.write("There is no python3: the export is not read by it.\n");
    return null;
  }
}

describe("aplus importer and aplus exporter", () => {
  let office: Office;
  let desktop: Desktop;
  let db: Database;
  let env: Readonly<Record<string, string>>;
  beforeEach(async () => {
    office = await openOffice();
    ({ desktop, db, env } = office);
  });
  afterEach(() => office.close());

  const run = (...args: string[]) => desktop.run(args, env);
  const importing = async (files: Readonly<Record<string, string | Uint8Array>>, ...args: string[]) => {
    const names = await Promise.all(Object.entries(files).map(([name, content]) => desktop.file(name, content)));
    return run("importer", ...names, ...args);
  };
  const stored = async () => ({
    groupes: await db.groupes.model.find({}).sort({ _id: 1 }).lean(),
    agents: await db.agents.model.find({}).sort({ email: 1 }).lean(),
  });

  test("the list is known by its columns, tried, imported, and imported again without a change", async () => {
    const files = { "liste.csv": await sample("france-services.csv") };
    const essai = await importing(files, "--essai");
    expect(essai.status).toBe(0);
    expect(essai.out).toContain("ligne 2 · france-services-9001 : nouveau groupe « France Services Exemple-sur-Ain » (FS ; 01)");
    expect(essai.out).toContain("horaires lundi et mardi : « 9:00 - 12:00 / 13:30 - 17:00 »");
    expect(essai.err).toContain("Attention : liste.csv, ligne 4, colonne « CONTACT MAIL » : « guichet@commune-fictive,fr »");
    expect((await stored()).groupes).toEqual([]);

    expect((await importing(files)).out).toContain("Groupes : 4 nouveaux, 0 modifié, 0 inchangé.");
    const before = await stored();
    expect((await importing(files)).out).toContain("Groupes : 0 nouveau, 0 modifié, 4 inchangés.");
    expect(await stored()).toEqual(before);
  });

  test("a line of the list that cannot be read is set aside and told, and the status says so", async () => {
    const list = (await sample("france-services.csv")).toString().replace("9003;2A", "9003;99").replace("2A001", "");
    const { status, err } = await importing({ "liste.csv": list });
    expect(status).toBe(2);
    expect(err).toContain("Ligne écartée : liste.csv, ligne 4, colonne « DEPARTEMENT » : « 99 »");
    expect(err).toContain("1 ligne n’a pas été importée ; les autres le sont.");
    expect(await db.groupes.model.countDocuments({})).toBe(3);
  });

  test("all three files at once, in any order: an agent may be of a structure of the list", async () => {
    const { status, err } = await importing({
      "a.csv": `${AGENTS}alix@exemple.test;Alix;france-services-9001;aidant\nlou@exemple.test;Lou;caf-01;instructeur\n`,
      "l.csv": await sample("france-services.csv"),
      "g.csv": `${GROUPES}caf-01;CAF;CAF;01\n`,
    });
    expect([status, err]).toEqual([0, expect.not.stringContaining("erreur")]);
    expect(await db.agents.byEmail("alix@exemple.test")).toMatchObject({ memberships: [{ groupeId: "france-services-9001" }] });
    const alone = await importing({ "a.csv": `${AGENTS}lou@exemple.test;Lou;caf-01;responsable\n` });
    expect(alone.out).toContain("dans caf-01, de instructeur à responsable");
    const twice = await importing({ "a.csv": AGENTS, "b.csv": AGENTS });
    expect(twice).toMatchObject({ status: 1, err: expect.stringContaining("a.csv et b.csv décrivent tous deux des comptes") });
  });

  test("cells of details are kept when empty, cleared by aucun, and each change is said", async () => {
    const head =
      "identifiant;nom;organisme;territoires;description;bal;telephone;adresse;reseau france services;horaires lundi;horaires mardi;espace slack;canal slack\n";
    const people = "email;nom;groupe;roles;qualite;telephone\n";
    await importing({
      "groupes.csv": `${head}caf-01;CAF;CAF;01;Aides;caf@exemple.test;04 00 00 00 00;1 rue Fictive;oui;9:00 - 12:00;9:00 - 12:00;T0EXEMPLE;C0EXEMPLE\n`,
      "agents.csv": `${people}alix@exemple.test;Alix;caf-01;instructeur;Conseillère;0600000001\n`,
    });
    expect(await db.groupes.byId(groupeId("caf-01"))).toMatchObject({
      franceServices: true,
      details: { bal: "caf@exemple.test", telephone: "04 00 00 00 00", hours: { lundi: "9:00 - 12:00", mardi: "9:00 - 12:00" } },
    });
    const before = await stored();
    const kept = await importing({
      "groupes.csv": `${head}caf-01;CAF;CAF;01;;;0400000000;;;;;;\n`,
      "agents.csv": `${people}alix@exemple.test;Alix;caf-01;instructeur;;\n`,
    });
    expect(kept.out).toContain("Groupes : 0 nouveau, 0 modifié, 1 inchangé.");
    expect(await stored()).toEqual(before);
    const cleared = await importing({
      "groupes.csv": `${head}caf-01;CAF;CAF;01;aucun;Aucun;aucun;2 rue Fictive;non;aucun;fermé;;aucun\n`,
      "agents.csv": `${people}alix@exemple.test;Alix;caf-01;instructeur;aucun;06 00 00 00 02\n`,
    });
    for (const told of [
      "description : « Aides » est retiré",
      "BAL : « caf@exemple.test » est retiré",
      "adresse : « 1 rue Fictive » devient « 2 rue Fictive »",
      "horaires lundi : « 9:00 - 12:00 » est retiré",
      "horaires mardi : « 9:00 - 12:00 » devient « fermé »",
      "sort du réseau France Services",
      "n’est plus relié à C0EXEMPLE",
      "qualité : « Conseillère » est retiré",
      "téléphone : « 06 00 00 00 01 » devient « 06 00 00 00 02 »",
    ])
      expect(cleared.out).toContain(told);
    expect(await db.groupes.byId(groupeId("caf-01"))).toMatchObject({
      description: "",
      franceServices: false,
      place: null,
      details: { bal: null, telephone: null, adresse: "2 rue Fictive", hours: { mardi: "fermé" } },
    });
    const faulty = await importing({ "groupes.csv": `${head}caf-01;CAF;CAF;01;;caf@;400000000;;peut-être;;;;\n` });
    expect(faulty.err.match(/colonne « [^»]+ »/g)).toEqual([
      "colonne « bal »",
      "colonne « telephone »",
      "colonne « reseau france services »",
    ]);
  });

  test("the CSV of Excel in French is read as it was written, and this is told", async () => {
    const excel = Buffer.from(`${GROUPES}caf-01;Aide de l'Isère;CAF;38\n`, "latin1");
    excel[excel.indexOf(0x27)] = 0x92;
    const { status, err } = await importing({ "groupes.csv": excel });
    expect(status).toBe(0);
    expect(err).toMatch(/Attention : groupes.csv, ligne 1 : .*Windows-1252.*« l’Isère »/);
    expect(await db.groupes.byId(groupeId("caf-01"))).toMatchObject({ name: "Aide de l’Isère" });
  });

  test("an export is read by others, imported without a change, and makes the same elsewhere", async () => {
    const real = existsSync(REAL);
    if (!real) process.stderr.write(`The published list is not at ${REAL}: a fictional one is exported.\n`);
    expect((await importing({ "l.csv": real ? await readFile(REAL) : await sample("france-services.csv") })).status).toBe(0);
    await importing({ "g.csv": `${GROUPES}caf-01;'=1+1;CAF;"2A, 01"\n`, "a.csv": await agentsOf(3) });
    const [alix] = (await stored()).agents;
    await db.agents.link(agentId(alix?._id ?? ""), { platform: "slack", workspace: "T0EXEMPLE", user: "U0EXEMPLE" });
    const before = await stored();

    const done = await run("exporter", "sauvegarde");
    expect(done).toMatchObject({ status: 0, err: "" });
    expect(done.out).toContain(`${before.groupes.length} groupes.`);
    const paths = ["groupes.csv", "agents.csv"].map((name) => join("sauvegarde", name));
    for (const path of paths) expect((await stat(join(desktop.folder, path))).mode & 0o777).toBe(0o600);

    const read = await pythonRows(join(desktop.folder, paths[0] ?? ""));
    if (read) {
      expect(read.map(({ identifiant }) => identifiant)).toEqual(before.groupes.map(({ _id }) => _id));
      expect(read.find(({ identifiant }) => identifiant === "caf-01")).toMatchObject({ nom: "'=1+1", territoires: "01, 2A" });
      for (const row of read) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+\-@]/);
    }

    const again = await run("importer", ...paths);
    expect(again).toMatchObject({ status: 0, err: "" });
    expect(again.out).toContain(`Groupes : 0 nouveau, 0 modifié, ${before.groupes.length} inchangés.`);
    expect(again.out).toContain("Comptes : 0 nouveau, 0 modifié, 3 inchangés.");
    expect(await stored()).toEqual(before);

    expect(await run("exporter", "sauvegarde")).toMatchObject({ status: 1, err: expect.stringContaining("existe déjà") });
    expect((await run("exporter", "sauvegarde", "--remplacer")).status).toBe(0);

    await db.groupes.model.deleteMany({});
    await db.agents.model.deleteMany({});
    expect((await run("importer", ...paths)).status).toBe(0);
    const after = await stored();
    expect(after.groupes).toEqual(before.groupes);
    expect(after.agents.map(({ _id, identities, ...agent }) => agent)).toEqual(
      before.agents.map(({ _id, identities, ...agent }) => agent),
    );
  });

  async function agentsOf(n: number): Promise<string> {
    const lines = Array.from({ length: n }, (_, i) => `agent${i}@exemple.test;Agent Fictif ${i};caf-01;instructeur\n`);
    return AGENTS + lines.join("");
  }

  test("killed on its way, an import finishes when it is run again", async () => {
    const all = 5000;
    const files = [
      await desktop.file("g.csv", `${GROUPES}caf-01;CAF;CAF;01\n`),
      await desktop.file("a.csv", await agentsOf(all)),
    ];
    const first = desktop.start(["importer", ...files], env);
    await until("the first agents", async () => (await db.agents.model.estimatedDocumentCount()) > 0);
    first.kill();
    expect((await first.ended).status).toBe(null);
    const ids = await db.agents.model.distinct("_id");
    expect(ids.length).toBeLessThan(all);
    // The database may still be writing what the dead process sent: it is then said that the import must be run again.
    await until("an import that finishes", async () => {
      const { status, err } = await run("importer", ...files);
      if (status !== 0) expect(err).toContain("relancez l’import");
      return status === 0;
    });
    expect(await db.agents.model.countDocuments({ _id: { $in: ids } })).toBe(ids.length);
    expect(await db.agents.model.countDocuments({ memberships: { $elemMatch: { groupeId: "caf-01" } } })).toBe(all);
    expect((await run("importer", ...files)).out).toContain(`Comptes : 0 nouveau, 0 modifié, ${all} inchangés.`);
  });
});
