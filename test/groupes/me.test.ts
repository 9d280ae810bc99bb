/** `/moi`: the desk on a real database. */
import { randomUUID } from "node:crypto";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import type { Identity } from "../../src/domain/place.ts";
import { plainText } from "../../src/domain/richtext.ts";
import { personOf, placeOf, told, World } from "../demandes/world.ts";

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const type = (who: string | Identity, text: string, channel = "D-direct") =>
  world.desk.command({
    id: randomUUID(),
    person: typeof who === "string" ? personOf(who) : who,
    command: "moi",
    text,
    place: placeOf(channel),
  });
const agent = async (name: string) => {
  const found = await world.db.agents.byId(agentId(name));
  if (!found) throw new Error(`no ${name}`);
  return found;
};
const matrix: Identity = { platform: "matrix", workspace: "exemple.test", user: "@ada:exemple.test" };

describe("/moi", () => {
  test("shows what is known, the groupes with their responsables, and the commands that fit", async () => {
    const shown = told(await type("ada", ""));
    expect(shown).toContain("ada@exemple.test");
    expect(shown).toContain("CAF de l’Ain : instructeur. Responsable : rita Exemple.");
    expect(shown).not.toContain("/groupe");
    expect(shown).not.toContain("/demande demande");
    expect(told(await type("rita", ""))).toContain("/groupe");
  });

  test("changes name, qualité, telephone and digest; faults stand beside their fields and store nothing", async () => {
    expect(told(await type("ada", "modifier"))).toBe("formulaire moi");
    const wrong = await world.submit("ada", "moi", { nom: "", telephone: "12", digest: true }, {});
    expect(wrong).toMatchObject({ kind: "faults", faults: { nom: expect.any(String), telephone: expect.any(String) } });
    expect((await agent("ada")).name).toBe("ada Exemple");
    const values = { nom: "Ada  Modèle", qualite: "Gestionnaire", telephone: "04.00.00.00.00", digest: false };
    expect(told(await world.submit("ada", "moi", values, {}))).toContain("enregistrées");
    const { name, profile, memberships } = await agent("ada");
    expect({ name, profile }).toEqual({
      name: "Ada Modèle",
      profile: { qualite: "Gestionnaire", telephone: "04 00 00 00 00", digest: false },
    });
    expect(memberships).toHaveLength(1);
  });

  test("a shared account changes nothing of itself", async () => {
    expect(told(await type("guichet", "modifier"))).toContain("compte partagé");
    expect(told(await world.submit("guichet", "moi", { nom: "Moi", digest: true }, {}))).toContain("compte partagé");
    expect((await agent("guichet")).name).toBe("guichet Exemple");
    expect(told(await type("guichet", "lier"))).toContain("ne se relie pas");
  });

  test("colleagues are those of one's own groupes, and of no other", async () => {
    const list = await type("ada", "groupe");
    if (list.kind !== "list") throw new Error(told(list));
    expect(list.list.lines.map(({ ref }) => ref)).toEqual(["ada Exemple", "bob Exemple", "guichet Exemple", "rita Exemple"]);
    expect(told(await type("ada", "groupe CPAM de l’Ain"))).toBe(told(await type("ada", "groupe Groupe imaginaire")));
    expect(told(await type("partout", "groupe"))).toContain("De quel groupe");
    expect((await type("partout", "groupe cpam de l'ain")).kind).toBe("list");
  });
});

describe("two accounts of one agent", () => {
  const codeOf = async (who: string) => /[A-Z0-9]{4}-[A-Z0-9]{4}/.exec(told(await type(who, "lier")))?.[0] ?? "";

  test("a code shown to one links the other, once; both are the same agent from then on", async () => {
    const code = await codeOf("ada");
    expect(told(await type(matrix, `lier ${code.toLowerCase()}`))).toContain("ce compte est celui de ada Exemple");
    expect(told(await type(matrix, ""))).toContain("ada@exemple.test");
    const again: Identity = { ...matrix, user: "@autre:exemple.test" };
    expect(told(await type(again, `lier ${code}`))).toContain("n’est pas valable");
    expect(await world.db.agents.byIdentity(again)).toBeNull();
    expect(await world.db.notices.model.countDocuments({ "to.agentId": "ada" })).toBe(1);
  });

  test("a code is not kept in clear, a newer one replaces it, an old one is none, an agent's account is not taken", async () => {
    const first = await codeOf("ada");
    const code = await codeOf("ada");
    expect(JSON.stringify(await world.db.linkCodes.model.find({}).lean())).not.toContain(code.replace("-", ""));
    expect(told(await type(matrix, `lier ${first}`))).toContain("n’est pas valable");
    expect(told(await type("bob", `lier ${code}`))).toContain("déjà celui d’un agent");
    const late = await codeOf("ada");
    await world.db.linkCodes.model.updateMany({ agent: "ada" }, { $set: { until: new Date(0) } });
    expect(told(await type(matrix, `lier ${late}`))).toContain("n’est pas valable");
  });

  test("tries are counted: after five, even the right code waits", async () => {
    for (let n = 0; n < 5; n += 1) expect(told(await type(matrix, "lier FAUX-FAUX"))).toContain("n’est pas valable");
    expect(told(await type(matrix, `lier ${await codeOf("ada")}`))).toContain("Trop d’essais");
  });

  test("the code of an agent who is disabled meanwhile links nothing", async () => {
    const code = await codeOf("bob");
    const { identities: _, ...bob } = await agent("bob");
    await world.db.agents.save({ ...bob, disabled: true });
    expect(told(await type(matrix, `lier ${code}`))).toContain("n’est pas valable");
  });
});

describe("somebody unknown", () => {
  test("is told who runs the groupe in its channel, and nothing of any groupe elsewhere", async () => {
    expect(told(await type("inconnue", "", "C-caf"))).toContain("Pour le groupe CAF de l’Ain, adressez-vous à rita Exemple.");
    const elsewhere = told(await type("inconnue", "", "C-ailleurs"));
    expect(elsewhere).toContain("n’est pas connu");
    expect(elsewhere).not.toContain("rita");
  });

  test("one who left the channel of their groupe is told how to come back, by /groupe too", async () => {
    const { identities } = await agent("rita");
    const [identity] = identities;
    if (!identity) throw new Error("rita has no account");
    const left = { user: identity.user, present: false, at: 1, event: "parti" };
    await world.db.presences.record(groupeId("caf"), placeOf("C-caf"), left);
    const reaction = await world.desk.command({
      id: randomUUID(),
      person: identity,
      command: "groupe",
      text: "membres",
      place: placeOf("C-caf"),
    });
    expect(reaction.kind === "tell" ? plainText(reaction.message.body) : "").toContain("revenez dans ce canal");
    expect(told(await type("rita", ""))).toContain("droits suspendus");
  });
});
