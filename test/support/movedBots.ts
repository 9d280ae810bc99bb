/** Whole programs on one world, whose clock may be moved while they run: their jobs are Agenda's, on its own schedule. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BotProcess } from "../../sandbox/bot/process.ts";
import { WORKSPACE } from "../../sandbox/seed/slack.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

const PROGRAM = fileURLToPath(new URL("../../dist/sandbox/bot/main.js", import.meta.url));
const MAX_FILE_SIZE = 20 * 1024 * 1024;
/** Longer than any lease, and than the lock of a job. */
const OVER_MS = 61_000;
/** Longer than a test. */
const FAR_MS = 3_600_000;

export class MovedBots<Name extends string> {
  private readonly world: World;
  private readonly bots = new Map<Name, BotProcess>();

  private constructor(world: World) {
    this.world = world;
    world.clock.follow(async (ahead) => {
      await Promise.all([...this.bots.values()].map((bot) => bot.setClock(ahead)));
    });
  }

  static async of<Name extends string>(world: World): Promise<MovedBots<Name>> {
    const { encryption, search } = world.keys;
    const keys = { encryption: [{ id: "essai", key: encryption.toString("base64") }], search: search.toString("base64") };
    await writeFile(join(world.folder, "keys.json"), JSON.stringify(keys));
    return new MovedBots<Name>(world);
  }

  async start(name: Name): Promise<void> {
    const { world } = this;
    const { slack, matrix, folder, mongodbUri, clock } = world;
    if (matrix === null) throw new Error("nobody is on Matrix in this world");
    const { botToken, appToken } = slack.control.installation(WORKSPACE);
    const settings = () => ({
      dataDir: folder,
      mongodbUri,
      slack: { mode: "socket" as const, botToken, appToken, apiUrl: slack.apiUrl },
      matrix: matrix.settings,
      instance: name,
      maxFileSize: MAX_FILE_SIZE,
      logLevel: "fatal",
      clockOffset: clock.ahead,
      apiClients: [],
      webhooks: { endpoints: [], allowPrivate: false },
    });
    const bot = new BotProcess(settings, undefined, PROGRAM);
    this.bots.set(name, bot);
    await bot.start();
  }

  /** Without a word. */
  async kill(name: Name): Promise<void> {
    await this.bots.get(name)?.kill();
  }

  async killAll(): Promise<void> {
    await Promise.all([...this.bots.keys()].map((name) => this.kill(name)));
  }

  /** Has nobody run this job before it is `due`. */
  hold(job: string): Promise<void> {
    return this.plan(job, FAR_MS);
  }

  /** Has it run within a second or two, whoever runs it. */
  due(job: string): Promise<void> {
    return this.plan(job, 0);
  }

  private async plan(job: string, inMs: number): Promise<void> {
    const jobs = this.world.db.connection.collection("jobs");
    await until(`${job} to be run by nobody`, async () => {
      // Of one that runs, Agenda itself writes down when it is to run next.
      const planned = await jobs.updateOne({ name: job, lockedAt: null }, { $set: { nextRunAt: new Date(Date.now() + inMs) } });
      return planned.matchedCount === 1;
    });
  }

  /** Who runs this job at this moment, if any of these does. */
  async runs(job: string, names: readonly Name[]): Promise<Name | null> {
    const found = await this.world.db.connection.collection("jobs").findOne({ name: job, lockedAt: { $ne: null } });
    return names.find((name) => name === found?.lastModifiedBy) ?? null;
  }

  /** Who holds a notice at this moment, if any of these does. */
  async posts(names: readonly Name[]): Promise<Name | null> {
    const found = await this.world.db.notices.model.findOne({ state: "pending", lease: { $ne: null } }, { lease: 1 }).lean();
    return names.find((name) => found?.lease?.owner.startsWith(`${name}/`)) ?? null;
  }

  /** Kills whoever is at this job, in the middle of it, as `isHalfway` says. `who`: by default, whoever runs it. */
  async killWhoRuns(
    job: string,
    names: readonly Name[],
    isHalfway: () => Promise<boolean>,
    who = () => this.runs(job, names),
  ): Promise<Name> {
    const { intercept } = this.world;
    let killed: Name | null = null;
    const look = async (): Promise<Name | null> => {
      if (killed !== null || !(await isHalfway())) return killed;
      const name = await who();
      if (name === null || killed !== null) return killed;
      killed = name;
      await this.kill(name);
      return killed;
    };
    // Where writes can be watched, it learns of none that was made after that moment.
    intercept?.(async (phase) => {
      if (phase === "after") await look();
    });
    await this.due(job);
    const found = await until(`somebody in the middle of ${job}`, look);
    intercept?.(undefined);
    return found;
  }

  /** What a dead process held has been held for long enough: as a minute would do, of which nobody waits the end. */
  async aMinuteAfterTheDeathOf(name: Name): Promise<void> {
    const { db } = this.world;
    const over = new Date(Date.now() - OVER_MS);
    const owned = { $gte: `${name}/`, $lt: `${name}/\uffff` };
    await db.connection
      .collection("jobs")
      .updateMany({ lastModifiedBy: name, lockedAt: { $ne: null } }, { $set: { lockedAt: over } });
    for (const collection of ["demandes", "notices"])
      await db.connection.collection(collection).updateMany({ "lease.owner": owned }, { $set: { "lease.until": over } });
  }
}
