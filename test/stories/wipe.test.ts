/** The end of personal data: six months after the archiving, on each platform, with faults on the way. */
import { botHere } from "../../sandbox/bot/followed.ts";
import { moveTo } from "../../sandbox/time.ts";
import { sweepShowings } from "../../src/delivery/lookAgain.ts";
import type { FormValues } from "../../src/presentation/form.ts";
import { eraseOnRequest } from "../../src/usagers/eraseOnRequest.ts";
import { type LocalBot, startBotHere } from "../support/bot.ts";
import { demandeOf, type Name, openDemande, threadOf } from "../support/demandes.ts";
import { matrixPeople } from "../support/matrixPeople.ts";
import type { AttachedFile, PlatformUnderTest } from "../support/platformUnderTest.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { openWorld, type World } from "../support/world.ts";

/** A Tuesday; no holiday for weeks. */
const BEGINS = "2031-03-04T10:00:00+01:00";
/** Six months after the archiving, and a day. */
const WIPED = "2031-09-05T12:00:00+02:00";

const FORM: FormValues = {
  sujet: "Canarisujet",
  prenom: "Canariprenom",
  nomDeFamille: "Canarinom",
  description: "Canaridescription",
};
const FILE: AttachedFile = { name: "canarifichier.pdf", mimetype: "application/pdf", bytes: Buffer.from("%PDF canari") };
const CANARY = /canari/i;

let world: World;
let bot: LocalBot;
let people: PlatformUnderTest;

async function quiet(): Promise<void> {
  await bot.idle();
  await untilQuiet(world.db, sitesOf(world));
}

const thread = async (ref: number, name: Name) => threadOf(await demandeOf(world.db, ref), name);

async function form(who: string, ref: number, name: Name, action: Parameters<PlatformUnderTest["click"]>[2], values: FormValues) {
  const begun = await people.click(who, await thread(ref, name), action);
  expect(begun.kind).toBe("form");
  expect((await people.submit(who, values)).kind).not.toBe("faults");
  await quiet();
}

/** A whole life, with something personal in everything that it leaves behind. */
async function lived(): Promise<number> {
  const ref = await openDemande(people, FORM);
  await quiet();
  const slip = await people.say("camille.exemple", await thread(ref, "aidant"), "Canariaidant");
  await quiet();
  await people.edit("camille.exemple", await thread(ref, "aidant"), slip.id, "Canariaidant corrigé");
  await people.say("camille.exemple", await thread(ref, "aidant"), "Canaripiece", [FILE]);
  await quiet();
  await people.click("alix.modele", await thread(ref, "caf-01"), "voir");
  await people.dismiss("alix.modele");
  await people.say("alix.modele", await thread(ref, "caf-01"), "Canariprive");
  await quiet();
  await form("alix.modele", ref, "caf-01", "repondre", { texte: "Canarireponse" });
  await form("camille.exemple", ref, "aidant", "completer", { adressePostale: "1 rue du Canari" });
  await form("camille.exemple", ref, "aidant", "archiver", { utile: "oui" });
  return ref;
}

/** Moves the clock; the canary is somewhere before, so that its absence afterwards tells something. */
async function sixMonthsLater(): Promise<void> {
  await moveTo(new Date(WIPED), world.clock, botHere(bot.runtime), world.db);
  await quiet();
}

/** Where the canary still stands, of all that the bot itself posted; and of all, with the people's own. */
async function found(): Promise<{ bots: string[]; all: string[] }> {
  const bots: string[] = [];
  const all: string[] = [];
  for (const place of await people.view.places()) {
    const text = await people.view.stored(place);
    if (CANARY.test(text)) all.push(place.channel);
    const read = (value: unknown): void => {
      if (Array.isArray(value)) for (const one of value) read(one);
      if (typeof value !== "object" || value === null) return;
      const message = value as Record<string, unknown>;
      const own = world.matrix === null ? message.bot_id !== undefined : message.sender === world.matrix.bot.user;
      if (own && CANARY.test(JSON.stringify(message))) bots.push(JSON.stringify(message));
    };
    for (const part of [JSON.parse(text)].flat(3)) read(part);
  }
  return { bots, all };
}

