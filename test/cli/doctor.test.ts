import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { startMongoServer } from "../../sandbox/mongo/server.ts";
import { systemClock } from "../../src/clock.ts";
import { open } from "../../src/demandes/open.ts";
import type { Agent } from "../../src/domain/agent.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import { Directory } from "../../src/groupes/directory.ts";
import { createLog } from "../../src/log.ts";
import { Metrics } from "../../src/metrics.ts";
import { claimOldest } from "../support/notices.ts";
import { type Desktop, KEYS, startDesktop } from "./command.ts";
import { startWorkspace, type Workspace } from "./workspace.ts";

const EMAIL = "alix.modele@exemple.test";

const person = (handle: string, groupe: string, roles: Partial<Agent["memberships"][number]>): Agent => ({
  id: agentId(handle),
  name: handle,
  email: handle === "alix" ? EMAIL : `${handle}@exemple.test`,
  admin: false,
  disabled: false,
  shared: false,
  memberships: [{ groupeId: groupeId(groupe), aidant: false, instructeur: false, responsable: false, ...roles }],
});

/** The lines that begin so, without their mark. */
const marked = (out: string, mark: "✓" | "✗"): string[] =>
  out.split("\n").flatMap((line) => (line.startsWith(`${mark} `) ? [line.slice(2)] : []));

