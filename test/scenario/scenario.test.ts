/** The scenario succeeds on what the bot does, and fails on anything else: in a thread, on a card, in the database. */
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
function sabotaged(number: number, change: (left: Left) => Left): Story {
  const steps = slackStory.steps.slice(0, number);
  return {
    ...slackStory,
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
    ["the card", 1, (left) => ({ ...left, card: ["✅ Traitée"] }), "carte"],
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
    [
      "a thread that is not there",
      1,
      (left) => ({ ...left, threads: { ...left.threads, prefecture: [] } }),
      "prefecture : pas de fil",
    ],
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

test("somebody who is not shown what they should be fails the step", async () => {
  const steps = slackStory.steps
    .slice(0, 2)
    .map((step, n) =>
      n === 0
        ? step
        : { ...step, act: (hand: Parameters<NonNullable<typeof step.act>>[0]) => hand.click("alix.modele", "caf", "Archiver") },
    );
  const { good, text } = await told([{ ...slackStory, steps }], PATIENT);
  expect(good).toBe(false);
  expect(text).toContain("Il n’y a pas de bouton « Archiver » ici.");
});
