/** Real Agenda on a real database. Each waits for what it wants to see; the bounds only end a hang. */
import { setTimeout as sleep } from "node:timers/promises";
import type { JobContext, JobDefinition } from "../../jobs/definition.ts";
import type { Scheduler } from "../../jobs/scheduler.ts";
import { JOBS, startScheduler } from "../../jobs/scheduler.ts";
import { type Database, openDatabase } from "../../models/database.ts";
import type { DeliveryContext } from "../../src/delivery/context.ts";
import { Delivery } from "../../src/delivery/delivery.ts";
import { reportTurns } from "../../src/delivery/reports.ts";
import { reportMaker } from "../../src/groupes/reports/make.ts";
import type { Log } from "../../src/log.ts";
import { Metrics } from "../../src/metrics.ts";
import { World } from "../demandes/world.ts";
import type { Store } from "../models/store.ts";
import { openStore, SEALER } from "../models/store.ts";
import { startDatabaseGate } from "../support/databaseGate.ts";

/** Short, so that no test waits for Agenda's own timers. */
const LOCK_MS = 2_000;
const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + 40_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`never: ${what}`);
    await sleep(25);
  }
}

let s: Store;
const schedulers: Scheduler[] = [];
const databases: Database[] = [];
beforeEach(async () => {
  s = await openStore();
});
afterEach(async () => {
  for (const scheduler of schedulers.splice(0)) await scheduler.stop();
  for (const database of databases.splice(0)) await database.close();
  await s.close();
});

/** As another process would: with a connection of its own. */
async function start(instance: string, jobs: readonly JobDefinition[], metrics = new Metrics()): Promise<Scheduler> {
  const db = await openDatabase(s.uri, SEALER);
  databases.push(db);
  const scheduler = await startScheduler(db, {} as JobContext, { log: silent, metrics, instance, jobs, lockLifetimeMs: LOCK_MS });
  schedulers.push(scheduler);
  return scheduler;
}

/** A job, and how often it ran. */
function counted(name: string, every: string): { readonly job: JobDefinition; readonly runs: () => number } {
  let runs = 0;
  const run = async () => {
    runs += 1;
  };
  return { job: { name, every, run }, runs: () => runs };
}

const jobDocuments = () => s.db.connection.collection("jobs").find().toArray();

test("with two processes on one database a job never runs twice at a time, and either may run it", async () => {
  let [running, most, runs] = [0, 0, 0];
  const job: JobDefinition = {
    name: "compte",
    every: "1 second",
    run: async () => {
      runs += 1;
      running += 1;
      most = Math.max(most, running);
      await sleep(300);
      running -= 1;
    },
  };
  const from = Date.now();
  await Promise.all([start("un", [job]), start("deux", [job])]);
  await until(() => runs >= 4, "four runs");
  // Once a second at most, whoever runs it: not once a second and process.
  expect(runs).toBeLessThanOrEqual((Date.now() - from) / 1000 + 2);
  expect(most).toBe(1);
  expect((await jobDocuments()).map((d) => d.name)).toEqual(["compte"]);
});

test("a run that fails is counted, told in the log, and followed by the next", async () => {
  let runs = 0;
  const metrics = new Metrics();
  const job: JobDefinition = {
    name: "fragile",
    every: "1 second",
    run: async () => {
      runs += 1;
      if (runs === 1) throw new Error("la première fois");
    },
  };
  await start("un", [job], metrics);
  await until(() => runs >= 3, "runs after the failure");
  const text = await metrics.registry.metrics();
  expect(text).toContain('aplus_job_runs_total{task="fragile",result="failed"} 1');
  expect(text).toMatch(/aplus_job_runs_total\{task="fragile",result="done"\} [1-9]/);
});

test("after a restart the job goes on, there is still one of it, and stopping waits for the run under way", async () => {
  let [begun, ended] = [0, 0];
  const job: JobDefinition = {
    name: "durable",
    every: "1 second",
    run: async () => {
      begun += 1;
      await sleep(400);
      ended += 1;
    },
  };
  const first = await start("un", [job]);
  await until(() => begun > ended, "a run under way");
  await first.stop();
  expect(ended).toBe(begun);
  const before = begun;
  await start("un", [job]);
  await until(() => begun > before, "a run after the restart");
  expect(await jobDocuments()).toHaveLength(1);
});

