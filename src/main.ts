/** The composition root: configuration → HTTP → database → platforms → jobs. SIGTERM and SIGINT drain and stop. */

import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { EVENTS_PATH, INSTALL_PATH, REDIRECT_PATH } from "../bots/slack/paths.ts";
import type { Database } from "../models/database.ts";
import { openDatabase } from "../models/database.ts";
import type { Sealer } from "../models/sealing.ts";
import { createSealer } from "../models/sealing.ts";
import { systemClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { readConfig } from "./config.ts";
import { PermanentError, RetryError } from "./errors.ts";
import type { Watched } from "./http/health.ts";
import { healthRoute, metricsRoute } from "./http/health.ts";
import type { HttpServer } from "./http/server.ts";
import { startHttpServer } from "./http/server.ts";
import { sealerOf } from "./keyring.ts";
import type { Log } from "./log.ts";
import { createLog } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { startTexts } from "./texts.ts";

/** What was started, in the order in which it is to be closed. */
type Closers = (() => Promise<void>)[];

const tell = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** The embedded database of a real bot, where no MongoDB is configured. */
async function embeddedUri(dataDir: string, closers: Closers): Promise<string> {
  const folder = join(dataDir, "mongo");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Loaded only here: a bot on a real MongoDB starts sooner without it.
  const { startMongoServer } = await import("../sandbox/mongo/server.ts");
  const server = await startMongoServer({ folder, socket: true });
  closers.unshift(() => server.close());
  if (server.exposed) tell(startTexts.databaseExposed[server.exposed]);
  return server.uri.replace("/?", "/aplus?");
}

async function openStore(uri: string, sealer: Sealer, closers: Closers): Promise<Database> {
  const db = await openDatabase(uri, sealer).catch((cause: unknown) => {
    throw new RetryError(startTexts.databaseAway, { cause });
  });
  closers.unshift(() => db.close());
  return db;
}

async function startBot(config: Config, http: HttpServer, log: Log, closers: Closers): Promise<Watched> {
  const metrics = new Metrics();
  const uri = config.mongodbUri ?? (await embeddedUri(config.dataDir, closers));
  const sealer = config.keys ? createSealer(config.keys.encryption, config.keys.search) : await sealerOf(config.dataDir);
  const db = await openStore(uri, sealer, closers);
  // Loaded only here: the demonstration's bot is a process of its own, and this one does without the platforms' libraries.
  const { Runtime } = await import("./runtime.ts");
  const { instance, maxFileSize, actsPerMinute, slack, matrix, webhooks } = config;
  const limits = { maxFileSize, actsPerMinute };
  const runtime = new Runtime({ db, clock: systemClock, log, metrics, instance, ...limits, slack, matrix, webhooks });
  closers.unshift(() => runtime.stop());
  const listener = runtime.slack?.requestListener;
  if (listener)
    http.add((request, response, path) => {
      if (path !== EVENTS_PATH) return false;
      response.once("finish", () => {
        if (response.statusCode === 401) metrics.signatureRefused("slack");
      });
      listener(request, response);
      return true;
    });
  const install = runtime.slack?.installListener;
  if (install)
    http.add((request, response, path) => {
      if (path !== INSTALL_PATH && path !== REDIRECT_PATH) return false;
      install(request, response);
      return true;
    });
  if (config.apiClients.length > 0) {
    const { Paces } = await import("./demandes/paces.ts");
    const { createApi } = await import("./http/api/api.ts");
    const { apiRoute } = await import("./http/api/route.ts");
    http.add(apiRoute(createApi(runtime.jobs.useCases, config.apiClients, Paces.of("openings", config.openingsPerMinute))));
  }
  await runtime.start({ alone: true });
  return runtime.watch({ storeFolder: config.mongodbUri === null ? join(config.dataDir, "mongo") : null });
}

async function startDemonstration(config: Config, http: HttpServer, log: Log, closers: Closers): Promise<Watched> {
  // Loaded only here: a real bot needs nothing of the sandbox.
  const { Demonstration } = await import("../sandbox/demonstration.ts");
  const { demonstrationRoutes } = await import("../sandbox/routes.ts");
  const { dataDir, instance, maxFileSize, logLevel, apiClients, webhooks } = config;
  const demonstration = new Demonstration({ dataDir, instance, maxFileSize, logLevel, log, apiClients, webhooks });
  closers.unshift(() => demonstration.close());
  await demonstration.start();
  for (const route of demonstrationRoutes(demonstration)) http.add(route);
  return {
    ready: () =>
      demonstration.world.db.ping().then(
        () => true,
        () => false,
      ),
    faults: () => demonstration.world.bot.health(),
    figures: () => demonstration.world.bot.metrics(),
  };
}

/** Stops once; a second signal ends the process at once. */
function stopOnSignal(closers: Closers, log: Log): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, "stopping");
    for (const close of closers) await close().catch((error: unknown) => log.error({ error }, "closing failed"));
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => void stop(signal));
}

async function main(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const closers: Closers = [];
  stopOnSignal(closers, log);
  const isDemonstration = config.slack === null && config.matrix === null;
  // The port first: that it could be taken proves that no other process runs as this instance.
  const http = await startHttpServer(config.port, isDemonstration ? "127.0.0.1" : "0.0.0.0", log).catch(
    (cause: NodeJS.ErrnoException) => {
      throw cause.code === "EADDRINUSE" ? new PermanentError(startTexts.portTaken(config.port), { cause }) : cause;
    },
  );
  closers.unshift(() => http.close());
  let started: Watched | null = null;
  http.add(healthRoute(() => started));
  http.add(metricsRoute(() => started));
  const start = isDemonstration ? startDemonstration : startBot;
  started = await start(config, http, log, closers);
  tell(isDemonstration ? startTexts.sandbox(http.port, resolve(config.dataDir)) : startTexts.bot(http.port));
}

/** What a person can mend is told in a sentence, with its cause; anything else is a fault of ours, told whole. */
function explain(error: unknown): string {
  if (!(error instanceof PermanentError || error instanceof RetryError))
    return `${startTexts.crash}\n${error instanceof Error ? error.stack : String(error)}`;
  return error.cause instanceof Error ? `${error.message}\n  (${error.cause.message})` : error.message;
}

main().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
});
