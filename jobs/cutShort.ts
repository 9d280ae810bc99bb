/**
 * A run that was cut short begins again soon, and not at its next hour: once the lock of a dead process has run out, Agenda gives the
 * job to nobody before then, which for what runs once a day is a day.
 */
import type { Database } from "../models/database.ts";

interface StoredJob {
  readonly name: string;
  readonly lockedAt?: Date | null;
  readonly nextRunAt?: Date | null;
  readonly lastRunAt?: Date | null;
  readonly lastFinishedAt?: Date | null;
}

/** It began, did not end, and nobody runs it: whoever does keeps its lock. */
function wasCutShort({ lockedAt, nextRunAt, lastRunAt, lastFinishedAt }: StoredJob, now: Date, lockLifetimeMs: number): boolean {
  if (!lastRunAt || lastRunAt <= (lastFinishedAt ?? new Date(0))) return false;
  if (lockedAt && now.getTime() - lockedAt.getTime() <= lockLifetimeMs) return false;
  return nextRunAt !== null && nextRunAt !== undefined && nextRunAt > now;
}

/** Has each such job run at once, by any process; gives their names. */
export async function resumeCutShort({ connection }: Database, lockLifetimeMs: number): Promise<readonly string[]> {
  const jobs = connection.collection<StoredJob>("jobs");
  const now = new Date();
  const found = (await jobs.find({}).toArray()).filter((job) => wasCutShort(job, now, lockLifetimeMs));
  const resumed: string[] = [];
  for (const { name, lockedAt = null, lastRunAt = null } of found) {
    // Unless somebody has taken it meanwhile.
    const freed = await jobs.updateOne({ name, lockedAt, lastRunAt }, { $set: { lockedAt: null, nextRunAt: now } });
    if (freed.modifiedCount === 1) resumed.push(name);
  }
  return resumed;
}
