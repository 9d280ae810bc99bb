/** `/groupe`: which groupe is meant, who may, what is told; the desk on a real database. */
import { randomUUID } from "node:crypto";
import type { FormReaction } from "../../src/demandes/desk.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import { personOf, placeOf, told, World } from "../demandes/world.ts";

let world: World;
beforeAll(async () => {
  world = await World.open();
  // Runs two groupes, and is a member of a third.
  const rita = await world.db.agents.byId(agentId("rita"));
  const runs = (groupe: string, responsable: boolean) => ({
    groupeId: groupeId(groupe),
    aidant: !responsable,
    instructeur: false,
    responsable,
  });
  await world.db.agents.save(
    {
      ...rita,
      id: agentId("deux"),
      name: "Deux Exemple",
      email: "deux@exemple.test",
      admin: false,
      disabled: false,
      shared: false,
      memberships: [runs("caf", true), runs("caf67", true), runs("fs", false)],
    },
    [personOf("deux")],
  );
});
afterAll(() => world.close());

const type = (who: string, text: string, channel = "D-direct") =>
  world.desk.command({ id: randomUUID(), person: personOf(who), command: "groupe", text, place: placeOf(channel) });

const read = (reaction: FormReaction): string =>
  reaction.kind === "list" ? [reaction.list.title, ...reaction.list.lines.map((line) => line.ref)].join("\n") : told(reaction);

describe("which groupe", () => {
  test("the only one that one runs, in person", async () => {
    expect(read(await type("rita", "membres"))).toMatch(/^Membres du groupe CAF de l’Ain \(6\)\nada Exemple\n/);
  });

  test("that of the channel, even for who runs another", async () => {
    expect(read(await type("deux", "membres", "C-caf67"))).toContain("CAF du Bas-Rhin");
    expect(read(await type("rita", "membres", "C-cpam"))).toBe("Ce groupe n’existe pas, ou vous n’en êtes pas responsable.");
  });

  test("who runs several is asked which, and may name it after « dans » or at once", async () => {
    expect(read(await type("deux", "membres"))).toBe(
      "De quel groupe s’agit-il ? Vous êtes responsable de « CAF de l’Ain » et « CAF du Bas-Rhin ». Terminez par « dans » et son nom : `/groupe membres dans CAF de l’Ain`.",
    );
    for (const named of ["membres dans CAF du Bas-Rhin", "membres dans « caf du bas rhin »", "membres bas rhin"])
      expect(read(await type("deux", named))).toContain("Membres du groupe CAF du Bas-Rhin");
    expect(read(await type("deux", "membres dans caf"))).toBe(
      "Plusieurs groupes correspondent à « caf ». Vouliez-vous dire « CAF de l’Ain » ou « CAF du Bas-Rhin » ?",
    );
  });

  test("close names are proposed, of groupes that one runs and of no other", async () => {
    expect(read(await type("deux", "membres dans CAF du Bas-Rin"))).toContain("Vouliez-vous dire « CAF du Bas-Rhin » ?");
    expect(read(await type("rita", "membres dans CAF du Bas-Rin"))).not.toContain("Rhin »");
    expect(read(await type("rita", "membres dans CPAM de l’Aim"))).not.toContain("CPAM de l’Ain");
  });

  test("an admin names any of them", async () => {
    expect(read(await type("admin", "membres"))).toContain("Terminez par « dans » et son nom");
    expect(read(await type("admin", "membres dans CPAM de l’Ain"))).toContain("Membres du groupe CPAM de l’Ain");
    expect(read(await type("admin", "membres dans CPAM de l’Aim"))).toContain("Vouliez-vous dire « CPAM de l’Ain »");
  });
});

describe("who may", () => {
  test("a member is told who runs the groupe", async () => {
    const refusal = "Seule une personne responsable du groupe « CAF de l’Ain » peut le faire : Deux Exemple et rita Exemple.";
    expect(read(await type("ada", "membres"))).toBe(refusal);
    expect(read(await type("ada", "membres dans CAF de l’Ain"))).toBe(refusal);
    expect(read(await type("ada", "aide"))).toBe(refusal);
    expect(read(await type("deux", "membres dans France Services Exemple"))).toContain("Il n’en a pas encore");
  });

  test("for anybody else the groupe does not exist", async () => {
    const unknown = "Ce groupe n’existe pas, ou vous n’en êtes pas responsable.";
    expect(read(await type("rita", "membres dans Groupe sans instructeur"))).toBe(unknown);
    expect(read(await type("rita", "membres dans Groupe imaginaire"))).toBe(unknown);
  });

  test("a member of several who runs none is told who runs each", async () => {
    expect(read(await type("partout", "membres"))).toBe(
      "Vous n’êtes responsable d’aucun groupe.\n« CPAM de l’Ain » : pas encore de responsable\n« France Services Exemple » : pas encore de responsable",
    );
  });

  test("a disabled account is told whom to ask", async () => {
    expect(read(await type("parti", "membres"))).toContain("Votre compte Administration+ est désactivé");
  });
});

describe("help", () => {
  test("names the groupe and every sub-command", async () => {
    const help = read(await type("rita", ""));
    expect(help).toContain("Votre groupe : CAF de l’Ain");
    expect(help).toContain("/groupe membres liste les membres");
  });

  test("of one sub-command, and close ones for what is none", async () => {
    expect(read(await type("rita", "aide membres"))).toContain("Les comptes désactivés viennent en dernier.");
    expect(read(await type("rita", "membre"))).toContain("Vouliez-vous dire « membres » ?");
    expect(read(await type("rita", "aide danser"))).toBe(
      "« danser » n’est pas une commande de groupe. `/groupe aide` les rappelle.",
    );
  });
});

test("a page of members is turned by its button, and rights are asked again", async () => {
  for (let n = 0; n < 25; n += 1)
    await world.db.agents.save({
      id: agentId(`m${n}`),
      name: `Membre ${String(n).padStart(2, "0")}`,
      email: `m${n}@exemple.test`,
      admin: false,
      disabled: n === 0,
      shared: false,
      memberships: [{ groupeId: groupeId("vide"), aidant: true, instructeur: false, responsable: false }],
    });
  const first = await type("admin", "membres dans Groupe sans instructeur");
  if (first.kind !== "list") throw new Error(JSON.stringify(first));
  expect(first.list).toMatchObject({ title: "Membres du groupe Groupe sans instructeur (25)", footer: "1 à 10 sur 25" });
  const [next] = first.list.pages;
  const turn = (who: string, value = next?.value ?? "") =>
    world.desk.click({ id: randomUUID(), person: personOf(who), action: "lister", value, place: placeOf("D-x"), root: null });
  const second = await turn("admin");
  expect(second).toMatchObject({ kind: "list", list: { footer: "11 à 20 sur 25" } });
  const last = await turn("admin", "groupe|membres|vide|99999|");
  expect(last).toMatchObject({ list: { footer: "21 à 25 sur 25" } });
  if (last.kind === "list") expect(last.list.lines.at(-1)).toMatchObject({ ref: "Membre 00", emoji: "🚫" });
  expect(read(await turn("rita"))).toBe("Ce groupe n’existe pas, ou vous n’en êtes pas responsable.");
  for (const forged of ["groupe|membres|aucun|0|", "groupe|toString|vide|0|"])
    expect(read(await turn("admin", forged))).toBe("Ce groupe n’existe pas, ou vous n’en êtes pas responsable.");
});
