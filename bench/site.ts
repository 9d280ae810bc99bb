/** Groupes on both platforms and aidants on Slack, with the sandboxes in the bench's process: for what is measured across the two. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../models/database.ts";
import { openDatabase } from "../models/database.ts";
import { createSealer } from "../models/sealing.ts";
import type { MatrixSandbox } from "../sandbox/matrix/server.ts";
import { startMatrixSandbox } from "../sandbox/matrix/server.ts";
import { WORKSPACE } from "../sandbox/seed/slack.ts";
import type { SlackSandbox } from "../sandbox/slack/server.ts";
import { startSlackSandbox } from "../sandbox/slack/server.ts";
import { systemClock } from "../src/clock.ts";
import type { GroupeId } from "../src/domain/ids.ts";
import { agentId, groupeId } from "../src/domain/ids.ts";
import type { Identity, Place } from "../src/domain/place.ts";
import { createLog } from "../src/log.ts";
import { Metrics } from "../src/metrics.ts";
import { Runtime } from "../src/runtime.ts";
import { FRANCE_SERVICES, saveFranceServices } from "./franceServices.ts";
import { MatrixPerson } from "./matrixClient.ts";
import type { BenchWorld } from "./world.ts";

const MAX_FILE_SIZE = 20_000_000;

export interface SitePlan {
  readonly slackGroupes: number;
  readonly matrixGroupes: number;
  readonly aidants: number;
  /** The pace at which the bot's process writes on Matrix (calls a second); 0: as fast as it can. */
  readonly matrixPace: number;
}

export interface SiteGroupe {
  readonly id: GroupeId;
  readonly place: Place;
  readonly instructeur: string;
  /** Whose client writes there; null on Slack. */
  readonly person: MatrixPerson | null;
}

export interface Site {
  readonly db: Database;
  readonly slack: SlackSandbox;
  readonly matrix: MatrixSandbox;
  readonly groupes: readonly SiteGroupe[];
  /** The handles of the aidants on Slack. */
  readonly aidants: readonly string[];
  identity(handle: string): Identity;
  /** A bot in this process, not started; it writes on Matrix as fast as it can. */
  runtime(): Runtime;
  /** From now on, Slack limits the rate of calls as the real one does; so far it took them as they came. */
  limitSlack(): Promise<void>;
  /** What the bot's own process is given. */
  env(): Record<string, string>;
  close(): Promise<void>;
}

const emailOf = (handle: string): string => `${handle}@exemple.test`;

async function slackPeople({ control }: SlackSandbox, { slackGroupes, aidants }: SitePlan): Promise<void> {
  await control.createWorkspace({ id: WORKSPACE, name: "Banc d’essai", appName: "Administration+" });
  const handles = [...range(aidants).map(aidantOf), ...range(slackGroupes).map(instructeurOf)];
  for (const name of handles) await control.createUser({ workspace: WORKSPACE, name, realName: name, email: emailOf(name) });
  for (const n of range(slackGroupes))
    await control.createChannel({ workspace: WORKSPACE, name: channelOf(n), members: ["bot", emailOf(instructeurOf(n))] });
}

const range = (count: number): number[] => Array.from({ length: count }, (_, n) => n);
const aidantOf = (n: number): string => `aidant-${n}`;
const instructeurOf = (n: number): string => `instructeur-${n}`;
const channelOf = (n: number): string => `caf-${n}`;

async function matrixGroupes(homeserver: string, bot: MatrixPerson, count: number): Promise<SiteGroupe[]> {
  const workspace = bot.user.slice(bot.user.indexOf(":") + 1);
  return Promise.all(
    range(count).map(async (n): Promise<SiteGroupe> => {
      const person = await MatrixPerson.register(homeserver, `prefecture-${n}`);
      const users = { [person.user]: 100, [bot.user]: 50 };
      const room = await person.createRoom({
        name: `Préfecture ${n}`,
        invite: [bot.user],
        power_level_content_override: { users },
      });
      await bot.join(room);
      const place = { platform: "matrix", workspace, channel: room } as const;
      return { id: groupeId(`prefecture-${n}`), place, instructeur: person.user, person };
    }),
  );
}

