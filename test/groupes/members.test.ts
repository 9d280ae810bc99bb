/** Adding to a groupe, taking away, changing roles: once each, whoever else does so at the same moment. */
import { randomUUID } from "node:crypto";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import { claimOldest } from "../support/notices.ts";
import { formIn, GroupeDesk, words } from "./groupeDesk.ts";

let desk: GroupeDesk;
beforeEach(async () => {
  desk = await GroupeDesk.open();
});
afterEach(() => desk.world.close());

const journal = (groupe: string) => desk.world.db.journal.ofGroupe(groupeId(groupe), 50);

describe("ajouter", () => {
  test("somebody with an account, by their address: an aidant at once, told in person, and kept", async () => {
    expect(await desk.says("rita", "ajouter camille@exemple.test")).toBe(
      "camille Exemple fait maintenant partie du groupe « CAF de l’Ain » comme aidant.",
    );
    expect(await desk.rolesOf("camille", "caf")).toBe("a");
    expect(await desk.rolesOf("camille", "fs")).toBe("a");
    expect(await desk.notices()).toEqual(['{"kind":"agent","agentId":"camille"}']);
    expect(await journal("caf")).toMatchObject([
      { act: "ajout", by: "rita", about: "camille", groupeId: "caf", before: [], after: ["aidant"], at: desk.world.now },
    ]);
  });

  test("somebody mentioned, with roles in any order and words between", async () => {
    await desk.type("rita", "ajouter  comme responsable et aidante", { mentioned: ["camille"] });
    expect(await desk.rolesOf("camille", "caf")).toBe("ar");
  });

  test("an instructeur only after a confirmation, which says what it opens", async () => {
    await desk.world.demande();
    await desk.world.demande();
    const reaction = await desk.type("rita", "ajouter camille@exemple.test instructeur");
    expect(await desk.rolesOf("camille", "caf")).toBeNull();
    expect(words(reaction)).toContain(
      "camille Exemple (camille@exemple.test) fera partie du groupe « CAF de l’Ain » comme instructeur.",
    );
    expect(words(reaction)).toContain("données personnelles des usagers, pièces jointes) des 2 demandes en cours du groupe");
    expect(JSON.stringify(formIn(reaction).context)).not.toContain("@");
    const sent = await desk.send("rita", formIn(reaction));
    expect(words(sent)).toContain("fait maintenant partie du groupe « CAF de l’Ain » comme instructeur");
    expect(await desk.rolesOf("camille", "caf")).toBe("i");
  });

  test("told twice, it is done once and answered alike", async () => {
    const id = randomUUID();
    const first = await desk.says("rita", "ajouter camille@exemple.test", { id });
    expect(await desk.says("rita", "ajouter camille@exemple.test", { id })).toBe(first);
    const form = formIn(await desk.type("rita", "ajouter dominique@exemple.test instructeur"));
    const sent = await desk.send("rita", form, {}, "une-fenetre");
    expect(words(sent)).toContain("fait maintenant partie");
    expect(words(await desk.send("rita", form, {}, "une-fenetre"))).toBe("C’est fait.");
    expect(await desk.notices()).toHaveLength(2);
    expect(await journal("caf")).toHaveLength(2);
  });

  test("cut short after the write, it is finished by the redelivery", async () => {
    const { db } = desk.world;
    const id = randomUUID();
    const add = db.notices.add.bind(db.notices);
    db.notices.add = async () => {
      throw new Error("the process dies here");
    };
    await expect(desk.type("rita", "ajouter camille@exemple.test", { id })).rejects.toThrow("dies here");
    expect(await desk.rolesOf("camille", "caf")).toBe("a");
    db.notices.add = add;
    expect(await desk.says("rita", "ajouter camille@exemple.test", { id })).toContain("fait maintenant partie");
    expect(await desk.notices()).toHaveLength(1);
    expect(await journal("caf")).toHaveLength(1);
  });

  test("somebody who is there already: told so, and how to change roles", async () => {
    expect(await desk.says("rita", "ajouter ada@exemple.test responsable")).toBe(
      "ada Exemple fait déjà partie du groupe « CAF de l’Ain » comme instructeur. Pour changer ses rôles : `/groupe role ada@exemple.test responsable`.",
    );
    expect(await desk.rolesOf("ada", "caf")).toBe("i");
  });

  test("two responsables at once add one person once, and two people both", async () => {
    await desk.person("rose", { caf: "r" });
    const said = await Promise.all([
      desk.says("rita", "ajouter camille@exemple.test"),
      desk.says("rose", "ajouter camille@exemple.test responsable"),
      desk.says("rose", "ajouter dominique@exemple.test"),
    ]);
    expect(said.filter((one) => one.startsWith("camille Exemple fait maintenant partie"))).toHaveLength(1);
    expect(said.filter((one) => one.includes("fait déjà partie"))).toHaveLength(1);
    expect(await desk.rolesOf("dominique", "caf")).toBe("a");
    const camille = await desk.world.db.agents.byId(agentId("camille"));
    expect(camille?.memberships.filter((m) => m.groupeId === "caf")).toHaveLength(1);
    expect(await journal("caf")).toHaveLength(2);
  });

  test("nobody with that address: close ones among those whom the responsable knows, and the way to a new account", async () => {
    expect(await desk.says("rita", "ajouter adda@exemple.test")).toBe(
      "Aucun compte n’a l’adresse adda@exemple.test. Vouliez-vous dire ada Exemple (ada@exemple.test) ? Pour créer son compte : `/groupe creer-compte adda@exemple.test`.",
    );
    // Close to an account of another groupe.
    expect(await desk.says("rita", "ajouter camile@exemple.test")).toBe(
      "Aucun compte n’a l’adresse camile@exemple.test. Pour créer son compte : `/groupe creer-compte camile@exemple.test`.",
    );
    expect(await desk.says("rita", "ajouter", { mentioned: ["inconnu"] })).toContain("n’a pas de compte Administration+");
    expect(await desk.says("rita", "ajouter")).toContain("De qui s’agit-il ?");
    expect(await desk.says("rita", "ajouter", { mentioned: ["ada", "bob"] })).toContain("Une personne à la fois");
  });

  test("a disabled account: one that left its last groupe comes back, another only by an admin", async () => {
    expect(await desk.says("raoul", "ajouter parti@exemple.test")).toContain("seul un administrateur peut le réactiver");
    await desk.person("sorti", {}, { disabled: true });
    const form = formIn(await desk.type("raoul", "ajouter sorti@exemple.test"));
    expect(words({ kind: "form", form })).toContain("Le compte de sorti Exemple était désactivé : il redevient actif.");
    await desk.send("raoul", form);
    expect(await desk.world.db.agents.byId(agentId("sorti"))).toMatchObject({ disabled: false });
    await desk.send("admin", formIn(await desk.type("admin", "ajouter parti@exemple.test dans CPAM de l’Ain")));
    expect(await desk.world.db.agents.byId(agentId("parti"))).toMatchObject({ disabled: false });
  });

  test("a right lost between the question and the answer is asked again", async () => {
    const form = formIn(await desk.type("rita", "ajouter camille@exemple.test instructeur"));
    await desk.person("rita", { caf: "i" });
    expect(words(await desk.send("rita", form))).toContain("Seule une personne responsable du groupe « CAF de l’Ain »");
    await desk.person("rita", { cpam: "r" });
    expect(words(await desk.send("rita", form))).toBe("Ce groupe n’existe pas, ou vous n’en êtes pas responsable.");
    expect(await desk.rolesOf("camille", "caf")).toBeNull();
  });
});

