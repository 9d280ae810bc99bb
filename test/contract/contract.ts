/**
 * What every platform must do alike, over the wire: opening, answering both ways, buttons by the entitled and by others, forms
 * with their faults, edits, deletions, files, redelivery, the bot's own echo, a crash between a post and its record.
 */
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import type { DemandeEvent } from "../../src/domain/demande.ts";
import type { Place } from "../../src/domain/place.ts";
import { plainText } from "../../src/domain/richtext.ts";
import { compareWorlds } from "../support/compareWorlds.ts";
import { demandeOf, type Name, openDemande, threadOf, VALID } from "../support/demandes.ts";
import type { PlatformUnderTest, Told } from "../support/platformUnderTest.ts";
import { until } from "../support/until.ts";
import type { World } from "../support/world.ts";

/** A bot that runs on that platform, in a world of its own. */
export interface Bench {
  readonly world: World;
  readonly people: PlatformUnderTest;
  /** Resolves once everything that people did is written and shown. */
  quiet(): Promise<void>;
  /** The bot dies at once, in the middle of whatever it does, and another takes its place. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

export interface BenchMaker {
  /** In this process: what people do waits for all that follows. */
  here(): Promise<Bench>;
  /** As a process of its own, which can be killed. */
  apart(): Promise<Bench>;
}

const words = (told: Told): string => (told.kind === "said" || told.kind === "form" ? told.words : JSON.stringify(told));

const types = ({ events }: LoadedDemande): string[] => events.map(({ type }) => type);

const texts = ({ events }: LoadedDemande): string[] =>
  events.flatMap((event: DemandeEvent) => (event.type === "message" ? [plainText(event.text)] : []));

function placeOf({ platform, workspace, channel }: Thread): Place {
  if (!platform || !workspace || !channel) throw new Error("this thread is nowhere yet");
  return { platform, workspace, channel };
}

