/** The sandbox's own parts in a folder of their own: an empty world, its people and channels, the bot, the control API. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../../models/database.ts";
import { openDatabase } from "../../models/database.ts";
import { createSealer } from "../../models/sealing.ts";
import type { PlatformName } from "../../src/domain/demande.ts";
import { createApi } from "../../src/http/api/api.ts";
import { healthRoute } from "../../src/http/health.ts";
import { startHttpServer } from "../../src/http/server.ts";
import { createLog } from "../../src/log.ts";
import { Metrics } from "../../src/metrics.ts";
import { Runtime } from "../../src/runtime.ts";
import { DEMONSTRATION_CLIENT, demonstrationApiRoute } from "../api.ts";
import { botHere } from "../bot/followed.ts";
import { controlRoute } from "../control.ts";
import type { MatrixSandbox } from "../matrix/server.ts";
import type { Sandbox } from "../sandbox.ts";
import { startSandbox } from "../sandbox.ts";
import { WORKSPACE } from "../seed/slack.ts";
import type { SlackSandbox } from "../slack/server.ts";
import { ControlClient } from "./control.ts";
import { StepFault } from "./story.ts";

const KEY_BYTES = 32;
const MAX_FILE_SIZE = 20_000_000;

export interface Stage {
  /** Where the control API listens. */
  readonly url: string;
  readonly control: ControlClient;
  readonly db: Database;
  /** For faults, in tests. */
  readonly slack: SlackSandbox;
  readonly matrix: MatrixSandbox;
  /** The bytes of a file at an address of its platform, as that reader's client fetches them. */
  bytes(platform: PlatformName, address: string, reader: string): Promise<Buffer>;
  /** Puts the clock there, backwards too: the world is empty. */
  begin(at: Date): Promise<void>;
  /** Resolves once nothing is under way any more. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What was started, the last first. */
class Closers {
  private readonly closers: (() => Promise<unknown>)[] = [];

  add(close: () => Promise<unknown>): void {
    this.closers.unshift(close);
  }

  async run(): Promise<void> {
    for (const close of this.closers) await close();
  }
}

/** Slack's client has no token of its own to show here: its files are fetched with the app's. */
async function fetchBytes({ slack, matrix }: Sandbox, platform: PlatformName, address: string, reader: string): Promise<Buffer> {
  const url = platform === "slack" ? address : `${matrix.url}/_matrix/client/v1/media/download/${address.replace("mxc://", "")}`;
  const token =
    platform === "slack" ? slack.control.installation(WORKSPACE).botToken : matrix.control.session(reader).accessToken;
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, redirect: "manual" });
  if (response.status !== 200) throw new StepFault(`${reader} n’obtient pas ${address} : ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

async function start(closers: Closers): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "aplus-scenario-"));
  closers.add(() => rm(folder, { recursive: true, force: true }));
  const sandbox = await startSandbox(folder);
  closers.add(() => sandbox.close());
  const keys = [{ id: "scenario", key: randomBytes(KEY_BYTES) }];
  const db = await openDatabase(sandbox.mongodbUri, createSealer(keys, randomBytes(KEY_BYTES)));
  closers.add(() => db.close());
  await sandbox.prepare(db);
  const log = createLog("error");
  const metrics = new Metrics();
  const runtime = new Runtime({
    db,
    clock: sandbox.clock,
    log,
    metrics,
    instance: "scenario",
    maxFileSize: MAX_FILE_SIZE,
    slack: sandbox.slackSettings,
    matrix: sandbox.matrixSettings,
  });
  closers.add(() => runtime.stop());
  await runtime.start({ alone: true });
  const http = await startHttpServer(0, "127.0.0.1", log);
  closers.add(() => http.close());
  const running = runtime.watch();
  http.add(healthRoute(() => running));
  http.add(demonstrationApiRoute(createApi(runtime.jobs.useCases, [DEMONSTRATION_CLIENT])));
  const playing = { sandbox, db, bot: botHere(runtime) };
  sandbox.follow(playing.bot);
  http.add(controlRoute(() => playing));
  const url = `http://127.0.0.1:${http.port}`;
  return {
    url,
    control: new ControlClient(url),
    db,
    slack: sandbox.slack,
    matrix: sandbox.matrix,
    bytes: (platform, address, reader) => fetchBytes(sandbox, platform, address, reader),
    begin: (at) => sandbox.clock.set(at),
    async settled() {
      await runtime.idle();
      await Promise.all([sandbox.slack.settled(), sandbox.matrix.settled()]);
      await runtime.idle();
    },
    close: () => closers.run(),
  };
}

/** Starts everything; what was started before a fault is closed again. */
export async function startStage(): Promise<Stage> {
  const closers = new Closers();
  try {
    return await start(closers);
  } catch (error) {
    await closers.run();
    throw error;
  }
}