describe("role", () => {
  test("the roles become those written; their member is told", async () => {
    expect(await desk.says("rita", "role ada responsable")).toBe(
      "ada Exemple est maintenant responsable du groupe « CAF de l’Ain ».",
    );
    expect(await desk.rolesOf("ada", "caf")).toBe("r");
    expect(await desk.notices()).toEqual(['{"kind":"agent","agentId":"ada"}']);
    expect(await journal("caf")).toMatchObject([{ act: "role", before: ["instructeur"], after: ["responsable"] }]);
    expect(await desk.says("rita", "role ada responsable")).toContain("est déjà responsable");
  });

  test("becoming an instructeur is confirmed first", async () => {
    await desk.person("nina", { caf: "a" });
    const form = formIn(await desk.type("rita", "role nina@exemple.test aidant instructeur"));
    expect(words({ kind: "form", form })).toContain("est aidant et deviendra aidant et instructeur");
    expect(await desk.rolesOf("nina", "caf")).toBe("a");
    // Meanwhile another responsable changes them.
    await desk.person("nina", { caf: "r" });
    expect(words(await desk.send("rita", form))).toContain(
      "Rien n’a été changé : les rôles de nina Exemple ont changé entre-temps",
    );
    expect(await desk.rolesOf("nina", "caf")).toBe("r");
  });

  test("a groupe keeps somebody who runs it, but an admin may do as they wish", async () => {
    expect(await desk.says("rita", "role rita aidant")).toContain("Vous êtes seul responsable");
    expect(await desk.rolesOf("rita", "caf")).toBe("r");
    await desk.says("admin", "role rita aidant dans CAF de l’Ain");
    expect(await desk.rolesOf("rita", "caf")).toBe("a");
  });

  test("two who take the role from each other at once leave somebody", async () => {
    await desk.person("rose", { caf: "r" });
    await Promise.all([desk.says("rita", "role rose aidant"), desk.says("rose", "role rita aidant")]);
    expect(`${await desk.rolesOf("rita", "caf")}${await desk.rolesOf("rose", "caf")}`).toContain("r");
  });

  test("names: exact, in part, close, and of members alone", async () => {
    expect(await desk.says("rita", "role adaa responsable")).toBe(
      "Aucun membre ne s’appelle « adaa ». Vouliez-vous dire ada Exemple (ada@exemple.test) ?",
    );
    expect(await desk.says("rita", "role Exemple responsable")).toContain("Plusieurs personnes correspondent à « Exemple »");
    for (const stranger of ["role zoe@exemple.test aidant", "role personne@exemple.test aidant"])
      expect(await desk.says("rita", stranger)).toBe("Cette personne ne fait pas partie du groupe « CAF de l’Ain ».");
    expect(await desk.says("rita", "role aidant", { mentioned: ["zoe"] })).toBe(
      "Cette personne ne fait pas partie du groupe « CAF de l’Ain ».",
    );
    expect(await desk.says("rita", "role ada")).toContain("Écrivez les rôles");
  });
});

