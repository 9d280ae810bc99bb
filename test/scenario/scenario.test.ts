/** The scenario succeeds on what the bot does, and fails on anything else: in a thread, on a card, in the database. */
import { bothStory } from "../../sandbox/scenario/both/story.ts";
import type { Hand } from "../../sandbox/scenario/hand.ts";
import { fileMark } from "../../sandbox/scenario/reading.ts";
import { runStories } from "../../sandbox/scenario/run.ts";
import { slackStory } from "../../sandbox/scenario/slack/story.ts";
import type { Stage } from "../../sandbox/scenario/stage.ts";
import { STORIES } from "../../sandbox/scenario/stories.ts";
import type { Left, Story } from "../../sandbox/scenario/story.ts";

/** Long enough for the slowest machine, where everything goes well. */
const PATIENT = 20_000;
/** What is wrong stays wrong: there is nothing to wait for. */
const SHORT = 1_000;

/** Plays, and gives what is told. */
async function told(stories: readonly Story[], patience: number, before?: (stage: Stage) => void) {
  const texts: string[] = [];
  const good = await runStories(stories, { tell: (text) => texts.push(text), patience, ...(before && { before }) });
  return { good, text: texts.join("\n") };
}

/** The story up to this step, whose expectation is changed. */
function sabotaged(number: number, change: (left: Left) => Left, story = slackStory): Story {
  const steps = story.steps.slice(0, number);
  return {
    ...story,
    steps: steps.map((step, n) => (n === number - 1 ? { ...step, left: change(step.left), patience: SHORT } : step)),
  };
}

test("every step of every story leaves what it should, and the transcript tells each with its moment and its delay", async () => {
  const { good, text } = await told(STORIES, PATIENT);
  expect(text).not.toContain("✗");
  expect(good).toBe(true);
  const steps = STORIES.flatMap((story) => story.steps);
  expect(text.match(/^ {3}✓ .* \(\d+ ms\)$/gm)).toHaveLength(steps.length);
  expect(text).toContain(" 6. samedi 7 mars 2026 à 14:00");
  expect(text).toContain("Quatre jours de silence");
});

test("a story without an end in the world is no success", async () => {
  expect((await told([], SHORT)).good).toBe(false);
});

describe("a step that leaves anything else fails, and the story stops there", () => {
  test.each<[string, number, (left: Left) => Left, string]>([
    ["an event", 2, (left) => ({ ...left, events: ["taken"] }), "base, événements"],
    ["a due date", 1, (left) => ({ ...left, due: { ...left.due, remindAt: null } }), "base, remindAt"],
    ["the status", 3, (left) => ({ ...left, status: "traitee" }), "base, état"],
    ["the card", 1, (left) => ({ ...left, card: { status: "✅ Traitée", groupes: [] } }), "carte"],
    ["the buttons", 1, (left) => ({ ...left, buttons: { ...left.buttons, caf: [] } }), "caf, boutons"],
    [
      "a line that the aidant must not read",
      3,
      (left) => ({
        ...left,
        threads: { ...left.threads, aidant: [{ add: "Alix Modèle : La mutation n’apparaît pas chez nous." }] },
      }),
      "aidant, message 1",
    ],
    ["a thread that is not there", 1, (left) => ({ ...left, threads: { ...left.threads, tiers: [] } }), "tiers : pas de fil"],
    ["a thread too many", 1, (left) => ({ ...left, threads: { aidant: [], caf: [] } }), "cpam : un fil est là"],
  ])("%s", async (_what, number, change, fault) => {
    const { good, text } = await told([sabotaged(number, change)], PATIENT);
    expect(good).toBe(false);
    expect(text).toContain(`✗ L’étape ${number} sur ${number}`);
    expect(text).toContain(fault);
  });
});

test("a Slack that no longer updates messages is found out at the first change of the card", async () => {
  const refuse = ({ slack }: Stage) => {
    slack.faults.add({ kind: "refuse", method: "chat.update", status: 500 });
  };
  const { good, text } = await told([sabotaged(2, (left) => left)], PATIENT, refuse);
  expect(good).toBe(false);
  expect(text).toContain("✗ L’étape 2 sur 2");
});

/** The opening of a story, then this. */
const afterOpening = (story: Story, act: (hand: Hand) => Promise<void>, left: Left, patience = SHORT): Story => ({
  ...story,
  steps: [...story.steps.slice(0, 1), { title: "…", act, left, patience }],
});

