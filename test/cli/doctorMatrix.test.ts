import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Agent } from "../../src/domain/agent.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import type { Identity } from "../../src/domain/place.ts";
import { type Desktop, startDesktop } from "./command.ts";
import { type Homeserver, SERVER, startHomeserver } from "./homeserver.ts";

/** The lines that begin so, without their mark. */
const marked = (out: string, mark: "✓" | "✗"): string[] =>
  out.split("\n").flatMap((line) => (line.startsWith(`${mark} `) ? [line.slice(2)] : []));

const ALIX: Agent = {
  id: agentId("alix"),
  name: "Alix Modèle",
  email: "alix.modele@exemple.test",
  admin: false,
  disabled: false,
  shared: false,
  memberships: [{ groupeId: groupeId("caf-01"), aidant: false, instructeur: true, responsable: true }],
};
const ACCOUNT: Identity = { platform: "matrix", workspace: SERVER, user: "@alix.modele:exemple.test" };

describe("aplus doctor, on Matrix", () => {
  let desktop: Desktop;
  let site: Homeserver;
  beforeAll(async () => {
    desktop = await startDesktop();
    site = await startHomeserver(["caf-ain"]);
    await site.db.agents.save(ALIX, [ACCOUNT]);
  });
  beforeEach(() => bind(site.rooms["caf-ain"] ?? ""));
  afterAll(async () => {
    await desktop.close();
    await site.close();
  });

  const bind = (channel: string) =>
    site.db.groupes.save({
      id: groupeId("caf-01"),
      name: "CAF de l’Ain",
      description: "",
      organisme: "CAF",
      territoires: ["01"],
      franceServices: false,
      place: { platform: "matrix", workspace: SERVER, channel },
    });
  const run = (changes: Record<string, string> = {}, env = site.env) => desktop.run(["doctor"], { ...env, ...changes });

  test("finds nothing to mend where all is well, and tells no secret and nobody's name", async () => {
    const { status, out, err } = await run();
    expect({ status, err, wrong: marked(out, "✗") }).toEqual({ status: 0, err: "", wrong: [] });
    for (const line of [
      /^Dossier de données : inutile/,
      /^Slack : non configuré ; docs\/slack\.md/,
      /^Horloge : .*celle de Matrix$/,
      /^Serveur Matrix : répond/,
      /^Jeton Matrix du robot : accepté, compte @aplus:exemple\.test/,
      /^Salons chiffrés : non configuré/,
      /^Salon !.* : le robot est dans caf-ain$/,
      /^Identifiants Matrix : chaque groupe/,
    ])
      expect(marked(out, "✓")).toContainEqual(expect.stringMatching(line));
    expect(out).not.toContain("bac à sable");
    const { MATRIX_HOMESERVER: _, MONGODB_URI: __, ...secrets } = site.env;
    for (const secret of [...Object.values(secrets), "alix"]) expect(out).not.toContain(secret);
  });

  test("names a room in which the bot is not, and groupes in which it knows nobody", async () => {
    const { id } = await site.matrix.control.createRoom({ name: "ailleurs", members: ["alix.modele"] });
    await bind(id);
    await site.db.agents.unlink(ALIX.id, [ACCOUNT]);
    const { status, out } = await run();
    await site.db.agents.link(ALIX.id, ACCOUNT);
    expect(status).toBe(1);
    expect(marked(out, "✗")).toEqual([
      "Identifiants Matrix : groupes reliés à un salon, où le robot ne reconnaît personne : CAF de l’Ain",
      `Salon ${id} : le robot n’est pas dans ce salon`,
    ]);
    expect(out).toContain("2 points à corriger.");
  });

  test("tells a token that is refused and a homeserver that is away, without the token", async () => {
    const refused = await run({ MATRIX_ACCESS_TOKEN: "jeton-faux" });
    expect(marked(refused.out, "✗")).toEqual([expect.stringMatching(/^Jeton Matrix du robot : refusé.*M_UNKNOWN_TOKEN/)]);
    expect(refused.out).not.toContain("jeton-faux");
    const away = await run({ MATRIX_HOMESERVER: "http://127.0.0.1:9" });
    expect(marked(away.out, "✗")).toEqual([expect.stringMatching(/^Serveur Matrix : ne répond pas/)]);
    expect([refused.status, away.status]).toEqual([1, 1]);
  });

  test("groupes bound to a platform that is not configured miss it", async () => {
    const { status, out } = await run({}, site.envWithoutMatrix);
    expect(status).toBe(1);
    expect(marked(out, "✗")).toEqual(["Matrix : non configuré, alors que 1 groupe y est relié"]);
    expect(marked(out, "✓")).toContainEqual(expect.stringMatching(/^Bac à sable : aucune messagerie n’est configurée/));
  });

  test("a clock that is wrong is told", async () => {
    const server: Server = createServer((_request, response) => {
      response.setHeader("date", new Date(Date.now() - 3_600_000).toUTCString());
      response.setHeader("content-type", "application/json").end('{"versions":["v1.11"]}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { out } = await run({ MATRIX_HOMESERVER: `http://127.0.0.1:${port}` });
    server.close();
    expect(marked(out, "✗")[0]).toMatch(/^Horloge : décalée de 3\s?(599|600)(,\d)? s par rapport à celle de Matrix/);
  });
});
