/**
 * Delivery: keeps the threads of each demande in step with its events. Started at once after each change, and by a job for
 * whatever was cut short. A lease on the demande keeps two workers apart, in one process or in several.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import PQueue from "p-queue";
import type { Waiting } from "../../models/deliveries.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { NoticeHead } from "../../models/notices.ts";
import type { Thread } from "../../models/thread.ts";
import type { AgentId, DemandeId } from "../domain/ids.ts";
import { groupesOf } from "../presentation/names.ts";
import { backoff } from "./backoff.ts";
import type { DeliveryContext } from "./context.ts";
import { brokenNotices, eventNotices } from "./demandeNotices.ts";
import { Doors } from "./doors.ts";
import { eraseElsewhere, keysOf } from "./erase.ts";
import { Hold, LeaseLost } from "./hold.ts";
import { News } from "./news.ts";
import { postNotice } from "./notices.ts";
import { NoticeTurns } from "./noticeTurns.ts";
import { checkReader, destinationOf, doorOf, placeAt, placeKey, portOf } from "./place.ts";
import { DeliveryFault } from "./port.ts";
import { Precedence } from "./precedence.ts";
import type { Progress } from "./progress.ts";
import { retryAfter } from "./refusals.ts";
import { nextLook, remainsOf, waitingSince } from "./remains.ts";
import type { SideBySide } from "./sideBySide.ts";
import { sideBySide } from "./sideBySide.ts";
import { deliverThread, isInStep } from "./threads.ts";
import { Unopened } from "./unopened.ts";

/** Longer than any single call to a platform may last; renewed by a heartbeat while the work goes on. */
const LEASE_MS = 20_000;
const HEARTBEAT_MS = 5_000;
/** A thread that somebody must mend is tried again this often, in case it was mended elsewhere. */
const BROKEN_RETRY_MS = 10 * 60_000;
/**
 * Each has something to do at once, or is at work in a place that is slow: of these, a workspace has no more than its platform says
 * (`atOnce`), and the rest is left to the others even when several of them do not answer.
 */
const PARALLEL_DEMANDES = 256;
/** Looked at in one reading, and readings in one sweep; a backlog longer than both is looked at in turns. */
const LOOKED_AT = 1000;
const MOST_READINGS = 10;
/** Threads that have no place yet, of one groupe or one aidant: so many are taken up by a sweep. */
const MOST_NOT_BEGUN = 64;
/** After a fault of our own (the database away), tried again here without waiting for the job: some two to four seconds. */
const OWN_FAULT_ATTEMPTS = 3;

/** Notices under way at once, and of these in one workspace: what people do comes first there. */
const PARALLEL_NOTICES = { atOnce: 64, perHost: 4 } as const;

const noticeTurns = (context: DeliveryContext): NoticeTurns =>
  new NoticeTurns(context, {
    lane: "prompt",
    ...PARALLEL_NOTICES,
    async post(notice) {
      if (notice.content.kind === "report") throw new Error(`notice ${notice.id} is a report`);
      await postNotice(notice, notice.content, context);
      return null;
    },
  });

const systemNow = (): Date => new Date();
const inMs = (ms: number): Date => new Date(Date.now() + ms);

export class Delivery {
  /** What is told outside the threads. */
  readonly notices: NoticeTurns;
  private readonly context: DeliveryContext;
  private readonly perReading: number;
  private readonly precedence = new Precedence();
  private readonly queue = new PQueue({ concurrency: PARALLEL_DEMANDES });
  private readonly doors = new Doors<DemandeId>((id, isAsked) => this.begin(id, isAsked));
  /** Demandes under way here, each told when one more round is asked for. */
  private readonly underWay = new Map<DemandeId, News>();
  /** Demandes that the last sweep had looked at when it ended before the end. */
  private lookedAt = 0;
  private readonly retries = new Set<NodeJS.Timeout>();
  private readonly unopened: Unopened<DemandeId>;
  private stopped = false;

  /** @param lookedAt demandes that are looked at in one reading of what waits */
  constructor(context: DeliveryContext, { lookedAt = LOOKED_AT }: { lookedAt?: number } = {}) {
    this.context = context;
    this.perReading = lookedAt;
    this.notices = noticeTurns(context);
    this.unopened = new Unopened(context.log);
  }

  /** Does what somebody asked, ahead of the deliveries that have not begun. */
  first<T>(act: () => Promise<T>): Promise<T> {
    return this.precedence.first(act);
  }

  /** Asks for a delivery, soon; never throws and never waits. */
  kick(id: DemandeId): void {
    this.begin(id, true);
  }

  /** @param isAsked somebody just did it, and may be looking on: it comes before what was cut short */
  private begin(id: DemandeId, isAsked: boolean): void {
    if (this.stopped) return;
    const current = this.underWay.get(id);
    if (current) {
      current.tell(isAsked);
      return;
    }
    const news = new News(isAsked);
    this.underWay.set(id, news);
    void this.queue.add(() => this.run(id, news), { priority: Number(isAsked) });
  }