test.each([
  ["Slack", slackStory, "alix.modele", "caf", "Il n’y a pas de bouton « Archiver » ici."],
  ["Matrix", bothStory, "andrea.essai", "aidant", "il n’y a ni pastille ni mot « Traitée » ici"],
])("somebody who is not shown what they should be fails the step, on %s", async (_where, story, who, thread, fault) => {
  const label = thread === "caf" ? "Archiver" : "Traitée";
  const { good, text } = await told([afterOpening(story, (hand) => hand.click(who, thread, label), {})], PATIENT);
  expect(good).toBe(false);
  expect(text).toContain(fault);
});

describe("across both platforms", () => {
  test.each<[string, number, (left: Left) => Left, string]>([
    ["the buttons, pills and words", 1, (left) => ({ ...left, buttons: { ...left.buttons, aidant: [] } }), "aidant, boutons"],
    ["the card on Matrix", 1, (left) => ({ ...left, card: { status: "✅ Traitée", groupes: [] } }), "aidant, carte"],
    [
      "somebody who is named without being alerted",
      4,
      (left) => ({
        ...left,
        threads: {
          ...left.threads,
          aidant: [
            {
              add: "Administration+ : @Andréa Essai ↪️ Sacha Spécimen (CPAM de l’Ain) indique que son groupe n’est pas le bon interlocuteur.",
            },
          ],
        },
      }),
      "aidant, message 1",
    ],
  ])("%s: anything else fails", async (_what, number, change, fault) => {
    const { good, text } = await told([sabotaged(number, change, bothStory)], PATIENT);
    expect(good).toBe(false);
    expect(text).toContain(`✗ L’étape ${number} sur ${number}`);
    expect(text).toContain(fault);
  });

  const bytes = Buffer.from("%PDF-1.7\0\xff\x01\xfe\x80", "latin1");
  const shares = (hand: Hand) => hand.say("andrea.essai", "aidant", "", [{ name: "a.pdf", mimetype: "application/pdf", bytes }]);
  const withFile = (mark: string): Left => {
    const relay = `Administration+ : 📄 Andréa Essai (France Services de Modèle-sur-Veyle) a partagé un fichier : a.pdf ${mark}`;
    return {
      threads: { aidant: [{ add: `Andréa Essai : ${fileMark("a.pdf", bytes)}` }], caf: [{ add: relay }], cpam: [{ add: relay }] },
      events: ["fileShared"],
    };
  };

  test("a file that is another by one byte fails", async () => {
    const other = Buffer.from([0, 255, 1, 254, 129]);
    // What must come is waited for; only what must not is looked for a short while.
    const right = afterOpening(bothStory, shares, withFile(fileMark("a.pdf", bytes)), PATIENT);
    expect((await told([right], PATIENT)).good).toBe(true);
    const { good, text } = await told([afterOpening(bothStory, shares, withFile(fileMark("a.pdf", other)))], PATIENT);
    expect(good).toBe(false);
    expect(text).toContain("caf, message 1");
    expect(text).not.toContain("aidant, message 1");
  });

  test("a Matrix that takes no pills, or gives no files, is found out", async () => {
    const pills = ({ matrix }: Stage) => {
      matrix.faults.add({ kind: "refuse", method: "PUT rooms/*/send/m.reaction/*", status: 403, errcode: "M_FORBIDDEN" });
    };
    const unclickable = await told([sabotaged(1, (left) => left, bothStory)], PATIENT, pills);
    expect(unclickable.good).toBe(false);
    expect(unclickable.text).toContain("Voir la demande (!voir)");
    const files = ({ matrix }: Stage) => {
      matrix.faults.add({ kind: "refuse", method: "GET media/download/*", status: 404, errcode: "M_NOT_FOUND" });
    };
    const story = afterOpening(bothStory, shares, withFile(fileMark("a.pdf", bytes)));
    const lost = await told([story], PATIENT, files);
    expect(lost.good).toBe(false);
    expect(lost.text).toContain("n’obtient pas mxc://");
  });

  test("a form on Matrix that is taken where it should be refused, or the other way round, fails the step", async () => {
    const archives = (fault: string) => async (hand: Hand) => {
      await hand.open("andrea.essai", "aidant", "Archiver", "Archiver la demande");
      await hand.refused("andrea.essai", {}, "La réponse vous a-t-elle été utile ?", fault);
    };
    const other = await told([afterOpening(bothStory, archives("Choisissez."), {})], PATIENT);
    expect(other.text).toContain('et dit {"La réponse vous a-t-elle été utile ?":"Cette réponse est obligatoire."}');
    const sends = async (hand: Hand) => {
      await hand.open("andrea.essai", "aidant", "Archiver", "Archiver la demande");
      await hand.submit("andrea.essai", { "La réponse vous a-t-elle été utile ?": "Peut-être" });
    };
    const refused = await told([afterOpening(bothStory, sends, {})], PATIENT);
    expect(refused.text).toContain("n’est pas pris");
    expect([other.good, refused.good]).toEqual([false, false]);
  });
});
