/** The boards by command, the same on both platforms: tabs, groupes, pages, search, and the way to each demande. */
import { type LocalBot, startBotHere } from "../support/bot.ts";
import { openDemande } from "../support/demandes.ts";
import { matrixPeople } from "../support/matrixPeople.ts";
import type { PlatformUnderTest, Told } from "../support/platformUnderTest.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { openWorld, type World } from "../support/world.ts";

const INSTRUCTEUR = "alix.modele";
const AIDANT = "camille.exemple";
const COUNT = 12;

const words = (told: Told): string => (told.kind === "said" || told.kind === "form" ? told.words : JSON.stringify(told));
const refs = (told: Told): string[] => words(told).match(/D-\d{6}/g) ?? [];
const numbers = (from: number, to: number): string[] =>
  Array.from({ length: from - to + 1 }, (_, n) => `D-${String(from - n).padStart(6, "0")}`);
/** Tabs are buttons on Slack and words on Matrix. */
const whole = (told: Told): string => (told.kind === "said" ? [told.words, ...told.buttons].join(" ") : words(told));

describe.each(["slack", "matrix"] as const)("the boards on %s", (platform) => {
  let world: World;
  let bot: LocalBot;
  let people: PlatformUnderTest;

  beforeAll(async () => {
    world = await openWorld({
      begins: new Date("2031-03-04T10:00:00+01:00"),
      ...(platform === "matrix" && { matrix: "everybody" }),
    });
    bot = await startBotHere(world);
    people = platform === "matrix" ? matrixPeople(world) : slackPeople(world);
    for (let n = 1; n <= COUNT; n += 1) await openDemande(people, { sujet: `Versement suspendu cas ${n}` });
    await bot.idle();
    await untilQuiet(world.db, sitesOf(world));
  });
  afterAll(async () => {
    await bot.stop();
    await world.close();
  });

  test("a tab has its count, its page and the ones beside it", async () => {
    const first = await people.ask(INSTRUCTEUR, "demandes nouvelles");
    expect(words(first)).toContain(`Nouvelles demandes (${COUNT})`);
    for (const tab of ["Nouvelles (12)", "En cours (0)", "En souffrance (0)", "Traitées (0)", "Archivées (0)"])
      expect(whole(first)).toContain(tab);
    expect(refs(first)).toEqual(numbers(12, 3));
    expect(words(first)).toContain("1 à 10 sur 12");
    const second = await people.press(INSTRUCTEUR, "Suivantes");
    expect(refs(second)).toEqual(numbers(2, 1));
    expect(words(second)).toContain("11 à 12 sur 12");
    expect(refs(await people.press(INSTRUCTEUR, "Précédentes"))).toEqual(numbers(12, 3));
  });

  test("a search finds by words of the subject and of the name, in pages", async () => {
    expect(refs(await people.ask(INSTRUCTEUR, "demandes chercher cas 7 inventé"))).toEqual(numbers(7, 7));
    expect(refs(await people.ask(INSTRUCTEUR, "demandes chercher versement"))).toEqual(numbers(12, 3));
    expect(refs(await people.press(INSTRUCTEUR, "Suivantes"))).toEqual(numbers(2, 1));
    expect(refs(await people.ask("sacha.specimen", "demandes chercher versement"))).toEqual([]);
  });

  test("an aidant has tabs of their own", async () => {
    const own = await people.ask(AIDANT, "demandes");
    expect(words(own)).toContain(`Mes demandes (${COUNT})`);
    expect(whole(own)).toContain("À archiver (0)");
    expect(whole(own)).not.toContain("Traitées");
  });

  test("a groupe that is named narrows it, and an unknown one is told", async () => {
    expect(refs(await people.ask(INSTRUCTEUR, "demandes nouvelles CAF de l’Ain"))).toEqual(numbers(12, 3));
    expect(words(await people.ask(INSTRUCTEUR, "demandes nouvelles MSA"))).toContain("CAF de l’Ain");
  });

  test("a demande of the list is seen, and is new no more", async () => {
    await people.ask(INSTRUCTEUR, "demandes nouvelles");
    const seen =
      platform === "matrix" ? await people.ask(INSTRUCTEUR, "voir 2") : await people.press(INSTRUCTEUR, "Voir la demande");
    expect(words(seen)).toContain("Nom-Inventé");
    await people.dismiss(INSTRUCTEUR);
    const after = await people.ask(INSTRUCTEUR, "demandes en-cours");
    expect(whole(after)).toContain("Nouvelles (11)");
    expect(refs(after)).toEqual(platform === "matrix" ? numbers(11, 11) : numbers(12, 12));
  });
});
