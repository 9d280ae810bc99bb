import { randomUUID } from "node:crypto";
import { z } from "zod";

const common = {
  /** Whom it strikes: a Web API method or an event's or interaction's type, where * stands for any letters; everything if absent. */
  method: z.string().min(1).max(100).optional(),
  /** How many times it strikes; for ever if absent. */
  times: z.number().int().min(1).max(1_000_000).optional(),
};

/** A fault to play. `cut` acts at once; the others strike the calls to come. */
export const faultSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("refuse"),
    ...common,
    status: z.number().int().min(400).max(599).optional(),
    error: z.string().min(1).max(100).optional(),
    /** Seconds, for the Retry-After header of a 429. */
    retryAfter: z.number().int().min(0).max(3600).optional(),
  }),
  z.strictObject({ kind: z.literal("delay"), ...common, ms: z.number().int().min(0).max(600_000) }),
  z.strictObject({ kind: z.literal("loseAnswer"), ...common }),
  z.strictObject({ kind: z.literal("dropBefore"), ...common }),
  z.strictObject({ kind: z.literal("redeliver"), ...common }),
  z.strictObject({ kind: z.literal("cut") }),
  z.strictObject({ kind: z.literal("down"), times: common.times }),
]);

export type Fault = z.infer<typeof faultSchema>;
export type StandingFault = Exclude<Fault, { kind: "cut" }> & { id: string };

/** The faults being played. */
export class Faults {
  readonly #standing = new Map<string, StandingFault>();
  /** Closes the sockets; set by whoever holds them. */
  cut: () => void = () => undefined;

  /** Starts a fault; returns its id, by which it can be cleared. */
  add(fault: Fault): string {
    const id = randomUUID();
    if (fault.kind === "cut" || fault.kind === "down") this.cut();
    if (fault.kind !== "cut") this.#standing.set(id, { ...fault, id });
    return id;
  }

  list(): StandingFault[] {
    return [...this.#standing.values()];
  }

  /** Ends one fault, or all of them. */
  clear(id?: string): void {
    if (id === undefined) this.#standing.clear();
    else this.#standing.delete(id);
  }

  /** The fault of that kind that strikes this call, counted as having struck. */
  strike<K extends StandingFault["kind"]>(kind: K, method: string): Extract<StandingFault, { kind: K }> | undefined {
    for (const fault of this.#standing.values()) {
      if (fault.kind !== kind || !concerns("method" in fault ? fault.method : undefined, method)) continue;
      if (fault.times !== undefined) {
        fault.times -= 1;
        if (fault.times === 0) this.#standing.delete(fault.id);
      }
      return fault as Extract<StandingFault, { kind: K }>;
    }
    return undefined;
  }
}

function concerns(filter: string | undefined, method: string): boolean {
  if (filter === undefined) return true;
  const pattern = filter.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(method);
}