export function contract(platform: string, make: BenchMaker): void {
  describe(`the contract, on ${platform}`, () => {
    let bench: Bench;
    let people: PlatformUnderTest;

    beforeAll(async () => {
      bench = await make.here();
      people = bench.people;
    });
    afterAll(() => bench?.close());

    const load = (ref: number): Promise<LoadedDemande> => demandeOf(bench.world.db, ref);
    const thread = async (ref: number, name: Name): Promise<Thread> => threadOf(await load(ref), name);
    const read = async (ref: number, name: Name) => {
      const found = await thread(ref, name);
      const shown = await people.view.thread(placeOf(found), found.root ?? "");
      return shown.slice(1);
    };
    const count = () => bench.world.db.demandes.model.countDocuments({});

    /** After each test, whatever it did: the threads show the events, each once. */
    afterEach(async () => {
      await bench.quiet();
      const { db, clock } = bench.world;
      const { faults, threads } = await compareWorlds({ db, views: [people.view], now: clock.now(), refused });
      expect(faults).toEqual([]);
      expect(threads).toBeGreaterThan(0);
    });
    const refused = new Set<string>();

    test("a demande opened has its thread with each groupe, and the aidant's own", async () => {
      const ref = await openDemande(people, { groupes: ["caf-01", "cpam-01"], sujet: "Deux caisses à la fois" });
      await bench.quiet();
      const { threads, state } = await load(ref);
      expect(threads.map(({ side, groupeId }) => groupeId ?? side)).toEqual(["aidant", "caf-01", "cpam-01"]);
      expect(new Set(threads.map(({ channel }) => channel)).size).toBe(3);
      expect(state.sujet).toBe("Deux caisses à la fois");
    });

    test("a form with faults says them beside the fields, stores nothing, and keeps what was typed", async () => {
      await openDemande(people);
      const before = await count();
      await people.begin("camille.exemple", "dm");
      const told = await people.submit("camille.exemple", { ...VALID, dateDeNaissance: "31/02/1990", sujet: "Sujet gardé" });
      expect(told).toEqual({ kind: "faults", faults: { dateDeNaissance: "Cette date n’existe pas." } });
      expect(await count()).toBe(before);
      expect(await people.typed("camille.exemple")).toMatchObject({ sujet: "Sujet gardé", dateDeNaissance: "31/02/1990" });
      const again = await people.submit("camille.exemple", { dateDeNaissance: "28/02/1990" });
      expect(words(again)).toMatch(/D-\d{6} est envoyée/);
      expect(await count()).toBe(before + 1);
    });

    test("answers go both ways, and what instructeurs say to each other stays between them", async () => {
      const ref = await openDemande(people, { groupes: ["caf-01", "cpam-01"] });
      await bench.quiet();
      const asked = await people.say("camille.exemple", await thread(ref, "aidant"), "Avez-vous reçu le dossier ?");
      expect(asked.told.kind).toBe("nothing");
      const noted = await people.say("alix.modele", await thread(ref, "caf-01"), "Je regarde avec la CPAM.");
      expect(words(noted.told)).toContain("n’est visible que des instructeurs");
      await people.click("alix.modele", await thread(ref, "caf-01"), "repondre");
      await people.submit("alix.modele", { texte: "Oui, il est à l’étude." });
      await bench.quiet();
      expect(texts(await load(ref))).toEqual([
        "Avez-vous reçu le dossier ?",
        "Je regarde avec la CPAM.",
        "Oui, il est à l’étude.",
      ]);
      const aidant = (await read(ref, "aidant")).map((message) => message.words).join("\n");
      expect(aidant).toContain("Oui, il est à l’étude.");
      expect(aidant).not.toContain("Je regarde");
      expect((await read(ref, "cpam-01")).map((message) => message.isPrivate)).toEqual([false, true, false]);
    });

    test("« Envoyer à l’aidant » publishes a message once", async () => {
      const ref = await openDemande(people);
      await bench.quiet();
      const caf = await thread(ref, "caf-01");
      await people.say("alix.modele", caf, "Il manque l’avis de mutation.");
      await people.click("alix.modele", caf, "publier", "told");
      await bench.quiet();
      expect((await read(ref, "aidant")).map((message) => message.words)).toEqual([
        expect.stringContaining("Il manque l’avis de mutation."),
      ]);
      expect(types(await load(ref))).toEqual(["opened", "message", "message"]);
    });

    test("a button by who is entitled acts; by others it is refused, and nothing changes", async () => {
      const ref = await openDemande(people);
      await bench.quiet();
      const caf = await thread(ref, "caf-01");
      for (const handle of ["inconnu.exemple", "camille.exemple", "sacha.specimen"]) await people.join(handle, caf);
      const unknown = await people.click("inconnu.exemple", caf, "prendre");
      expect(words(unknown)).toContain("n’est pas connu d’Administration+");
      const aidant = await people.click("camille.exemple", caf, "prendre");
      expect(words(aidant)).toContain("réservée aux instructeurs");
      const otherGroupe = await people.click("sacha.specimen", caf, "prendre");
      expect(words(otherGroupe)).toContain("n’existe pas, ou vous n’y avez pas accès");
      expect(types(await load(ref))).toEqual(["opened"]);
      const written = await people.say("inconnu.exemple", caf, "Je passais par là.");
      refused.add(written.id);
      expect(words(written.told)).toContain("n’est pas connu d’Administration+");
      await people.click("alix.modele", caf, "prendre");
      expect(types(await load(ref))).toEqual(["opened", "taken"]);
    });

    test("a button clicked twice acts once, and a colleague is offered to take over", async () => {
      const ref = await openDemande(people);
      await bench.quiet();
      const caf = await thread(ref, "caf-01");
      await people.click("alix.modele", caf, "prendre");
      expect(words(await people.click("alix.modele", caf, "prendre"))).toContain("Vous vous en occupez déjà");
      const colleague = await people.click("charlie.modele", caf, "prendre");
      expect(words(colleague)).toContain("Alix Modèle s’en occupe déjà");
      expect(types(await load(ref))).toEqual(["opened", "taken"]);
      await people.click("charlie.modele", caf, "relayer", "told");
      await people.submit("charlie.modele", {});
      const { state } = await load(ref);
      expect(state.groupes[0]?.takenBy?.name).toBe("Charlie Modèle");
    });

    test("of two people at once, one takes it and the other is told", async () => {
      const ref = await openDemande(people);
      await bench.quiet();
      const caf = await thread(ref, "caf-01");
      const both = await Promise.all([
        people.click("alix.modele", caf, "prendre"),
        people.click("charlie.modele", caf, "prendre"),
      ]);
      expect(both.filter((told) => words(told).includes("s’en occupe déjà"))).toHaveLength(1);
      expect(types(await load(ref))).toEqual(["opened", "taken"]);
    });

    test("writing at the same moment from all sides loses nothing", async () => {
      const ref = await openDemande(people, { groupes: ["caf-01", "cpam-01"] });
      await bench.quiet();
      const authors = [
        ["camille.exemple", "aidant"],
        ["alix.modele", "caf-01"],
        ["charlie.modele", "caf-01"],
        ["sacha.specimen", "cpam-01"],
      ] as const;
      await Promise.all(
        authors.map(async ([who, name]) => {
          const own = await thread(ref, name);
          for (const n of [1, 2, 3]) await people.say(who, own, `${who} ${n}`);
        }),
      );
      await bench.quiet();
      expect(texts(await load(ref)).toSorted()).toEqual(
        authors.flatMap(([who]) => [1, 2, 3].map((n) => `${who} ${n}`)).toSorted(),
      );
    });

    test("« Je ne suis pas le bon interlocuteur » asks before it commits the groupe", async () => {
      const ref = await openDemande(people);
      await bench.quiet();
      const caf = await thread(ref, "caf-01");
      expect(words(await people.click("alix.modele", caf, "decliner"))).toContain("engage tout le groupe CAF de l’Ain");
      await people.dismiss("alix.modele");
      expect(types(await load(ref))).toEqual(["opened"]);
      await people.click("alix.modele", caf, "decliner");
      await people.submit("alix.modele", {});
      expect(types(await load(ref))).toEqual(["opened", "declined"]);
    });

    test("an answer without a word comes back with its fault, and is then sent", async () => {
      const ref = await openDemande(people);
      await bench.quiet();
      await people.click("alix.modele", await thread(ref, "caf-01"), "repondre");
      const told = await people.submit("alix.modele", { procedure: true });
      expect(told).toEqual({ kind: "faults", faults: { texte: "Indiquez quelle est la procédure à suivre." } });
      expect(types(await load(ref))).toEqual(["opened"]);
      await people.submit("alix.modele", { texte: "La procédure est sur le site." });
      expect(types(await load(ref))).toEqual(["opened", "message", "standardProcedure"]);
    });

    test("an edit and a deletion reach every replica", async () => {
      const ref = await openDemande(people, { groupes: ["caf-01", "cpam-01"] });
      await bench.quiet();
      const own = await thread(ref, "aidant");
      const kept = await people.say("camille.exemple", own, "Le 3 mais, je crois.");
      const slip = await people.say("camille.exemple", own, "Message de trop.");
      await people.edit("camille.exemple", own, kept.id, "Le 3 mai, je crois.");
      await people.remove("camille.exemple", own, slip.id);
      await bench.quiet();
      for (const name of ["caf-01", "cpam-01"] as const)
        expect((await read(ref, name)).map((message) => message.words)).toEqual([expect.stringContaining("Le 3 mai, je crois.")]);
      expect(types(await load(ref))).toEqual(["opened", "message", "message", "edited", "deleted"]);
    });

    test("what was deleted is nowhere any more, in none of its versions", async () => {
      const ref = await openDemande(people, { groupes: ["caf-01", "cpam-01"] });
      await bench.quiet();
      const own = await thread(ref, "aidant");
      const { id } = await people.say("camille.exemple", own, "Son numéro est le 0000001.");
      await people.edit("camille.exemple", own, id, "Son numéro est le 0000002.");
      await bench.quiet();
      const stored = async (name: Name) => people.view.stored(placeOf(await thread(ref, name)));
      expect(await stored("caf-01")).toContain("0000002");
      await people.remove("camille.exemple", own, id);
      await bench.quiet();
      for (const name of ["caf-01", "cpam-01"] as const) expect(await stored(name)).not.toMatch(/000000[12]/);
    });

    test("a file reaches every thread whole", async () => {
      const ref = await openDemande(people, { groupes: ["caf-01", "cpam-01"] });
      await bench.quiet();
      const bytes = Buffer.from("%PDF-1.4 attestation fictive\n".repeat(500));
      const file = { name: "attestation.pdf", mimetype: "application/pdf", bytes };
      await people.say("camille.exemple", await thread(ref, "aidant"), "La voici.", [file]);
      await bench.quiet();
      for (const name of ["caf-01", "cpam-01"] as const) {
        const brought = (await read(ref, name)).find(({ files }) => files.includes("attestation.pdf"));
        expect(await people.fileOf(await thread(ref, name), brought?.id ?? "")).toEqual(bytes);
      }
    });

    test("what is told twice happens once", async () => {
      const ref = await openDemande(people);
      await bench.quiet();
      const before = await count();
      const end = people.tellTwice();
      try {
        const caf = await thread(ref, "caf-01");
        await until("the end of the first round", async () => {
          end();
          return true;
        });
        const endOnce = people.tellTwice();
        const clicking = people.click("alix.modele", caf, "prendre");
        await until("the click in the database", async () => types(await load(ref)).includes("taken"));
        endOnce();
        await clicking;
        const endTwice = people.tellTwice();
        const saying = people.say("alix.modele", caf, "Une seule fois.");
        await until("the message in the database", async () => types(await load(ref)).includes("message"));
        endTwice();
        await saying;
      } finally {
        end();
      }
      await bench.quiet();
      expect(types(await load(ref))).toEqual(["opened", "taken", "message"]);
      expect(await count()).toBe(before);
    });

    test("the bot does not hear itself", async () => {
      const ref = await openDemande(people, { groupes: ["caf-01", "cpam-01"] });
      await bench.quiet();
      await people.say("alix.modele", await thread(ref, "caf-01"), "Qui suit ce dossier ?");
      await bench.quiet();
      const { events, threads } = await load(ref);
      expect(events.map(({ type }) => type)).toEqual(["opened", "message"]);
      // It posted, in two threads, and each post came back to it as an event of the platform.
      expect(threads.reduce((sum, { posts }) => sum + posts.length, 0)).toBe(4);
    });
  });

  describe(`a crash between a post and its record, on ${platform}`, () => {
    let bench: Bench;
    beforeAll(async () => {
      bench = await make.apart();
    });
    afterAll(() => bench?.close());

    test("the post is found again, and not made twice", async () => {
      const { people, world } = bench;
      const ref = await openDemande(people, { groupes: ["caf-01", "cpam-01"] });
      await bench.quiet();
      const own = threadOf(await demandeOf(world.db, ref), "aidant");
      let crashed = false;
      people.afterNextPost(async () => {
        await bench.crash();
        crashed = true;
      });
      await people.say("camille.exemple", own, "Ce message ne doit être lu qu’une fois.");
      await until("the crash", () => crashed);
      await bench.quiet();
      const { faults, messages } = await compareWorlds({ db: world.db, views: [people.view], now: world.clock.now() });
      expect(faults).toEqual([]);
      expect(messages).toBe(3);
    });
  });
}
