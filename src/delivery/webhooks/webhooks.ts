/**
 * Events told to other systems. What is to be told is noted by the delivery of the demande, before it counts as noticed; it is sent
 * from its cursor, in the order of the events of each demande, at least once, by whichever process has the lease.
 */
import type { Database } from "../../../models/database.ts";
import type { LoadedDemande } from "../../../models/demandes.ts";
import type { WebhookCursor } from "../../../models/webhooks.ts";
import type { WebhookEndpoint, WebhookSettings } from "../../config.ts";
import type { DemandeEvent, DemandeState } from "../../domain/demande.ts";
import { evolve } from "../../domain/demande.ts";
import type { Log } from "../../log.ts";
import type { Metrics } from "../../metrics.ts";
import { backoff } from "../backoff.ts";
import { webhookEvent } from "./payload.ts";
import { sendWebhook } from "./send.ts";

/** Longer than one sending may last; renewed at each. */
const LEASE_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;
/** Demandes of one endpoint under way at once: a slow one holds back no other endpoint, and is not flooded. */
const PARALLEL = 4;
/** An event that nothing takes for this long is a dead letter. */
export const DEAD_AFTER_DAYS = 3;
const DAY_MS = 86_400_000;

export interface WebhooksContext {
  readonly db: Database;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Tells this worker from every other. */
  readonly owner: string;
  readonly settings: WebhookSettings;
  /** Other times, for tests. */
  readonly deadAfterMs?: number;
  readonly timeoutMs?: number;
}

const inMs = (ms: number): Date => new Date(Date.now() + ms);

/** The events after that one, each with the state right after it. */
function* eventsAfter({ id, events }: LoadedDemande, seq: number): Generator<{ event: DemandeEvent; state: DemandeState }> {
  let state: DemandeState | null = null;
  for (const event of events) {
    state = evolve(id, state, event);
    if (event.seq > seq) yield { event, state };
  }
}

export class Webhooks {
  private readonly context: WebhooksContext;
  private sweeping: Promise<void> | null = null;
  private again = false;
  private stopped = false;

  constructor(context: WebhooksContext) {
    this.context = context;
  }

  /** Writes down that there is something to tell; called before the demande's events count as noticed, perhaps twice. */
  async note({ id, revision, noticed }: LoadedDemande): Promise<void> {
    const { db, settings } = this.context;
    if (revision <= noticed) return;
    for (const endpoint of settings.endpoints) await db.webhooks.note(endpoint.id, id, noticed, revision, new Date());
    if (settings.endpoints.length > 0) this.kick();
  }

  /** Sends what is due, soon; never throws and never waits. */
  kick(): void {
    void this.sweep().catch((error: unknown) => this.context.log.error({ error }, "webhooks not sent"));
  }

  /** Sends everything that is due; one asked for meanwhile looks once more. */
  sweep(): Promise<void> {
    this.again = !this.stopped;
    this.sweeping ??= this.run().finally(() => {
      this.sweeping = null;
      if (this.again && !this.stopped) this.kick();
    });
    return this.sweeping;
  }

  /** Begins no other sending, and resolves when those under way have ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.sweeping?.catch(() => undefined);
  }

  private async run(): Promise<void> {
    while (this.again && !this.stopped) {
      this.again = false;
      const workers = this.context.settings.endpoints.flatMap((endpoint) =>
        Array.from({ length: PARALLEL }, () => this.work(endpoint)),
      );
      const ends = await Promise.allSettled(workers);
      const fault = ends.find((end) => end.status === "rejected");
      if (!fault) continue;
      // The job tries again.
      this.again = false;
      throw fault.reason;
    }
  }

  private async work(endpoint: WebhookEndpoint): Promise<void> {
    const { db, owner } = this.context;
    while (!this.stopped) {
      const cursor = await db.webhooks.claim(endpoint.id, owner, new Date(), inMs(LEASE_MS));
      if (!cursor) return;
      await this.tell(endpoint, cursor);
    }
  }

  /** Sends the events of one demande, in order, until there are none left or one is not taken. */
  private async tell(endpoint: WebhookEndpoint, cursor: WebhookCursor): Promise<void> {
    const { db, owner, metrics, log, settings, timeoutMs, deadAfterMs = DEAD_AFTER_DAYS * DAY_MS } = this.context;
    const demande = await db.demandes.load(cursor.demande);
    let { failingSince, attempts } = cursor;
    for (const { event, state } of demande ? eventsAfter(demande, cursor.sent) : []) {
      if (this.stopped) return db.webhooks.rest(cursor.id, owner, cursor.sent);
      const told = webhookEvent(event, state);
      const result = await sendWebhook(endpoint, told.id, told, {
        allowPrivate: settings.allowPrivate,
        ...(timeoutMs && { timeoutMs }),
      });
      if (result.ok) {
        metrics.webhook(endpoint.id, "done");
        [failingSince, attempts] = [null, 0];
        if (!(await db.webhooks.sent(cursor.id, owner, event.seq, inMs(LEASE_MS)))) return undefined;
        continue;
      }
      const fields = { endpoint: endpoint.id, demande: cursor.demande, seq: event.seq, code: result.code, attempts };
      const since = failingSince ?? new Date();
      if (Date.now() - since.getTime() < deadAfterMs) {
        log.info(fields, "webhook put off");
        metrics.webhook(endpoint.id, "retry");
        const wait = Math.max(result.afterMs, backoff(attempts, LONGEST_WAIT_MS));
        return db.webhooks.retryLater(cursor.id, owner, since, result.code, inMs(wait));
      }
      // As long as nothing gets through, what comes next is tried once: it does not wait for days of its own.
      log.warn(fields, "webhook given up");
      metrics.webhook(endpoint.id, "dead");
      const letter = { seq: event.seq, at: new Date(), reason: result.code };
      if (!(await db.webhooks.bury(cursor.id, owner, letter, inMs(LEASE_MS)))) return undefined;
    }
    return db.webhooks.rest(cursor.id, owner, demande?.revision ?? Number.MAX_SAFE_INTEGER);
  }
}
