/** The bot of the demonstration as a process of its own, so that killing it is the real thing. Started by `process.ts` only. */
import type { Database } from "../../models/database.ts";
import { openDatabase } from "../../models/database.ts";
import type { Api } from "../../src/http/api/api.ts";
import { createApi } from "../../src/http/api/api.ts";
import { sealerOf } from "../../src/keyring.ts";
import { createLog } from "../../src/log.ts";
import { Metrics } from "../../src/metrics.ts";
import { Runtime } from "../../src/runtime.ts";
import type { Watch } from "../../src/watch/watch.ts";
import type { AnswerMessage, BotCallName, BotCalls, BotSettings, CallMessage } from "./calls.ts";
import { runDue } from "./due.ts";

interface Running {
  readonly runtime: Runtime;
  readonly db: Database;
  readonly api: Api;
  readonly watch: Watch;
}

let running: Running | null = null;
let clockOffset = 0;
const metrics = new Metrics();

async function start(settings: BotSettings): Promise<void> {
  const { mongodbUri, slack, matrix, instance, maxFileSize, dataDir, webhooks, apiClients } = settings;
  clockOffset = settings.clockOffset;
  const db = await openDatabase(mongodbUri, await sealerOf(dataDir));
  const clock = { now: () => new Date(Date.now() + clockOffset) };
  const log = createLog(settings.logLevel);
  const runtime = new Runtime({ db, clock, log, metrics, instance, maxFileSize, slack, matrix, webhooks });
  await runtime.start({ alone: true });
  running = { runtime, db, watch: runtime.watch(), api: createApi(runtime.jobs.useCases, apiClients) };
}

function started(): Running {
  if (!running) throw new Error("the bot is not started yet");
  return running;
}

const here = (): Runtime => started().runtime;

async function stop(): Promise<void> {
  await running?.runtime.stop();
  await running?.db.close();
}

const calls: { [K in BotCallName]: (...given: Parameters<BotCalls[K]>) => Promise<ReturnType<BotCalls[K]>> } = {
  start,
  idle: () => here().idle(),
  runDue: () => runDue(here()),
  click: (inbound) => here().desk.click(inbound),
  submitForm: (inbound) => here().desk.submitForm(inbound),
  api: (request) => started().api.answer(request),
  setClock: async (offset) => {
    clockOffset = offset;
  },
  health: () => started().watch.faults(),
  metrics: () => started().watch.figures(),
  stop,
};

async function answer({ id, name, given }: CallMessage): Promise<void> {
  let message: AnswerMessage;
  try {
    message = { id, value: await calls[name](given as never) };
  } catch (error) {
    message = { id, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.send?.(message);
  if (name === "stop") process.disconnect();
}

process.on("message", (message) => void answer(message as CallMessage));
// The terminal's Ctrl+C reaches both processes: the sandbox stops its bot itself, and a bot left alone has nobody to serve.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
process.on("disconnect", () => process.exit(0));