async function save(db: Database, site: Pick<Site, "groupes" | "aidants" | "identity">): Promise<void> {
  const common = { description: "", territoires: ["01"] };
  const agent = (handle: string, email: string, groupe: GroupeId, role: "aidant" | "instructeur") => ({
    id: agentId(handle),
    name: handle,
    email,
    admin: false,
    disabled: false,
    shared: false,
    memberships: [{ groupeId: groupe, aidant: role === "aidant", instructeur: role === "instructeur", responsable: false }],
  });
  await saveFranceServices(db);
  for (const handle of site.aidants)
    await db.agents.save(agent(handle, emailOf(handle), FRANCE_SERVICES, "aidant"), [site.identity(handle)]);
  for (const { id, place, instructeur, person } of site.groupes) {
    await db.groupes.save({ ...common, id, name: id, organisme: "CAF", franceServices: false, place });
    const account = person ? { platform: "matrix" as const, workspace: place.workspace, user: person.user } : null;
    const handle = person ? `agent-${id}` : instructeur;
    await db.agents.save(agent(handle, emailOf(handle), id, "instructeur"), [account ?? site.identity(instructeur)]);
  }
}

export async function openSite(world: BenchWorld, database: string, plan: SitePlan): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), "aplus-bench-site-"));
  const db = await openDatabase(world.uri(database), createSealer([world.keys.encryption], world.keys.search));
  const slackFolder = join(folder, "slack");
  let slack = await startSlackSandbox({ rateLimits: false, folder: slackFolder });
  const matrix = await startMatrixSandbox({ rateLimits: false, folder: join(folder, "matrix") });
  await slackPeople(slack, plan);
  const bot = await MatrixPerson.register(matrix.url, "aplus");
  const users = new Map(slack.control.users(WORKSPACE).map(({ name, id }) => [name, id]));
  const channels = new Map(slack.control.channels(WORKSPACE).map(({ name, id }) => [name, id]));
  const onSlack = range(plan.slackGroupes).map((n): SiteGroupe => {
    const place = { platform: "slack", workspace: WORKSPACE, channel: channels.get(channelOf(n)) ?? "" } as const;
    return { id: groupeId(channelOf(n)), place, instructeur: instructeurOf(n), person: null };
  });
  const groupes = [...onSlack, ...(await matrixGroupes(matrix.url, bot, plan.matrixGroupes))];
  const aidants = range(plan.aidants).map(aidantOf);
  const identity = (handle: string): Identity => ({ platform: "slack", workspace: WORKSPACE, user: users.get(handle) ?? "" });
  await save(db, { groupes, aidants, identity });
  const { botToken, appToken } = slack.control.installation(WORKSPACE);
  const access = { homeserver: matrix.url, accessToken: bot.token };
  return {
    db,
    get slack() {
      return slack;
    },
    matrix,
    groupes,
    aidants,
    identity,
    runtime: () =>
      new Runtime({
        db,
        clock: systemClock,
        log: createLog("error"),
        metrics: new Metrics(),
        instance: "seed",
        maxFileSize: MAX_FILE_SIZE,
        slack: { mode: "socket", botToken, appToken, apiUrl: slack.apiUrl },
        matrix: { ...access, callsPerSecond: 0 },
      }),
    async limitSlack() {
      await slack.close();
      slack = await startSlackSandbox({ rateLimits: true, folder: slackFolder });
    },
    env: () => ({
      ...world.env(database),
      SLACK_BOT_TOKEN: botToken,
      SLACK_APP_TOKEN: appToken,
      SLACK_API_URL: slack.apiUrl,
      MATRIX_HOMESERVER: access.homeserver,
      MATRIX_ACCESS_TOKEN: access.accessToken,
      MATRIX_CALLS_PER_SECOND: String(plan.matrixPace),
    }),
    async close() {
      await slack.close();
      await matrix.close();
      await db.connection.dropDatabase();
      await db.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
