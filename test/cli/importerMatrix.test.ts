import { readFile } from "node:fs/promises";
import { groupeId } from "../../src/domain/ids.ts";
import { type Desktop, startDesktop } from "./command.ts";
import { type Homeserver, SERVER, startHomeserver } from "./homeserver.ts";

const sample = (name: string) => readFile(new URL(`../../docs/exemples/${name}`, import.meta.url), "utf8");

const GROUPES = "identifiant;nom;organisme;territoires;salon matrix\n";
const AGENTS = "email;nom;groupe;roles;identifiant matrix\n";
const CAF = `${GROUPES}caf-01;CAF;CAF;01;\n`;
const alix = (mxid: string) => `${AGENTS}alix@${SERVER};Alix Modèle;caf-01;instructeur;${mxid}\n`;

describe("aplus importer, on Matrix", () => {
  let desktop: Desktop;
  let site: Homeserver;
  beforeEach(async () => {
    desktop = await startDesktop();
    site = await startHomeserver(["caf-ain", "prefecture-ain"]);
  });
  afterEach(async () => {
    await desktop.close();
    await site.close();
  });

  const run = async (groupes: string, agents: string, args: string[] = [], env = site.env) =>
    desktop.run(["importer", await desktop.file("groupes.csv", groupes), await desktop.file("agents.csv", agents), ...args], env);

  const stored = async () => ({
    groupes: await site.db.groupes.all(),
    agents: await site.db.agents.model.find({}).sort({ email: 1 }).lean(),
  });
  const placed = (name: string) => ({ platform: "matrix" as const, workspace: SERVER, channel: site.rooms[name] ?? "" });
  const account = (user: string) => ({ platform: "matrix" as const, workspace: SERVER, user });
  const emailOf = async (user: string) => (await site.db.agents.byIdentity(account(user)))?.email ?? null;

  test("the sample of the documentation binds rooms and knows people; a second run changes nothing", async () => {
    const files = [await sample("groupes-matrix.csv"), await sample("agents-matrix.csv")] as const;
    const essai = await run(...files, ["--essai"]);
    expect(essai).toMatchObject({ status: 0, err: "" });
    expect(essai.out).toContain(
      "ligne 3 · caf-01 : nouveau groupe « CAF de l’Ain » (CAF ; 01) ; relié au salon #caf-ain:exemple.test",
    );
    expect(essai.out).toContain("ligne 4 · alix.modele@exemple.test : nouveau compte « Alix Modèle »");
    expect(essai.out).toContain("reconnu sur Matrix comme @alix.modele:exemple.test");
    expect(await stored()).toEqual({ groupes: [], agents: [] });

    expect(await run(...files)).toMatchObject({ status: 0, err: "" });
    expect(await site.db.groupes.byPlace(placed("caf-ain"))).toMatchObject({ id: "caf-01" });
    expect(await site.db.groupes.byPlace(placed("prefecture-ain"))).toMatchObject({ id: "prefecture-01" });
    expect(await site.db.groupes.byId(groupeId("france-services-exemple"))).toMatchObject({ place: null });
    expect(await emailOf("@alix.modele:exemple.test")).toBe("alix.modele@exemple.test");
    // Of another homeserver, as the bot's sees it; said once for the two lines.
    expect(await emailOf("@maxime.fictif:prefecture.exemple.test")).toBe("maxime.fictif@exemple.test");
    expect(await site.db.agents.byEmail("claude.admin@exemple.test")).toMatchObject({ identities: [] });

    const before = await stored();
    const again = await run(...files);
    expect(again.out).toContain("Groupes : 0 nouveau, 0 modifié, 3 inchangés.");
    expect(again.out).toContain("Comptes : 0 nouveau, 0 modifié, 5 inchangés.");
    expect(await stored()).toEqual(before);
  });

  test("files without these columns keep the rooms and the accounts as they are", async () => {
    await run(`${GROUPES}caf-01;CAF;CAF;01;${site.rooms["caf-ain"]}\n`, alix("alix.modele:exemple.test"));
    const before = await stored();
    const { status, out } = await run(
      "identifiant;nom;organisme;territoires\ncaf-01;CAF;CAF;01\n",
      `email;nom;groupe;roles\nalix@${SERVER};Alix Modèle;caf-01;instructeur\n`,
      [],
      site.envWithoutMatrix,
    );
    expect(status).toBe(0);
    expect(out).toContain("Comptes : 0 nouveau, 0 modifié, 1 inchangé.");
    expect(await stored()).toEqual(before);
    expect(await site.db.groupes.byPlace(placed("caf-ain"))).toMatchObject({ id: "caf-01" });
    expect(await emailOf("@alix.modele:exemple.test")).toBe("alix@exemple.test");
  });

  test("another account takes the place of the former; aucun takes it away; those of other platforms stay", async () => {
    await run(CAF, alix("@alix.modele:exemple.test"));
    const agent = await site.db.agents.byEmail("alix@exemple.test");
    if (!agent) throw new Error("no agent");
    const slack = { platform: "slack" as const, workspace: "T0EXEMPLE", user: "U0EXEMPLE" };
    await site.db.agents.link(agent.id, slack);
    const before = await stored();
    const change = "reconnu sur Matrix comme @alix:ailleurs.exemple.test:8448, et non plus comme @alix.modele:exemple.test";
    const essai = await run(CAF, alix("@alix:ailleurs.exemple.test:8448"), ["--essai"]);
    expect(essai.out).toContain(`ligne 2 · alix@exemple.test : ${change}`);
    expect(await stored()).toEqual(before);

    expect((await run(CAF, alix("@alix:ailleurs.exemple.test:8448"))).out).toContain(change);
    expect(await emailOf("@alix.modele:exemple.test")).toBeNull();
    expect((await site.db.agents.byId(agent.id))?.identities).toEqual([slack, account("@alix:ailleurs.exemple.test:8448")]);
    const removed = await run(CAF, alix("Aucun"), [], site.envWithoutMatrix);
    expect(removed.out).toContain("n’est plus reconnu sur Matrix comme @alix:ailleurs.exemple.test:8448");
    expect((await site.db.agents.byId(agent.id))?.identities).toEqual([slack]);
    expect((await run(CAF, alix("aucun"))).out).toContain("1 inchangé");
  });

  test("the account known from a former homeserver of the bot's is known again from this one", async () => {
    await run(CAF, alix("@alix.modele:exemple.test"));
    await site.db.agents.model.updateOne({}, { $set: { identities: ["matrix/ancien.exemple.test/@alix.modele:exemple.test"] } });
    const { out } = await run(CAF, alix("@alix.modele:exemple.test"));
    expect(out).toContain("alix@exemple.test : reconnu sur Matrix comme @alix.modele:exemple.test\n");
    expect((await site.db.agents.byEmail("alix@exemple.test"))?.identities).toEqual([account("@alix.modele:exemple.test")]);
  });

  test("an account belongs to one agent, in the database and in the file", async () => {
    await run(CAF, alix("@alix.modele:exemple.test"));
    const before = await stored();
    const { status, err } = await run(
      CAF,
      `${AGENTS}lou@exemple.test;Lou;caf-01;instructeur;@alix.modele:exemple.test\n` +
        "noa@exemple.test;Noa;caf-01;aidant;@noa:exemple.test\n" +
        "charlie@exemple.test;Charlie;caf-01;aidant;@noa:exemple.test\n" +
        "maxime@exemple.test;Maxime;caf-01;aidant;@maxime:exemple.test\n" +
        "maxime@exemple.test;Maxime;;aucun;@max:exemple.test\n",
    );
    expect(status).toBe(1);
    expect(err.split("\n").slice(0, 3)).toEqual([
      expect.stringMatching(/^agents\.csv, ligne 2, colonne « identifiant matrix » : .*celui de alix@exemple\.test : .*aucun/),
      expect.stringMatching(/^agents\.csv, ligne 4, colonne « identifiant matrix » : .*donné à noa@exemple\.test, ligne 3/),
      expect.stringMatching(/^agents\.csv, ligne 6, colonne « identifiant matrix » : dit autre chose que la ligne 5/),
    ]);
    expect(await stored()).toEqual(before);
    // Freed by a first import, it may be another's.
    expect((await run(CAF, alix("aucun"))).status).toBe(0);
    const given = await run(CAF, `${AGENTS}lou@exemple.test;Lou;caf-01;instructeur;@alix.modele:exemple.test\n`);
    expect(given.status).toBe(0);
    expect(await emailOf("@alix.modele:exemple.test")).toBe("lou@exemple.test");
  });

  test("what is neither a room nor an account is told with its line; a groupe is bound to one place, a room to one groupe", async () => {
    await run(`${GROUPES}caf-01;CAF;CAF;01;#caf-ain:exemple.test\n`, AGENTS);
    const before = await stored();
    const { status, err } = await run(
      "identifiant;nom;organisme;territoires;espace slack;canal slack;salon matrix\n" +
        "a;A;CAF;01;T0EXEMPLE;C0EXEMPLE;#prefecture-ain:exemple.test\n" +
        "b;B;CAF;01;;;#inconnu:exemple.test\n" +
        "c;C;CAF;01;;;#ailleurs:ne.repond.pas.exemple.test\n" +
        `d;D;CAF;01;;;${site.rooms["caf-ain"]}\n` +
        "e;E;CAF;01;;;caf-ain\n" +
        "f;F;CAF;01;;;#caf ain:exemple.test\n" +
        "g;G;CAF;01;;;@alix.modele:exemple.test\n",
      `${AGENTS}x@exemple.test;X;caf-01;aidant;alix\ny@exemple.test;Y;caf-01;aidant;#caf-ain:exemple.test\n`,
    );
    expect(status).toBe(1);
    const told = err
      .split("\n")
      .map((line) => line.replace(/^(groupes|agents)\.csv, ligne (\d+), colonne « (.*?) » : /, "$2 $3 : "));
    expect(told).toEqual([
      "2 salon matrix : un groupe n’est relié qu’à un seul endroit : donnez un canal Slack ou un salon Matrix, pas les deux.",
      "3 salon matrix : #inconnu:exemple.test est introuvable : aucun salon n’a cette adresse.",
      "4 salon matrix : #ailleurs:ne.repond.pas.exemple.test est introuvable : aucun salon n’a cette adresse.",
      "5 salon matrix : ce salon est relié au groupe caf-01.",
      expect.stringMatching(/^6 salon matrix : donnez l’adresse d’un salon/),
      expect.stringMatching(/^7 salon matrix : donnez l’adresse d’un salon/),
      expect.stringMatching(/^8 salon matrix : donnez l’adresse d’un salon/),
      expect.stringMatching(/^2 identifiant matrix : un identifiant Matrix est de la forme/),
      expect.stringMatching(/^3 identifiant matrix : un identifiant Matrix est de la forme/),
      "9 erreurs : rien n’a été importé.",
      "",
    ]);
    expect(await stored()).toEqual(before);
  });

  test("a groupe moves from Slack to Matrix, and from a room to another, even one whose id names no server", async () => {
    const slack = "identifiant;nom;organisme;territoires;espace slack;canal slack\ncaf-01;CAF;CAF;01;T0EXEMPLE;C0EXEMPLE\n";
    await run(slack, AGENTS);
    const moved = await run(`${GROUPES}caf-01;CAF;CAF;01;#caf-ain:exemple.test\n`, AGENTS);
    expect(moved.out).toContain("relié au salon #caf-ain:exemple.test, et non plus à C0EXEMPLE");
    const last = await run(`${GROUPES}caf-01;CAF;CAF;01;!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM\n`, AGENTS);
    expect(last).toMatchObject({ status: 0, out: expect.stringContaining(`et non plus à ${site.rooms["caf-ain"]}`) });
    expect(await site.db.groupes.byId(groupeId("caf-01"))).toMatchObject({
      place: { platform: "matrix", workspace: SERVER, channel: "!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM" },
    });
  });

  test("without Matrix configured, neither a room nor an account can be given", async () => {
    const { status, err } = await run(
      `${GROUPES}caf-01;CAF;CAF;01;${site.rooms["caf-ain"]}\n`,
      alix("@alix.modele:exemple.test"),
      [],
      site.envWithoutMatrix,
    );
    expect(status).toBe(1);
    expect(err.match(/Matrix n’est pas configuré/g)).toHaveLength(2);
    expect(await stored()).toEqual({ groupes: [], agents: [] });
  });

  test("a token that is refused and a homeserver that is away are told; one that asks to wait is waited for", async () => {
    const groupes = `${GROUPES}caf-01;CAF;CAF;01;#caf-ain:exemple.test\n`;
    const refused = await run(groupes, AGENTS, [], { ...site.env, MATRIX_ACCESS_TOKEN: "jeton-faux" });
    expect(refused).toMatchObject({ status: 1, err: expect.stringContaining("M_UNKNOWN_TOKEN") });
    expect(refused.err).not.toContain("jeton-faux");
    const away = await run(groupes, AGENTS, [], { ...site.env, MATRIX_HOMESERVER: "http://127.0.0.1:9" });
    expect(away).toMatchObject({ status: 1, err: expect.stringContaining("Le serveur Matrix ne répond pas") });
    for (const { err } of [refused, away]) expect(err).not.toMatch(/\n\s+at /);
    expect(await stored()).toEqual({ groupes: [], agents: [] });
    site.matrix.faults.add({
      kind: "refuse",
      method: "GET directory/room/*",
      status: 429,
      errcode: "M_LIMIT_EXCEEDED",
      retryAfterMs: 20,
      times: 2,
    });
    expect(await run(groupes, AGENTS)).toMatchObject({ status: 0, err: "" });
    expect(site.matrix.faults.list()).toEqual([]);
    // Files that name nothing of Matrix do not ask it anything.
    expect((await run(CAF, AGENTS, [], { ...site.env, MATRIX_HOMESERVER: "http://127.0.0.1:9" })).status).toBe(0);
  });
});
