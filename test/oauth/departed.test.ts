/**
 * A workspace that took the app away: those who are nowhere else cannot be told, so that others are; what was given there holds up
 * nothing elsewhere.
 */
import { WORKSPACE } from "../../sandbox/seed/slack.ts";
import { SEED_AGENTS } from "../../sandbox/seed/world.ts";
import { formatRef } from "../../src/domain/ids.ts";
import { newsTexts, responsableTexts } from "../../src/texts.ts";
import type { BotProcess } from "../support/bot.ts";
import { demandeOf, threadOf } from "../support/demandes.ts";
import { until } from "../support/until.ts";
import { OTHER, openStage, type Stage } from "./stage.ts";

const CAF = "CAF de l’Ain";

let stage: Stage;
let bot: BotProcess;
let ref: number;

const thread = async (name: "caf-01" | "cpam-01" | "aidant") => threadOf(await demandeOf(stage.world.db, ref), name);

/** All that the bot said to this person in their direct conversations in the first workspace. */
async function toldInPerson(handle: string): Promise<string> {
  const { world, people } = stage;
  const { user } = world.account(handle);
  const told = world.slack.control
    .channels(WORKSPACE)
    .filter(({ kind, members }) => kind === "im" && members.includes(user))
    .map(({ id }) => people.view.roots({ platform: "slack", workspace: WORKSPACE, channel: id }));
  return (await Promise.all(told))
    .flat()
    .map(({ words }) => words)
    .join("\n");
}

const times = (text: string, sentence: string): number => text.split(sentence).length - 1;

beforeAll(async () => {
  stage = await openStage();
  bot = await stage.start("quitte");
  await stage.install(bot, WORKSPACE);
  await stage.install(bot, OTHER);
  ref = await stage.opened({ groupes: ["caf-01", "cpam-01"], sujet: "Sujet-de-deux-espaces" });
  await stage.quiet();
});

afterAll(async () => {
  await bot?.stop();
  await stage?.close();
});

test("a file that was given there, and can no longer be fetched, holds up no thread: a line says so in its place", async () => {
  const { world, people } = stage;
  const { control } = world.slack;
  // Nothing can be posted to the CPAM for the moment: by then, the workspace of the file is gone.
  const { channel, root, workspace } = await thread("cpam-01");
  const late = world.slack.faults.add({ kind: "refuse", method: "files.getUploadURLExternal", status: 503 });
  await people.say("alix.modele", await thread("caf-01"), "Voici-le-courrier", [
    { name: "courrier.txt", mimetype: "text/plain", bytes: Buffer.from("Un courrier inventé") },
  ]);
  await until("the file to be late", async () => ((await thread("cpam-01")).attempts > 0 ? true : null));
  await control.uninstall(OTHER);
  await until("the token forgotten", async () => !(await stage.installedTeams()).includes(OTHER));
  world.slack.faults.clear(late);
  await people.say("camille.exemple", await thread("aidant"), "Après-le-départ");
  const place = { platform: "slack", workspace: workspace ?? "", channel: channel ?? "" } as const;
  const shown = await until("what came after the file", async () => {
    const messages = await people.view.thread(place, root ?? "");
    return messages.some(({ words }) => words.includes("Après-le-départ")) ? messages : null;
  });
  const lines = shown.map(({ words }) => words);
  const line = newsTexts.fileUnavailable("", "courrier.txt").split(" a partagé ")[1] ?? "";
  expect(lines.filter((words) => words.includes(line))).toHaveLength(1);
  expect(lines.findIndex((words) => words.includes(line))).toBeLessThan(
    lines.findIndex((words) => words.includes("Après-le-départ")),
  );
  expect(shown.flatMap(({ files }) => files)).toEqual([]);
  expect(await thread("cpam-01")).toMatchObject({ broken: null });
});

test("where nobody of the groupe can be told, the admins are, once, and whoever waits for its answer", async () => {
  const { world } = stage;
  await until("the thread of the CAF out of reach", async () => (await thread("caf-01")).broken?.obstacle === "workspace");
  const toAdmin = responsableTexts.groupeUnreachable(CAF).replaceAll("`", "");
  await until("the admin told", async () => (await toldInPerson("claude.admin")).replaceAll("`", "").includes(toAdmin));
  const toAidant = responsableTexts.askedUnreachable(formatRef(ref), CAF);
  await until("the aidant told", async () => (await toldInPerson("camille.exemple")).includes(toAidant));
  // Another demande of the same groupe, the same day: the admin knows already, its aidant does not.
  const other = await stage.opened({ groupes: ["caf-01"], sujet: "Sujet-pendant" });
  const second = responsableTexts.askedUnreachable(formatRef(other), CAF);
  await until("the aidant told of the other", async () => (await toldInPerson("camille.exemple")).includes(second));
  const pending = () => world.db.notices.model.find({ state: "pending" }, { _id: 1 }).lean<{ _id: string }[]>();
  await until("nothing of it left to tell", async () => !(await pending()).some(({ _id }) => _id.includes(".broken.")));
  const admin = (await toldInPerson("claude.admin")).replaceAll("`", "");
  expect(times(admin, toAdmin)).toBe(1);
  for (const word of ["Sujet-de-deux-espaces", "Sujet-pendant", formatRef(ref), formatRef(other)])
    expect(admin).not.toContain(word);
  expect((await world.db.agents.admins()).map(({ id }) => id)).toEqual(
    SEED_AGENTS.filter(({ admin: is }) => is).map(({ id }) => id),
  );
});

test("a responsable who also has an account elsewhere is told there, and the admins are not", async () => {
  const { world } = stage;
  const charlie = SEED_AGENTS.find(({ handle }) => handle === "charlie.modele");
  if (!charlie) throw new Error("nobody is called charlie.modele");
  await world.db.agents.link(charlie.id, world.account("charlie.modele"));
  const before = times((await toldInPerson("claude.admin")).replaceAll("`", ""), "ne peut plus être joint");
  ref = await stage.opened({ groupes: ["caf-01"], sujet: "Sujet-ailleurs" });
  await until("the responsable told", async () => (await toldInPerson("charlie.modele")).includes(formatRef(ref)));
  expect(await toldInPerson("charlie.modele")).toContain(responsableTexts.brokenCauses.workspace);
  expect(times((await toldInPerson("claude.admin")).replaceAll("`", ""), "ne peut plus être joint")).toBe(before);
});
