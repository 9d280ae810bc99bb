/** The demonstration: the sandbox, and the bot in a process of its own, begun anew as often as a visitor asks. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Database } from "../models/database.ts";
import { openDatabase } from "../models/database.ts";
import type { SharedSecrets, WebhookSettings } from "../src/config.ts";
import { sealerOf } from "../src/keyring.ts";
import type { Log } from "../src/log.ts";
import { DEMONSTRATION_CLIENT } from "./api.ts";
import type { BotState } from "./bot/process.ts";
import { BotProcess } from "./bot/process.ts";
import type { Sandbox } from "./sandbox.ts";
import { startSandbox } from "./sandbox.ts";

export interface DemonstrationSettings {
  readonly dataDir: string;
  readonly instance: string;
  readonly maxFileSize: number;
  readonly logLevel: string;
  readonly log: Log;
  /** Those of the configuration: the demonstration has one of its own beside. */
  readonly apiClients: readonly SharedSecrets[];
  readonly webhooks: WebhookSettings;
  /** When the first day is; the machine’s own moment where none is given. */
  readonly firstDay?: Date;
}

/** One world, from its first day on. */
export interface Played {
  readonly sandbox: Sandbox;
  readonly db: Database;
  readonly bot: BotProcess;
}

export class Demonstration {
  private readonly settings: DemonstrationSettings;
  private readonly watchers = new Set<() => void>();
  private played: Played | null = null;
  private restarting: Promise<void> | null = null;

  constructor(settings: DemonstrationSettings) {
    this.settings = settings;
  }

  /** @throws Error while there is none: before the first start, or while it begins anew */
  get world(): Played {
    if (!this.played) throw new Error("the demonstration has not begun");
    return this.played;
  }

  get isOpen(): boolean {
    return this.played !== null;
  }

  /** Tells of each change of the bot's state, and of each new world. */
  watch(watcher: () => void): void {
    this.watchers.add(watcher);
  }

  /** Starts everything; the first day is played when the folder is new. */
  async start(): Promise<void> {
    const { dataDir, instance, maxFileSize, logLevel, webhooks, firstDay } = this.settings;
    const apiClients = [DEMONSTRATION_CLIENT, ...this.settings.apiClients];
    const folder = join(dataDir, "sandbox");
    let sandbox: Sandbox | null = null;
    const bot = new BotProcess(
      () => {
        if (!sandbox) throw new Error("the sandbox is not there yet");
        const { mongodbUri, slackSettings: slack, matrixSettings: matrix, clock } = sandbox;
        return {
          dataDir: folder,
          mongodbUri,
          slack,
          matrix,
          instance,
          maxFileSize,
          logLevel,
          clockOffset: clock.ahead,
          apiClients,
          webhooks,
        };
      },
      (state) => this.botChanged(state),
    );
    // Its code loads while the servers start and the people are made.
    bot.load();
    try {
      sandbox = await startSandbox(dataDir, firstDay);
      sandbox.clock.follow((ahead) => bot.setClock(ahead));
      const db = await openDatabase(sandbox.mongodbUri, await sealerOf(folder));
      await sandbox.prepare(db);
      await bot.start();
      await sandbox.open(bot, db);
      this.played = { sandbox, db, bot };
    } catch (error) {
      await bot.kill();
      throw error;
    }
    this.tell();
  }

  /** Forgets everything and plays the first day again. Asked while it does, it is done once. */
  async restart(): Promise<void> {
    this.restarting ??= this.startAnew().finally(() => {
      this.restarting = null;
    });
    await this.restarting;
  }

  async close(): Promise<void> {
    const played = this.played;
    this.played = null;
    if (!played) return;
    await played.bot.stop();
    await played.db.close();
    await played.sandbox.close();
  }

  private async startAnew(): Promise<void> {
    await this.close();
    await rm(join(this.settings.dataDir, "sandbox"), { recursive: true, force: true });
    await this.start();
  }

  private botChanged(state: BotState): void {
    this.settings.log.info({ state }, "the bot of the demonstration");
    this.tell();
  }

  private tell(): void {
    for (const watcher of this.watchers) watcher();
  }
}
