/** How the whole stands, in a few numbers for those who watch: each counted by an index, nothing opened and nobody named. */
import { NOT_ARCHIVED, OPEN } from "../src/domain/status.ts";
import type { Database } from "./database.ts";

export const PLACES = ["slack", "matrix", "none"] as const;
export const ERASURES = ["en_cours", "abandonnee"] as const;

export type Counts<K extends string = string> = Readonly<Record<K, number>>;

export interface Standing {
  readonly open: Counts;
  readonly overdue: Counts;
  /** Demandes with a thread to which nothing can be posted, by its platform. */
  readonly broken: Counts;
  readonly erasures: Counts;
  /** Demandes of which an endpoint never took some event, by endpoint. */
  readonly deadLetters: Counts;
  /** Demandes with something to show, passing refusals included. */
  readonly behind: number;
  /** Since when the oldest of them waits (s); 0 when none does. */
  readonly oldestSeconds: number;
  readonly notices: number;
  /** By how much each job is past its hour (s); 0 when it is not. */
  readonly lateJobs: Counts;
  /** Whether some process reads the events of Matrix. */
  readonly matrixRead: boolean;
}

const EVER = new Date(0);

async function counts<K extends string>(names: readonly K[], count: (name: K) => Promise<number>): Promise<Counts<K>> {
  const found = await Promise.all(names.map(async (name) => [name, await count(name)] as const));
  return Object.fromEntries(found) as Record<K, number>;
}

const secondsSince = (date: Date | null | undefined, now: Date): number =>
  date ? Math.max(0, (now.getTime() - date.getTime()) / 1000) : 0;

async function oldest({ demandes, deliveries }: Database, now: Date): Promise<number> {
  const [behind, backlog] = await Promise.all([
    demandes.model
      .findOne({ behindSince: { $gt: EVER } }, { behindSince: 1 })
      .sort({ behindSince: 1 })
      .lean<{ behindSince: Date }>(),
    deliveries.oldest(now),
  ]);
  return Math.max(secondsSince(behind?.behindSince, now), secondsSince(backlog, now));
}

async function lateJobs({ connection }: Database, now: Date): Promise<Counts> {
  const jobs = connection.collection<{ name: string; nextRunAt: Date | null }>("jobs");
  const found = await jobs.find({ name: { $gt: "" } }, { projection: { name: 1, nextRunAt: 1 } }).toArray();
  return Object.fromEntries(found.map(({ name, nextRunAt }) => [name, secondsSince(nextRunAt, now)]));
}

/**
 * @param endpoints the webhooks of the configuration
 * @param now domain time, for what is en souffrance
 * @param at system time, for what waits
 */
export async function standingOf(db: Database, endpoints: readonly string[], now: Date, at: Date): Promise<Standing> {
  const { demandes, webhooks, notices, matrixState } = db;
  const count = (filter: Record<string, unknown>) => demandes.model.countDocuments(filter);
  const [open, overdue, broken, erasures, deadLetters, behind, oldestSeconds, waiting, late, matrixRead] = await Promise.all([
    counts(NOT_ARCHIVED, (status) => count({ status })),
    counts(OPEN, (status) => count({ status, overdueAt: { $lte: now } })),
    counts(PLACES, (place) => count({ brokenOn: place })),
    counts(ERASURES, (erasure) => count({ erasure })),
    counts(endpoints, (endpoint) => webhooks.model.countDocuments({ endpoint, deadAt: { $gt: EVER } })),
    count({ behindSince: { $gt: EVER } }),
    oldest(db, at),
    notices.model.countDocuments({ state: "pending", deliverAt: { $lte: at } }),
    lateJobs(db, at),
    matrixState.isRead(at),
  ]);
  return {
    open,
    overdue,
    broken,
    erasures,
    deadLetters,
    behind,
    oldestSeconds,
    notices: waiting,
    lateJobs: late,
    matrixRead,
  };
}

/** The server's time less ours (ms); null when it does not tell. */
export async function clockOffset({ connection }: Database): Promise<number | null> {
  const before = Date.now();
  const answer = await connection.db?.command({ hello: 1 });
  return answer?.localTime instanceof Date ? answer.localTime.getTime() - (before + Date.now()) / 2 : null;
}
