/** What a bot under test lives in: a sandbox Slack with its people and channels, a database with its agents and groupes. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../../models/database.ts";
import { openDatabase } from "../../models/database.ts";
import { createSealer, type Sealer } from "../../models/sealing.ts";
import { MovableClock } from "../../sandbox/clock.ts";
import { type Intercept, startMongoServer } from "../../sandbox/mongo/server.ts";
import { identityOn, seedDatabase } from "../../sandbox/seed/seed.ts";
import { onSlack, seedSlack } from "../../sandbox/seed/slack.ts";
import { type SlackSandbox, type SlackSandboxOptions, startSlackSandbox } from "../../sandbox/slack/server.ts";
import type { Identity } from "../../src/domain/place.ts";
import { type MatrixSite, openMatrixSite } from "./matrixSite.ts";
import { testDatabase, withDatabase } from "./mongo.ts";

const KEY_BYTES = 32;

export interface Keys {
  readonly encryption: Buffer;
  readonly search: Buffer;
}

export const sealerOf = ({ encryption, search }: Keys): Sealer => createSealer([{ id: "essai", key: encryption }], search);

export interface World {
  readonly slack: SlackSandbox;
  /** Null where nothing is on Matrix. */
  readonly matrix: MatrixSite | null;
  readonly clock: MovableClock;
  /** The test's own eyes on the database; the bots have connections of their own. */
  readonly db: Database;
  readonly mongodbUri: string;
  readonly keys: Keys;
  /** A folder that goes with the world. */
  readonly folder: string;
  /** Watches the writes to the database; null on a real server, which cannot be watched. */
  readonly intercept: ((watch: Intercept | undefined) => void) | null;
  /** The account of a person of the seed, by handle. */
  account(handle: string): Identity;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** The moment at which the world's clock begins; the machine's by default. */
  readonly begins?: Date;
  readonly slack?: SlackSandboxOptions;
  /** Who is on Matrix: everybody, or those of the seed; nobody by default. */
  readonly matrix?: "everybody" | "seed";
}

interface Storage {
  readonly uri: string;
  readonly intercept: World["intercept"];
  close(): Promise<void>;
}

/** As `testDatabase`, with the names of the writes that are watched. */
async function storage(folder: string): Promise<Storage> {
  if (process.env.MONGODB_TEST_URI) {
    const { uri, close } = await testDatabase();
    return { uri, intercept: null, close };
  }
  const server = await startMongoServer({ folder });
  const uri = withDatabase(server.uri, `test_${randomBytes(6).toString("hex")}`);
  return { uri, intercept: (watch) => server.setIntercept(watch), close: () => server.close() };
}

/** Events are sent again soon, and for as long as a test lasts: Slack itself gives up after three tries. */
const RETRY_DELAYS = [100, 200, 400, 800, ...Array.from({ length: 300 }, () => 1000)];

export async function openWorld({ begins, slack: options = {}, matrix: onMatrix }: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), "aplus-world-"));
  const clock = await MovableClock.open(join(folder, "clock.json"));
  if (begins) await clock.set(begins);
  const stored = await storage(join(folder, "mongo"));
  const keys = { encryption: randomBytes(KEY_BYTES), search: randomBytes(KEY_BYTES) };
  const db = await openDatabase(stored.uri, sealerOf(keys));
  const slack = await startSlackSandbox({ clock, rateLimits: false, retryDelays: RETRY_DELAYS, ...options });
  await seedSlack(slack);
  const matrix = onMatrix === undefined ? null : await openMatrixSite({ clock, everybody: onMatrix === "everybody" });
  const platforms =
    matrix === null ? [onSlack(slack)] : onMatrix === "everybody" ? [matrix.seeded] : [onSlack(slack), matrix.seeded];
  await seedDatabase(db, platforms);
  return {
    slack,
    matrix,
    clock,
    db,
    mongodbUri: stored.uri,
    keys,
    folder,
    intercept: stored.intercept,
    account: (handle) => identityOn(platforms, handle),
    async close() {
      await db.close();
      await slack.close();
      await matrix?.close();
      await stored.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
