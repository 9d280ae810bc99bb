/** `aplus usager`, as an administrator answers an usager who asks for their data, or for their end. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../../models/database.ts";
import { richText } from "../../src/domain/richtext.ts";
import { HOME, USAGER } from "../domain/histories.ts";
import { ADA, store } from "../models/store.ts";
import type { Desktop } from "./command.ts";
import { type Office, openOffice } from "./office.ts";

let office: Office;
let desktop: Desktop;
let db: Database;
let env: Readonly<Record<string, string>>;

beforeEach(async () => {
  office = await openOffice();
  ({ desktop, db, env } = office);
  await office.groupe("caf", "CAF de l’Ain", "CAF");
  await office.groupe(HOME, "France Services", "Exemple");
});
afterEach(() => office.close());

const usager = (...args: string[]) => desktop.run(["usager", ...args], env);
const register = async () => (await db.register.since(new Date(0), 100)).map(({ act, ref, reason }) => [act, ref, reason]);

const HOMONYM = { ...USAGER, dateDeNaissance: "01/02/1990" };

/** Two demandes of one person, a third of another of the same name, and one of somebody else. */
async function demandes(): Promise<void> {
  await store(db, "d1", {
    ref: 1,
    next: [{ by: ADA, events: [{ type: "message", audience: "instructeurs", text: richText("Dossier vu") }] }],
  });
  await store(db, "d2", { ref: 2, usager: { ...USAGER, nomDeFamille: "Autrenom", nomDeNaissance: USAGER.nomDeFamille } });
  await store(db, "d3", { ref: 3, usager: HOMONYM });
  await store(db, "d4", { ref: 4, usager: { ...USAGER, nomDeFamille: "Tiers" } });
}

test("everything held on one person is written where only its owner reads it, once it is clear who it is", async () => {
  await demandes();
  const several = await usager("exporter", "--nom", "nomusager");
  expect(several.status).toBe(1);
  expect(several.err).toContain("01/02/1990 : D-000003");
  expect((await usager("exporter", "--nom", "Nomusager", "--naissance", "01/02/1990", "--dossier", "un")).status).toBe(0);

  const both = await usager("exporter", "--demande", "D-000001", "--reference", "RGPD-12", "--dossier", "deux");
  expect(both).toMatchObject({ status: 0, err: "" });
  const file = join(desktop.folder, "deux", "dossier.json");
  const dossier = JSON.parse(await readFile(file, "utf8"));
  expect(dossier.demandes).toHaveLength(1);
  expect(dossier.demandes[0]).toMatchObject({
    reference: "D-000001",
    sujet: "Droits suspendus",
    description: "Blocage depuis janvier",
    groupes: expect.arrayContaining(["CAF de l’Ain"]),
    usager: expect.objectContaining({ Prénom: "Prénomusager" }),
  });
  expect(dossier.demandes[0].evenements.at(-1)).toMatchObject({ texte: "Dossier vu", visibilite: "entre instructeurs" });
  const text = await readFile(join(desktop.folder, "deux", "dossier.txt"), "utf8");
  for (const word of ["Nomusager", "255047511612345", "Dossier vu", "export"]) expect(text).toContain(word);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(desktop.folder, "deux"))).mode & 0o777).toBe(0o700);
  // A folder that is there keeps what it holds; nobody's data were written elsewhere.
  expect(await usager("exporter", "--demande", "D-000001", "--dossier", "deux")).toMatchObject({
    status: 1,
    err: expect.stringContaining("existe déjà"),
  });
  expect(await register()).toContainEqual(["export", 1, "RGPD-12"]);
  expect(await register()).toContainEqual(["consultation", 3, null]);
  expect(both.out + both.err).not.toContain("Nomusager");
});

test("a person is found by their name of birth too, and both names are one search", async () => {
  await demandes();
  const found = await usager("effacer", "--nom", "NOMUSAGER", "--prenom", "Prenomusager", "--naissance", "03/04/1955");
  // Two names of use: for the command two persons, which whoever asks puts together by the numbers.
  expect(found.status).toBe(1);
  expect(found.err).toContain("D-000001");
  expect(found.err).toContain("D-000002");
  expect(found.err).not.toContain("D-000003");
  expect(found.err).not.toContain("D-000004");
});

test("erased only with --oui, once, and of nobody else", async () => {
  await demandes();
  const would = await usager("effacer", "--demande", "D-000001");
  expect(would).toMatchObject({ status: 0, out: expect.stringContaining("Rien n’a été changé") });
  expect((await db.demandes.loadByRef(1))?.state.usager).not.toBeNull();
  const erased = await usager("effacer", "--demande", "D-000001", "--oui", "--reference", "RGPD-13");
  expect(erased).toMatchObject({ status: 0, out: expect.stringContaining("1 demande effacée") });
  expect((await db.demandes.loadByRef(1))?.state).toMatchObject({ usager: null, sujet: "", description: "", status: "archivee" });
  for (const ref of [2, 3, 4]) expect((await db.demandes.loadByRef(ref))?.state.usager).not.toBeNull();
  const raw = JSON.stringify(await db.demandes.model.findOne({ ref: 1 }).lean());
  expect(raw).not.toContain("Nomusager");
  expect(await usager("effacer", "--demande", "D-000001", "--oui")).toMatchObject({
    status: 1,
    err: expect.stringContaining("déjà effacées"),
  });
  expect((await register()).filter(([act]) => act === "effacement")).toEqual([["effacement", 1, "RGPD-13"]]);
});

test.each([
  [["exporter"], "Dites qui"],
  [["effacer", "--nom", "  "], "Dites qui"],
  [["exporter", "--nom", "Nomusager", "--naissance", "1955"], "jj/mm/aaaa"],
  [["exporter", "--demande", "douze"], "n’est pas un numéro"],
  [["exporter", "--demande", "D-000099"], "Il n’y a pas de demande D-000099"],
  [["effacer", "--nom", "Personne"], "Aucune donnée"],
  [["effacer", "--nom", "Nomusager", "--reference", "lettre de M. Untel"], "La référence"],
])("%j is refused with a sentence, and nothing changes", async (args, sentence) => {
  const { status, err } = await usager(...args);
  expect({ status, said: err.includes(sentence) ? sentence : err }).toEqual({ status: 1, said: sentence });
  expect(await register()).toEqual([]);
});
