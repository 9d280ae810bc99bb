/**
 * The notices of one lane, each place at its own pace: what waits for a platform that is slow, or hardly answers, holds up nothing
 * that is for another. Several processes may do so at once: a lease on each notice keeps them apart.
 */
import PQueue from "p-queue";
import type { Addressee, NoticeHead, NoticeLane, StoredNotice } from "../../models/notices.ts";
import type { Place } from "../domain/place.ts";
import { backoff } from "./backoff.ts";
import type { DeliveryContext } from "./context.ts";
import { isForNow } from "./demandeNotices.ts";
import type { Door } from "./doors.ts";
import { Doors } from "./doors.ts";
import { Hold, LeaseLost } from "./hold.ts";
import { placeKey } from "./place.ts";
import { DeliveryFault } from "./port.ts";
import { Unopened } from "./unopened.ts";

const LEASE_MS = 60_000;
/** About a day and a half of tries, five minutes apart at the end. */
const MOST_ATTEMPTS = 400;
/** After faults of our own. A report that cannot be made at all is not tried for ever. */
const MOST_FAILURES = 20;
/** Looked at in one reading. What a platform refuses is put off, and leaves the others to be read. */
const LOOKED_AT = 10_000;
/** What is told to a person or a groupe comes in its order. */
const MOST_IN_PLACE = 1;

/** Posts it, unless an earlier try did. @returns why there was nothing to post; null when it is posted @throws DeliveryFault */
export type PostNotice = (notice: StoredNotice) => Promise<string | null>;

export interface LaneOptions {
  readonly lane: NoticeLane;
  readonly post: PostNotice;
  /** Under way in all. */
  readonly atOnce: number;
  /** Under way in one workspace, or for one Matrix account. */
  readonly perHost: number;
}

const placeOf = (to: Addressee): string =>
  placeKey({ groupeId: to.kind === "groupe" ? to.groupeId : null, agentId: to.kind === "agent" ? to.agentId : null });

/** Where it is not known yet: it may have to be looked for on every platform. */
const SOMEWHERE = "?";

const hostOf = ({ platform, workspace }: Pick<Place, "platform" | "workspace">): string => `${platform}/${workspace}`;

/** Whether it may pass later: a workspace that is out of reach may be given back, and what is to be told there waits for it. */
const isPassing = ({ kind, obstacle }: DeliveryFault, notice: StoredNotice): boolean =>
  kind === "retry" || (obstacle === "workspace" && !isForNow(notice.id));

export class NoticeTurns {
  private readonly context: DeliveryContext;
  private readonly options: LaneOptions;
  private readonly queue: PQueue;
  private readonly doors = new Doors<string>((id) => this.begin(id), MOST_IN_PLACE);
  private readonly underWay = new Set<string>();
  private readonly unopened: Unopened<string>;
  private stopped = false;

  constructor(context: DeliveryContext, options: LaneOptions) {
    this.context = context;
    this.options = options;
    this.unopened = new Unopened(context.log);
    this.queue = new PQueue({ concurrency: options.atOnce });
  }

  /** Begins to post whatever is due, and waits for none of it. @returns how many were taken up, or stand in line since now */
  async takeUp(): Promise<number> {
    return this.take(await this.context.db.notices.due(this.options.lane, new Date(), LOOKED_AT));
  }

  /** Posts whatever is due; resolves when nothing is left but what was put off or belongs to another worker. */
  async sweep(): Promise<number> {
    let count = 0;
    for (let found = await this.takeUp(); found > 0 && !this.stopped; found = await this.takeUp()) {
      count += found;
      await this.idle();
    }
    await this.idle();
    return count;
  }

  /** Begins to post these, which were just written down. */
  async take(notices: readonly NoticeHead[]): Promise<number> {
    const isKnown = ({ id, to }: NoticeHead) =>
      this.underWay.has(id) || this.unopened.has(id) || this.doors.stands(placeOf(to), id);
    const others = notices.filter((notice) => !isKnown(notice));
    const doors = await this.doorsOf(others);
    if (this.stopped) return 0;
    for (const [n, { id }] of others.entries()) if (this.doors.enter(doors[n] as Door, id, false)) this.begin(id);
    return others.length;
  }

