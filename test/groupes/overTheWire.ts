/** What responsables do on a platform, over the wire: the same on each. */
import { agentId, groupeId } from "../../src/domain/ids.ts";
import { openDemande } from "../support/demandes.ts";
import type { PlatformUnderTest, Told } from "../support/platformUnderTest.ts";
import { until } from "../support/until.ts";
import type { World } from "../support/world.ts";

export interface GroupeBench {
  readonly world: World;
  readonly people: PlatformUnderTest;
  quiet(): Promise<void>;
  close(): Promise<void>;
  /** What people type next is told to the bot twice, until the function given back is called. */
  tellTwice(): () => void;
  /** The platform's own way to name somebody in a command. */
  mention(who: string): string;
  /** All that somebody reads in their direct conversation. */
  direct(who: string): Promise<string>;
  /** All that stands in the channel of a groupe. */
  channel(name: string): Promise<string>;
  /** A channel that is no groupe's yet, with that person and the bot in it: its name for commands. */
  newChannel(who: string): Promise<string>;
}

const words = (told: Told): string => (told.kind === "said" || told.kind === "form" ? told.words : JSON.stringify(told));

export function groupesOverTheWire(platform: string, sign: string, open: () => Promise<GroupeBench>): void {
  describe(`/groupe on ${platform}`, () => {
    let bench: GroupeBench;
    let people: PlatformUnderTest;
    beforeAll(async () => {
      bench = await open();
      people = bench.people;
    });
    afterAll(() => bench?.close());

    const CAF = { channel: "caf-ain" };
    const says = async (who: string, text: string, where: "dm" | { channel: string } = "dm"): Promise<string> =>
      words(await people.type(who, where, `groupe${text === "" ? "" : ` ${text}`}`));
    const confirm = async (who: string, values = {}): Promise<string> => words(await people.submit(who, values));
    const rolesOf = async (handle: string, groupe: string): Promise<string | null> => {
      const agent = await bench.world.db.agents.byEmail(`${handle}@exemple.test`);
      const own = agent?.memberships.find((m) => m.groupeId === groupe);
      return own ? `${own.aidant ? "a" : ""}${own.instructeur ? "i" : ""}${own.responsable ? "r" : ""}` : null;
    };

    test("help is in the person's own terms, in the channel and in person", async () => {
      for (const where of ["dm", CAF] as const) {
        const help = await says("charlie.modele", "", where);
        expect(help).toContain("Votre groupe : CAF de l’Ain");
        expect(help).toContain(`${sign}groupe ajouter`);
      }
      expect(await says("charlie.modele", "aide retirer")).toContain("Le dernier responsable d’un groupe ne peut pas se retirer");
    });

    test("what is answered is read by whoever asked, and by nobody else of the channel", async () => {
      const list = await says("charlie.modele", "membres", CAF);
      expect(list).toContain("Membres du groupe CAF de l’Ain (2)");
      expect(list).toContain("alix.modele@exemple.test");
      expect(await bench.channel("caf-ain")).not.toContain("Membres du groupe");
    });

    test("those who may not are told so, and nothing of another groupe", async () => {
      expect(await says("alix.modele", "membres")).toBe(
        "Seule une personne responsable du groupe « CAF de l’Ain » peut le faire : Charlie Modèle.",
      );
      expect(await says("charlie.modele", "membres dans CPAM de l’Ain")).toMatch(
        /^Ce groupe n’existe pas, ou vous n’en êtes pas responsable\./,
      );
    });

    test("somebody mentioned becomes an instructeur after a confirmation, and is told in person", async () => {
      await openDemande(people, { groupes: ["caf-01"] });
      await bench.quiet();
      const shown = await says("charlie.modele", `ajouter ${bench.mention("camille.exemple")} instructeur`, CAF);
      expect(shown).toContain("de la demande en cours du groupe");
      expect(await rolesOf("camille.exemple", "caf-01")).toBeNull();
      expect(await confirm("charlie.modele")).toContain(
        "Camille Exemple fait maintenant partie du groupe « CAF de l’Ain » comme instructeur.",
      );
      expect(await rolesOf("camille.exemple", "caf-01")).toBe("i");
      await until("Camille to be told", async () =>
        (await bench.direct("camille.exemple")).includes("vous a ajouté au groupe « CAF de l’Ain »"),
      );
    });

    test("everything told twice is done once", async () => {
      const end = bench.tellTwice();
      expect(await says("charlie.modele", "ajouter dominique.exemple@exemple.test")).toContain("comme aidant");
      end();
      await bench.quiet();
      expect(await rolesOf("dominique.exemple", "caf-01")).toBe("a");
      const kept = await bench.world.db.journal.ofGroupe(groupeId("caf-01"), 50);
      expect(kept.filter(({ about }) => about === "dominique.exemple")).toHaveLength(1);
    });

    test("roles change, with names typed as people type them", async () => {
      expect(await says("charlie.modele", "role dominique exemple aidant responsable")).toContain(
        "est maintenant aidant et responsable",
      );
      expect(await rolesOf("dominique.exemple", "caf-01")).toBe("ar");
      expect(await says("charlie.modele", "role Dominique Example aidant")).toContain("Vouliez-vous dire Dominique Exemple");
    });

    test("two responsables who remove each other at once leave one", async () => {
      await says("charlie.modele", "retirer dominique exemple");
      await says("dominique.exemple", "retirer charlie modèle dans CAF de l’Ain");
      await Promise.all([confirm("charlie.modele"), confirm("dominique.exemple")]);
      await bench.quiet();
      const roles = [await rolesOf("charlie.modele", "caf-01"), await rolesOf("dominique.exemple", "caf-01")];
      expect(roles.filter((held) => held?.includes("r")).length).toBeGreaterThan(0);
      // As before, for what follows.
      const membership = { groupeId: groupeId("caf-01"), aidant: false, instructeur: true, responsable: true };
      await bench.world.db.memberships.add(agentId("charlie.modele"), membership, true);
    });

    test("somebody who leaves loses their rights at once, and the channel is told what waits", async () => {
      await says("charlie.modele", "ajouter alix.modele@exemple.test");
      const ref = await openDemande(people, { groupes: ["caf-01"] });
      await bench.quiet();
      const demande = await bench.world.db.demandes.loadByRef(ref);
      const thread = demande?.threads.find((one) => one.groupeId === "caf-01");
      if (!thread) throw new Error("no thread");
      await people.click("alix.modele", thread, "prendre");
      await bench.quiet();
      expect(await says("charlie.modele", "retirer alix modele", CAF)).toContain("Alix Modèle s’occupe d’une demande");
      expect(await confirm("charlie.modele")).toContain(
        "Alix Modèle ne fait plus partie du groupe « CAF de l’Ain ». Son compte est désactivé.",
      );
      expect(words(await people.click("alix.modele", thread, "repondre"))).toContain(
        "Votre compte Administration+ est désactivé",
      );
      await until("the channel to be told", async () => (await bench.channel("caf-ain")).includes("qui prend le relais"));
    });

    test("a new account, its faults beside their fields, is recognised at once", async () => {
      await says("charlie.modele", "creer-compte");
      const values = { nom: "Noé Nouveau", email: "charlie.modele@exemple.test", roles: ["aidant"] };
      const faults = await people.submit("charlie.modele", values);
      expect(words(faults)).toContain("Un compte a déjà cette adresse");
      expect(await people.typed("charlie.modele")).toMatchObject({ nom: "Noé Nouveau" });
      expect(await confirm("charlie.modele", { ...values, email: "noe.nouveau@exemple.test" })).toContain(
        "Le compte de Noé Nouveau est créé",
      );
      expect(await rolesOf("noe.nouveau", "caf-01")).toBe("a");
    });

    test("what is told of the groupe", async () => {
      await says("charlie.modele", "modifier");
      const wrong = await people.submit("charlie.modele", { "horaires-lundi": "le matin" });
      expect(words(wrong)).toContain("9:00 - 12:00");
      expect(await confirm("charlie.modele", { "horaires-lundi": "9h-12h", bal: "caf@exemple.test" })).toContain("est à jour");
      expect((await bench.world.db.groupes.byId(groupeId("caf-01")))?.details).toMatchObject({
        bal: "caf@exemple.test",
        hours: { lundi: "9:00 - 12:00" },
      });
    });

    test("the list of its demandes tells no sujet to who may not read the conversation", async () => {
      const list = await says("dominique.exemple", "demandes dans France Services");
      expect(list).toContain("D-000001");
      expect(list).toContain("ouverte par le groupe");
      expect(await says("charlie.modele", "demandes archivees")).toContain("Aucune demande.");
    });

    test("a groupe that had no channel gets one, and what waited arrives there", async () => {
      const { db } = bench.world;
      const before = await db.groupes.byId(groupeId("cpam-01"));
      await db.groupes.bind(groupeId("cpam-01"), before?.place ?? null, null);
      await openDemande(people, { groupes: ["cpam-01"], sujet: "Attend un canal" });
      await until("the thread to be broken", async () => {
        const [last] = (await db.demandes.page({}, 0, 1, { ref: -1 })).demandes;
        const demande = last && (await db.demandes.load(last.id));
        return demande?.threads.some((one) => one.groupeId === "cpam-01" && one.broken);
      });
      expect(await says("lou.specimen", "relier")).toContain("s’écrit dans le canal à relier");
      const name = await bench.newChannel("lou.specimen");
      expect(await says("lou.specimen", "relier", { channel: name })).toContain("Une demande attend et y arrivera aussitôt.");
      expect(await confirm("lou.specimen")).toContain("Ce canal est maintenant celui du groupe « CPAM de l’Ain ».");
      await until("the demande in the new channel", async () => (await bench.channel(name)).includes("Attend un canal"));
    });
  });
}