  /** Delivers whatever waits and was cut short; resolves when these deliveries have ended, well or not. */
  async sweep(): Promise<number> {
    const count = await this.takeUp();
    await this.idle();
    return count;
  }

  /**
   * Begins to deliver whatever waits and was cut short, the oldest first, and waits for none of it. What has to wait for a place
   * that is full stands in line before it, or is left in the database, and keeps nothing behind it from being seen.
   * @returns how many were taken up
   */
  async takeUp(): Promise<number> {
    const found = await this.lookForWaiting();
    const notBegun = new Map<string, number>();
    return found.filter((one) => this.takeOne(one, notBegun)).length;
  }

  /** Read to its end before any of it is begun: what is under way is found no more, and would have others passed over. */
  private async lookForWaiting(): Promise<Waiting[]> {
    const found: Waiting[] = [];
    for (let readings = 0; readings < MOST_READINGS; readings += 1) {
      const some = await this.context.db.deliveries.waiting(systemNow(), this.perReading, this.lookedAt);
      found.push(...some);
      this.lookedAt += some.length;
      if (some.length < this.perReading) {
        this.lookedAt = 0;
        break;
      }
    }
    return found;
  }

  /** @param notBegun how many of each groupe or agent were taken up whose place is not known yet */
  private takeOne({ id, revision, threads }: Waiting, notBegun: Map<string, number>): boolean {
    // What is under way here finds by itself what came meanwhile.
    if (this.underWay.has(id) || this.unopened.has(id)) return false;
    const now = systemNow();
    const behind = threads.filter((t) => (t.delivered < revision || t.posting) && (t.retryAt === null || t.retryAt <= now));
    const goes = behind.map((thread) => {
      const { platform, workspace } = thread;
      if (thread.root !== null && platform !== null && workspace !== null && this.context.ports.has(platform))
        return this.doors.enter(doorOf(thread, { platform, workspace }, this.context.ports), id, false);
      const place = placeKey(thread);
      if (this.doors.stands(place, id) || this.doors.isCrowded(place)) return false;
      const before = notBegun.get(place) ?? 0;
      notBegun.set(place, before + 1);
      return before < MOST_NOT_BEGUN;
    });
    // Something else is to be done where no thread is behind: a card to bring to the present, a lease that nobody gave back.
    if (goes.length > 0 && !goes.includes(true)) return false;
    this.begin(id, false);
    return true;
  }

  /** Resolves when nothing is under way here. */
  async idle(): Promise<void> {
    await this.queue.onIdle();
    await this.notices.idle();
  }

  /** Takes no more work, and lets what is under way end. What is left is in the database. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const retry of this.retries) clearTimeout(retry);
    this.queue.clear();
    this.doors.close();
    await Promise.all([this.queue.onIdle(), this.notices.stop()]);
  }

  private async run(id: DemandeId, news: News): Promise<void> {
    // What was asked is written: the platform is answered before the delivery begins.
    await nextTurn();
    await this.precedence.turn(news.isAsked);
    try {
      do {
        news.take();
        await this.deliver(id, news);
      } while (news.take() && !this.stopped);
    } catch (error) {
      if (error instanceof LeaseLost) this.context.log.info({ demande: id }, "lease lost to another worker");
      else {
        this.context.log.error({ demande: id, error }, "delivery failed");
        this.later(id);
      }
    } finally {
      this.underWay.delete(id);
      this.doors.leaveAll(id);
    }
  }

  private later(id: DemandeId): void {
    if (this.stopped) return;
    const retry = setTimeout(() => {
      this.retries.delete(retry);
      this.begin(id, false);
    }, backoff(OWN_FAULT_ATTEMPTS));
    retry.unref();
    this.retries.add(retry);
  }

  private async deliver(id: DemandeId, news: News): Promise<void> {
    const { db, owner, log } = this.context;
    const hold = new Hold(LEASE_MS);
    const claimed = await this.unopened.take(id, {
      claim: () => hold.renew((until) => db.deliveries.claim(id, owner, systemNow(), until)),
      giveBack: () => db.deliveries.giveBack(id, owner),
    });
    if (!claimed) return;
    const heartbeat = setInterval(() => {
      hold
        .renew((until) => db.deliveries.save(id, owner, [], until))
        .catch((error) => log.warn({ demande: id, error }, "lease not renewed"));
    }, HEARTBEAT_MS);
    const again = () => hold.renew((until) => db.deliveries.reclaim(id, owner, until));
    try {
      await hold.during(async () => {
        for (let demande: LoadedDemande | null = claimed; demande && !(await this.round(demande, hold, again, news)); )
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

  /** Brings all threads in step, as far as they can be now. False when events came at the end: one more round is needed. */
  private async round(
    first: LoadedDemande,
    hold: Hold,
    again: () => Promise<LoadedDemande | null>,
    news: News,
  ): Promise<boolean> {
    const { db, owner, webhooks } = this.context;
    let noticed = first.noticed;
    // At each reading, and not at the end: nothing of it waits for a thread in a slow place.
    const note = async (read: LoadedDemande) => {
      await webhooks?.note(read);
      await this.addNotices(read, noticed);
      noticed = read.revision;
    };
    await note(first);
    const write: SideBySide["write"] = (changes) => hold.renew((until) => db.deliveries.save(first.id, owner, changes, until));
    const reread = async () => {
      const read = await again();
      if (read) await note(read);
      return read;
    };
    const oneThread: SideBySide["oneThread"] = (...of) => this.oneThread(...of, news.isAsked);
    const { demande, progresses } = await sideBySide(first, { oneThread, reread, write, news });
    const newlyBroken = progresses.flatMap(({ thread, index }) =>
      thread.broken && !first.threads[index]?.broken ? [thread] : [],
    );
    await this.addNotices(demande, noticed, newlyBroken);
    let next = nextLook(demande, progresses, systemNow());
    if (demande.state.wipedAt !== null) {
      const wait = await eraseElsewhere(this.context, demande);
      if (wait !== null) next = new Date(Math.min(next?.getTime() ?? Number.POSITIVE_INFINITY, Date.now() + wait));
      else if (next === null) {
        const givenUp = progresses.some(({ thread }) => thread.broken) || (await db.showings.hasGivenUp(keysOf(demande)));
        await db.deliveries.erased(demande.id, owner, givenUp ? "abandonnee" : "faite");
      }
    }
    const changes = progresses.flatMap((progress) => progress.take());
    const remains = remainsOf(demande, progresses, systemNow());
    const done = await db.deliveries.release(demande.id, owner, demande.revision, changes, demande.revision, next, remains);
    if (!done && !(await write(changes))) throw new LeaseLost();
    return done;
  }

