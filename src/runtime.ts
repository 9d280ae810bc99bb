/** The bot put together: desk, delivery, platforms, jobs, on one database. Used by main.ts, and by tests in one process. */
import { randomUUID } from "node:crypto";
import type { MatrixPlatform } from "../bots/matrix/platform.ts";
import { createMatrixPlatform } from "../bots/matrix/platform.ts";
import type { ChatPlatform } from "../bots/platform.ts";
import type { SlackPlatform } from "../bots/slack/platform.ts";
import { createSlackPlatform } from "../bots/slack/platform.ts";
import type { JobContext } from "../jobs/definition.ts";
import type { Scheduler } from "../jobs/scheduler.ts";
import { startScheduler } from "../jobs/scheduler.ts";
import type { Database } from "../models/database.ts";
import type { Clock } from "./clock.ts";
import type { MatrixSettings, SlackSettings, WebhookSettings } from "./config.ts";
import type { DeliveryContext } from "./delivery/context.ts";
import { Delivery } from "./delivery/delivery.ts";
import type { DeliveryPort, Identity, Place, PlatformName } from "./delivery/port.ts";
import { reportTurns } from "./delivery/reports.ts";
import { Webhooks } from "./delivery/webhooks/webhooks.ts";
import type { UseCaseContext } from "./demandes/context.ts";
import type { Desk } from "./demandes/desk.ts";
import { Paces } from "./demandes/paces.ts";
import { Reception } from "./demandes/reception.ts";
import { Directory } from "./groupes/directory.ts";
import { followChannel } from "./groupes/followChannel.ts";
import { PresenceBook } from "./groupes/presence.ts";
import { reportMaker } from "./groupes/reports/make.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { clockOffsetOf, matrixClock, slackClock } from "./watch/clocks.ts";
import { Watch, type WatchSettings } from "./watch/watch.ts";

/** Before the second try of a platform that was away at the start; then twice as long each time, up to the longest. */
const CONNECT_AGAIN_MS = 1_000;
const LONGEST_CONNECT_AGAIN_MS = 8_000;

export interface RuntimeSettings {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** See Config. */
  readonly instance: string;
  readonly maxFileSize: number;
  readonly slack: SlackSettings | null;
  readonly matrix: MatrixSettings | null;
  /** Acts a minute that one person may go on with; absent or 0: as many as they can. */
  readonly actsPerMinute?: number;
  /** Absent: no other system is told anything. */
  readonly webhooks?: WebhookSettings;
}

export class Runtime {
  readonly desk: Desk;
  readonly delivery: Delivery;
  readonly jobs: JobContext;
  readonly platforms: readonly ChatPlatform[];
  readonly slack: SlackPlatform | null;
  readonly matrix: MatrixPlatform | null;
  private readonly settings: RuntimeSettings;
  private readonly retries = new Set<NodeJS.Timeout>();
  private scheduler: Scheduler | null = null;

  constructor(settings: RuntimeSettings) {
    const { db, clock, log, metrics, instance, maxFileSize } = settings;
    this.settings = settings;
    const directory = new Directory(db);
    const ports = new Map<PlatformName, DeliveryPort>();
    const owner = `${instance}/${randomUUID()}`;
    const told = settings.webhooks;
    const webhooks = told && told.endpoints.length > 0 ? new Webhooks({ db, log, metrics, owner, settings: told }) : null;
    const deliveries: DeliveryContext = { db, directory, ports, clock, log, metrics, owner, ...(webhooks && { webhooks }) };
    const agentOf = async (identity: Identity) => {
      const agent = await directory.agentOf(identity);
      return agent && !agent.disabled ? agent.id : null;
    };
    const presence = new PresenceBook({ db, directory, clock, log });
    this.delivery = new Delivery(deliveries);
    const paces = Paces.of("acts", settings.actsPerMinute ?? 0);
    const common = { db, directory, delivery: this.delivery, clock, log, metrics, maxFileSize };
    const useCases: UseCaseContext = { ...common, ...(paces && { paces }) };
    this.desk = new Reception(useCases);
    this.slack = settings.slack
      ? createSlackPlatform({
          config: settings.slack,
          desk: this.desk,
          log,
          agentOf,
          presence,
          trail: db,
          installations: db.installations,
          onReachable: (workspace) => this.resume({ platform: "slack", workspace }),
          onCall: ({ method, outcome }) => metrics.called("slack", method, outcome),
        })
      : null;
    this.matrix = settings.matrix
      ? createMatrixPlatform({
          config: settings.matrix,
          db,
          desk: this.desk,
          log,
          owner,
          agentOf,
          presence,
          onCall: ({ method, outcome }) => metrics.called("matrix", method, outcome),
          onReachable: (workspace) => this.resume({ platform: "matrix", workspace }),
          onMoved: (from, to) => followChannel(db, from, to, (id) => this.delivery.kick(id)),
        })
      : null;
    this.platforms = [this.slack, this.matrix].filter((platform) => platform !== null);
    for (const platform of this.platforms) {
      ports.set(platform.name, platform.port);
      directory.addPlatform(platform.name, platform.people);
    }
    const catchUp = async () => {
      await Promise.all(this.platforms.map((platform) => platform.catchUp()));
    };
    const made = { ...deliveries, make: reportMaker(useCases) };
    const reports = { report: reportTurns(made, "report"), digest: reportTurns(made, "digest") };
    this.jobs = { useCases, deliveries, delivery: this.delivery, reports, catchUp };
  }

