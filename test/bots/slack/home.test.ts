/** The home of the application, over the wire: an unmodified Bolt, the sandbox's Slack, the whole bot behind. */
import { agentId, groupeId } from "../../../src/domain/ids.ts";
import { accountTexts } from "../../../src/texts/accounts.ts";
import { homeTexts } from "../../../src/texts/boards.ts";
import { type LocalBot, startBotHere } from "../../support/bot.ts";
import { openDemande } from "../../support/demandes.ts";
import type { PlatformUnderTest } from "../../support/platformUnderTest.ts";
import { untilQuiet } from "../../support/quiet.ts";
import { slackPeople } from "../../support/slackPeople.ts";
import { blockWords, buttonLabels } from "../../support/slackView.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;
let bot: LocalBot;
let people: PlatformUnderTest;
const INSTRUCTEUR = "alix.modele";
const AIDANT = "camille.exemple";

const user = (who: string) => world.account(who).user;
const click = (who: string, action: string, value?: string) =>
  world.slack.control.click({ as: user(who), home: true, action, ...(value === undefined ? {} : { value }) });

interface Seen {
  readonly words: string;
  readonly buttons: readonly string[];
  readonly metadata: string;
  readonly refs: readonly string[];
}

const seen = (view: Record<string, unknown> | null): Seen => {
  const words = blockWords(view?.blocks);
  const refs = words.match(/D-\d{6}/g) ?? [];
  return { words, buttons: buttonLabels(view?.blocks), metadata: String(view?.private_metadata), refs };
};
const opened = async (who: string): Promise<Seen> => seen((await world.slack.control.home({ as: user(who) })).view);
/** As it stands before the person, without opening it again. */
const shown = async (who: string): Promise<Seen> => {
  await bot.idle();
  return seen((await world.slack.control.home({ as: user(who), quiet: true })).view);
};

beforeAll(async () => {
  world = await openWorld({ begins: new Date("2031-03-04T10:00:00+01:00") });
  bot = await startBotHere(world);
  people = slackPeople(world);
  for (let n = 1; n <= 12; n += 1) await openDemande(people, { sujet: `Versement suspendu numéro ${n}` });
  await openDemande(people, { sujet: "Carte Vitale perdue", groupes: ["cpam-01"], nomDeFamille: "Introuvable-Ici" });
  await bot.idle();
  await untilQuiet(world.db, world.slack);
});
afterAll(async () => {
  await bot.stop();
  await world.close();
});

test("an instructeur sees the tabs with their counts, and demandes under way first", async () => {
  const { buttons, words } = await opened(INSTRUCTEUR);
  expect(buttons).toEqual(
    expect.arrayContaining([
      "Rafraîchir",
      "Nouvelles (12)",
      "En cours (0)",
      "En souffrance (0)",
      "Traitées (0)",
      "Archivées (0)",
    ]),
  );
  expect(buttons).not.toContain("Nouvelle demande");
  expect(words).toContain("Demandes en cours (0)");
  expect(words).toContain("Mis à jour");
});

test("a tab, its pages forth and back", async () => {
  await opened(INSTRUCTEUR);
  await click(INSTRUCTEUR, "Nouvelles (12)");
  const first = await shown(INSTRUCTEUR);
  expect(first.refs).toHaveLength(10);
  expect(first.words).toContain("1 à 10 sur 12");
  await click(INSTRUCTEUR, "Suivantes");
  const second = await shown(INSTRUCTEUR);
  expect(second.refs).toHaveLength(2);
  expect(new Set([...first.refs, ...second.refs]).size).toBe(12);
  // Opened again, it is where its person left it.
  expect((await opened(INSTRUCTEUR)).refs).toEqual(second.refs);
  await click(INSTRUCTEUR, "Précédentes");
  expect((await shown(INSTRUCTEUR)).refs).toEqual(first.refs);
});

test("« Voir la demande » opens its window, and the home no longer counts it as new", async () => {
  await opened(INSTRUCTEUR);
  const outcome = await click(INSTRUCTEUR, "Voir la demande");
  expect(blockWords((outcome as { view: { blocks: unknown } | null }).view?.blocks)).toContain("Nom-Inventé");
  const { buttons } = await shown(INSTRUCTEUR);
  expect(buttons).toEqual(expect.arrayContaining(["Nouvelles (11)", "En cours (1)"]));
  await world.slack.control.close({ as: user(INSTRUCTEUR) });
});