const PLATFORMS = {
  Slack: { open: () => openWorld({ begins: new Date(BEGINS) }), play: slackPeople },
  Matrix: { open: () => openWorld({ begins: new Date(BEGINS), matrix: "everybody" }), play: matrixPeople },
} as const;

describe.each(Object.entries(PLATFORMS))("%s", (name, { open, play }) => {
  beforeEach(async () => {
    world = await open();
    bot = await startBotHere(world);
    people = play(world);
  });
  afterEach(async () => {
    await bot.stop();
    await world.close();
  });

  test("the document is emptied, the posts are gone, who has something left to remove is told, what statistics need stays", async () => {
    const ref = await lived();
    const before = await found();
    expect(before.bots.length).toBeGreaterThan(3);
    await sixMonthsLater();
    const demande = await demandeOf(world.db, ref);
    expect(demande.state).toMatchObject({ status: "archivee", sujet: "", description: "", usager: null, usefulness: "oui" });
    expect(demande.state.firstAnswerAt).not.toBeNull();
    const raw = await world.db.demandes.model.findOne({ ref }).lean<{ erasure: string; names: string[]; sealedWith: string[] }>();
    expect(raw).toMatchObject({ erasure: "faite", names: [], sealedWith: [] });
    const after = await found();
    expect(after.bots).toEqual([]);
    // Where the bot may remove what people wrote, it does.
    if (name === "Matrix") expect(after.all.length).toBeLessThanOrEqual(1);
    expect(await world.db.showings.model.countDocuments({ keys: `demande/${demande.id}` })).toBe(0);
    const register = await world.db.register.since(new Date(0), 10);
    expect(register.map(({ act, name: who }) => [act, who])).toEqual([
      ["purge", "aplus-bot"],
      ["consultation", "Alix Modèle"],
    ]);
    // In each thread, who is there is told once what they have themselves to remove.
    const { channel, platform, workspace, root } = await thread(ref, "caf-01");
    if (!channel || !platform || !workspace || !root) throw new Error("no thread");
    const shown = await people.view.thread({ platform, workspace, channel }, root);
    const told = shown.filter(({ words }) => words.includes("Il reste dans ce fil"));
    expect(told.map(({ words }) => /\d+ message/.exec(words)?.[0])).toEqual(name === "Slack" ? ["1 message"] : []);
    // It is over for good.
    const answer = await people.say("camille.exemple", await thread(ref, "aidant"), "Encore une question");
    expect(answer.told.kind === "said" ? answer.told.words : "").toContain("ont été effacées");
    expect((await demandeOf(world.db, ref)).state.status).toBe("archivee");
  });

  test("at the usager's request while it is open: the same, at once; everybody is told why, and nothing more can be done", async () => {
    const ref = await openDemande(people, FORM);
    await quiet();
    await people.click("alix.modele", await thread(ref, "caf-01"), "voir");
    await people.dismiss("alix.modele");
    await form("alix.modele", ref, "caf-01", "repondre", { texte: "Canarireponse" });
    expect((await found()).bots.length).toBeGreaterThan(2);
    const request = { reference: "RGPD-1", name: "commande aplus", from: "commande aplus" };
    const before = await demandeOf(world.db, ref);
    const { useCases } = bot.runtime.jobs;
    expect(await eraseOnRequest(useCases, before, request)).toBe(true);
    expect(await eraseOnRequest(useCases, before, request)).toBe(false);
    await quiet();
    await sweepShowings(bot.runtime.jobs.deliveries);
    expect((await found()).bots).toEqual([]);
    for (const side of ["aidant", "caf-01"] as const) {
      const { channel, platform, workspace } = await thread(ref, side);
      if (!channel || !platform || !workspace) throw new Error("no thread");
      // On Matrix the card is removed, and what stands below it is found in the room.
      expect(await people.view.stored({ platform, workspace, channel })).toContain("à la demande de l’usager");
    }
    expect((await demandeOf(world.db, ref)).state).toMatchObject({ status: "archivee", usager: null, sujet: "" });
    const acts = (await world.db.register.since(new Date(0), 10)).map(({ act, reason }) => [act, reason]);
    expect(acts).toContainEqual(["effacement", "RGPD-1"]);
    expect(acts).not.toContainEqual(["purge", null]);
  });
});
