/**
 * Delivery: keeps the threads of each demande in step with its events. Started at once after each change, and by a job for
 * whatever was cut short. A lease on the demande keeps two workers apart, in one process or in several.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import PQueue from "p-queue";
import type { ThreadChange } from "../../models/deliveries.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { AgentId, DemandeId } from "../domain/ids.ts";
import type { GroupeNames } from "../presentation/names.ts";
import { groupesOf } from "../presentation/names.ts";
import { backoff } from "./backoff.ts";
import type { DeliveryContext } from "./context.ts";
import { brokenNotices, eventNotices } from "./demandeNotices.ts";
import { eraseElsewhere, keysOf } from "./erase.ts";
import { Hold, LeaseLost } from "./hold.ts";
import { jointWrites } from "./jointWrites.ts";
import { sweepNotices } from "./notices.ts";
import { checkReader, portOf, resolvePlace } from "./place.ts";
import { DeliveryFault } from "./port.ts";
import { Precedence } from "./precedence.ts";
import { Progress } from "./progress.ts";
import { retryAfter } from "./refusals.ts";
import { remainsOf, waitingSince } from "./remains.ts";
import { deliverThread } from "./threads.ts";

/** Longer than any single call to a platform may last; renewed by a heartbeat while the work goes on. */
const LEASE_MS = 20_000;
const HEARTBEAT_MS = 5_000;
/** A thread that somebody must mend is tried again this often, in case it was mended elsewhere. */
const BROKEN_RETRY_MS = 10 * 60_000;
/**
 * Most of them wait, each for its turn in a channel that takes a message a second: enough to keep some dozens of channels busy. With
 * sixteen, a bot that started with ten thousand events to deliver took twice as long as Slack's limits ask.
 */
const PARALLEL_DEMANDES = 64;
/** Looked for at once: the slowest channel of them keeps the next ones waiting. */
const MOST_SWEPT = 1000;
/** After a fault of our own (the database away), tried again here without waiting for the job: some two to four seconds. */
const OWN_FAULT_ATTEMPTS = 3;

const systemNow = (): Date => new Date();
const inMs = (ms: number): Date => new Date(Date.now() + ms);

/** The thread of the side that acted last before the others: somebody there looks at what becomes of it. */
function actedFirst({ events }: LoadedDemande, progresses: readonly Progress[]): readonly Progress[] {
  const by = events.at(-1)?.by;
  const own = progresses.filter(({ thread }) => thread.groupeId !== null && thread.groupeId === by?.groupeId);
  return own.length === 0 ? progresses : [...own, ...progresses.filter((progress) => !own.includes(progress))];
}

export class Delivery {
  private readonly context: DeliveryContext;
  private readonly precedence = new Precedence();
  private readonly queue = new PQueue({ concurrency: PARALLEL_DEMANDES });
  /** Demandes under way here, and whether one more round was asked for meanwhile. */
  private readonly underWay = new Map<DemandeId, { again: boolean }>();
  private readonly retries = new Set<NodeJS.Timeout>();
  private stopped = false;

  constructor(context: DeliveryContext) {
    this.context = context;
  }

  /** Does what somebody asked, ahead of the deliveries that have not begun. */
  first<T>(act: () => Promise<T>): Promise<T> {
    return this.precedence.first(act);
  }

  /** Asks for a delivery, soon; never throws and never waits. */
  kick(id: DemandeId): void {
    if (this.stopped) return;
    const current = this.underWay.get(id);
    if (current) {
      current.again = true;
      return;
    }
    this.underWay.set(id, { again: false });
    void this.queue.add(() => this.run(id));
  }

  /** Delivers whatever waits and was cut short; resolves when these deliveries have ended, well or not. */
  async sweep(limit = MOST_SWEPT): Promise<number> {
    const ids = await this.context.db.deliveries.waiting(systemNow(), limit);
    // What is under way here finds by itself what came meanwhile.
    for (const id of ids) if (!this.underWay.has(id)) this.kick(id);
    await this.idle();
    return ids.length;
  }

