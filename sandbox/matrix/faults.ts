import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { EventRecord } from "./state/model.ts";

const common = {
  /**
   * Which calls it strikes, as `PUT rooms/{roomId}/send/{eventType}/{txnId}` or with the values in place, where * stands for any
   * letters; every call if absent.
   */
  method: z.string().min(1).max(200).optional(),
  /** Whose calls it strikes, by their full user id; everybody's if absent. */
  user: z.string().min(1).max(255).optional(),
  /** How many times it strikes; for ever if absent. */
  times: z.number().int().min(1).max(1_000_000).optional(),
};

/** A fault to play. `cut` acts at once; the others strike the calls to come. */
export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("refuse"),
    ...common,
    status: z.number().int().min(400).max(599).optional(),
    errcode: z.string().min(1).max(100).optional(),
    error: z.string().max(500).optional(),
    /** Milliseconds, for a 429. */
    retryAfterMs: z.number().int().min(0).max(3_600_000).optional(),
  }),
  z.strictObject({ kind: z.literal("delay"), ...common, ms: z.number().int().min(0).max(600_000) }),
  z.strictObject({ kind: z.literal("loseAnswer"), ...common }),
  z.strictObject({ kind: z.literal("dropBefore"), ...common }),
  /** The token counts as unknown until the fault is cleared. */
  z.strictObject({ kind: z.literal("refuseToken"), ...common, softLogout: z.boolean().optional() }),
  /** A sync's new events are given again by the next one. */
  z.strictObject({ kind: z.literal("redeliver"), ...common }),
  /** A sync that has new events gives only the last `keep` (0) of each room, and says that there were more. */
  z.strictObject({ kind: z.literal("limitTimeline"), ...common, keep: z.number().int().min(0).max(1000).optional() }),
  /** Cuts the syncs that wait. */
  z.strictObject({ kind: z.literal("cut") }),
  z.strictObject({ kind: z.literal("down"), times: common.times }),
]);

export type Fault = z.infer<typeof faultSchema>;
export type StandingFault = Exclude<Fault, { kind: "cut" }> & { id: string };

/** A call as faults know it: its endpoint's name, the same with the values in place, and who calls. */
export interface Struck {
  name: string;
  path: string;
  user: string | undefined;
}

/** The faults being played. */
export class Faults {
  readonly #standing = new Map<string, StandingFault>();
  readonly #again = new Map<string, readonly EventRecord[]>();
  /** Cuts the syncs that wait; set by whoever holds them. */
  cut: () => void = () => undefined;

  /** Starts a fault; returns its id, by which it can be cleared. */
  add(fault: Fault): string {
    const id = randomUUID();
    if (fault.kind !== "cut") this.#standing.set(id, { ...fault, id });
    if (fault.kind === "cut" || fault.kind === "down" || fault.kind === "refuseToken") this.cut();
    return id;
  }

  /** Has these events given again by that device's next sync. */
  giveAgain(device: string, events: readonly EventRecord[]): void {
    this.#again.set(device, events);
  }

  /** The events to give again to that device, once. */
  takeAgain(device: string): readonly EventRecord[] | undefined {
    const events = this.#again.get(device);
    this.#again.delete(device);
    return events;
  }

  list(): StandingFault[] {
    return [...this.#standing.values()];
  }

  /** Ends one fault, or all of them. */
  clear(id?: string): void {
    if (id === undefined) {
      this.#standing.clear();
      this.#again.clear();
    } else this.#standing.delete(id);
  }

  /** The fault of that kind that strikes this call, counted as having struck. */
  strike<K extends StandingFault["kind"]>(kind: K, call: Struck): Extract<StandingFault, { kind: K }> | undefined {
    for (const fault of this.#standing.values()) {
      if (fault.kind !== kind || !concerns(fault, call)) continue;
      if (fault.times !== undefined) {
        fault.times -= 1;
        if (fault.times === 0) this.#standing.delete(fault.id);
      }
      return fault as Extract<StandingFault, { kind: K }>;
    }
    return undefined;
  }
}

function concerns(fault: StandingFault, call: Struck): boolean {
  if (fault.kind === "down") return true;
  if (fault.user !== undefined && fault.user !== call.user) return false;
  return fault.method === undefined || matches(fault.method, call.name) || matches(fault.method, call.path);
}

/** Whether a pattern, where * stands for any letters, is that text. */
export function matches(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(text);
}
