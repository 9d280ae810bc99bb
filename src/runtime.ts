/** The bot put together: desk, delivery, platforms, jobs, on one database. Used by main.ts, and by tests in one process. */
import { randomUUID } from "node:crypto";
import type { ChatPlatform } from "../bots/platform.ts";
import type { SlackPlatform } from "../bots/slack/platform.ts";
import { createSlackPlatform } from "../bots/slack/platform.ts";
import type { JobContext } from "../jobs/definition.ts";
import type { Scheduler } from "../jobs/scheduler.ts";
import { startScheduler } from "../jobs/scheduler.ts";
import type { Database } from "../models/database.ts";
import type { Clock } from "./clock.ts";
import type { SlackSettings } from "./config.ts";
import type { DeliveryContext } from "./delivery/context.ts";
import { Delivery } from "./delivery/delivery.ts";
import { sweepNotices } from "./delivery/notices.ts";
import type { DeliveryPort, PlatformName } from "./delivery/port.ts";
import type { UseCaseContext } from "./demandes/context.ts";
import type { Desk } from "./demandes/desk.ts";
import { Reception } from "./demandes/reception.ts";
import { Directory } from "./groupes/directory.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";

export interface RuntimeSettings {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** See Config. */
  readonly instance: string;
  readonly maxFileSize: number;
  readonly slack: SlackSettings | null;
}

export class Runtime {
  readonly desk: Desk;
  readonly delivery: Delivery;
  readonly jobs: JobContext;
  readonly platforms: readonly ChatPlatform[];
  readonly slack: SlackPlatform | null;
  private readonly settings: RuntimeSettings;
  private scheduler: Scheduler | null = null;

  constructor(settings: RuntimeSettings) {
    const { db, clock, log, metrics, instance, maxFileSize } = settings;
    this.settings = settings;
    const directory = new Directory(db);
    const ports = new Map<PlatformName, DeliveryPort>();
    const deliveries: DeliveryContext = { db, directory, ports, clock, log, metrics, owner: `${instance}/${randomUUID()}` };
    this.delivery = new Delivery(deliveries);
    const useCases: UseCaseContext = { db, directory, delivery: this.delivery, clock, log, metrics, maxFileSize };
    this.desk = new Reception(useCases);
    this.slack = settings.slack
      ? createSlackPlatform({
          config: settings.slack,
          desk: this.desk,
          log,
          agentOf: async (identity) => (await directory.agentOf(identity))?.id ?? null,
          onCall: ({ outcome }) => {
            if (outcome === "rate_limited") metrics.rateLimited("slack");
          },
        })
      : null;
    this.platforms = this.slack ? [this.slack] : [];
    for (const platform of this.platforms) {
      ports.set(platform.name, platform.port);
      directory.addPlatform(platform.name, platform.people);
    }
    const catchUp = async () => {
      await Promise.all(this.platforms.map((platform) => platform.catchUp()));
    };
    this.jobs = { useCases, deliveries, delivery: this.delivery, catchUp };
  }

  /**
   * Connects the platforms, which catch up, then starts the jobs.
   * @param alone no other process runs under this instance's name: what a former one held is freed
   */
  async start({ alone }: { alone: boolean }): Promise<void> {
    const { db, log, metrics, instance } = this.settings;
    if (alone) await Promise.all([db.deliveries.freeInstance(instance), db.notices.freeInstance(instance)]);
    for (const platform of this.platforms) await platform.start();
    this.scheduler = await startScheduler(db, this.jobs, { log, metrics, instance, alone });
    // What was cut short does not wait for the job, which a process that died may still hold for a moment.
    const resumed = Promise.all([this.delivery.sweep(), sweepNotices(this.jobs.deliveries)]);
    void resumed.catch((error) => log.error({ error }, "first delivery failed"));
  }

  /** No new work, what is under way ends, everything is closed but the database. */
  async stop(): Promise<void> {
    await Promise.all(this.platforms.map((platform) => platform.stop()));
    await this.scheduler?.stop();
    await this.delivery.stop();
  }
}
