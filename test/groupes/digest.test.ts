/**
 * The weekly digest over the wire, on both platforms: on Monday at 9:00, each once, to whom something waits for and to nobody else;
 * after a fault, a stop, a holiday.
 */
import { botHere } from "../../sandbox/bot/followed.ts";
import { moveTo } from "../../sandbox/time.ts";
import { agentId } from "../../src/domain/ids.ts";
import { planDigests } from "../../src/groupes/digest/plan.ts";
import type { LocalBot } from "../support/bot.ts";
import { startBotHere } from "../support/bot.ts";
import { MatrixClient } from "../support/matrixClient.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { ALIX, CAMILLE, MORGAN, processed, slackMessages, storePast, taken } from "../support/reports.ts";
import { blockWords, buttonLabels } from "../support/slackView.ts";
import { openWorld, type World } from "../support/world.ts";

/** A Sunday of an ordinary week. */
const SUNDAY = "2031-03-09T12:00:00+01:00";

let world: World;
let bot: LocalBot;

async function begin(moment: string): Promise<void> {
  world = await openWorld({ begins: new Date(moment), matrix: "seed" });
  const hours = (n: number) => new Date(new Date(moment).getTime() - n * 3_600_000);
  await storePast(world.db, [
    // Nobody answered for weeks; the oldest last, so that the order is that of the digest.
    { at: hours(24 * 10), groupes: ["caf-01"] },
    { at: hours(24 * 20), groupes: ["caf-01"] },
    { at: hours(24 * 4), groupes: ["prefecture-01"], next: [{ by: MORGAN, events: [taken] }] },
    { at: hours(24 * 5), groupes: ["caf-01"], next: [{ by: ALIX, events: [taken, processed] }] },
  ]);
  // What the jobs would do besides is not looked at here.
  await world.db.demandes.model.updateMany({}, { $set: { remindAt: null, refreshAt: null, archiveInvitationAt: null } });
  bot = await startBotHere(world);
}

afterEach(async () => {
  await bot.stop();
  await world.close();
});

async function to(moment: string): Promise<void> {
  await moveTo(new Date(moment), world.clock, botHere(bot.runtime), world.db);
  await untilQuiet(world.db, sitesOf(world));
}

const slackDigests = async (who: string, channel = "dm", title = "Votre semaine") =>
  (await slackMessages(world, who, channel)).filter((message) => String(message.text).startsWith(title));

async function matrixDigests(who: string) {
  const { matrix } = world;
  if (!matrix) throw new Error("no Matrix");
  const client = new MatrixClient(matrix.person(who), matrix);
  return (await client.person.messages(await client.direct())).filter(({ content }) => content.body.startsWith("Votre semaine"));
}

