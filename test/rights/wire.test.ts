/**
 * The table of rights over the wire, on each platform: what everybody meets who stands in the channel of an asked groupe (buttons,
 * pills, words, messages, edits, files, commands), and what becomes of a form, a button or a word once whoever had it may no more.
 * The whole product is tried without a platform, in everyRight.test.ts.
 */
import type { AgentRecord } from "../../models/agent.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import type { ActionId } from "../../src/actions.ts";
import { actionOf } from "../../src/actions.ts";
import type { PlatformName } from "../../src/domain/demande.ts";
import { agentId, formatRef, groupeId } from "../../src/domain/ids.ts";
import type { FormValues } from "../../src/presentation/form.ts";
import { demandeOf, openDemande, threadOf, VALID } from "../support/demandes.ts";
import { type Here, openHere } from "../support/hereOn.ts";
import type { PlatformUnderTest, Told } from "../support/platformUnderTest.ts";

/** And nothing more, but for the link to the message on Matrix, where it is said in person. */
const UNKNOWN = /^Cette demande n’existe pas, ou vous n’y avez pas accès\.(?: → À propos de ce message : \S+)?$/;
const NOT_FOR_YOU = /Cette action est réservée aux instructeurs|Les informations sur l’usager ne sont visibles|Seul l’aidant qui/;
const NOT_SENT = /Votre message n’a pas été transmis : seules les personnes qui suivent/;
const DISABLED = /Votre compte Administration\+ est désactivé/;
const STRANGER = /Votre compte n’est pas connu d’Administration\+/;

/** On Matrix, what they were filling in ends at their first word. */
const ENDED = /Vous ne pouvez plus remplir ce formulaire/;
const SECRETS = /canari|Prénom-Inventé|Nom-Inventé|Plus aucun versement/;

/** Of whom the thread of the CAF is not, and what each reads there: of an act, of what they write. */
const OTHERS: readonly (readonly [who: string, what: string, act: RegExp, written: RegExp])[] = [
  ["camille.exemple", "l’aidante qui l’a ouverte, hors de son fil", NOT_FOR_YOU, NOT_SENT],
  ["dominique.exemple", "la responsable et collègue de l’aidante", NOT_FOR_YOU, NOT_SENT],
  ["sacha.specimen", "un instructeur de la CPAM invitée", NOT_FOR_YOU, NOT_SENT],
  ["lou.specimen", "une responsable de la CPAM invitée", NOT_FOR_YOU, NOT_SENT],
  ["claude.admin", "un administrateur", NOT_FOR_YOU, NOT_SENT],
  ["yael.invente", "un instructeur d’un groupe qui n’est pas saisi", UNKNOWN, UNKNOWN],
  ["eden.invente", "un aidant d’ailleurs, dont le compte est partagé", UNKNOWN, UNKNOWN],
  ["noa.imaginaire", "un instructeur de la CAF, dont le compte est désactivé", DISABLED, DISABLED],
  ["inconnu.exemple", "quelqu’un sans compte", STRANGER, STRANGER],
];
/** On whose boards it stands. */
const READERS = new Set(["camille.exemple", "sacha.specimen"]);

const words = (told: Told): string => (told.kind === "said" || told.kind === "form" ? told.words : JSON.stringify(told));

