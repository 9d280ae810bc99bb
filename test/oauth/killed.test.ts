/**
 * The program that Slack calls over HTTP instead of a socket, killed in the middle of an installation: between Slack's giving the token
 * and its being stored, and just after. Nothing is installed by half, and the administrator begins again as if it were the first time.
 */
import { WORKSPACE } from "../../sandbox/seed/slack.ts";
import type { BotProcess } from "../support/bot.ts";
import { demandeOf, threadOf } from "../support/demandes.ts";
import { until } from "../support/until.ts";
import type { Page } from "./browser.ts";
import { OTHER, openStage, type Stage } from "./stage.ts";

let stage: Stage;
let bot: BotProcess;

/** Slack calls one address for the whole app, and signs with its one secret. */
async function start(): Promise<void> {
  const { control } = stage.world.slack;
  const { signingSecret } = control.installation(OTHER);
  bot = await stage.start("interrompu", undefined, { SLACK_APP_TOKEN: "", SLACK_SIGNING_SECRET: signingSecret });
  for (const team of [WORKSPACE, OTHER]) await control.setRequestUrl(team, `${bot.url}/slack/events`);
}

beforeAll(async () => {
  stage = await openStage();
  await start();
  await stage.install(bot, WORKSPACE);
});

afterAll(async () => {
  await bot?.stop();
  await stage?.close();
});

/** A demande of the first workspace reaches the CAF in the other one; what is clicked and written in either is shown in the other. */
async function isServed(name: string): Promise<void> {
  const { people, world } = stage;
  const ref = await stage.opened({ groupes: ["caf-01"], sujet: `Sujet-${name}` });
  await stage.quiet();
  const thread = async (whose: "caf-01" | "aidant") => threadOf(await demandeOf(world.db, ref), whose);
  expect(await thread("caf-01")).toMatchObject({ workspace: OTHER, root: expect.any(String), broken: null });
  await people.click("alix.modele", await thread("caf-01"), "prendre");
  await people.say("camille.exemple", await thread("aidant"), `Merci-${name}`);
  await stage.quiet();
  const place = { platform: "slack", workspace: OTHER, channel: stage.caf } as const;
  const shown = await people.view.thread(place, (await thread("caf-01")).root ?? "");
  expect(shown.filter(({ words }) => words.includes(`Merci-${name}`))).toHaveLength(1);
  expect((await demandeOf(world.db, ref)).state.status).toBe("en_cours");
}

const documents = () => stage.world.db.installations.model.find({ _id: OTHER }).lean();

/** The administrator's browser comes back from Slack while the program is killed: no page, unless the answer had already left. */
async function comeBack(address: string, by = stage.browser(bot)): Promise<Page | null> {
  return by.visit(address).catch(() => null);
}

test("killed once Slack has spent the code, before the token is stored: nothing is kept, and one may begin again", async () => {
  const { slack } = stage.world;
  const by = stage.browser(bot);
  const back = await stage.asked(by, OTHER);
  const stop = slack.onCall(async (phase, method) => {
    if (phase !== "after" || method !== "oauth.v2.access") return;
    stop();
    // The token that is lost is never stored anywhere.
    stage.tokens.add(slack.control.installation(OTHER).botToken);
    await bot.kill();
  });
  expect(await comeBack(back, by)).toBeNull();
  expect(await documents()).toEqual([]);
  await start();
  expect(await stage.installedTeams()).toEqual([WORKSPACE]);
  // The same address once more, as a browser that is told to reload: it has served, and the page says how to go on.
  const again = stage.browser(bot);
  for (const [name, value] of by.cookies) again.cookies.set(name, value);
  expect(await again.visit(back)).toMatchObject({ status: 400, text: expect.stringContaining("a déjà servi") });
  await stage.install(bot, OTHER);
  expect(await stage.installedTeams()).toEqual([WORKSPACE, OTHER].sort());
  await isServed("premier-arrêt");
});

test("killed as soon as the token is stored, before the page is shown: it is installed, and installing once more harms nothing", async () => {
  const { slack } = stage.world;
  await slack.control.uninstall(OTHER);
  await until("the token forgotten", async () => !(await stage.installedTeams()).includes(OTHER));
  const by = stage.browser(bot);
  const back = await stage.asked(by, OTHER);
  const coming = comeBack(back, by);
  await until("the token stored", async () => (await stage.installedTeams()).includes(OTHER));
  await bot.kill();
  await coming;
  await start();
  await isServed("second-arrêt");
  await stage.install(bot, OTHER);
  expect(await documents()).toHaveLength(1);
  await isServed("réinstallation");
});
