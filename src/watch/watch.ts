/** A bot in this process, as those who watch it see it: whether it works, why not, and its figures. */
import { statfs } from "node:fs/promises";
import type { ChatPlatform } from "../../bots/platform.ts";
import type { Database } from "../../models/database.ts";
import type { Standing } from "../../models/standing.ts";
import { clockOffset, standingOf } from "../../models/standing.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { healthTexts } from "../texts/veille.ts";
import { type Ask, Clocks } from "./clocks.ts";
import { FAULT_CODES, type Fault, faultsOf, LIMITS, type Limits, type Read } from "./faults.ts";
import { type HereNow, registerGauges } from "./gauges.ts";

/** Several readers within this time are given the same reading of the database (ms). */
const READING_MS = 10_000;
const PING_MS = 2_000;
/** Prometheus gives up after ten seconds by default: without an answer by then, the rest is told (ms). */
const PATIENCE_MS = 5_000;

type Reference = keyof typeof healthTexts.references;

export interface WatchSettings {
  readonly db: Database;
  readonly instance: string;
  readonly platforms: readonly ChatPlatform[];
  readonly matrix: { reading(): NonNullable<HereNow["matrix"]> } | null;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  /** The webhooks of the configuration. */
  readonly endpoints: readonly string[];
  /** The platforms' servers, asked what time it is. */
  readonly clocks: Readonly<Partial<Record<Reference, Ask>>>;
  /** Where the embedded database is; null on a server of its own. */
  readonly storeFolder: string | null;
  readonly limits?: Partial<Limits>;
  /** See READING_MS; 0 in tests, where each reading is to be true. */
  readonly readingMs?: number;
}

/** Rejects when it is not there in time. */
function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

type Reading = Pick<Read, "database" | "standing">;

export class Watch {
  private readonly settings: WatchSettings;
  private readonly limits: Limits;
  private readonly setGauges: ReturnType<typeof registerGauges>;
  private readonly clocks: Clocks<Reference>;
  private last: { readonly at: number; readonly reading: Promise<Reading> } | null = null;
  private unreadSince: number | null = null;

  constructor(settings: WatchSettings) {
    const { db, clocks, limits, metrics } = settings;
    this.settings = settings;
    this.limits = { ...LIMITS, ...limits };
    this.setGauges = registerGauges(metrics.registry);
    this.clocks = new Clocks({ base: () => within(PING_MS, clockOffset(db)), ...clocks }, this.limits.clockSeconds);
  }

  /** Whether it can take in what people do: the database answers, whatever the platforms do. */
  async ready(): Promise<boolean> {
    return within(PING_MS, this.settings.db.ping()).then(
      () => true,
      () => false,
    );
  }

  /** Why what serves people is not well; none when it is. */
  async faults(): Promise<readonly Fault[]> {
    return faultsOf(await this.read(), this.limits);
  }

  /** As Prometheus reads them. */
  async figures(): Promise<string> {
    const { platforms, matrix, metrics } = this.settings;
    const read = await this.read();
    const codes: readonly string[] = faultsOf(read, this.limits).map(({ code }) => code);
    this.setGauges({
      here: {
        databaseUp: read.database !== "away",
        platforms: Object.fromEntries(platforms.map((platform) => [platform.name, platform.health().ok ? 1 : 0])),
        matrix: matrix?.reading() ?? null,
        clocks: read.clocks,
        faults: Object.fromEntries(FAULT_CODES.map((code) => [code, codes.includes(code) ? 1 : 0])),
        freeBytes: read.freeBytes,
      },
      standing: read.standing,
    });
    return metrics.registry.metrics();
  }

  private async read(): Promise<Read> {
    const { platforms, matrix, storeFolder } = this.settings;
    const up = await this.ready();
    const { database, standing } = up ? await this.reading() : { database: "away" as const, standing: null };
    return {
      database,
      standing,
      platforms: platforms.map((platform) => platform.health()),
      matrix: matrix?.reading() ?? null,
      unreadSeconds: this.unread(standing),
      clocks: this.clocks.offsets(),
      freeBytes: storeFolder === null ? null : await freeBytes(storeFolder),
    };
  }

  /** What cannot be known, the database being away, is no news. */
  private unread(standing: Standing | null): number {
    if (standing?.matrixRead !== false) this.unreadSince = null;
    else this.unreadSince ??= performance.now();
    return this.unreadSince === null ? 0 : (performance.now() - this.unreadSince) / 1000;
  }

  /** Never read twice at once: a slow database is not asked more for being slow. */
  private reading(): Promise<Reading> {
    const { readingMs = READING_MS } = this.settings;
    const { last } = this;
    if (last && performance.now() - last.at < readingMs) return last.reading;
    const reading = this.readDatabase();
    this.last = { at: performance.now(), reading };
    return reading;
  }

  private async readDatabase(): Promise<Reading> {
    const { db, endpoints, clock, log, instance } = this.settings;
    const now = new Date();
    const attempt = async <T>(work: Promise<T>, missing: string): Promise<T | null> =>
      within(PATIENCE_MS, work).catch((error: unknown) => {
        log.warn({ error }, missing);
        return null;
      });
    const [standing, written] = await Promise.all([
      attempt(standingOf(db, endpoints, clock.now(), now), "the figures of the database could not be read"),
      attempt(
        db.pulse.beat(instance, now).then(() => true),
        "nothing could be written to the database",
      ),
    ]);
    return { database: written === null ? "read-only" : "up", standing };
  }
}

/** Null where the disk does not tell. */
const freeBytes = (folder: string): Promise<number | null> =>
  statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => null,
  );