describe.each<PlatformName>(["slack", "matrix"])("on %s", (platform) => {
  let here: Here;
  let people: PlatformUnderTest;
  let ref: number;

  const load = (): Promise<LoadedDemande> => demandeOf(here.world.db, ref);
  const thread = async (name: "aidant" | "caf-01" | "cpam-01"): Promise<Thread> => threadOf(await load(), name);
  const agent = async (who: string): Promise<AgentRecord> => {
    const found = await here.world.db.agents.byId(agentId(who));
    if (!found) throw new Error(`no agent ${who}`);
    return found;
  };
  const become = async (who: string, more: Partial<AgentRecord>) => here.world.db.agents.save({ ...(await agent(who)), ...more });

  beforeAll(async () => {
    here = await openHere(platform);
    people = here.people;
    const only = { aidant: false, instructeur: false, responsable: false };
    await become("lou.specimen", { memberships: [{ groupeId: groupeId("cpam-01"), ...only, responsable: true }] });
    await become("eden.invente", { memberships: [{ groupeId: groupeId("msa-01"), ...only, aidant: true }], shared: true });
    const former = [{ groupeId: groupeId("caf-01"), ...only, instructeur: true }];
    await become("noa.imaginaire", { memberships: former, disabled: true });
    ref = await openDemande(people, { groupes: ["caf-01", "cpam-01"], sujet: "Sujetdecanari" });
    await here.quiet();
    await people.click("alix.modele", await thread("caf-01"), "prendre");
    await people.say("alix.modele", await thread("caf-01"), "Motsdecanari");
    await here.quiet();
    for (const [who] of OTHERS) await people.join(who, await thread("caf-01"));
    await here.quiet();
  });
  afterAll(() => here?.close());

  /** What is stored of demandes, people and groupes, and what each thread shows of the bot's. */
  async function everything(): Promise<string> {
    const { db } = here.world;
    const stored = await Promise.all([
      db.demandes.model.find({}, { ref: 1, revision: 1, status: 1, "events.id": 1, deliverAt: 1 }).lean(),
      db.agents.model.find({}).lean(),
      db.groupes.model.find({}).lean(),
      db.journal.model.find({}).lean(),
    ]);
    const shown = (await load()).threads.map(async ({ platform: name, workspace, channel, root }) => {
      if (!name || !workspace || !channel || !root) throw new Error("a thread is nowhere");
      const messages = await people.view.thread({ platform: name, workspace, channel }, root);
      // What people write stands where they write it; here, whether the bot carried it anywhere.
      return messages.filter(({ person }) => person === null).map(({ words: read, files }) => [read, files]);
    });
    return JSON.stringify([stored, await Promise.all(shown)]);
  }

  /** Closes what is left of a form; there may be nothing left. */
  const close = (who: string) => people.dismiss(who).catch(() => undefined);
  /** What the bot last said to them in person, where it could not be said in the channel. */
  async function inPerson(who: string): Promise<string> {
    if (platform === "matrix") return "";
    const { messages } = await here.world.slack.control.messages({ channel: "dm", as: here.world.account(who).user });
    return JSON.stringify(messages.at(-1));
  }

  const file = { name: "avis.pdf", mimetype: "application/pdf", bytes: Buffer.from("%PDF-1.4 avis fictif") };
  const program = { name: "avis.exe", mimetype: "application/x-msdownload", bytes: Buffer.from("MZ") };
  const ACTS: readonly ActionId[] = ["voir", "relayer", "repondre", "traitee", "inviter", "decliner"];
  /** Not on the card of this side: each has its word all the same. */
  const WORDS: readonly ActionId[] = ["prendre", "archiver", "rouvrir", "completer", "publier", "rappeler"];

  test.each(OTHERS)(
    "%s, %s: whatever they try in the thread of the CAF is refused, and nothing changes",
    async (who, _, act, written) => {
      const caf = await thread("caf-01");
      const before = await everything();
      const tried: [string, Told][] = [];
      for (const action of ACTS) tried.push([action, await people.click(who, caf, action)]);
      if (platform === "matrix")
        for (const action of WORDS) tried.push([action, (await people.say(who, caf, `!${actionOf(action).word}`)).told]);
      for (const [what, told] of tried) {
        expect([what, told.kind]).toEqual([what, "said"]);
        if (typeof act === "string") expect([what, words(told)]).toEqual([what, act]);
        else expect([what, words(told)]).toEqual([what, expect.stringMatching(act)]);
      }
      const said = await people.say(who, caf, "Je passe par là.");
      const shared = await people.say(who, caf, "Avec un fichier.", [file]);
      const worse = await people.say(who, caf, "Avec un programme.", [program]);
      for (const { told } of [said, shared, worse])
        if (typeof written === "string") expect(words(told)).toBe(written);
        else expect(words(told)).toMatch(written);
      await people.edit(who, caf, said.id, "Je suis passé par là.");
      await people.remove(who, caf, said.id);
      await here.quiet();
      expect(await everything()).toBe(before);
    },
  );

  test.each(OTHERS)("%s, %s: commands show nothing of it", async (who) => {
    const before = await everything();
    const where = { channel: "caf-ain" };
    const found = await people.type(who, where, `demandes chercher ${formatRef(ref)}`);
    if (READERS.has(who)) expect(words(found)).toContain("Sujetdecanari");
    else {
      expect(found).toEqual(await people.type(who, where, "demandes chercher D-999999"));
      for (const text of ["demandes en-cours", "demandes chercher Sujetdecanari", "demandes mes-demandes"])
        expect(words(await people.type(who, where, text))).not.toMatch(SECRETS);
    }
    await here.quiet();
    expect(await everything()).toBe(before);
  });

  if (platform === "slack") {
    test.each(OTHERS)("%s, %s: the shortcuts and the home of Slack", async (who, _, act) => {
      const { control } = here.world.slack;
      const caf = await thread("caf-01");
      const before = await everything();
      const { messages } = await control.messages({ channel: caf.channel ?? "", thread: caf.root ?? "" });
      const note = messages.find(({ text }) => String(text).includes("Motsdecanari"));
      const as = here.world.account(who).user;
      const seen = await control.shortcut({ as, channel: caf.channel ?? "", message: String(note?.ts), callback: "publier" });
      const told = "ephemeral" in seen && Array.isArray(seen.ephemeral) ? seen.ephemeral.map(({ text }) => text) : [];
      expect(told).toEqual([expect.stringMatching(act)]);
      const home = JSON.stringify(await control.home({ as }));
      if (!READERS.has(who)) expect(home).not.toMatch(SECRETS);
      expect(await everything()).toBe(before);
    });
  }

  /** What takes a right away, and gives it back; what is then read. */
  const LOSSES: readonly (readonly [what: string, lose: (who: string) => Promise<() => Promise<void>>, read: RegExp])[] = [
    [
      "disabled",
      async (who) => {
        await become(who, { disabled: true });
        return () => become(who, { disabled: false });
      },
      DISABLED,
    ],
    [
      "moved to another groupe",
      async (who) => {
        const { memberships } = await agent(who);
        const moved = memberships.map((one) => ({ ...one, groupeId: groupeId("caf-67") }));
        await become(who, { memberships: moved });
        return () => become(who, { memberships });
      },
      /n’existe pas, ou vous n’y avez pas accès/,
    ],
    [
      "without the role any more",
      async (who) => {
        const { memberships } = await agent(who);
        await become(who, { memberships: memberships.map((one) => ({ ...one, instructeur: false })) });
        return () => become(who, { memberships });
      },
      /n’existe pas, ou vous n’y avez pas accès/,
    ],
  ];

  const FORMS: readonly (readonly [action: ActionId, values: FormValues])[] = [
    ["repondre", { texte: "Bonjour" }],
    ["traitee", { texte: "Bonjour" }],
    ["decliner", {}],
    ["inviter", { territoire: "01", groupes: ["msa-01"], texte: "Bonjour" }],
  ];

  test.each(LOSSES)("an instructeur %s between the showing of a form or of a button and its use", async (_, lose, read) => {
    const caf = await thread("caf-01");
    for (const [action, values] of read === DISABLED ? FORMS : FORMS.filter((_form, n) => n % 3 === 0)) {
      expect((await people.click("alix.modele", caf, action)).kind).toBe("form");
      const giveBack = await lose("alix.modele");
      const before = await everything();
      const told = await people.submit("alix.modele", values);
      expect(words(told)).toMatch(platform === "matrix" ? new RegExp(`${read.source}|${ENDED.source}`) : read);
      expect(words(told)).not.toMatch(SECRETS);
      for (const act of ["voir", "traitee"] as const) {
        const clicked = await people.click("alix.modele", caf, act);
        expect([act, clicked.kind, words(clicked)]).toEqual([act, "said", expect.stringMatching(read)]);
      }
      await here.quiet();
      expect(await everything()).toBe(before);
      await giveBack();
      await close("alix.modele");
    }
  });

  test("an instructeur who left the channel meanwhile", async () => {
    const caf = await thread("caf-01");
    expect((await people.click("charlie.modele", caf, "repondre")).kind).toBe("form");
    await people.leave("charlie.modele", "caf-ain");
    await here.quiet();
    const before = await everything();
    const told = await people.submit("charlie.modele", { texte: "Bonjour" });
    // They are not there any more to be shown anything in the channel.
    expect(`${words(told)} ${await inPerson("charlie.modele")}`).toMatch(/Vous avez quitté le canal du groupe CAF de l’Ain/);
    await here.quiet();
    expect(await everything()).toBe(before);
    await people.comeBack("charlie.modele", "caf-ain");
    await close("charlie.modele");
  });

  test("an aidant disabled while the form of a new demande is before them, or that which archives one", async () => {
    const own = await thread("aidant");
    const opening = async () => {
      const begun = await people.begin("camille.exemple", { channel: "france-services-exemple" });
      // All is filled in but for the sending; on Matrix there is one question at a time.
      if (platform === "slack")
        await here.world.slack.control.fill({ as: here.world.account("camille.exemple").user, values: { ...VALID } });
      return begun;
    };
    const archiving = () => people.click("camille.exemple", own, "archiver");
    for (const show of [opening, archiving]) {
      expect((await show()).kind).toBe("form");
      await become("camille.exemple", { disabled: true });
      const before = await everything();
      const filled = platform === "slack" ? {} : VALID;
      const told = await people.submit("camille.exemple", show === archiving ? { utile: "oui" } : filled);
      expect(words(told)).toMatch(platform === "matrix" ? ENDED : DISABLED);
      expect(words(await people.click("camille.exemple", own, "archiver"))).toMatch(DISABLED);
      await here.quiet();
      expect(await everything()).toBe(before);
      await become("camille.exemple", { disabled: false });
      await close("camille.exemple");
    }
  });

  test("an aidant whose account is disabled is shown nothing more of what they opened, until it is enabled again", async () => {
    const { db } = here.world;
    const reading = async (): Promise<string> => {
      const { platform: name, workspace, channel, root } = await thread("aidant");
      if (!name || !workspace || !channel || !root) throw new Error("the thread is nowhere");
      return (await people.view.thread({ platform: name, workspace, channel }, root)).map(({ words: read }) => read).join("\n");
    };
    const answer = async (texte: string) => {
      await people.click("alix.modele", await thread("caf-01"), "repondre");
      await people.submit("alix.modele", { texte });
      await here.bot().idle();
    };
    await become("camille.exemple", { disabled: true });
    const before = await reading();
    await answer("Réponse au compte désactivé");
    expect(await reading()).toBe(before);
    // Somebody of her groupe is told, without a word of it.
    const told = await db.notices.model.find({ "to.agentId": "dominique.exemple" }, { _id: 1 }).lean<{ _id: string }[]>();
    expect(told.filter(({ _id }) => _id.includes("broken"))).toHaveLength(1);
    await become("camille.exemple", { disabled: false });
    await db.demandes.model.updateOne({ ref }, { $set: { "threads.$[].retryAt": null } });
    await answer("Réponse au compte rendu");
    await here.quiet();
    expect(await reading()).toContain("Réponse au compte désactivé");
    expect(await reading()).toContain("Réponse au compte rendu");
  });

  test("those who may, do: the same acts, by the instructeurs of the CAF and the aidante in her thread", async () => {
    const caf = await thread("caf-01");
    expect((await people.click("charlie.modele", caf, "voir")).kind).toBe("form");
    await close("charlie.modele");
    expect((await people.say("charlie.modele", caf, "Je regarde.")).told.kind).toBe("said");
    await people.click("charlie.modele", caf, "traitee");
    await people.submit("charlie.modele", {});
    await people.click("camille.exemple", await thread("aidant"), "archiver");
    await people.submit("camille.exemple", { utile: "oui" });
    expect((await load()).state.status).toBe("archivee");
  });
});