test("a search by name, by subject and by number; what is looked for is in no metadata", async () => {
  await opened(INSTRUCTEUR);
  await click(INSTRUCTEUR, "chercher", "nom-inventé versement numero 7");
  const found = await shown(INSTRUCTEUR);
  expect(found.words).toContain("Versement suspendu numéro 7");
  expect(found.refs).toHaveLength(1);
  expect(found.metadata).not.toMatch(/invent|versement/i);
  await click(INSTRUCTEUR, "chercher", found.refs[0] ?? "");
  expect((await shown(INSTRUCTEUR)).refs).toEqual(found.refs);
  await click(INSTRUCTEUR, "chercher", "introuvable");
  expect((await shown(INSTRUCTEUR)).words).toContain("Aucune demande.");
});

test("an aidant sees their own, and opens a new one from there", async () => {
  const { buttons, words } = await opened(AIDANT);
  expect(buttons).toEqual(expect.arrayContaining(["Nouvelle demande", "Mes demandes (13)", "À archiver (0)", "Archivées (0)"]));
  expect(buttons.join()).not.toContain("souffrance");
  expect(words).toContain("Mes demandes (13)");
  await click(AIDANT, "Nouvelle demande");
  const values = { territoire: "01", groupes: ["caf-01"], sujet: "Ouverte de l’accueil", description: "Blocage." };
  const usager = { prenom: "Prénom-Inventé", nomDeFamille: "Nom-Inventé", dateDeNaissance: "03/04/1955", autorisation: true };
  expect(await people.submit(AIDANT, { ...values, ...usager })).toMatchObject({ kind: expect.not.stringMatching("faults") });
  expect((await shown(AIDANT)).words).toContain("Ouverte de l’accueil");
});

test("who is of several groupes chooses one; who is moved sees what their groupes now have", async () => {
  const agent = await world.db.agents.byId(agentId(INSTRUCTEUR));
  if (!agent) throw new Error("no agent");
  const of = (...groupes: string[]) => ({
    ...agent,
    memberships: groupes.map((id) => ({ groupeId: groupeId(id), aidant: false, instructeur: true, responsable: false })),
  });
  await world.db.agents.save(of("caf-01", "cpam-01"), agent.identities);
  await opened(INSTRUCTEUR);
  await click(INSTRUCTEUR, "Rafraîchir");
  expect((await shown(INSTRUCTEUR)).buttons.join()).toMatch(/Nouvelles \(1[34]\)/);
  await click(INSTRUCTEUR, "Groupe", "CPAM de l’Ain");
  const chosen = await shown(INSTRUCTEUR);
  expect(chosen.buttons).toContain("Nouvelles (1)");
  expect(chosen.words).toContain("CPAM de l’Ain");
  await click(INSTRUCTEUR, "Nouvelles (1)");
  expect((await shown(INSTRUCTEUR)).words).toContain("Carte Vitale perdue");
  await world.db.agents.save(of("msa-01"), agent.identities);
  const moved = await opened(INSTRUCTEUR);
  expect(moved.refs).toEqual([]);
  expect(moved.words).not.toContain("CPAM");
  await world.db.agents.save(agent, agent.identities);
});

test("somebody unknown is told whom to ask, and nothing else", async () => {
  const { words, buttons } = await opened("inconnu.exemple");
  expect(words).toBe(accountTexts.unknown);
  expect(buttons).toEqual([]);
});

test("who sees no conversation is told so", async () => {
  const { words, buttons } = await opened("claude.admin");
  expect(words).toBe(homeTexts.noBoard);
  expect(buttons).toEqual([]);
});

test("an account that was disabled finds nothing there any more, whatever was published before", async () => {
  const who = "alix.modele";
  await opened(who);
  const agent = await world.db.agents.byId(agentId(who));
  if (!agent) throw new Error("no agent");
  await world.db.agents.save({ ...agent, disabled: true }, agent.identities);
  await click(who, "Rafraîchir");
  expect((await shown(who)).words).toContain(accountTexts.disabled);
  await world.db.agents.save(agent, agent.identities);
  expect((await opened(who)).refs.length).toBeGreaterThan(0);
});
