/**
 * A program installed through OAuth in two Slack workspaces: the CAF of the seed is in the second one, with its instructeurs, and has
 * no account elsewhere.
 */
import { WORKSPACE } from "../../sandbox/seed/slack.ts";
import { SEED_AGENTS, SEED_GROUPES } from "../../sandbox/seed/world.ts";
import { COMMANDS } from "../../src/actions.ts";
import type { Identity } from "../../src/domain/place.ts";
import type { FormValues } from "../../src/presentation/form.ts";
import { BotProcess, type Settings } from "../support/bot.ts";
import { VALID } from "../support/demandes.ts";
import type { PlatformUnderTest } from "../support/platformUnderTest.ts";
import { untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";
import { Browser } from "./browser.ts";

export const PUBLIC_URL = "https://aplus-bot.exemple.test";
export const REDIRECT = `${PUBLIC_URL}/slack/oauth_redirect`;
export const OTHER = "TCAF00001";
export const FOREIGN = "TAILLEURS1";

export interface Stage {
  readonly world: World;
  readonly people: PlatformUnderTest;
  /** The channel of the CAF, in the other workspace. */
  readonly caf: string;
  readonly settings: Settings & { readonly SLACK_CLIENT_SECRET: string };
  /** Accounts in the other workspace, by handle: the test may add some. */
  readonly inOther: Map<string, Identity>;
  /** Each token that Slack gave. */
  readonly tokens: Set<string>;
  start(instance: string, heard?: (line: string) => void, more?: Settings): Promise<BotProcess>;
  /** A new browser, in front of which this bot stands at the public address. */
  browser(bot: BotProcess): Browser;
  /** From /slack/install to where Slack sends the browser back to. */
  asked(by: Browser, team: string, decision?: "allow" | "deny"): Promise<string>;
  install(bot: BotProcess, team: string): Promise<void>;
  /** Ids of the workspaces whose token is kept. */
  installedTeams(): Promise<string[]>;
  quiet(): Promise<void>;
  /** Resolves once this person has a form before them: the bot is another process, and what it opens may come a moment later. */
  formOf(who: string): Promise<boolean>;
  /** Opens a demande from the form, and gives its number. */
  opened(values: FormValues): Promise<number>;
  close(): Promise<void>;
}

async function moveToOther({ world, inOther }: Pick<Stage, "world" | "inOther">): Promise<string> {
  const { control } = world.slack;
  for (const handle of ["alix.modele", "charlie.modele"]) {
    const agent = SEED_AGENTS.find((one) => one.handle === handle);
    if (!agent) throw new Error(`nobody is called ${handle}`);
    const { name, email } = agent;
    const { id } = await control.createUser({ workspace: OTHER, name: handle, realName: name, email });
    const identity = { platform: "slack", workspace: OTHER, user: id } as const;
    inOther.set(handle, identity);
    await world.db.agents.unlink(agent.id, [world.account(handle)]);
    await world.db.agents.link(agent.id, identity);
  }
  const members = ["alix.modele@exemple.test", "charlie.modele@exemple.test", "bot"];
  const { id: caf } = await control.createChannel({ workspace: OTHER, name: "caf-ain", members });
  const groupe = SEED_GROUPES.find(({ id }) => id === "caf-01");
  if (!groupe) throw new Error("the seed has no CAF");
  const bound = await world.db.groupes.byId(groupe.id);
  await world.db.groupes.bind(groupe.id, bound?.place ?? null, { platform: "slack", workspace: OTHER, channel: caf });
  return caf;
}

export async function openStage(options: Parameters<typeof openWorld>[0] = {}): Promise<Stage> {
  const world = await openWorld(options);
  const { control } = world.slack;
  const commands = COMMANDS.map(({ command }) => `/${command}`);
  const shape = { appName: "Administration+", commands, redirectUrls: [REDIRECT], installed: false };
  await control.createWorkspace({ ...shape, id: OTHER, name: "Caisse d’allocations (exemple)" });
  await control.createWorkspace({ ...shape, id: FOREIGN, name: "Ailleurs" });
  const inOther = new Map<string, Identity>();
  const tokens = new Set<string>();
  const caf = await moveToOther({ world, inOther });
  const account = (handle: string) => inOther.get(handle) ?? world.account(handle);
  const people = slackPeople({ ...world, account });
  const { clientId, clientSecret, appToken } = control.installation(OTHER);
  tokens.add(clientSecret);
  const settings = {
    SLACK_BOT_TOKEN: "",
    SLACK_APP_TOKEN: appToken,
    SLACK_CLIENT_ID: clientId,
    SLACK_CLIENT_SECRET: clientSecret,
    SLACK_WORKSPACES: `${WORKSPACE},${OTHER}`,
    PUBLIC_URL,
    LOG_LEVEL: "debug",
  };
  const isShown = async (as: string) => (await control.view({ as })).view !== null;
  const stage: Stage = {
    world,
    people,
    caf,
    settings,
    inOther,
    tokens,
    start: (instance, heard, more = {}) => BotProcess.start(world, instance, { ...settings, ...more }, heard),
    browser: (bot) => new Browser((url) => url.replace(PUBLIC_URL, bot.url)),
    async asked(by, team, decision = "allow") {
      const { status, location } = await by.visit(`${PUBLIC_URL}/slack/install`);
      expect(status).toBe(302);
      return by.decide(location, team, decision);
    },
    async install(bot, team) {
      const by = stage.browser(bot);
      const page = await by.visit(await stage.asked(by, team));
      expect(page).toMatchObject({ status: 200, text: expect.stringContaining("est installée") });
      tokens.add(control.installation(team).botToken);
    },
    installedTeams: async () => (await world.db.installations.all()).map(({ team }) => team).sort(),
    quiet: () => untilQuiet(world.db, world.slack),
    formOf: (who) => until("the form", () => isShown(account(who).user)),
    async opened(values) {
      const before = await world.db.lastRef();
      const { user: as } = account("camille.exemple");
      // Slack's three seconds may have passed on a busy machine: the person is told so, and asks again.
      await until("the form", async () => {
        if (!(await isShown(as))) await people.begin("camille.exemple", "dm");
        return isShown(as);
      });
      await people.submit("camille.exemple", { ...VALID, ...values });
      return until("the demande written", async () => {
        const ref = await world.db.lastRef();
        return ref > before && (await world.db.demandes.loadByRef(ref)) !== null ? ref : 0;
      });
    },
    close: () => world.close(),
  };
  return stage;
}