describe("aplus doctor", () => {
  let desktop: Desktop;
  beforeEach(async () => {
    desktop = await startDesktop();
  });
  afterEach(() => desktop.close());

  describe("on a database and a Slack workspace", () => {
    let workspace: Workspace;
    beforeEach(async () => {
      workspace = await startWorkspace(["caf-ain"]);
      const { db, teamId, channels } = workspace;
      const caf = { name: "CAF de l’Ain", description: "", organisme: "CAF", territoires: ["01"], franceServices: false };
      const place = { platform: "slack" as const, workspace: teamId, channel: channels["caf-ain"] ?? "" };
      await db.groupes.save({ ...caf, id: groupeId("caf-01"), place });
      await db.groupes.save({ ...caf, id: groupeId("fs-01"), name: "France Services", organisme: "FS", place: null });
      await db.agents.save(person("alix", "caf-01", { instructeur: true, responsable: true }));
      await db.agents.save(person("camille", "fs-01", { aidant: true, responsable: true }));
    });
    afterEach(() => workspace.close());

    const run = (changes: Record<string, string> = {}) => desktop.run(["doctor"], { ...workspace.env, ...changes });

    /** A demande as the aidant's form makes it, which nobody delivers. */
    async function openDemande(): Promise<string> {
      const { db, teamId } = workspace;
      const agent = await db.agents.byEmail("camille@exemple.test");
      if (!agent) throw new Error("no aidant");
      const identity = { platform: "slack" as const, workspace: teamId, user: "U0EXEMPLE" };
      const context = {
        db,
        directory: new Directory(db),
        delivery: { kick: () => undefined, first: <T>(act: () => Promise<T>) => act() },
        clock: systemClock,
        log: createLog("silent"),
        metrics: new Metrics(),
        maxFileSize: 1,
      };
      const values = {
        territoire: "01",
        groupes: ["caf-01"],
        sujet: "Versement suspendu",
        description: "Depuis deux mois.",
        prenom: "Ange",
        nomDeFamille: "Nom-Inventé",
        dateDeNaissance: "03/07/1971",
        autorisation: true,
      };
      const reaction = await open(context, agent, identity, "essai-1", values, {});
      expect(reaction.kind).toBe("tell");
      const stored = await db.demandes.model.findOne({}).lean();
      return stored?._id ?? "";
    }

    test("finds nothing to mend where all is well, and tells no secret and nobody's name", async () => {
      await openDemande();
      const { status, out, err } = await run();
      expect(marked(out, "✗")).toEqual([]);
      expect({ status, err }).toEqual({ status: 0, err: "" });
      expect(out).toContain("Tout va bien.");
      for (const check of ["Node.js", "Configuration", "Dossier de données", "Clés de chiffrement", "Base de données"])
        expect(marked(out, "✓")).toContainEqual(expect.stringMatching(`^${check} : `));
      expect(out).toContain("MongoDB ");
      expect(out).toContain("la demande lue s’ouvre");
      expect(out).toContain("Canal ");
      expect(marked(out, "✓").filter((line) => line.startsWith("Horloge"))).toHaveLength(2);
      const { SLACK_API_URL: _, MONGODB_URI: __, ...secrets } = workspace.env;
      for (const secret of [...Object.values(secrets), "exemple.test", "Inventé"]) expect(out).not.toContain(secret);
    });

    test("names groupes that nobody would see or answer", async () => {
      const { db } = workspace;
      const caf = await db.groupes.byId(groupeId("caf-01"));
      if (!caf) throw new Error("no groupe");
      await db.groupes.save({ ...caf, place: null });
      await db.agents.save({ ...person("alix", "caf-01", { instructeur: true, responsable: true }), disabled: true });
      const { status, out } = await run();
      expect(status).toBe(1);
      expect(marked(out, "✗")).toEqual([
        "Canaux des groupes : reliés à aucun canal : CAF de l’Ain",
        "Instructeurs et aidants : groupes sans instructeur ni aidant actif : CAF de l’Ain",
        "Responsables : groupes sans responsable actif : CAF de l’Ain",
      ]);
      expect(out).toContain("3 points à corriger.");
    });

    test("names what Slack refuses", async () => {
      const { slack, channels } = workspace;
      await slack.control.archive(channels["caf-ain"] ?? "");
      const archived = await run();
      expect(marked(archived.out, "✗")).toEqual([expect.stringMatching(/^Canal .*archivé/)]);
      const refused = await run({ SLACK_BOT_TOKEN: "xoxb-faux" });
      expect(marked(refused.out, "✗")).toEqual([expect.stringMatching(/^Jeton du robot : refusé/)]);
      expect([archived.status, refused.status]).toEqual([1, 1]);
    });

    test("finds missing indexes, broken threads, what waits for too long and notices given up", async () => {
      const { db } = workspace;
      const id = await openDemande();
      const past = new Date(Date.now() - 3 * 3_600_000);
      await db.demandes.model.collection.dropIndex("deliverAt_1");
      await db.demandes.model.updateOne(
        { _id: id },
        { $set: { deliverAt: past, "threads.0.broken": { code: "is_archived", at: past } } },
      );
      const notice = { id: "n1", to: { kind: "agent" as const, agentId: agentId("alix") } };
      await db.notices.add({ ...notice, content: { kind: "list", list: { title: "", lines: [] } as never } }, past);
      await claimOldest(db, "essai", new Date(), new Date(Date.now() + 1000));
      await db.notices.end("n1", "essai", "dead", new Date(), "user_not_found");
      const { status, out } = await run();
      expect(status).toBe(1);
      expect(marked(out, "✗")).toEqual([
        "Index : manquent : demandes : deliverAt",
        "Fils : bloqués jusqu’à ce qu’on y remédie : is_archived (1)",
        "Envois en attente : 1 demande et 0 avis, le plus ancien depuis 3 heures",
        "Avis abandonnés : depuis sept jours : user_not_found (1)",
      ]);
      const indexes = await db.demandes.model.collection.indexes();
      expect(indexes.map(({ name }) => name)).not.toContain("deliverAt_1");
    });

    test("tells keys that do not open what is stored, and a search key that changed", async () => {
      await openDemande();
      const other = Buffer.alloc(32, 1).toString("base64");
      const sealed = await run({ ENCRYPTION_KEYS: `essai-1:${other}` });
      expect(marked(sealed.out, "✗")).toEqual([expect.stringMatching(/^Données chiffrées : 1 des 1 /)]);
      const search = await run({ SEARCH_KEY: other });
      expect(marked(search.out, "✗")).toEqual([expect.stringMatching(/^Clé de recherche : a changé/)]);
    });
  });

  test("tells every fault of the configuration, without the values", async () => {
    const { status, out } = await desktop.run(["doctor"], {
      PORT: "99999",
      MONGODB_URI: "http://secret",
      SLACK_SIGNING_SECRET: "",
      SLACK_APP_TOKEN: "secret",
    });
    expect(status).toBe(1);
    expect(marked(out, "✗").map((line) => line.split(" ")[2])).toEqual([
      "PORT",
      "MONGODB_URI",
      "SLACK_APP_TOKEN",
      "SLACK_SIGNING_SECRET",
      "ENCRYPTION_KEYS",
      "SEARCH_KEY",
      "SLACK_BOT_TOKEN",
    ]);
    expect(out).not.toContain("secret");
  });

  test("a database that does not answer is told, its password is not", async () => {
    const { status, out, err } = await desktop.run(["doctor"], {
      ...KEYS,
      MONGODB_URI: "mongodb://robot:motdepasse@127.0.0.1:9/aplus",
    });
    expect({ status, err }).toEqual({ status: 1, err: "" });
    expect(marked(out, "✗")).toEqual([expect.stringMatching(/^Base de données : ne répond pas/)]);
    expect(out).not.toContain("motdepasse");
  });

  describe("on the embedded database", () => {
    test("new: finds nothing wrong and makes nothing", async () => {
      const { status, out } = await desktop.run(["doctor"]);
      expect({ status, wrong: marked(out, "✗") }).toEqual({ status: 0, wrong: [] });
      expect(out).toContain("sera créé au démarrage");
      expect((await desktop.run(["doctor"])).out).toContain("sera créé au démarrage");
    });

    test("without its keys, it is told that they must come back, and none is made", async () => {
      await (await startMongoServer({ folder: join(desktop.folder, "data", "mongo") })).close();
      const keys = expect.stringMatching(/^Clés de chiffrement : .*keys\.json manque/);
      for (const { status, out } of [await desktop.run(["doctor"]), await desktop.run(["doctor"])])
        expect({ status, wrong: marked(out, "✗") }).toEqual({ status: 1, wrong: [keys] });
      await desktop.file("data/keys.json", "{");
      expect(marked((await desktop.run(["doctor"])).out, "✗")).toEqual([expect.stringContaining("keys.json est illisible")]);
    });

    test("that another program has open is told to be so; stopped, it is looked at", async () => {
      const groupes = await desktop.file("g.csv", "identifiant;nom;organisme;territoires\nfs-01;FS;FS;01\n");
      const agents = await desktop.file("a.csv", "email;nom;groupe;roles\nc@exemple.test;C;fs-01;aidant responsable\n");
      expect(await desktop.run(["importer", groupes, agents])).toMatchObject({ status: 0 });
      const server = await startMongoServer({ folder: join(desktop.folder, "data", "mongo") });
      const busy = await desktop.run(["doctor"]);
      const refused = await desktop.run(["importer", groupes, agents]);
      await server.close();
      expect(marked(busy.out, "✗")).toEqual([expect.stringMatching(/^Base de données : non vérifiée/)]);
      expect(refused).toMatchObject({ status: 1, err: expect.stringContaining("si le robot fonctionne, arrêtez-le") });
      const free = await desktop.run(["doctor"]);
      expect({ status: free.status, wrong: marked(free.out, "✗") }).toEqual({ status: 0, wrong: [] });
      expect(free.out).toContain("la base embarquée répond en");
    });
  });

  test("a clock that is wrong is told", async () => {
    const server: Server = createServer((_request, response) => {
      response.setHeader("date", new Date(Date.now() - 3_600_000).toUTCString());
      response.setHeader("content-type", "application/json").end('{"ok":false,"error":"invalid_auth"}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { out } = await desktop.run(["doctor"], {
      SLACK_BOT_TOKEN: "xoxb-essai",
      SLACK_APP_TOKEN: "xapp-essai",
      SLACK_API_URL: `http://127.0.0.1:${port}/api/`,
    });
    server.close();
    expect(marked(out, "✗")[0]).toMatch(/^Horloge : décalée de 3\s?(599|600)(,\d)? s par rapport à celle de Slack/);
  });
});
