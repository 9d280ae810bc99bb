/** The transcript: each step with its moment in the world, what it changed, and its delay. */
import type { Played } from "./play.ts";
import type { Change, Story } from "./story.ts";

const WIDTH = 100;
const moment = new Intl.DateTimeFormat("fr-FR", {
  weekday: "long",
  day: "numeric",
  month: "long",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "Europe/Paris",
});

const DUE_LABELS = {
  overdueAt: "en souffrance à partir du",
  remindAt: "prochain rappel le",
  archiveInvitationAt: "invitation à archiver le",
  wipeAt: "effacement le",
} as const;

const PLATFORMS = { slack: "Slack", matrix: "Matrix" } as const;
/** Where each line of a step tells what changed. */
const COLUMN = 32;

const placeText = ({ threads }: Story, name: string): string => {
  const place = threads[name];
  return place ? `${place.label} (${PLATFORMS[place.platform]})` : name;
};

const row = (where: string, text: string): string => `     ${where.padEnd(COLUMN)} ${text}`;

function changeText(change: Change): string {
  if ("add" in change) return `+ ${change.add}`;
  return "edit" in change ? `~ ${change.to}` : `− ${change.remove}`;
}

function threadLines({ step }: Played, story: Story): string[] {
  return Object.entries(step.left.threads ?? {}).flatMap(([name, changes]) =>
    changes.map((change, n) => row(n === 0 ? placeText(story, name) : "", changeText(change))),
  );
}

function baseLine({ step }: Played): string[] {
  const { status, events = [], due = {}, usefulness } = step.left;
  const dates = Object.entries(DUE_LABELS).flatMap(([field, label]) => {
    const date = due[field as keyof typeof DUE_LABELS];
    return date === undefined
      ? []
      : [date === null ? `plus de « ${label.replace(/ (le|à partir du)$/, "")} »` : `${label} ${date}`];
  });
  const parts = [
    ...(status === undefined ? [] : [`état ${status}`]),
    ...(usefulness === undefined ? [] : [`réponse utile : ${usefulness ?? "plus d’avis"}`]),
    ...(events.length === 0 ? [] : [`événements ${events.join(", ")}`]),
    ...dates,
  ];
  return parts.length === 0 ? [] : [row("base de données", parts.join(" · "))];
}

function cardLine({ step: { left } }: Played): string[] {
  if (!left.card) return [];
  const { status, groupes, viewed, alerts = [] } = left.card;
  return [row("carte de chaque fil", [status, ...groupes, ...(viewed === undefined ? [] : [viewed]), ...alerts].join(" · "))];
}

export const titleText = (story: Story): string => `\n${story.title}\n${"=".repeat(Math.min(story.title.length, WIDTH))}\n`;

/** One step, told. */
export function stepText(played: Played, number: number, story: Story): string {
  const mark = played.faults.length === 0 ? "✓" : "✗";
  const delay = `${Math.round(played.delay)} ms`;
  return [
    `${String(number).padStart(2)}. ${moment.format(played.at)}`,
    `   ${played.step.title}`,
    ...cardLine(played),
    ...threadLines(played, story),
    ...baseLine(played),
    `   ${mark} ${mark === "✓" ? "tout est en place, dans chaque fil et dans la base" : "tout n’est pas en place"} (${delay})`,
    ...played.faults.map((fault) => `     ✗ ${fault}`),
    "",
  ].join("\n");
}

/** How it ended. */
export function endText(played: readonly Played[], story: Story): string {
  const good = played.filter(({ faults }) => faults.length === 0);
  const slowest = Math.round(Math.max(0, ...good.map(({ delay }) => delay)));
  return good.length === story.steps.length
    ? `✓ ${good.length} étapes sur ${story.steps.length} ont laissé ce qu’elles devaient ; la plus longue en ${slowest} ms.\n`
    : `✗ L’étape ${good.length + 1} sur ${story.steps.length} n’a pas laissé ce qu’elle devait ; les suivantes n’ont pas été jouées.\n`;
}
