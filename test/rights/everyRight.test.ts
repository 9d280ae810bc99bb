/**
 * The table of rights, tried: every way in to a demande, by everybody, in every state. What the table does not allow is refused in
 * words that are the same for a demande that does not exist, and nothing in the database changes.
 *
 * A usual run tries an eighth of the product, another one for each person and state, so that everybody tries every way in;
 * `RIGHTS=all` tries the whole.
 */
import { ACTION_IDS, SHORTCUTS } from "../../src/actions.ts";
import type { Desk } from "../../src/demandes/desk.ts";
import type { AgentCommand } from "../../src/domain/commands.ts";
import { PERMISSIONS } from "../../src/domain/permissions.ts";
import type { FormId } from "../../src/presentation/form.ts";
import { told } from "../demandes/world.ts";
import type { Entry, Given } from "./entries.ts";
import { answerOf, ENTRIES, FORMS_TRIED } from "./entries.ts";
import { absent, Stage } from "./stage.ts";
import type { Act, Answer, Person, State } from "./table.ts";
import { ACTS_OF_THE_TABLE, closedAccount, expected, PEOPLE_OF_THE_TABLE, PERSONS, STATES } from "./table.ts";

const WHOLE = process.env.RIGHTS === "all";
const PART = 8;

/** What nobody who may not know of a demande may ever read of it. */
const SECRETS = /Sujetdecanari|Motsdecanari|Nomusager|Prénomusager|Blocage|D-0000|auteur Exemple|instructrice Exemple/;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

const chosen = (person: Person, state: State): Entry[] =>
  ENTRIES.filter((_, n) => WHOLE || (n + PERSONS.indexOf(person) + STATES.indexOf(state)) % PART === 0);

const labelOf = ({ name, spot }: Entry): string => `${name}, ${spot}`;

/** A form is not shown anew to who may not see it, and no reason is given; a removed message is not put back by refusing. */
function fits(entry: Entry, given: Given, right: Answer): boolean {
  if (given.kind === "rebuilt") return (given.form !== null) === (right === "admis");
  // A deletion says nothing to who makes it; nothing is said neither to who changes a message that was never theirs.
  if (entry.name === "suppression" && right !== "compte désactivé" && right !== "compte inconnu") return given.kind === "nothing";
  return answerOf(given) === right;
}

const read = (given: Given): string => (given.kind === "rebuilt" ? JSON.stringify(given.form) : `${given.kind} ${told(given)}`);

/** The acts that were seen to be done: had none been, nothing would have been tried. */
const done = new Set<string>();

describe.each(STATES)("une demande %s", (state) => {
  test.each(PERSONS)("%s", async (person) => {
    const { desk } = stage.world;
    const target = stage.target(state);
    const wrong: string[] = [];
    const refused: Entry[] = [];
    const before = await stage.snapshot();
    for (const entry of chosen(person, state)) {
      const right = expected(person, entry.act, entry.spot, state);
      if (right === "admis") continue;
      const given = await entry.run(desk, person, target);
      if (given === null) continue;
      refused.push(entry);
      const asked = `${labelOf(entry)} : ${right} attendu`;
      if (!fits(entry, given, right)) wrong.push(`${asked}, lu « ${read(given)} »`);
      if (given.kind === "form" || given.kind === "list" || given.kind === "faults") wrong.push(`${asked}, montré ${given.kind}`);
      if (right === "interdit" || right === "pas maintenant" || right === "effacée") continue;
      if (SECRETS.test(JSON.stringify(given))) wrong.push(`${asked}, mais il y est lu quelque chose d’elle`);
      if (!entry.named) continue;
      const other = await entry.run(desk, person, absent(target));
      if (JSON.stringify(other) !== JSON.stringify(given)) wrong.push(`${asked}, mais d’une absente « ${other && read(other)} »`);
    }
    expect(wrong).toEqual([]);
    if ((await stage.snapshot()) !== before) expect(await culprits(person, state, refused)).toEqual([]);

    const restore = await stage.saved(target);
    const revision = await stage.revision(target);
    for (const entry of chosen(person, state)) {
      if (expected(person, entry.act, entry.spot, state) !== "admis") continue;
      const given = await entry.run(desk, person, target);
      if (given === null) continue;
      if (!fits(entry, given, "admis")) wrong.push(`${labelOf(entry)} : admis attendu, lu « ${read(given)} »`);
      const changed = (await stage.revision(target)) !== revision;
      if (changed) await restore();
      if (changed || given.kind === "form") done.add(entry.act);
    }
    expect(wrong).toEqual([]);
  });
});

