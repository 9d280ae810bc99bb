import { randomInt } from "node:crypto";
import { newSecret } from "./ids.ts";

/** Slack's triggers live three seconds, whatever the world's clock says. */
export const TRIGGER_MS = 3000;

export interface Trigger {
  appId: string;
  teamId: string;
  user: string;
  /** The view in which the person acted, if they acted in one. */
  viewId?: string;
}

/** The short-lived, single-use ids that let an app open a modal in answer to what a person did. */
export class Triggers {
  readonly #known = new Map<string, { trigger: Trigger; expires: number; used: boolean }>();

  create(trigger: Trigger): string {
    const now = performance.now();
    // Expired ones are kept a while, so that they are refused as expired rather than as unknown.
    for (const [id, { expires }] of this.#known) if (expires < now - 60_000) this.#known.delete(id);
    const id = `${randomInt(1e12)}.${randomInt(1e12)}.${newSecret(16)}`;
    this.#known.set(id, { trigger, expires: now + TRIGGER_MS, used: false });
    return id;
  }

  /** Uses the trigger up, or says why not, in Slack's word. */
  exchange(
    id: string,
    appId: string,
    teamId: string,
  ): Trigger | "invalid_trigger_id" | "expired_trigger_id" | "exchanged_trigger_id" {
    const known = this.#known.get(id);
    if (!known || known.trigger.appId !== appId || known.trigger.teamId !== teamId) return "invalid_trigger_id";
    if (known.used) return "exchanged_trigger_id";
    if (performance.now() > known.expires) return "expired_trigger_id";
    known.used = true;
    return known.trigger;
  }

  clear(): void {
    this.#known.clear();
  }
}
