/** `aplus sauvegarder` and `aplus restaurer`: a life saved while the bot runs, the bot killed, all of it restored elsewhere and gone on with. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { openDatabase } from "../../models/database.ts";
import { BotProcess } from "../support/bot.ts";
import { compareWorlds } from "../support/compareWorlds.ts";
import { demandeOf, openDemande, threadOf, VALID } from "../support/demandes.ts";
import { testDatabase } from "../support/mongo.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { openWorld, sealerOf, type World } from "../support/world.ts";
import { type Desktop, startDesktop } from "./command.ts";

let world: World;
let desktop: Desktop;

beforeEach(async () => {
  world = await openWorld();
  desktop = await startDesktop();
});
afterEach(async () => {
  await desktop.close();
  await world.close();
});

const environment = (uri: string) => ({
  MONGODB_URI: uri,
  ENCRYPTION_KEYS: `essai:${world.keys.encryption.toString("base64")}`,
  SEARCH_KEY: world.keys.search.toString("base64"),
});

test("saved while the bot runs, restored into an empty database: nothing is lost, nothing is posted twice, and what people wrote meanwhile is taken", async () => {
  const people = slackPeople(world);
  const before = await BotProcess.start(world, "avant");
  const ref = await openDemande(people, { sujet: "Sujetgardé" });
  await untilQuiet(world.db, sitesOf(world));
  const thread = async (name: "aidant" | "caf-01") => threadOf(await demandeOf(world.db, ref), name);
  await people.click("alix.modele", await thread("caf-01"), "prendre");
  await people.say("camille.exemple", await thread("aidant"), "Avant la sauvegarde");
  await untilQuiet(world.db, sitesOf(world));
  const saved = await desktop.run(["sauvegarder", "aplus.sauvegarde"], environment(world.mongodbUri));
  expect(saved).toMatchObject({ status: 0, err: "" });
  const file = join(desktop.folder, "aplus.sauvegarde");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  // Whoever takes the file away has the ids, and nothing that was said of anybody.
  const bytes = gunzipSync(await readFile(file));
  expect(bytes.includes(await thread("aidant").then(({ id }) => id))).toBe(true);
  const { ENCRYPTION_KEYS, SEARCH_KEY } = environment(world.mongodbUri);
  const secrets = [ENCRYPTION_KEYS.split(":").at(-1), SEARCH_KEY].flatMap((key) => [key, Buffer.from(key ?? "", "base64")]);
  const personal = [
    VALID.prenom,
    VALID.nomDeFamille,
    VALID.dateDeNaissance,
    VALID.description,
    "Sujetgardé",
    "Avant la sauvegarde",
  ];
  expect([...personal, ...secrets].filter((said) => bytes.includes(said as string))).toEqual([]);
  await before.kill();
  await people.say("camille.exemple", await thread("aidant"), "Pendant la panne");

  const elsewhere = await testDatabase();
  const db = await openDatabase(elsewhere.uri, sealerOf(world.keys));
  try {
    const restored = await desktop.run(["restaurer", "aplus.sauvegarde"], environment(elsewhere.uri));
    expect(restored).toMatchObject({ status: 0, err: "" });
    for (const name of ["demandes", "agents", "groupes"] as const) {
      const all = { sort: { _id: 1 as const } };
      const there = await db[name].model.collection.find({}, all).toArray();
      expect(there.length).toBeGreaterThan(0);
      expect(there).toEqual(await world.db[name].model.collection.find({}, all).toArray());
    }
    const again = await desktop.run(["restaurer", "aplus.sauvegarde"], environment(elsewhere.uri));
    expect(again).toMatchObject({ status: 1, err: expect.stringContaining("n’est pas vide") });
    const after = await BotProcess.start(world, "apres", { MONGODB_URI: elsewhere.uri });
    await untilQuiet(db, sitesOf(world));
    const { events } = await demandeOf(db, ref);
    expect(JSON.stringify(events)).toContain("Pendant la panne");
    expect((await compareWorlds({ db, views: [people.view], now: world.clock.now() })).faults).toEqual([]);
    await after.stop();
  } finally {
    await db.close();
    await elsewhere.close();
  }
});

test("a file cut short, changed, or of something else is refused with a sentence, and nothing is written", async () => {
  const env = environment(world.mongodbUri);
  expect((await desktop.run(["sauvegarder", "bonne"], env)).status).toBe(0);
  expect(await desktop.run(["sauvegarder", "bonne"], env)).toMatchObject({
    status: 1,
    err: expect.stringContaining("existe déjà"),
  });
  const bytes = await readFile(join(desktop.folder, "bonne"));
  const changed = Buffer.from(bytes);
  changed[Math.floor(bytes.length / 2)] = (changed[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
  await desktop.file("coupee", bytes.subarray(0, bytes.length - 100));
  await desktop.file("changee", changed);
  await desktop.file("autre", "nom;prénom\n");
  await desktop.file("vide", "");
  const target = await testDatabase();
  const db = await openDatabase(target.uri, sealerOf(world.keys));
  try {
    for (const name of ["coupee", "changee", "autre", "vide", "absente"]) {
      const { status, err } = await desktop.run(["restaurer", name], environment(target.uri));
      expect({ name, status, said: /sauvegarde|lu\./.test(err), stack: /\n\s+at /.test(err) }).toEqual({
        name,
        status: 1,
        said: true,
        stack: false,
      });
    }
    expect(await db.agents.model.countDocuments()).toBe(0);
  } finally {
    await db.close();
    await target.close();
  }
});