  /** Resolves when nothing is under way here. */
  idle(): Promise<void> {
    return this.queue.onIdle();
  }

  /** Takes no more work, and lets what is under way end. What is left is in the database. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.queue.clear();
    this.doors.close();
    await this.idle();
  }

  /** By what is known of them: nobody is looked for on a platform here. */
  private async doorsOf(notices: readonly NoticeHead[]): Promise<Door[]> {
    const { db, directory } = this.context;
    const agents = notices.flatMap(({ to }) => (to.kind === "agent" ? [to.agentId] : []));
    const groupes = notices.flatMap(({ to }) => (to.kind === "groupe" ? [to.groupeId] : []));
    const agentById = new Map((await db.agents.byIds(agents)).map((agent) => [agent.id, agent]));
    const groupeById = new Map((await db.groupes.byIds(groupes)).map((groupe) => [groupe.id, groupe]));
    return notices.map(({ to }) => {
      const agent = to.kind === "agent" ? agentById.get(to.agentId) : undefined;
      const host =
        to.kind === "groupe" ? groupeById.get(to.groupeId)?.place : agent && directory.knownIdentityOf(agent, to.preferred);
      return { place: placeOf(to), host: host ? hostOf(host) : SOMEWHERE, atOnce: this.options.perHost };
    });
  }

  private begin(id: string): void {
    if (this.stopped || this.underWay.has(id)) return;
    this.underWay.add(id);
    void this.queue.add(() => this.run(id));
  }

  private async run(id: string): Promise<void> {
    try {
      await this.attempt(id);
    } catch (error) {
      // What holds it is given back by and by, and whoever looks then finds it.
      this.context.log.error({ notice: id, error }, "notice not posted");
    } finally {
      this.underWay.delete(id);
      this.doors.leaveAll(id);
    }
  }

  private async attempt(id: string): Promise<void> {
    const { db, owner } = this.context;
    const hold = new Hold(LEASE_MS);
    const notice = await this.unopened.take(id, {
      claim: () => hold.renew((until) => db.notices.claim(id, owner, new Date(), until)),
      giveBack: () => db.notices.giveBack(id, owner),
    });
    if (!notice) return;
    try {
      const nothing = await this.leased(notice, hold, () => this.options.post(notice));
      await db.notices.end(id, owner, nothing === null ? "done" : "dead", new Date(), nothing);
    } catch (error) {
      if (!(error instanceof LeaseLost)) await this.failed(notice, error);
    }
  }

  private async failed(notice: StoredNotice, error: unknown): Promise<void> {
    const { db, owner, log } = this.context;
    const fault = error instanceof DeliveryFault ? error : null;
    const fields = { notice: notice.id, attempts: notice.attempts, ...(fault ? { code: fault.code } : { error }) };
    const most = fault || this.options.lane === "prompt" ? MOST_ATTEMPTS : MOST_FAILURES;
    if ((fault && !isPassing(fault, notice)) || notice.attempts >= most) {
      log.warn(fields, "notice given up");
      await db.notices.end(notice.id, owner, "dead", new Date(), fault?.code ?? "failed");
      return;
    }
    if (!fault) log.error(fields, "notice failed");
    const wait = Math.max(fault?.afterMs ?? 0, backoff(notice.attempts));
    await db.notices.retryLater(notice.id, owner, new Date(Date.now() + wait));
  }

  /** Long work keeps its lease, so that nobody else begins it too. */
  private async leased<T>({ id }: StoredNotice, hold: Hold, work: () => Promise<T>): Promise<T> {
    const { db, owner, log } = this.context;
    const renew = () => {
      hold
        .renew((until) => db.notices.renew(id, owner, until))
        .catch((error: unknown) => log.warn({ notice: id, error }, "lease not renewed"));
    };
    const timer = setInterval(renew, LEASE_MS / 3);
    try {
      return await hold.during(work);
    } finally {
      clearInterval(timer);
    }
  }
}