  /** Resolves when nothing is under way here. */
  idle(): Promise<void> {
    return this.queue.onIdle();
  }

  /** Takes no more work, and lets what is under way end. What is left is in the database. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const retry of this.retries) clearTimeout(retry);
    this.queue.clear();
    await this.idle();
  }

  private async run(id: DemandeId): Promise<void> {
    // What was asked is written: the platform is answered before the delivery begins.
    await nextTurn();
    await this.precedence.turn();
    try {
      do {
        const state = this.underWay.get(id);
        if (state) state.again = false;
        await this.deliver(id);
      } while (this.underWay.get(id)?.again && !this.stopped);
    } catch (error) {
      if (error instanceof LeaseLost) this.context.log.info({ demande: id }, "lease lost to another worker");
      else {
        this.context.log.error({ demande: id, error }, "delivery failed");
        this.later(id);
      }
    } finally {
      this.underWay.delete(id);
    }
  }

  private later(id: DemandeId): void {
    if (this.stopped) return;
    const retry = setTimeout(() => {
      this.retries.delete(retry);
      this.kick(id);
    }, backoff(OWN_FAULT_ATTEMPTS));
    retry.unref();
    this.retries.add(retry);
  }

  private async deliver(id: DemandeId): Promise<void> {
    const { db, owner, log } = this.context;
    const hold = new Hold(LEASE_MS);
    const claimed = await hold.renew((until) => db.deliveries.claim(id, owner, systemNow(), until));
    if (!claimed) return;
    const heartbeat = setInterval(() => {
      hold
        .renew((until) => db.deliveries.save(id, owner, [], until))
        .catch((error) => log.warn({ demande: id, error }, "lease not renewed"));
    }, HEARTBEAT_MS);
    const again = () => hold.renew((until) => db.deliveries.reclaim(id, owner, until));
    try {
      await hold.during(async () => {
        for (let demande: LoadedDemande | null = claimed; demande && !(await this.round(demande, hold)); )
          demande = await again();
      });
    } catch (error) {
      // Of a demande that another worker has by now, this changes nothing.
      await db.deliveries.abandon(id, owner, inMs(backoff(1)));
      throw error;
    } finally {
      clearInterval(heartbeat);
    }
  }

  /** One pass over all threads. False when events came meanwhile: one more is needed. */
  private async round(demande: LoadedDemande, hold: Hold): Promise<boolean> {
    const { db, directory, owner, webhooks } = this.context;
    await webhooks?.note(demande);
    const names = await directory.groupeNames(groupesOf(demande.state));
    const progresses = demande.threads.map((thread, index) => new Progress(index, thread));
    const write = (changes: readonly ThreadChange[]) =>
      hold.renew((until) => db.deliveries.save(demande.id, owner, changes, until));
    const flush = jointWrites(progresses, write, () => new LeaseLost());
    // Each to its end: what goes on after the demande was given back would be done by its next worker too.
    const ends = await Promise.allSettled(
      actedFirst(demande, progresses).map((progress) => this.oneThread(demande, names, progress, flush)),
    );
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    const waiting = progresses.flatMap(({ thread }) => (thread.retryAt ? [thread.retryAt.getTime()] : []));
    await this.addNotices(demande, names, progresses);
    if (demande.state.wipedAt !== null) {
      const wait = await eraseElsewhere(this.context, demande);
      if (wait !== null) waiting.push(Date.now() + wait);
      else if (waiting.length === 0) {
        const givenUp = progresses.some(({ thread }) => thread.broken) || (await db.showings.hasGivenUp(keysOf(demande)));
        await db.deliveries.erased(demande.id, owner, givenUp ? "abandonnee" : "faite");
      }
    }
    const changes = progresses.flatMap((progress) => progress.take());
    const next = waiting.length > 0 ? new Date(Math.min(...waiting)) : null;
    const remains = remainsOf(demande, progresses, systemNow());
    const done = await db.deliveries.release(demande.id, owner, demande.revision, changes, demande.revision, next, remains);
    if (!done && !(await write(changes))) throw new LeaseLost();
    return done;
  }

