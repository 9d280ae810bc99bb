/** A bot for tests: in this process, with the world's clock; or as the program itself, that can be killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { openDatabase } from "../../models/database.ts";
import { WORKSPACE } from "../../sandbox/seed/slack.ts";
import { createLog } from "../../src/log.ts";
import { Metrics } from "../../src/metrics.ts";
import { Runtime } from "../../src/runtime.ts";
import { sealerOf, type World } from "./world.ts";

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), "../../dist/src/main.js");
const SPARE = join(dirname(fileURLToPath(import.meta.url)), "spare.mjs");
const MAX_FILE_SIZE = 20 * 1024 * 1024;
/** What is kept of the program's log, to be told when something is wrong. */
const KEPT_LINES = 40;

/** In place of what the world says; undefined takes a setting away. */
export type Settings = Readonly<Record<string, string | undefined>>;

export interface LocalBot {
  readonly runtime: Runtime;
  /** Resolves once nothing that came in is under way, nor anything to be posted. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** A bot in this process. What a person does then waits for all that follows from it. */
export async function startBotHere(world: World, instance = "ici"): Promise<LocalBot> {
  const { slack, clock, matrix } = world;
  const { botToken, appToken } = slack.control.installation(WORKSPACE);
  const db = await openDatabase(world.mongodbUri, sealerOf(world.keys));
  const runtime = new Runtime({
    db,
    clock,
    log: createLog(process.env.LOG_LEVEL ?? "fatal"),
    metrics: new Metrics(),
    instance,
    maxFileSize: MAX_FILE_SIZE,
    slack: { mode: "socket", botToken, appToken, apiUrl: slack.apiUrl },
    matrix: matrix?.settings ?? null,
  });
  const idle = () => runtime.idle();
  slack.followApp(idle);
  if (matrix) matrix.idle = idle;
  await runtime.start({ alone: true });
  return {
    runtime,
    idle,
    async stop() {
      await runtime.stop();
      await db.close();
    },
  };
}

const given = (settings: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ""));

/** The program as it runs in production. */
export class BotProcess {
  /** True once it is connected and says so; false when it ended before. */
  readonly ready: Promise<boolean>;
  readonly exited: Promise<void>;
  private readonly child: ChildProcess;
  /** Told of each line that it writes, on whichever output. */
  private readonly heard: (line: string) => void;
  /** Where it listens, once it is ready. */
  url = "";
  private readonly lines: string[] = [];
  private ended = false;

  private constructor(child: ChildProcess, heard: (line: string) => void) {
    this.child = child;
    this.heard = heard;
    this.exited = once(child, "exit").then(() => {
      this.ended = true;
    });
    this.ready = Promise.race([this.listen(), this.exited.then(() => false)]);
  }

  /** Begins to start it; `ready` tells when it has. A setting that is empty is not given to it. */
  static spawn(
    world: World,
    instance: string,
    settings: Settings = {},
    heard: (line: string) => void = () => undefined,
  ): BotProcess {
    return BotProcess.fork(world, instance, settings, heard, []);
  }

  /** One that has read its modules and does nothing until `begin`: several of one name may be kept, of which one begins. */
  static spare(world: World, instance: string): BotProcess {
    return BotProcess.fork(world, instance, {}, () => undefined, ["--import", SPARE]);
  }

  private static fork(
    world: World,
    instance: string,
    settings: Settings,
    heard: (line: string) => void,
    options: readonly string[],
  ): BotProcess {
    const { slack, matrix, keys, folder } = world;
    const { botToken, appToken } = slack.control.installation(WORKSPACE);
    const isSpare = options.length > 0;
    const child = spawn(process.execPath, [...options, PROGRAM], {
      cwd: folder,
      stdio: isSpare ? ["ignore", "pipe", "pipe", "ipc"] : ["ignore", "pipe", "pipe"],
      env: given({
        PATH: process.env.PATH,
        // Node.js 22 reads again what it compiled for an earlier life.
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
        PORT: "0",
        DATA_DIR: folder,
        LOG_LEVEL: "info",
        // One person of a test does more in a minute than people do.
        ACTS_PER_MINUTE: "0",
        INSTANCE: instance,
        MONGODB_URI: world.mongodbUri,
        ENCRYPTION_KEYS: `essai:${keys.encryption.toString("base64")}`,
        SEARCH_KEY: keys.search.toString("base64"),
        SLACK_BOT_TOKEN: botToken,
        SLACK_APP_TOKEN: appToken,
        SLACK_API_URL: slack.apiUrl,
        ...(matrix && {
          MATRIX_HOMESERVER: matrix.settings.homeserver,
          MATRIX_ACCESS_TOKEN: matrix.settings.accessToken,
          MATRIX_CALLS_PER_SECOND: "0",
        }),
        ...settings,
      }),
    });
    return new BotProcess(child, heard);
  }

  /** Starts it. @throws Error with the end of its log when it does not get ready */
  static async start(
    world: World,
    instance: string,
    settings: Settings = {},
    heard?: (line: string) => void,
  ): Promise<BotProcess> {
    const bot = BotProcess.spawn(world, instance, settings, heard);
    if (!(await bot.ready)) throw new Error(`the bot did not start:\n${bot.log()}`);
    return bot;
  }

  /** The end of what it wrote. */
  log(): string {
    return this.lines.join("\n");
  }

  get running(): boolean {
    return !this.ended;
  }

  /** A spare one becomes a bot like any other. */
  begin(): this {
    this.child.send("begin");
    return this;
  }

  /** Kills it without a word, and resolves when it is gone. */
  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
  }

  /** Stops it where it is, as a machine that hangs would; `resume` lets it go on as if no time had passed. */
  pause(): void {
    this.child.kill("SIGSTOP");
  }

  resume(): void {
    this.child.kill("SIGCONT");
  }

  /** Asks it to stop, and resolves with its exit status. */
  async stop(): Promise<number | null> {
    this.child.kill("SIGTERM");
    await this.exited;
    return this.child.exitCode;
  }

  private async listen(): Promise<boolean> {
    const { stdout, stderr } = this.child;
    if (!stdout || !stderr) throw new Error("the bot has no output");
    const keep = (line: string) => {
      this.heard(line);
      this.lines.push(line);
      if (this.lines.length > KEPT_LINES) this.lines.shift();
    };
    createInterface({ input: stderr }).on("line", keep);
    const output = createInterface({ input: stdout }).on("line", keep);
    return new Promise((resolve) => {
      output.on("line", (line) => {
        if (!line.startsWith("aplus-bot fonctionne")) return;
        this.url = /http:\/\/[\w.:]+/.exec(line)?.[0] ?? "";
        resolve(true);
      });
    });
  }
}
