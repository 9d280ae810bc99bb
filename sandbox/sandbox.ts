/** The whole sandbox: database, chat servers and clock on this machine, and the first day played when it is new. */
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../models/database.ts";
import type { SlackSettings } from "../src/config.ts";
import type { Runtime } from "../src/runtime.ts";
import { MovableClock } from "./clock.ts";
import { startMongoServer } from "./mongo/server.ts";
import { seedDatabase, seedSlack, seedStories, WORKSPACE } from "./seed/seed.ts";
import type { SlackSandbox } from "./slack/server.ts";
import { startSlackSandbox } from "./slack/server.ts";

export interface Sandbox {
  readonly mongodbUri: string;
  readonly slackSettings: SlackSettings;
  readonly slack: SlackSandbox;
  readonly clock: MovableClock;
  /** Puts people and groupes in the database the first time; before the bot connects. */
  prepare(db: Database): Promise<void>;
  /** Plays the first day, the first time; once the bot runs. */
  open(runtime: Runtime): Promise<void>;
  close(): Promise<void>;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * @param dataDir the sandbox keeps all that it has in `sandbox/` there; a first day cut short begins anew
 */
export async function startSandbox(dataDir: string): Promise<Sandbox> {
  const folder = join(dataDir, "sandbox");
  const seeded = join(folder, "seeded");
  const isNew = !(await exists(seeded));
  if (isNew) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const clock = await MovableClock.open(join(folder, "clock.json"));
  const mongo = await startMongoServer({ folder: join(folder, "mongo") });
  const slack = await startSlackSandbox({ folder: join(folder, "slack"), clock, rateLimits: false });
  if (isNew) await seedSlack(slack);
  const { botToken, appToken } = slack.control.installation(WORKSPACE);
  return {
    mongodbUri: mongo.uri.replace("/?", "/aplus?"),
    slackSettings: { mode: "socket", botToken, appToken, apiUrl: slack.apiUrl },
    slack,
    clock,
    async prepare(db) {
      if (isNew) await seedDatabase(db, slack);
    },
    async open(runtime) {
      if (!isNew) return;
      await seedStories(runtime, clock, slack, new Date());
      await writeFile(seeded, "");
    },
    async close() {
      await slack.close();
      await mongo.close();
    },
  };
}