  /** Of the events after `since`, and of threads newly broken. Written down once each: their ids are made of what they tell. */
  private async addNotices(demande: LoadedDemande, since: number, broken: readonly Thread[] = []): Promise<void> {
    if (demande.revision <= since && broken.length === 0) return;
    const { db, directory } = this.context;
    const names = await directory.groupeNames(groupesOf(demande.state));
    const notices = [
      ...(await eventNotices(demande, since, names, directory)),
      ...(await Promise.all(broken.map((thread) => brokenNotices(demande.state, thread, names, directory)))).flat(),
    ];
    for (const notice of notices) await db.notices.add(notice, systemNow());
    if (notices.length > 0) this.tell(notices);
  }

  /** Posts the notices just written down; those that cannot be posted now are left to the job. */
  private tell(notices: readonly NoticeHead[]): void {
    const failed = (error: unknown) => this.context.log.error({ error }, "notices not posted");
    void this.queue.add(() => this.notices.take(notices).catch(failed));
  }

  private async oneThread(
    demande: LoadedDemande,
    progress: Progress,
    flush: () => Promise<void>,
    isAsked: boolean,
  ): Promise<void> {
    try {
      await this.bringInStep(demande, progress, flush, isAsked);
    } finally {
      // Also when it was called there and had nothing to do.
      this.doors.leave(placeKey(progress.thread), demande.id);
    }
  }

  private async bringInStep(
    demande: LoadedDemande,
    progress: Progress,
    flush: () => Promise<void>,
    isAsked: boolean,
  ): Promise<void> {
    const { db, directory, ports, clock, log, metrics } = this.context;
    const { thread } = progress;
    progress.inLine = false;
    if (thread.retryAt && thread.retryAt > systemNow()) return;
    const names = await directory.groupeNames(groupesOf(demande.state));
    if (isInStep(demande, thread, names, clock.now())) return;
    try {
      // What is wiped goes from there all the same.
      if (demande.state.wipedAt === null) await checkReader(thread, db);
      const destination = await destinationOf(thread, db, directory);
      progress.inLine = !this.doors.enter(doorOf(thread, destination, ports), demande.id, isAsked);
      if (progress.inLine) return;
      const place = await placeAt(destination, ports);
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
    // A direct conversation that is gone, and nothing of the thread with it: another is opened at the next try.
    if (thread.agentId !== null && thread.root === null && fault.obstacle === "removed")
      progress.set({ channel: null, posting: null });
    const broken = thread.broken ?? { code: fault.code, at: systemNow(), obstacle: fault.obstacle };
    const { wipedAt } = demande.state;
    // A thread that was broken long before the wipe is tried for a month all the same.
    const since = new Date(Math.max(broken.at.getTime(), wipedAt?.getTime() ?? 0));
    const after = wipedAt === null ? BROKEN_RETRY_MS : retryAfter(since, systemNow());
    progress.set({ retryAt: after === null ? null : inMs(after), broken });
  }
}