test("a job held by a process that died is taken up once its lock has run out, and not before", async () => {
  const runs = { tenu: 0, temoin: 0 };
  const counting = (name: keyof typeof runs): JobDefinition => ({
    name,
    every: "1 second",
    run: async () => {
      runs[name] += 1;
    },
  });
  const jobs = [counting("tenu"), counting("temoin")];
  const first = await start("un", jobs);
  await until(() => runs.tenu >= 1, "a first run");
  await first.stop();
  const hold = (secondsAgo: number) => {
    const held = { lockedAt: new Date(Date.now() - secondsAgo * 1000), nextRunAt: new Date(Date.now() - 1000) };
    return s.db.connection.collection("jobs").updateOne({ name: "tenu" }, { $set: held });
  };
  await hold(-3600);
  const before = { ...runs };
  await start("deux", jobs);
  await until(() => runs.temoin >= before.temoin + 2, "runs of the job that nobody holds");
  expect(runs.tenu).toBe(before.tenu);
  await hold(3600);
  await until(() => runs.tenu > before.tenu, "a run of the abandoned job");
});

test("what runs once a day, and was cut short, begins again once its lock has run out: not the day after", async () => {
  const runs = { interrompu: 0, fini: 0 };
  const daily = (name: keyof typeof runs): JobDefinition => ({
    name,
    every: "1 day",
    run: async () => {
      runs[name] += 1;
    },
  });
  const jobs = [daily("interrompu"), daily("fini")];
  const first = await start("un", jobs);
  await until(() => runs.interrompu >= 1 && runs.fini >= 1, "a first run of each");
  await first.stop();
  const before = { ...runs };
  // As a process leaves it that dies in the middle: begun, not ended, locked, and not due before tomorrow.
  const [at, tomorrow] = [new Date(), new Date(Date.now() + 86_400_000)];
  const dead = { lastRunAt: at, lastFinishedAt: new Date(at.getTime() - 1000), lockedAt: at, nextRunAt: tomorrow };
  await s.db.connection.collection("jobs").updateOne({ name: "interrompu" }, { $set: dead });
  await start("deux", jobs);
  await until(() => runs.interrompu > before.interrompu, "a run of what was cut short");
  expect(Date.now() - at.getTime()).toBeGreaterThan(LOCK_MS);
  expect(runs.fini).toBe(before.fini);
  const ended = async () => (await jobDocuments()).find(({ name }) => name === "interrompu");
  await until(async () => ((await ended())?.nextRunAt ?? 0) > new Date(Date.now() + 80_000_000), "the next one tomorrow");
  expect(runs.interrompu).toBe(before.interrompu + 1);
});

test("a process that hung for longer than its locks, a job already in hand, goes on with it, and takes it from nobody", async () => {
  // On the second: taken up to a second ahead, and held until then.
  const { job, runs } = counted("repris", "*/2 * * * * *");
  const scheduler = await start("un", [job]);
  await until(() => runs() >= 1, "a first run");
  await until(async () => {
    const [held] = await jobDocuments();
    return Boolean(held?.lockedAt) && held?.nextRunAt > new Date();
  }, "the job in hand, its time to come");
  const from = performance.now();
  while (performance.now() - from < LOCK_MS + 500);
  const before = runs();
  await until(() => runs() >= before + 2, "runs after it hung");
  // Another runs it by now.
  const theirs = { lockedAt: new Date(), nextRunAt: new Date(Date.now() + 86_400_000), lastModifiedBy: "deux" };
  const take = () => s.db.connection.collection("jobs").updateOne({ name: "repris", lockedAt: null }, { $set: theirs });
  await until(async () => (await take()).modifiedCount === 1, "the job free, and taken");
  await scheduler.stop();
  expect(await jobDocuments()).toMatchObject([theirs]);
});