describe("retirer", () => {
  test("after a confirmation, the rights go at once and the channel is told what waits", async () => {
    const demande = await desk.world.demande();
    await desk.world.click("ada", "prendre", demande.id, { thread: "caf" });
    const form = formIn(await desk.type("rita", "retirer ada"));
    const shown = words({ kind: "form", form });
    expect(shown).toContain("ada Exemple s’occupe d’une demande : le canal du groupe en sera averti");
    expect(shown).toContain("C’est le seul groupe de ada Exemple : son compte sera désactivé.");
    expect(await desk.rolesOf("ada", "caf")).toBe("i");
    expect(words(await desk.send("rita", form, {}, "fenetre"))).toBe(
      "ada Exemple ne fait plus partie du groupe « CAF de l’Ain ». Son compte est désactivé.",
    );
    expect(await desk.rolesOf("ada", "caf")).toBeNull();
    expect(await desk.world.db.agents.byId(agentId("ada"))).toMatchObject({ disabled: true });
    expect(words(await desk.world.click("ada", "voir", demande.id, { thread: "caf" }))).toContain("est désactivé");
    expect(await desk.notices()).toEqual(['{"kind":"groupe","groupeId":"caf"}']);
    const notice = await claimOldest(desk.world.db, "test", new Date(), new Date(Date.now() + 1000));
    expect(notice?.content).toMatchObject({
      kind: "list",
      list: { lines: [{ ref: "D-000001", buttons: [{ action: "relayer" }] }] },
    });
    expect(words(await desk.send("rita", form, {}, "fenetre"))).toBe("C’est fait.");
    expect(await journal("caf")).toMatchObject([{ act: "retrait", about: "ada", before: ["instructeur"], after: [] }]);
  });

  test("somebody of other groupes keeps them, and is told", async () => {
    const form = formIn(await desk.type("raoul", "retirer", { mentioned: ["partout"] }));
    expect(words(await desk.send("raoul", form))).toBe("partout Exemple ne fait plus partie du groupe « CPAM de l’Ain ».");
    expect(await desk.rolesOf("partout", "fs")).toBe("a");
    expect(await desk.world.db.agents.byId(agentId("partout"))).toMatchObject({ disabled: false });
    expect(await desk.notices()).toEqual(['{"kind":"agent","agentId":"partout"}']);
  });

  test("the last responsable does not go, but by an admin; two who remove each other leave one", async () => {
    expect(await desk.says("rita", "retirer rita")).toContain("Vous êtes seul responsable");
    await desk.person("rose", { caf: "r" });
    const ofRita = formIn(await desk.type("rita", "retirer rose"));
    const ofRose = formIn(await desk.type("rose", "retirer rita"));
    await Promise.all([desk.send("rita", ofRita), desk.send("rose", ofRose)]);
    const left = [await desk.rolesOf("rita", "caf"), await desk.rolesOf("rose", "caf")].filter((roles) => roles !== null);
    expect(left.length).toBeGreaterThan(0);
    for (const name of ["rita", "rose"]) {
      if ((await desk.rolesOf(name, "caf")) === null) continue;
      await desk.send("admin", formIn(await desk.type("admin", `retirer ${name} dans CAF de l’Ain`)));
      expect(await desk.rolesOf(name, "caf")).toBeNull();
    }
  });

  test("a groupe that the person joined meanwhile is not lost with the account", async () => {
    const form = formIn(await desk.type("rita", "retirer bob"));
    await desk.says("raoul", "ajouter bob@exemple.test");
    await desk.send("rita", form);
    expect(await desk.world.db.agents.byId(agentId("bob"))).toMatchObject({ disabled: false });
    expect(await desk.rolesOf("bob", "cpam")).toBe("a");
    expect(words(await desk.send("rita", form))).toContain("ne fait plus partie");
  });
});
