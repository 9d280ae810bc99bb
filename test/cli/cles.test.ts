/** `aplus cles`, as an administrator uses it: a new key, the renewal, the old one taken away; on MongoDB and on the embedded database. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase } from "../../models/database.ts";
import { openEmbedded } from "../../src/cli/embedded.ts";
import { demandeId } from "../../src/domain/ids.ts";
import { sealerOf } from "../../src/keyring.ts";
import { store } from "../models/store.ts";
import { type Desktop, KEYS, startDesktop } from "./command.ts";
import { startWorkspace } from "./workspace.ts";

let desktop: Desktop;
beforeEach(async () => {
  desktop = await startDesktop();
});
afterEach(() => desktop.close());

test("with keys of the configuration: a new one is told, the rest is sealed with it, the old one may go only then", async () => {
  const workspace = await startWorkspace(["caf"]);
  try {
    const { MONGODB_URI = "" } = workspace.env;
    const env = { MONGODB_URI, ...KEYS };
    for (let n = 1; n <= 3; n += 1) await store(workspace.db, `d${n}`, { ref: n, sujet: "Canari" });
    const made = await desktop.run(["cles", "ajouter", "neuve"], env);
    expect(made).toMatchObject({ status: 0, err: "" });
    const entry = /neuve:\S+/.exec(made.out)?.[0] ?? "";
    expect(Buffer.from(entry.slice(6), "base64")).toHaveLength(32);
    const both = { ...env, ENCRYPTION_KEYS: `${entry},${KEYS.ENCRYPTION_KEYS}` };

    expect((await desktop.run(["cles", "liste"], both)).out.split("\n")).toEqual([
      "neuve (chiffre) : 0 demande, 0 formulaire en cours, 0 message en personne",
      "essai-1 (déchiffre seulement) : 3 demandes, 0 formulaire en cours, 0 message en personne",
      "",
    ]);
    const early = await desktop.run(["cles", "retirer", "essai-1"], both);
    expect(early.status).toBe(1);
    expect(early.err).toContain("« essai-1 » chiffre encore 3 documents");
    expect(await desktop.run(["cles", "rechiffrer"], both)).toMatchObject({
      status: 0,
      out: "3 documents rechiffrés avec « neuve ».\n",
    });
    expect((await desktop.run(["cles", "retirer", "essai-1"], both)).out).toContain("« essai-1 » ne chiffre plus rien");
    const alone = { ...env, ENCRYPTION_KEYS: entry };
    const liste = await desktop.run(["cles", "liste"], alone);
    expect(liste).toMatchObject({
      status: 0,
      out: "neuve (chiffre) : 3 demandes, 0 formulaire en cours, 0 message en personne\n",
    });
    const doctor = await desktop.run(["doctor"], alone);
    expect(doctor.out).not.toContain("ne s’ouvrent pas");
    // Without the key: said, with a status, and nothing is touched.
    const without = await desktop.run(["cles", "liste"], env);
    expect(without.status).toBe(1);
    expect(without.out).toContain("neuve (MANQUE");
    for (const { out, err } of [made, liste, doctor]) expect(out + err).not.toContain("Canari");
  } finally {
    await workspace.close();
  }
});

test.each([
  [["cles", "ajouter", "a b"], "Le nom d’une clé a de 1 à 32"],
  [["cles", "ajouter", "essai-1"], "Il y a déjà une clé « essai-1 »."],
  [["cles", "retirer", "essai-1"], "« essai-1 » est la clé qui chiffre"],
  [["cles", "retirer", "autre"], "Il n’y a pas de clé « autre ». Il y a : essai-1."],
])("%j is refused with a sentence", async (args, sentence) => {
  const { status, err } = await desktop.run(args, KEYS);
  expect({ status, said: err.includes(sentence) }).toEqual({ status: 1, said: true });
});

test("with keys kept beside the embedded database, the whole renewal is done by the command", async () => {
  const data = join(desktop.folder, "data");
  const open = async () => {
    const sealer = await sealerOf(data);
    const embedded = await openEmbedded(data);
    const db = await openDatabase(embedded.uri, sealer);
    return { db, close: () => db.close().finally(() => embedded.close()) };
  };
  const before = await open();
  await store(before.db, "d1", { ref: 1, sujet: "Gardé" });
  await before.close();
  const env = { DATA_DIR: data };
  expect(await desktop.run(["cles", "ajouter", "neuve"], env)).toMatchObject({ status: 0, err: "" });
  expect((await desktop.run(["cles", "rechiffrer"], env)).out).toContain("1 document rechiffré avec « neuve ».");
  expect((await desktop.run(["cles", "retirer", "locale-1"], env)).out).toContain("« locale-1 » n’est plus dans");
  const { encryption } = JSON.parse(await readFile(join(data, "keys.json"), "utf8"));
  expect(encryption.map(({ id }: { id: string }) => id)).toEqual(["neuve"]);
  const after = await open();
  expect((await after.db.demandes.load(demandeId("d1")))?.state.sujet).toBe("Gardé");
  await after.close();
}, 60_000);
