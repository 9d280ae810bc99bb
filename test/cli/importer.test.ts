import { readFile } from "node:fs/promises";
import { NEW_PROFILE } from "../../models/agent.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import { type Desktop, KEYS, startDesktop } from "./command.ts";
import { startWorkspace, type Workspace } from "./workspace.ts";

const sample = (name: string) => readFile(new URL(`../../docs/exemples/${name}`, import.meta.url), "utf8");

const GROUPES = "identifiant;nom;organisme;territoires\n";
const AGENTS = "email;nom;groupe;roles\n";

describe("aplus importer", () => {
  let desktop: Desktop;
  let workspace: Workspace;
  beforeEach(async () => {
    desktop = await startDesktop();
    workspace = await startWorkspace(["caf-ain", "cpam-ain", "prefecture-ain"]);
  });
  afterEach(async () => {
    await desktop.close();
    await workspace.close();
  });

  const run = async (groupes: string | Uint8Array, agents: string | Uint8Array, args: string[] = [], env = workspace.env) =>
    desktop.run(["importer", await desktop.file("groupes.csv", groupes), await desktop.file("agents.csv", agents), ...args], env);

  const stored = async () => {
    const { db } = workspace;
    const agents = await db.agents.model.find({}).sort({ email: 1 }).lean();
    return { groupes: await db.groupes.all(), agents };
  };

  const agent = async (email: string) => {
    const found = await workspace.db.agents.byEmail(email);
    if (!found) throw new Error(`no ${email}`);
    return found;
  };

  test("the sample of the documentation gives a workspace ready to work; a second run changes nothing", async () => {
    const files = [await sample("groupes.csv"), await sample("agents.csv")] as const;
    const essai = await run(...files, ["--essai"]);
    expect(essai).toMatchObject({ status: 0, err: "" });
    expect(essai.out).toContain("ligne 3 · caf-01 : nouveau groupe « CAF de l’Ain » (CAF ; 01) ; relié au canal #caf-ain");
    expect(essai.out).toContain("ligne 8 · maxime.fictif@exemple.test : rejoint cpam-01 (instructeur)");
    expect(essai.out).toContain("rien n’a été écrit");
    expect(await stored()).toEqual({ groupes: [], agents: [] });

    expect(await run(...files)).toMatchObject({ status: 0, err: "" });
    const caf = await workspace.db.groupes.byPlace({
      platform: "slack",
      workspace: workspace.teamId,
      channel: workspace.channels["caf-ain"] ?? "",
    });
    expect(caf).toMatchObject({
      id: "caf-01",
      name: "CAF de l’Ain",
      organisme: "CAF",
      territoires: ["01"],
      franceServices: false,
    });
    expect(await workspace.db.groupes.byId(groupeId("france-services-exemple"))).toMatchObject({
      franceServices: true,
      place: null,
    });
    expect((await agent("maxime.fictif@exemple.test")).memberships).toEqual([
      { groupeId: "prefecture-01", aidant: false, instructeur: true, responsable: true },
      { groupeId: "cpam-01", aidant: false, instructeur: true, responsable: false },
    ]);
    expect(await agent("accueil@exemple.test")).toMatchObject({ shared: true, disabled: false, admin: false });
    expect(await agent("claude.admin@exemple.test")).toMatchObject({ admin: true, memberships: [] });

    const before = await stored();
    const again = await run(...files);
    expect(again.out).toContain("Groupes : 0 nouveau, 0 modifié, 4 inchangés.");
    expect(again.out).toContain("Comptes : 0 nouveau, 0 modifié, 7 inchangés.");
    expect(await stored()).toEqual(before);
  });

  test("takes a byte order mark, commas, Windows line ends, other orders of columns, blank lines and former names", async () => {
    const { status, err } = await run(
      '\uFEFFNom,Identifiant,Territoires,Organisme\r\n"CAF, Ain et Jura",caf-01,"1, 39",caisse d\'allocations familiales\r\n,,,\r\nEmploi,emploi-2a,2a,Pôle emploi\r\n',
      "\uFEFFROLES;email;Groupe;nom\r\nInstructeur;Alix@Exemple.TEST;caf-01;Alix Modèle",
    );
    expect(err).toBe("");
    expect(status).toBe(0);
    expect(await workspace.db.groupes.byId(groupeId("caf-01"))).toMatchObject({
      name: "CAF, Ain et Jura",
      territoires: ["01", "39"],
    });
    expect(await workspace.db.groupes.byId(groupeId("emploi-2a"))).toMatchObject({
      organisme: "France Travail",
      territoires: ["2A"],
    });
    expect(await agent("alix@exemple.test")).toMatchObject({ name: "Alix Modèle" });
  });

  test("tells every fault with its line and column, and writes nothing", async () => {
    const { status, out, err } = await run(
      "identifiant;nom;organisme;territoires;espace slack;canal slack\n" +
        "caf-01;CAF;CAF;01;;\n" +
        "CAF 2;CAF 2;Banque Imaginaire;20, 99;;#inexistant\n" +
        "caf-01;Autre;CAF;01;;\n" +
        "cpam-01;caf;CPAM;01;TAUTRE;C0000000\n" +
        'cpam-02;"CPAM\ndeux";CPAM;01;;Deux Mots\n' +
        "trop;de;cases;;;;;\n" +
        "msa-01;MSA;MSA;01;;#inexistant\n",
      `${AGENTS}pas-une-adresse;Alix;caf-01;instructeur\n` +
        "alix@exemple.test;Alix;inconnu;chef\n" +
        "alix@exemple.test;;caf-01;aucun, aidant\n" +
        "lou@exemple.test;Lou;;instructeur\n" +
        "noa@exemple.test;Noa;caf-01;aidant\n" +
        "noa@exemple.test;Noé;caf-01;aidant\n",
    );
    expect(status).toBe(1);
    const told = err.split("\n").map((line) => line.split(" : ")[0]);
    expect(told).toEqual([
      "groupes.csv, ligne 3, colonne « identifiant »",
      "groupes.csv, ligne 3, colonne « organisme »",
      "groupes.csv, ligne 3, colonne « territoires »",
      "groupes.csv, ligne 3, colonne « territoires »",
      "groupes.csv, ligne 4, colonne « identifiant »",
      "groupes.csv, ligne 5, colonne « espace slack »",
      "groupes.csv, ligne 5, colonne « nom »",
      "groupes.csv, ligne 6, colonne « canal slack »",
      "groupes.csv, ligne 8",
      "groupes.csv, ligne 9, colonne « canal slack »",
      "agents.csv, ligne 2, colonne « email »",
      "agents.csv, ligne 3, colonne « roles »",
      "agents.csv, ligne 4, colonne « nom »",
      "agents.csv, ligne 4, colonne « roles »",
      "agents.csv, ligne 5, colonne « roles »",
      "agents.csv, ligne 7, colonne « groupe »",
      "agents.csv, ligne 7, colonne « nom »",
      "17 erreurs",
      "",
    ]);
    expect(out).not.toContain("ligne");
    expect(await stored()).toEqual({ groupes: [], agents: [] });
  });

  test("a line decides of its own groupe only; aucun takes out, an empty cell keeps what is", async () => {
    const groupes = `${GROUPES}caf-01;CAF;CAF;01\ncpam-01;CPAM;CPAM;01\n`;
    const head = "email;nom;groupe;roles;partage;desactive\n";
    await run(groupes, `${head}alix@exemple.test;Alix;caf-01;instructeur, admin;oui;\nalix@exemple.test;Alix;cpam-01;aidant;;\n`);
    const { id } = await agent("alix@exemple.test");
    await workspace.db.agents.link(id, { platform: "slack", workspace: workspace.teamId, user: "U0EXEMPLE" });

    const second = await run(
      groupes,
      `${head}ALIX@exemple.test;Alix Modèle;cpam-01;responsable;;oui\nalix@exemple.test;Alix Modèle;;aucun;;\n`,
    );
    expect(second.out).toContain("nom : « Alix » devient « Alix Modèle »");
    expect(second.out).toContain("dans cpam-01, de aidant à responsable");
    expect(second.out).toContain("compte désactivé");
    expect(second.out).toContain("n’est plus admin");
    expect(await agent("alix@exemple.test")).toEqual({
      id,
      name: "Alix Modèle",
      email: "alix@exemple.test",
      admin: false,
      disabled: true,
      shared: true,
      profile: NEW_PROFILE,
      identities: [{ platform: "slack", workspace: workspace.teamId, user: "U0EXEMPLE" }],
      memberships: [
        { groupeId: "caf-01", aidant: false, instructeur: true, responsable: false },
        { groupeId: "cpam-01", aidant: false, instructeur: false, responsable: true },
      ],
    });

    await run(groupes, `${head}alix@exemple.test;Alix Modèle;caf-01;aucun;;non\n`);
    expect(await workspace.db.agents.byId(agentId(id))).toMatchObject({
      disabled: false,
      memberships: [{ groupeId: "cpam-01" }],
    });
  });

  test("a channel or a name belongs to one groupe", async () => {
    const head = "identifiant;nom;organisme;territoires;canal slack\n";
    expect((await run(`${head}caf-01;CAF;CAF;01;#caf-ain\n`, AGENTS)).status).toBe(0);
    const stolen = await run(`${head}caf-67;Caf.;CAF;67;${workspace.channels["caf-ain"]}\n`, AGENTS);
    expect(stolen.err).toContain("colonne « nom » : ce nom est celui du groupe caf-01.");
    expect(stolen.err).toContain("colonne « canal slack » : ce canal est relié au groupe caf-01.");
    const moved = await run(`${head}caf-01;CAF;CAF;01;cpam-ain\n`, AGENTS);
    expect(moved.out).toContain(`relié au canal #cpam-ain, et non plus à ${workspace.channels["caf-ain"]}`);
    expect((await run(`${head}caf-01;CAF;CAF;01;\n`, AGENTS)).out).toContain("1 inchangé");
    expect(await workspace.db.groupes.byId(groupeId("caf-01"))).toMatchObject({
      place: { channel: workspace.channels["cpam-ain"] },
    });
  });

  test("without Slack, a channel is given by the ids of its workspace and its own", async () => {
    const { MONGODB_URI = "" } = workspace.env;
    const env = { ...KEYS, MONGODB_URI };
    const head = "identifiant;nom;organisme;territoires;espace slack;canal slack\n";
    const named = await run(`${head}caf-01;CAF;CAF;01;T0EXEMPLE;#caf-ain\n`, AGENTS, [], env);
    expect(named).toMatchObject({ status: 1, err: expect.stringContaining("Slack n’est pas configuré") });
    const byId = await run(`${head}caf-01;CAF;CAF;01;T0EXEMPLE;C0EXEMPLE\n`, AGENTS, [], env);
    expect(byId.status).toBe(0);
    expect(await workspace.db.groupes.byId(groupeId("caf-01"))).toMatchObject({
      place: { platform: "slack", workspace: "T0EXEMPLE", channel: "C0EXEMPLE" },
    });
  });

  test("Slack that refuses the token, a missing file, and a missing configuration are told in a sentence", async () => {
    const head = "identifiant;nom;organisme;territoires;canal slack\n";
    const env = { ...workspace.env, SLACK_BOT_TOKEN: "xoxb-faux" };
    const refused = await run(`${head}caf-01;CAF;CAF;01;#caf-ain\n`, AGENTS, [], env);
    expect(refused).toMatchObject({ status: 1, err: expect.stringContaining("invalid_auth") });
    expect(refused.err).not.toContain("xoxb-faux");
    const missing = await desktop.run(["importer", "nulle-part.csv", "agents.csv"], workspace.env);
    expect(missing).toMatchObject({ status: 1, err: expect.stringContaining("nulle-part.csv ne peut pas être lu") });
    const misset = await desktop.run(["importer", "a.csv", "b.csv"], { MONGODB_URI: "mongodb://localhost/aplus" });
    expect(misset).toMatchObject({ status: 1, err: expect.stringContaining("ENCRYPTION_KEYS est obligatoire") });
    for (const { err } of [refused, missing, misset]) expect(err).not.toMatch(/\n\s+at /);
  });

  test("without MONGODB_URI it fills the embedded database, which keeps it", async () => {
    const { MONGODB_URI: _, ENCRYPTION_KEYS: __, SEARCH_KEY: ___, ...env } = workspace.env;
    const files = [await sample("groupes.csv"), await sample("agents.csv")] as const;
    expect(await run(...files, [], env)).toMatchObject({ status: 0, out: expect.stringContaining("embarquée, dans ") });
    expect(await run(...files, [], env)).toMatchObject({ status: 0, out: expect.stringContaining("4 inchangés") });
  });
});