  /**
   * Connects the platforms, which catch up, then starts the jobs.
   * @param alone no other process runs under this instance's name: what a former one held is freed
   */
  async start({ alone }: { alone: boolean }): Promise<void> {
    const { db, log, metrics, instance } = this.settings;
    if (alone)
      await Promise.all(
        [db.deliveries, db.notices, db.matrixState, db.turns, db.webhooks].map((store) => store.freeInstance(instance)),
      );
    const { done, unreadable } = await db.derivation.underWay();
    if (done > 0 || unreadable > 0) log.info({ done, unreadable }, "derived anew what is under way");
    await this.connect();
    this.scheduler = await startScheduler(db, this.jobs, { log, metrics, instance, alone });
    // What was cut short does not wait for the job, which a process that died may still hold for a moment.
    const resumed = Promise.all([this.delivery.sweep(), this.delivery.notices.sweep()]);
    void resumed.catch((error) => log.error({ error }, "first delivery failed"));
    this.jobs.deliveries.webhooks?.kick();
  }

  /**
   * One platform that is away does not keep the others waiting: it is tried again until it is there, its health bad meanwhile.
   * @throws what the first one threw, when there is none to go on with
   */
  private async connect(): Promise<void> {
    const tries = await Promise.allSettled(this.platforms.map((platform) => platform.start()));
    const failed = this.platforms.filter((_, n) => tries[n]?.status === "rejected");
    const [first] = tries.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    if (failed.length > 0 && failed.length === this.platforms.length) throw first;
    for (const platform of failed) this.connectLater(platform, first);
  }

  private connectLater(platform: ChatPlatform, error: unknown, waitMs = CONNECT_AGAIN_MS): void {
    this.settings.log.error({ platform: platform.name, error }, "A chat platform could not be reached: it is tried again");
    const again = setTimeout(() => {
      this.retries.delete(again);
      const longer = Math.min(waitMs * 2, LONGEST_CONNECT_AGAIN_MS);
      platform.start().catch((next: unknown) => this.connectLater(platform, next, longer));
    }, waitMs);
    this.retries.add(again);
  }

  /**
   * What waited for the workspace, whose token was refused or which had taken the bot away, is delivered. Done again, it changes nothing
   * more; and it is done again once what was under way has ended, which may have been refused before and put off after.
   */
  private async resume(workspace: Pick<Place, "platform" | "workspace">): Promise<void> {
    const { moves, notices } = this.settings.db;
    for (let turns = 0; turns < 2; turns += 1) {
      await moves.resumeIn(workspace, new Date());
      await notices.resume(new Date());
      await Promise.all([this.delivery.sweep(), this.delivery.notices.sweep()]);
    }
  }

  /** This bot, as `/sante` and `/metrics` show it. Once only: its gauges are registered. */
  watch(more: Partial<WatchSettings> = {}): Watch {
    const { db, clock, log, metrics, instance, webhooks, slack, matrix } = this.settings;
    return new Watch({
      db,
      instance,
      platforms: this.platforms,
      matrix: this.matrix,
      metrics,
      clock,
      log,
      endpoints: (webhooks?.endpoints ?? []).map(({ id }) => id),
      clocks: {
        ...(slack && { slack: () => clockOffsetOf(slackClock(slack.apiUrl)) }),
        ...(matrix && { matrix: () => clockOffsetOf(matrixClock(matrix.homeserver)) }),
      },
      storeFolder: null,
      ...more,
    });
  }

  /** Resolves once nothing that came in is under way, nor anything to be posted, in this process. */
  async idle(): Promise<void> {
    const platforms = () => Promise.all([this.slack?.idle(), this.matrix?.idle()]);
    await platforms();
    await this.delivery.idle();
    await platforms();
  }

  /** No new work, what is under way ends, everything is closed but the database. */
  async stop(): Promise<void> {
    for (const retry of this.retries) clearTimeout(retry);
    await Promise.all(this.platforms.map((platform) => platform.stop()));
    await this.scheduler?.stop();
    const { report, digest } = this.jobs.reports;
    await Promise.all([this.delivery.stop(), report.stop(), digest.stop()]);
    await this.jobs.deliveries.webhooks?.stop();
  }
}