test("a job that cannot be given back at once ends nothing, and is there at its time", async () => {
  const gate = await startDatabaseGate(s.uri);
  const db = await openDatabase(gate.uri, SEALER);
  try {
    const { job, runs } = counted("demain", "1 day");
    const warned: string[] = [];
    const log: Log = { ...silent, warn: (_, message) => warned.push(message) };
    const options = { log, metrics: new Metrics(), instance: "un", jobs: [job], lockLifetimeMs: LOCK_MS };
    schedulers.push(await startScheduler(db, {} as JobContext, options));
    await until(() => runs() >= 1, "a first run");
    await until(async () => (await jobDocuments()).every(({ lockedAt }) => !lockedAt), "its end");
    gate.set("no updates");
    // Held by a process that died: taken over, found to be for tomorrow, and given back.
    const [longAgo, tomorrow] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 86_400_000)];
    const set = (job: object) => s.db.connection.collection("jobs").updateOne({ name: "demain" }, { $set: job });
    await set({ lockedAt: longAgo, nextRunAt: tomorrow });
    await until(() => warned.includes("a job was not given back"), "it was told");
    gate.set("open");
    await set({ lockedAt: null, nextRunAt: new Date() });
    await until(() => runs() >= 2, "a run when its time has come");
  } finally {
    for (const scheduler of schedulers.splice(0)) await scheduler.stop();
    await db.close();
    await gate.close();
  }
});

test("a process that starts alone under its name does not wait for the lock that it held when it died", async () => {
  const { job, runs } = counted("repris", "1 second");
  await start("un", [job]);
  await until(() => runs() >= 1, "a first run");
  await schedulers.pop()?.stop();
  const before = runs();
  const held = { lockedAt: new Date(Date.now() + 3_600_000), nextRunAt: new Date(), lastModifiedBy: "un" };
  await s.db.connection.collection("jobs").updateOne({ name: "repris" }, { $set: held });
  const options = { log: silent, metrics: new Metrics(), instance: "un", jobs: [job], alone: true, lockLifetimeMs: LOCK_MS };
  schedulers.push(await startScheduler(s.db, {} as JobContext, options));
  await until(() => runs() > before, "a run after the restart");
});

test("stopping leaves no job locked, not even those taken ahead of their time", async () => {
  const jobs = ["a", "b", "c"].map((name): JobDefinition => ({ name, every: "1 second", run: async () => {} }));
  for (let n = 0; n < 4; n += 1) {
    const scheduler = await start("un", jobs);
    await until(async () => (await jobDocuments()).some((d) => d.lockedAt), "a job taken");
    await scheduler.stop();
    expect((await jobDocuments()).filter((d) => d.lockedAt).map((d) => d.name)).toEqual([]);
  }
});

test("the bot's own jobs: what falls due is reminded of and what is cut short waits for its platform, with nobody asking", async () => {
  const w = await World.open();
  try {
    const { id } = await w.demande();
    w.later(24 * 4);
    const deliveries: DeliveryContext = { ...w.context, ports: new Map(), owner: "test/1" };
    const made = { ...deliveries, make: reportMaker(w.context) };
    const context: JobContext = {
      useCases: w.context,
      deliveries,
      delivery: new Delivery(deliveries),
      reports: { report: reportTurns(made, "report"), digest: reportTurns(made, "digest") },
      catchUp: async () => {},
    };
    const metrics = new Metrics();
    const scheduler = await startScheduler(w.db, context, { log: silent, metrics, instance: "bot", lockLifetimeMs: LOCK_MS });
    try {
      await until(async () => (await w.load(id)).events.some((e) => e.type === "reminded"), "the reminder");
      const ran = async () =>
        (await metrics.registry.getSingleMetricAsString("aplus_job_runs_total")).match(/result="done"/g)?.length === JOBS.length;
      await until(ran, "each job to have run");
      expect(await metrics.registry.metrics()).not.toContain('result="failed"');
      const putOff = async () => (await w.load(id)).threads.every((t) => t.retryAt !== null && t.posts.length === 0);
      await until(putOff, "the delivery put off, as there is no platform");
    } finally {
      await scheduler.stop();
    }
  } finally {
    await w.close();
  }
});