/** Which of these changed something, tried once more one by one. */
async function culprits(person: Person, state: State, entries: readonly Entry[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of entries) {
    const before = await stage.snapshot();
    await entry.run(stage.world.desk, person, stage.target(state));
    if ((await stage.snapshot()) !== before) found.push(`${labelOf(entry)} a changé quelque chose`);
  }
  return found.length > 0 ? found : ["quelque chose a changé, une seule fois"];
}

test("every act of the table was seen to be done by somebody", () => {
  expect([...done].toSorted()).toEqual(ACTS_OF_THE_TABLE.toSorted());
});

describe("nothing of the registries is missing from the table", () => {
  test("actions, forms, people", () => {
    const acts = [...ACTION_IDS.filter((id) => id !== "lister" && id !== "ouvrir"), "ecrire"];
    expect(ACTS_OF_THE_TABLE.toSorted()).toEqual(acts.toSorted());
    expect(PEOPLE_OF_THE_TABLE).toEqual(PERSONS);
    expect(PERSONS.filter((person) => closedAccount(person) !== null).length).toBeGreaterThan(4);
  });

  test("every command of the domain, every right and every way in to the desk has its row", () => {
    // A new one does not compile here until it is given one.
    const acts = {
      view: "voir",
      take: "prendre",
      decline: "decliner",
      answer: "repondre",
      write: "ecrire",
      shareFile: "ecrire",
      edit: "ecrire",
      delete: "ecrire",
      publish: "publier",
      invite: "inviter",
      process: "traitee",
      archive: "archiver",
      reopen: "rouvrir",
      addInfo: "completer",
      snooze: "rappeler",
    } as const satisfies Record<AgentCommand["type"], Act>;
    for (const act of Object.values(acts)) expect(ACTS_OF_THE_TABLE).toContain(act);

    const rights = {
      metadata: "listed",
      conversation: "listed",
      private: "listed",
      identity: "voir",
      take: "prendre",
      decline: "decliner",
      answer: "repondre",
      writePrivately: "ecrire",
      writeAsAidant: "ecrire",
      publish: "publier",
      invite: "inviter",
      process: "traitee",
      snooze: "rappeler",
      archive: "archiver",
      reopen: "rouvrir",
      addInfo: "completer",
    } as const satisfies Record<keyof typeof PERMISSIONS, Act | "listed">;
    expect(Object.keys(rights).toSorted()).toEqual(Object.keys(PERMISSIONS).toSorted());

    const ways = {
      click: "bouton",
      word: "mot",
      submitForm: "formulaire envoyé",
      refreshForm: "formulaire rafraîchi",
      message: "message",
      edited: "modification",
      deleted: "suppression",
      shortcut: "raccourci publier",
      // They name no demande: what they show is tried apart.
      command: null,
      home: null,
      // The adapter's own: nobody asks for them.
      openThreads: null,
      seen: null,
    } as const satisfies Record<keyof Desk, string | null>;
    for (const way of Object.values(ways)) if (way !== null) expect(ENTRIES.some(({ name }) => name.startsWith(way))).toBe(true);
  });

  test("every form is tried here or in the tests of groupes", () => {
    const elsewhere = {
      ouvrir: "test/demandes",
      voir: "shows only",
      moi: "test/groupes/me",
      "groupe-ajouter": "test/groupes/rights",
      "groupe-retirer": "test/groupes/rights",
      "groupe-role": "test/groupes/rights",
      "groupe-creer": "test/groupes/rights",
      "groupe-modifier": "test/groupes/rights",
      "groupe-relier": "test/groupes/rights",
    } as const satisfies Record<Exclude<FormId, (typeof FORMS_TRIED)[number]>, string>;
    expect(FORMS_TRIED.filter((form) => Object.hasOwn(elsewhere, form))).toEqual([]);
    expect(SHORTCUTS.map(({ callback }) => callback)).toEqual(["transformer", "publier"]);
  });
});