test("each once, with what waits for them", async () => {
  await begin(SUNDAY);
  const charlie = await world.db.agents.byId(agentId("charlie.modele"));
  if (!charlie) throw new Error("no Charlie");
  await world.db.agents.save({ ...charlie, profile: { ...charlie.profile, digest: false } });
  await to("2031-03-10T08:59:00+01:00");
  expect(await slackDigests("alix.modele")).toEqual([]);
  await to("2031-03-10T09:01:00+01:00");

  const [alix, ...more] = await slackDigests("alix.modele");
  expect(more).toEqual([]);
  const words = blockWords(alix?.blocks);
  expect(words).toContain("🆕 2 nouvelles demandes à consulter");
  expect(words).toContain("⏰ 2 demandes en souffrance");
  expect(words).toMatch(/D-001001[\s\S]*D-001000/);
  expect(words).not.toContain("dont vous vous occupez");
  expect(buttonLabels(alix?.blocks).join(" ")).toMatch(/Voir la demande D-001001.*Voir la demande D-001000/);

  const [camille] = await slackDigests("camille.exemple");
  expect(blockWords(camille?.blocks)).toContain("✅ 1 demande traitée à archiver");
  expect(blockWords(camille?.blocks)).toContain("2 de vos demandes attendent une réponse depuis trop longtemps");
  const [morgan] = await matrixDigests("morgan.fictif");
  expect(morgan?.content.body).toContain("✋ 1 demande dont vous vous occupez");
  // Nothing waits for Sacha; Charlie wants none.
  expect(await slackDigests("sacha.specimen")).toEqual([]);
  expect(await slackDigests("charlie.modele")).toEqual([]);

  const [caf, ...others] = await slackDigests("alix.modele", "caf-ain", "La semaine de CAF de l’Ain");
  expect(others).toEqual([]);
  expect(blockWords(caf?.blocks)).toContain("📂 2 demandes ouvertes");
  expect(blockWords(caf?.blocks)).toContain("📈 La semaine dernière : 1 reçue, 1 première réponse, 1 traitée");

  await to("2031-03-11T17:00:00+01:00");
  await to("2031-03-15T12:00:00+01:00");
  expect(await slackDigests("alix.modele")).toHaveLength(1);
  expect(await slackDigests("camille.exemple")).toHaveLength(1);
  expect(await matrixDigests("morgan.fictif")).toHaveLength(1);
  expect(await slackDigests("alix.modele", "caf-ain", "La semaine de CAF")).toHaveLength(1);
  await to("2031-03-17T09:05:00+01:00");
  expect(await slackDigests("alix.modele")).toHaveLength(2);
});

test("a button of it shows the demande to who may see it now", async () => {
  await begin(SUNDAY);
  await to("2031-03-10T09:01:00+01:00");
  const [digest] = await slackDigests("alix.modele");
  const click = () =>
    world.slack.control.click({
      as: world.account("alix.modele").user,
      channel: "dm",
      message: String(digest?.ts),
      action: "Voir la demande D-001001",
    });
  expect(JSON.stringify((await click()).view)).toContain("D-001001");
  await world.slack.control.close({ as: world.account("alix.modele").user });
  const alix = await world.db.agents.byId(agentId("alix.modele"));
  if (!alix) throw new Error("no Alix");
  await world.db.agents.save({ ...alix, memberships: [] });
  const refused = JSON.stringify(await click());
  expect(refused).toContain("n’existe pas, ou vous n’y avez pas accès");
  expect(refused).not.toContain("Droits suspendus");
});

test("a lost answer and a plan cut short change nothing: each has one", async () => {
  await begin(SUNDAY);
  world.slack.faults.add({ kind: "loseAnswer", method: "chat.postMessage", times: 2 });
  await to("2031-03-10T09:01:00+01:00");
  // As if the process had died between the last notice and its mark.
  await world.db.digests.model.deleteMany({});
  await planDigests(bot.runtime.jobs.useCases);
  await to("2031-03-10T10:00:00+01:00");
  for (const who of ["alix.modele", "charlie.modele", "camille.exemple"]) expect(await slackDigests(who)).toHaveLength(1);
  expect(await slackDigests("alix.modele", "caf-ain", "La semaine de CAF")).toHaveLength(1);
});

test("a process that was down on Monday tells it on Tuesday, and no later than 18:00", async () => {
  await begin("2031-03-11T17:30:00+01:00");
  await to("2031-03-11T17:40:00+01:00");
  expect(await slackDigests("alix.modele")).toHaveLength(1);
  await bot.stop();
  await world.close();
  await begin("2031-03-11T18:00:01+01:00");
  await to("2031-03-11T19:00:00+01:00");
  expect(await slackDigests("alix.modele")).toEqual([]);
  expect(await slackDigests(CAMILLE.agentId ?? "")).toEqual([]);
});

test("after Easter Monday, on Tuesday", async () => {
  await begin("2031-04-13T12:00:00+02:00");
  await to("2031-04-14T18:00:00+02:00");
  expect(await slackDigests("alix.modele")).toEqual([]);
  await to("2031-04-15T09:01:00+02:00");
  expect(await slackDigests("alix.modele")).toHaveLength(1);
});
