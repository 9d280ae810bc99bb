import type { Faults } from "../faults.ts";
import type { Json, OutboxRecord } from "../state/model.ts";
import type { World } from "../state/world.ts";
import { type Push, pushSigned } from "./signed-http.ts";
import type { Delivery, Sockets } from "./sockets.ts";

export interface CourierOptions {
  /** Milliseconds before each new delivery of an event that was not acknowledged; after the last, the event is given up. */
  retryDelays: readonly number[];
  /** Milliseconds that the app has to acknowledge. */
  ackTimeout: number;
}

/**
 * Carries events, commands and interactions to the apps. Events wait in the outbox until acknowledged, across restarts; they go in
 * order, without waiting for each other's acknowledgement. Commands and interactions are delivered once, to whoever is there.
 */
export class Courier {
  readonly #world: World;
  readonly #sockets: Sockets;
  readonly #faults: Faults;
  readonly #options: CourierOptions;
  readonly #inFlight = new Map<string, Promise<void>>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #settled = new Map<string, ((acked: boolean) => void)[]>();
  #interactions = 0;
  #closed = false;

  constructor(world: World, sockets: Sockets, faults: Faults, options: CourierOptions) {
    this.#world = world;
    this.#sockets = sockets;
    this.#faults = faults;
    this.#options = options;
    world.queued = (record) => void this.#start(record.key);
    sockets.connected = (appId) => this.#flush(appId);
  }

  /** Takes up the events that an earlier process left: at once over HTTP, with the next socket otherwise. */
  resume(): void {
    for (const record of this.#inOrder()) this.#retryLater(record);
  }

  #inOrder(): OutboxRecord[] {
    return [...this.#world.outbox.values()].sort((a, b) => a.key.localeCompare(b.key));
  }

  #flush(appId: string): void {
    for (const { key } of this.#inOrder().filter((record) => record.appId === appId)) void this.#start(key);
  }

  #start(key: string): Promise<void> {
    const known = this.#inFlight.get(key);
    if (known || this.#closed) return known ?? Promise.resolve();
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    const flight = this.#attempt(key).finally(() => this.#inFlight.delete(key));
    this.#inFlight.set(key, flight);
    return flight;
  }

  async #attempt(key: string): Promise<void> {
    await this.#world.store.committed();
    const record = this.#world.outbox.get(key);
    if (!record || this.#closed) return;
    const { failures: number, retryReason: reason = "timeout" } = record;
    const delivery = await this.#carry(record.appId, "events_api", record.payload, number > 0 ? { number, reason } : undefined);
    if (this.#closed || !this.#world.outbox.get(key)) return;
    if (delivery.acked) {
      this.#world.outbox.delete(key);
      await this.#world.store.committed();
      this.#settle(record.payload.event_id, true);
      await this.#redeliver(String(record.payload.event.type), record.appId, "events_api", record.payload);
      return;
    }
    // Nobody is there to acknowledge: whoever waits for it is told now rather than at the next try.
    if (isAbsence(delivery.reason)) this.#settle(record.payload.event_id, false);
    const failed = { ...record, failures: number + 1, retryReason: retryReasonOf(delivery.reason) };
    if (delivery.reason === "no_retry" || failed.failures > this.#options.retryDelays.length) {
      this.#world.outbox.delete(key);
      this.#settle(record.payload.event_id, false);
      return;
    }
    this.#world.outbox.put(key, failed);
    // The flight is over only after this returns: the timer must not find it still under way.
    queueMicrotask(() => this.#retryLater(failed));
  }

  #retryLater(record: OutboxRecord): void {
    if (this.#closed || this.#timers.has(record.key)) return;
    const delay = this.#options.retryDelays[Math.max(0, record.failures - 1)] ?? 0;
    this.#timers.set(
      record.key,
      setTimeout(() => void this.#start(record.key), delay),
    );
  }

  async #carry(appId: string, kind: Push["kind"], payload: Json, retry?: { number: number; reason: string }): Promise<Delivery> {
    const app = this.#world.apps.get(appId);
    if (!app) return { acked: false, reason: "no_connection" };
    if (this.#sockets.isConnected(appId)) {
      const envelope = {
        type: kind,
        payload,
        accepts_response_payload: kind !== "events_api",
        ...(kind === "events_api" && { retry_attempt: retry?.number ?? 0, retry_reason: retry?.reason ?? "" }),
      };
      return this.#sockets.deliver(appId, envelope, this.#options.ackTimeout);
    }
    const push: Push = kind === "events_api" ? { kind, payload, ...(retry && { retry }) } : { kind, payload };
    return pushSigned(app, push, this.#options.ackTimeout);
  }

  async #redeliver(type: string, appId: string, kind: Push["kind"], payload: Json): Promise<void> {
    while (!this.#closed && this.#faults.strike("redeliver", type))
      await this.#carry(appId, kind, payload, { number: 1, reason: "timeout" });
  }

  /** Delivers a command or an interaction, once; what the app answered, or that it did not in time. */
  async interact(appId: string, kind: "slash_commands" | "interactive", payload: Json): Promise<Delivery> {
    this.#interactions += 1;
    try {
      await this.#world.store.committed();
      const delivery = await this.#carry(appId, kind, payload);
      const type = kind === "slash_commands" ? String(payload.command) : String(payload.type);
      if (delivery.acked) await this.#redeliver(type, appId, kind, payload);
      return delivery;
    } finally {
      this.#interactions -= 1;
    }
  }

  /** Waits until these events are acknowledged or given up, `timeout` milliseconds at most. True when all were acknowledged. */
  async acknowledged(eventIds: readonly string[], timeout: number): Promise<boolean> {
    const pending = new Set([...this.#world.outbox.values()].map((record) => record.payload.event_id));
    const waits = eventIds
      .filter((id) => pending.has(id))
      .map((id) => new Promise<boolean>((resolve) => this.#settled.set(id, [...(this.#settled.get(id) ?? []), resolve])));
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise<boolean[]>((resolve) => {
      timer = setTimeout(() => resolve([false]), timeout);
    });
    const all = await Promise.race([Promise.all(waits), bound]);
    clearTimeout(timer);
    return all.every(Boolean);
  }

  #settle(eventId: string, acked: boolean): void {
    for (const resolve of this.#settled.get(eventId) ?? []) resolve(acked);
    this.#settled.delete(eventId);
  }

  /** Whether something is on its way, or waits to be delivered again. */
  isBusy(): boolean {
    return this.#world.outbox.size > 0 || this.#interactions > 0;
  }

  /** Forgets what was to be delivered; the outbox is emptied by whoever clears the world. */
  clear(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.clear();
    for (const waiting of this.#settled.values()) for (const resolve of waiting) resolve(false);
    this.#settled.clear();
    await Promise.all(this.#inFlight.values());
  }
}

function isAbsence(reason: string): boolean {
  return reason === "no_connection" || reason === "connection_closed" || reason === "connection_failed";
}

function retryReasonOf(reason: string): string {
  return isAbsence(reason) ? "connection_failed" : reason;
}
