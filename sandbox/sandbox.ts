/** The whole sandbox: database, chat servers and clock on this machine, and the first day played when it is new. */
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../models/database.ts";
import type { MatrixSettings, SlackSettings } from "../src/config.ts";
import type { FollowedBot } from "./bot/followed.ts";
import { MovableClock } from "./clock.ts";
import type { MatrixSandbox } from "./matrix/server.ts";
import { startMatrixSandbox } from "./matrix/server.ts";
import { startMongoServer } from "./mongo/server.ts";
import { onMatrix, openDirects, SERVER_NAME, seedMatrix } from "./seed/matrix.ts";
import { seedDatabase, seedStories } from "./seed/seed.ts";
import { onSlack, seedSlack, WORKSPACE } from "./seed/slack.ts";
import type { SlackSandbox } from "./slack/server.ts";
import { startSlackSandbox } from "./slack/server.ts";

export interface Sandbox {
  readonly mongodbUri: string;
  readonly slackSettings: SlackSettings;
  readonly matrixSettings: MatrixSettings;
  readonly slack: SlackSandbox;
  readonly matrix: MatrixSandbox;
  readonly clock: MovableClock;
  /** From then on, what a person does there waits for all that this bot makes of it. */
  follow(bot: FollowedBot): void;
  /** Puts people and groupes in the database the first time; before the bot connects. */
  prepare(db: Database): Promise<void>;
  /** Plays the first day, the first time; once the bot runs. */
  open(bot: FollowedBot, db: Database): Promise<void>;
  close(): Promise<void>;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * @param dataDir the sandbox keeps all that it has in `sandbox/` there; a first day cut short begins anew
 * @param firstDay when a new world stands once the first day is played; the machine's own moment where none is given
 */
export async function startSandbox(dataDir: string, firstDay?: Date): Promise<Sandbox> {
  const folder = join(dataDir, "sandbox");
  const seeded = join(folder, "seeded");
  const isNew = !(await exists(seeded));
  if (isNew) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const clock = await MovableClock.open(join(folder, "clock.json"));
  if (isNew && firstDay) await clock.set(firstDay);
  const mongo = await startMongoServer({ folder: join(folder, "mongo"), socket: true });
  const slack = await startSlackSandbox({ folder: join(folder, "slack"), clock, rateLimits: false });
  const matrix = await startMatrixSandbox({
    folder: join(folder, "matrix"),
    clock,
    serverName: SERVER_NAME,
    rateLimits: false,
  });
  if (isNew) await Promise.all([seedSlack(slack), seedMatrix(matrix)]);
  const { botToken, appToken } = slack.control.installation(WORKSPACE);
  const { accessToken } = matrix.control.session();
  const platforms = () => [onSlack(slack), onMatrix(matrix)];
  const follow = (bot: FollowedBot) => {
    const idle = () => bot.idle();
    slack.followApp(idle);
    matrix.followApp(idle);
  };
  return {
    follow,
    mongodbUri: mongo.uri.replace("/?", "/aplus?"),
    slackSettings: { mode: "socket", botToken, appToken, apiUrl: slack.apiUrl },
    matrixSettings: { homeserver: matrix.url, accessToken, callsPerSecond: 0 },
    slack,
    matrix,
    clock,
    async prepare(db) {
      if (isNew) await seedDatabase(db, platforms());
    },
    async open(bot, db) {
      follow(bot);
      if (!isNew) return;
      await openDirects(matrix);
      await seedStories(bot, db, clock, platforms(), firstDay ?? new Date());
      await writeFile(seeded, "");
    },
    async close() {
      await Promise.all([slack.close(), matrix.close()]);
      await mongo.close();
    },
  };
}
