/** Agenda on our database: each job runs once at a time, however many processes share it. */
import { MongoBackend } from "@agendajs/mongo-backend";
import { Agenda } from "agenda";
import type { Database } from "../models/database.ts";
import type { Log } from "../src/log.ts";
import type { Metrics } from "../src/metrics.ts";
import { archiveInvitationsJob } from "./archiveInvitations.ts";
import { catchUpJob } from "./catchUp.ts";
import { resumeCutShort } from "./cutShort.ts";
import type { JobContext, JobDefinition } from "./definition.ts";
import { deliveryJob } from "./delivery.ts";
import { deriveJob } from "./derive.ts";
import { digestsJob } from "./digests.ts";
import { remindersJob } from "./reminders.ts";
import { reportsJob } from "./reports.ts";
import { resealJob } from "./reseal.ts";
import { showingsJob } from "./showings.ts";
import { webhooksJob } from "./webhooks.ts";
import { wipeJob } from "./wipe.ts";

export const JOBS: readonly JobDefinition[] = [
  deliveryJob,
  remindersJob,
  archiveInvitationsJob,
  catchUpJob,
  reportsJob,
  digestsJob,
  webhooksJob,
  wipeJob,
  showingsJob,
  resealJob,
  deriveJob,
];

/** How often Agenda looks for due jobs (ms). */
const PROCESS_EVERY_MS = 1000;
/** A job whose process died is taken by another after this long (ms). */
const LOCK_LIFETIME_MS = 60_000;
/** How often to look for runs that were cut short, unless locks live for less (ms). */
const LOOK_AGAIN_MS = 5_000;

export interface Scheduler {
  /** Lets running jobs end, and takes no more. */
  stop(): Promise<void>;
}

export interface SchedulerOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly instance: string;
  readonly jobs?: readonly JobDefinition[];
  /** No other process runs under this instance's name: the jobs that a former one held when it died are free. */
  readonly alone?: boolean;
  readonly lockLifetimeMs?: number;
}

/** Counts the runs under way; a run has ended once its record is saved. */
function runsOf(agenda: Agenda): { ended(): Promise<void> } {
  const underWay = new Set<unknown>();
  agenda.on("start", (job) => underWay.add(job));
  agenda.on("complete", (job) => underWay.delete(job));
  return {
    ended: async () => {
      while (underWay.size > 0) await new Promise((resolve) => agenda.once("complete", resolve));
    },
  };
}

type Repository = MongoBackend["repository"];

/**
 * What Agenda gives back is what is held under our name: of a lock that ran out while this process hung, it knows the job's id, and would
 * take it from whoever runs it by now. One of its two ways is not awaited: a database away at that moment would end the process; the lock
 * runs out by itself.
 */
function giveBackOnlyOurs(repository: Repository, freeAmong: (ids: readonly unknown[]) => Promise<void>, log: Log): void {
  const unlockJob = repository.unlockJob.bind(repository);
  repository.unlockJob = (job) =>
    unlockJob(job).catch((error: unknown) => log.warn({ job: job.name, error }, "a job was not given back"));
  repository.unlockJobs = freeAmong;
}

export async function startScheduler(db: Database, context: JobContext, options: SchedulerOptions): Promise<Scheduler> {
  const { log, metrics, instance, jobs = JOBS, alone = false, lockLifetimeMs = LOCK_LIFETIME_MS } = options;
  const mongo = db.connection.db;
  if (!mongo) throw new Error("the database is not connected");
  const backend = new MongoBackend({ mongo: mongo as never, collection: "jobs" });
  const agenda = new Agenda({
    backend,
    name: instance,
    processEvery: PROCESS_EVERY_MS,
    defaultLockLifetime: lockLifetimeMs,
  });
  for (const job of jobs) {
    agenda.define(
      job.name,
      async (running) => {
        // A long run keeps its lock: Agenda gives up on one that seems to have died.
        const keep = setInterval(() => {
          running.touch().catch((error: unknown) => log.warn({ job: job.name, error }, "lock not kept"));
        }, lockLifetimeMs / 3);
        const from = performance.now();
        const ran = (result: "done" | "failed") => metrics.jobRan(job.name, result, (performance.now() - from) / 1000);
        try {
          await job.run(context);
          ran("done");
        } catch (error) {
          ran("failed");
          log.error({ job: job.name, error }, "job failed");
          throw error;
        } finally {
          clearInterval(keep);
        }
      },
      // No `lockLimit`: a lock that ran out while the process hung, its job in hand, would count for ever, and the job never run here again.
      { concurrency: 1 },
    );
  }
  // Without a listener, Agenda's own faults (a database away for a moment) would end the process.
  agenda.on("error", (error) => log.error({ error }, "agenda"));
  const running = runsOf(agenda);
  const stored = mongo.collection("jobs");
  // Of two processes that start at once on an empty database, one writes each job down.
  await stored.createIndex({ name: 1 }, { unique: true });
  const ours = { lastModifiedBy: instance, lockedAt: { $ne: null } };
  const free = () => stored.updateMany(ours, { $set: { lockedAt: null } });
  const freeAmong = async (ids: readonly unknown[]) => {
    const named = new Set(ids.map(String));
    const held = (await stored.find(ours).toArray()).map(({ _id }) => _id).filter((id) => named.has(String(id)));
    await stored.updateMany({ ...ours, _id: { $in: held } }, { $set: { lockedAt: null } });
  };
  giveBackOnlyOurs(backend.repository, freeAmong, log);
  if (alone) await free();
  await agenda.start();
  for (const job of jobs) {
    // `every` takes the lock away from whoever runs the job at this moment: only for what is new, or has another pace.
    const known = await stored.findOne({ name: job.name, repeatInterval: job.every });
    if (known) continue;
    await agenda.every(job.every, job.name).catch(async (error: unknown) => {
      // Somebody else has just written it down.
      if (!(await stored.findOne({ name: job.name, repeatInterval: job.every }))) throw error;
    });
  }
  const resume = () =>
    resumeCutShort(db, lockLifetimeMs)
      .then((names) => names.length > 0 && log.warn({ jobs: names }, "runs that were cut short begin again"))
      .catch((error: unknown) => log.warn({ error }, "runs that were cut short could not be looked for"));
  await resume();
  const looking = setInterval(() => void resume(), Math.min(LOOK_AGAIN_MS, lockLifetimeMs / 4));
  return {
    stop: async () => {
      clearInterval(looking);
      // Not `drain`: it would leave the jobs taken ahead of their time locked, and nobody would run them for a while.
      await agenda.stop();
      await running.ended();
      // One that was being taken at that moment is not known to Agenda yet.
      await free().catch((error: unknown) => log.warn({ error }, "the jobs taken were not given back"));
    },
  };
}
