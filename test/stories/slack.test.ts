/** Whole stories on Slack, between groupes of several channels: what each person reads, and when. */
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import { botHere } from "../../sandbox/bot/followed.ts";
import { withoutDigests } from "../../sandbox/seed/digests.ts";
import { WORKSPACE } from "../../sandbox/seed/slack.ts";
import { moveTo } from "../../sandbox/time.ts";
import { type LocalBot, startBotHere } from "../support/bot.ts";
import { compareWorlds } from "../support/compareWorlds.ts";
import { demandeOf, type Name, openDemande, threadOf } from "../support/demandes.ts";
import type { PlatformUnderTest, Told } from "../support/platformUnderTest.ts";
import { untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { blockWords, buttonLabels } from "../support/slackView.ts";
import { openWorld, type World } from "../support/world.ts";

/** A Tuesday; no holiday for weeks. */
const BEGINS = "2031-03-04T10:00:00+01:00";

let world: World;
let bot: LocalBot;
let people: PlatformUnderTest;

beforeEach(async () => {
  world = await openWorld({ begins: new Date(BEGINS) });
  // Whoever was unreachable on Monday is told on Tuesday still: here it would tell of what is opened meanwhile.
  await withoutDigests(world.db, world.clock.now(), world.clock.now());
  bot = await startBotHere(world);
  people = slackPeople(world);
});

afterEach(async () => {
  try {
    await quiet();
    const { faults } = await compareWorlds({ db: world.db, views: [people.view], now: world.clock.now() });
    expect(faults).toEqual([]);
  } finally {
    await bot.stop();
    await world.close();
  }
});

async function quiet(): Promise<void> {
  await bot.idle();
  await untilQuiet(world.db, world.slack);
}

/** Weekly digests have tests of their own: here, only what the demandes themselves cause is told. */
const to = async (moment: string): Promise<void> => {
  await withoutDigests(world.db, world.clock.now(), new Date(moment));
  await moveTo(new Date(moment), world.clock, botHere(bot.runtime), world.db);
  await quiet();
};

const load = (ref: number): Promise<LoadedDemande> => demandeOf(world.db, ref);
const thread = async (ref: number, name: Name): Promise<Thread> => threadOf(await load(ref), name);

async function opened(
  values: Parameters<typeof openDemande>[1] = {},
  more: Parameters<typeof openDemande>[2] = {},
): Promise<number> {
  const ref = await openDemande(people, values, more);
  await quiet();
  return ref;
}

/** What is read below the card, one line a message. */
async function lines(ref: number, name: Name): Promise<string[]> {
  const { channel, root } = await thread(ref, name);
  const shown = await people.view.thread({ platform: "slack", workspace: WORKSPACE, channel: channel ?? "" }, root ?? "");
  return shown.slice(1).map(({ words }) => words);
}

interface Bare {
  readonly text: string;
  readonly words: string;
  readonly buttons: readonly string[];
}

/** The bot's messages in a channel that head no thread of a demande: lists, notices. `who`: as that person sees the channel. */
async function loose(channel: string, who: string): Promise<Bare[]> {
  const { messages } = await world.slack.control.messages({ channel, as: world.account(who).user });
  return messages
    .filter(({ bot_id: by, text, is_ephemeral: alone }) => by !== undefined && alone !== true && !String(text).startsWith("D-"))
    .map(({ text, blocks }) => ({ text: String(text), words: blockWords(blocks), buttons: buttonLabels(blocks) }));
}

const said = (told: Told): string => (told.kind === "said" ? told.words : "");

const reply = async (who: string, ref: number, name: Name, text: string): Promise<string> => {
  const { id } = await people.say(who, await thread(ref, name), text);
  await quiet();
  return id;
};

async function form(
  who: string,
  ref: number,
  name: Name,
  action: Parameters<PlatformUnderTest["click"]>[2],
  values = {},
): Promise<void> {
  const begun = await people.click(who, await thread(ref, name), action);
  expect(begun.kind).toBe("form");
  const told = await people.submit(who, values);
  expect(told.kind).not.toBe("faults");
  await quiet();
}

test("what instructeurs say to each other reaches the aidant only when it is sent to them", async () => {
  const ref = await opened({ groupes: ["caf-01", "cpam-01"] });
  await reply("alix.modele", ref, "caf-01", "La mutation n’est pas chez nous.");
  const told = await people.say("sacha.specimen", await thread(ref, "cpam-01"), "Elle est arrivée hier à la CPAM.");
  expect(said(told.told)).toContain("n’est visible que des instructeurs");
  expect(await lines(ref, "aidant")).toEqual([]);
  await people.click("sacha.specimen", await thread(ref, "cpam-01"), "publier", "told");
  await quiet();
  expect(await lines(ref, "aidant")).toEqual([expect.stringContaining("Elle est arrivée hier à la CPAM.")]);
  const atCaf = await lines(ref, "caf-01");
  expect(atCaf.at(-1)).toBe("Sacha Spécimen (CPAM de l’Ain) Elle est arrivée hier à la CPAM.");
  expect(await lines(ref, "cpam-01")).toEqual([
    expect.stringContaining("🔒 Entre instructeurs"),
    "Elle est arrivée hier à la CPAM.",
    expect.stringContaining("a envoyé ce message à l’aidant"),
  ]);
});

test("a groupe that is invited reads all that was said before, and the aidant learns who was invited", async () => {
  const ref = await opened();
  await reply("alix.modele", ref, "caf-01", "C’est la MSA qui bloque.");
  const slip = await reply("camille.exemple", ref, "aidant", "Mesage avec une faute");
  await people.edit("camille.exemple", await thread(ref, "aidant"), slip, "Message sans faute");
  const gone = await reply("camille.exemple", ref, "aidant", "De trop.");
  await people.remove("camille.exemple", await thread(ref, "aidant"), gone);
  await form("alix.modele", ref, "caf-01", "inviter", { groupes: ["msa-01"], texte: "Où en est le titre ?", prive: true });
  expect(await lines(ref, "msa-01")).toEqual([
    "Alix Modèle (CAF de l’Ain) 🔒 Entre instructeurs C’est la MSA qui bloque.",
    "Camille Exemple (France Services d’Exemple-sur-Ain) Message sans faute (modifié)",
    "➕ Alix Modèle (CAF de l’Ain) a invité MSA de l’Ain.",
    "Alix Modèle (CAF de l’Ain) 🔒 Entre instructeurs Où en est le titre ?",
  ]);
  expect((await lines(ref, "aidant")).at(-1)).toBe("➕ Alix Modèle (CAF de l’Ain) a invité MSA de l’Ain.");
  await people.click("yael.invente", await thread(ref, "msa-01"), "prendre");
  await quiet();
  expect((await lines(ref, "caf-01")).at(-1)).toContain("Yaël Inventé (MSA de l’Ain) s’occupe de la demande");
});

test("when the last groupe goes, the aidant and the opener's groupe are told, and somebody else can be invited", async () => {
  const ref = await opened({ groupes: ["caf-01", "cpam-01"] });
  await form("alix.modele", ref, "caf-01", "decliner");
  expect((await lines(ref, "aidant")).at(-1)).not.toContain("Plus aucun organisme");
  expect(await loose("france-services-exemple", "dominique.exemple")).toEqual([]);
  await form("lou.specimen", ref, "cpam-01", "decliner");
  expect((await lines(ref, "aidant")).at(-1)).toContain("Plus aucun organisme ne suit cette demande");
  const [notice, ...others] = await loose("france-services-exemple", "dominique.exemple");
  expect(notice?.words).toContain("Plus aucun organisme ne suit la demande D-000001");
  expect(notice?.buttons).toEqual(["Inviter un organisme"]);
  expect(others).toEqual([]);
  await form("camille.exemple", ref, "aidant", "inviter", { groupes: ["msa-01"] });
  expect((await load(ref)).state.groupes.filter(({ out }) => !out).map(({ groupeId }) => groupeId)).toEqual(["msa-01"]);
});

test("a reminder comes at the first opening hour after three working days, and again when asked for", async () => {
  const ref = await opened();
  await to("2031-03-07T09:59:00+01:00");
  expect(await lines(ref, "caf-01")).toEqual([]);
  await to("2031-03-07T10:01:00+01:00");
  const [reminder] = await lines(ref, "caf-01");
  expect(reminder).toContain("CAF de l’Ain : cette demande est en souffrance depuis le 7 mars 2031 à 10:00");
  const { channel, root } = await thread(ref, "caf-01");
  const [, message] = await people.view.thread({ platform: "slack", workspace: WORKSPACE, channel: channel ?? "" }, root ?? "");
  const told = await people.click("alix.modele", await thread(ref, "caf-01"), "rappeler", { message: message?.id ?? "" });
  expect(said(told)).toMatch(/je vous le rappellerai .*lundi 10 mars/);
  await to("2031-03-10T08:59:00+01:00");
  expect(await lines(ref, "caf-01")).toHaveLength(2);
  await to("2031-03-10T09:01:00+01:00");
  expect((await lines(ref, "caf-01")).at(-1)).toContain("rappel n° 2");
  expect(await lines(ref, "aidant")).toEqual([]);
});

test("from the third reminder on, the responsables are told in person", async () => {
  const ref = await opened();
  await to("2031-03-12T09:00:00+01:00");
  expect(await lines(ref, "caf-01")).toHaveLength(2);
  expect(await loose("dm", "charlie.modele")).toEqual([]);
  await to("2031-03-13T10:01:00+01:00");
  expect(await lines(ref, "caf-01")).toHaveLength(3);
  expect((await loose("dm", "charlie.modele")).map(({ words }) => words)).toEqual([expect.stringContaining("rappel n° 3")]);
  expect(await loose("dm", "alix.modele")).toEqual([]);
  await people.click("alix.modele", await thread(ref, "caf-01"), "prendre");
  await to("2031-03-20T10:00:00+01:00");
  expect(await lines(ref, "caf-01")).toHaveLength(4);
});

test("more than three at once for one groupe are one list, each line with its button", async () => {
  // In the evening: all of them are due at an hour when nobody works, and told together at the next opening.
  await to("2031-03-04T19:00:00+01:00");
  const refs: number[] = [];
  for (const n of [1, 2, 3, 4, 5]) refs.push(await opened({ groupes: ["cpam-01"], sujet: `Attestation ${n} introuvable` }));
  await to("2031-03-10T08:59:00+01:00");
  expect(await loose("cpam-ain", "lou.specimen")).toEqual([]);
  await to("2031-03-10T09:05:00+01:00");
  const lists = await loose("cpam-ain", "lou.specimen");
  expect(lists).toHaveLength(1);
  for (const n of refs) expect(lists[0]?.words).toContain(`D-00000${n} · Attestation ${n} introuvable`);
  expect(lists[0]?.buttons.filter((label) => label === "Je m’en occupe")).toHaveLength(5);
  for (const ref of refs) expect(await lines(ref, "cpam-01")).toEqual([]);
});

test("once processed, the aidant is invited to archive after a week, then weekly, four times", async () => {
  const ref = await opened();
  await form("alix.modele", ref, "caf-01", "traitee", { texte: "Le versement est fait." });
  const invitations = async () =>
    (await lines(ref, "aidant")).filter((line) => line.includes("Cette demande est traitée")).length;
  await to("2031-03-11T09:00:00+01:00");
  expect(await invitations()).toBe(0);
  await to("2031-03-11T18:00:00+01:00");
  expect(await invitations()).toBe(1);
  await to("2031-05-30T18:00:00+02:00");
  expect(await invitations()).toBe(4);
  expect((await lines(ref, "caf-01")).some((line) => line.includes("Cette demande est traitée"))).toBe(false);
});

test("archived with its answer, then reopened without it; a word from the aidant reopens too", async () => {
  const ref = await opened();
  await form("alix.modele", ref, "caf-01", "traitee", { texte: "C’est réglé." });
  await form("camille.exemple", ref, "aidant", "archiver", { utile: "non" });
  expect((await load(ref)).state).toMatchObject({ status: "archivee", usefulness: "non" });
  const refusal = await people.say("alix.modele", await thread(ref, "caf-01"), "Encore un mot ?");
  expect(refusal.told.kind).toBe("said");
  await people.click("camille.exemple", await thread(ref, "aidant"), "rouvrir");
  await quiet();
  expect((await load(ref)).state).toMatchObject({ status: "en_cours", usefulness: null });
  expect((await lines(ref, "caf-01")).at(-1)).toContain("a rouvert la demande");
  await form("alix.modele", ref, "caf-01", "traitee", {});
  await reply("camille.exemple", ref, "aidant", "Non, rien n’est arrivé.");
  expect((await load(ref)).state.status).toBe("en_cours");
});

test("opened in the channel of the opener's groupe, its members follow it, and any of them may archive it", async () => {
  const ref = await opened({}, { who: "camille.exemple", where: { channel: "france-services-exemple" } });
  const own = await thread(ref, "aidant");
  expect(own.groupeId).toBe("france-services-exemple");
  await reply("dominique.exemple", ref, "aidant", "Je prends la suite de Camille.");
  expect((await lines(ref, "caf-01")).at(-1)).toContain("Dominique Exemple (France Services d’Exemple-sur-Ain)");
  await form("dominique.exemple", ref, "aidant", "archiver", { utile: "je_ne_sais_pas" });
  expect((await load(ref)).state.status).toBe("archivee");
});

test("a file goes to every thread, and goes from every thread with the message that brought it", async () => {
  const ref = await opened({ groupes: ["caf-01", "cpam-01"] });
  const file = { name: "avis.pdf", mimetype: "application/pdf", bytes: Buffer.from("%PDF-1.4 fictif") };
  const { id } = await people.say("alix.modele", await thread(ref, "caf-01"), "L’avis reçu :", [file]);
  await quiet();
  expect(await lines(ref, "aidant")).toEqual([]);
  expect(await lines(ref, "cpam-01")).toHaveLength(2);
  await people.remove("alix.modele", await thread(ref, "caf-01"), id);
  await quiet();
  expect(await lines(ref, "cpam-01")).toEqual([]);
  const program = { name: "outil.exe", mimetype: "application/x-msdownload", bytes: Buffer.from("MZ") };
  const refused = await people.say("alix.modele", await thread(ref, "caf-01"), "Un outil", [program]);
  expect(said(refused.told)).toContain("n’a pas été transmis");
  await quiet();
});

describe("hostile words", () => {
  const HOSTILE =
    '<!channel> <!here> @channel <https://exemple.test|ici> *gras* `x` {{7*7}} {"$ne":1} $where </b><script>1</script> \u202eשלום 👩‍👩‍👧 &lt;';

  test("alert nobody, run nowhere and stay as they were typed", async () => {
    const ref = await opened({
      sujet: HOSTILE.slice(0, 140),
      description: HOSTILE,
      prenom: "<!channel>",
      groupes: ["caf-01", "cpam-01"],
    });
    await reply("camille.exemple", ref, "aidant", HOSTILE);
    await reply("alix.modele", ref, "caf-01", HOSTILE);
    await form("alix.modele", ref, "caf-01", "repondre", { texte: HOSTILE });
    const file = { name: "<!channel> ../../é.pdf", mimetype: "application/pdf", bytes: Buffer.from("%PDF-1.4 fictif") };
    await people.say("camille.exemple", await thread(ref, "aidant"), HOSTILE, [file]);
    await quiet();
    const all = await Promise.all(
      world.slack.control.channels().map(async ({ id }) => {
        const { messages } = await world.slack.control.messages({ channel: id });
        const replies = await Promise.all(
          messages.map(async ({ ts }) => (await world.slack.control.messages({ channel: id, thread: String(ts) })).messages),
        );
        return [...messages, ...replies.flat()];
      }),
    );
    const posted = all.flat().filter(({ bot_id: by }) => by !== undefined);
    expect(posted.length).toBeGreaterThan(8);
    for (const { text, blocks } of posted) {
      expect(text).not.toMatch(/<!(?:channel|here|everyone)/);
      expect(JSON.stringify(blocks ?? [])).not.toContain('"broadcast"');
    }
    expect((await load(ref)).state.description).toContain("<!channel> <!here>");
    const told = await people.click("sacha.specimen", await thread(ref, "cpam-01"), "voir");
    expect(told.kind === "form" && told.words).toContain('{{7*7}} {"$ne":1} $where </b><script>1</script>');
    await people.dismiss("sacha.specimen");
    await quiet();
  });
});
