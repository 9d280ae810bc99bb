import type { Tier } from "./method.ts";

/** Calls a minute for each of Slack's tiers; Slack promises at least that. */
const PER_MINUTE = { 1: 1, 2: 20, 3: 50, 4: 100 } as const;

/** A message a second in each channel, and short bursts above that. */
const POSTS = { burst: 10, perSecond: 1 } as const;

interface Bucket {
  tokens: number;
  /** Milliseconds of the monotonic clock. */
  at: number;
}

/** Counts the calls as Slack does: for each method, workspace and app by the method's tier; posts for each channel. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();

  /** Seconds to wait before this call may be made, 0 when it may be made now (and is then counted). */
  wait(method: string, tier: Tier, teamId: string, channel: string): number {
    if (tier === "none") return 0;
    if (tier === "post") return this.#take(`${teamId} ${method} ${channel}`, POSTS.burst, POSTS.perSecond);
    return this.#take(`${teamId} ${method}`, PER_MINUTE[tier], PER_MINUTE[tier] / 60);
  }

  clear(): void {
    this.#buckets.clear();
  }

  #take(key: string, capacity: number, perSecond: number): number {
    const now = performance.now();
    const known = this.#buckets.get(key) ?? { tokens: capacity, at: now };
    const tokens = Math.min(capacity, known.tokens + ((now - known.at) / 1000) * perSecond);
    const allowed = tokens >= 1;
    this.#buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now });
    return allowed ? 0 : Math.max(1, Math.ceil((1 - tokens) / perSecond));
  }
}