  /** Personal notices are written down once each: their ids are made of what they tell. */
  private async addNotices(demande: LoadedDemande, names: GroupeNames, progresses: readonly Progress[]): Promise<void> {
    const { db, directory } = this.context;
    const before = demande.threads.filter((t) => t.broken).map((t) => t.id);
    const newlyBroken = progresses.map((p) => p.thread).filter((t) => t.broken && !before.includes(t.id));
    const notices = [
      ...(await eventNotices(demande, names, directory)),
      ...(await Promise.all(newlyBroken.map((t) => brokenNotices(demande.state, t, names, directory)))).flat(),
    ];
    for (const notice of notices) await db.notices.add(notice, systemNow());
    if (notices.length > 0) this.tell();
  }

  /** Posts the notices just written down; those that cannot be posted now are left to the job. */
  private tell(): void {
    const failed = (error: unknown) => this.context.log.error({ error }, "notices not posted");
    void this.queue.add(() => sweepNotices(this.context).catch(failed));
  }

  private async oneThread(
    demande: LoadedDemande,
    names: GroupeNames,
    progress: Progress,
    flush: () => Promise<void>,
  ): Promise<void> {
    const { db, directory, ports, clock, log, metrics } = this.context;
    const { thread } = progress;
    if (thread.retryAt && thread.retryAt > systemNow()) return;
    try {
      // What is wiped goes from there all the same.
      if (demande.state.wipedAt === null) await checkReader(thread, db);
      const place = await resolvePlace(thread, db, directory, ports);
      const port = portOf(ports, place.platform);
      if (thread.channel !== place.channel || thread.platform !== place.platform) progress.set({ ...place });
      await deliverThread({
        demande,
        names,
        progress,
        port,
        place,
        now: clock.now(),
        log,
        flush,
        systemNow,
        userIds: (agents: readonly AgentId[]) => directory.userIds(agents, place),
        openFile: (file) => portOf(ports, file.platform).openFile(file),
      });
      if (thread.retryAt || thread.broken) progress.set({ retryAt: null, broken: null, attempts: 0 });
      metrics.delivered(place.platform, "done");
      const since = waitingSince(demande, thread);
      if (since !== null) metrics.shown(place.platform, (clock.now().getTime() - since.getTime()) / 1000);
    } catch (error) {
      if (!(error instanceof DeliveryFault)) throw error;
      this.refused(demande, progress, error);
    }
  }

  /** The platform said no: the other threads go on, this one waits. */
  private refused(demande: LoadedDemande, progress: Progress, fault: DeliveryFault): void {
    const { log, metrics } = this.context;
    const { thread } = progress;
    const fields = { demande: demande.id, thread: thread.id, code: fault.code, attempts: thread.attempts };
    metrics.delivered(thread.platform ?? "none", fault.kind);
    if (fault.kind === "retry") {
      log.info(fields, "delivery put off");
      const wait = Math.max(fault.afterMs ?? 0, backoff(thread.attempts));
      progress.set({ retryAt: inMs(wait), attempts: thread.attempts + 1 });
      return;
    }
    log.warn(fields, "thread broken until somebody mends it");
    const broken = thread.broken ?? { code: fault.code, at: systemNow(), obstacle: fault.obstacle };
    const { wipedAt } = demande.state;
    // A thread that was broken long before the wipe is tried for a month all the same.
    const since = new Date(Math.max(broken.at.getTime(), wipedAt?.getTime() ?? 0));
    const after = wipedAt === null ? BROKEN_RETRY_MS : retryAfter(since, systemNow());
    progress.set({ retryAt: after === null ? null : inMs(after), broken });
  }
}
