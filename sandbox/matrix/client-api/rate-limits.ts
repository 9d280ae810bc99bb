import { MatrixError } from "../state/error.ts";
import type { Allowance } from "./endpoint.ts";

/** Synapse's defaults: so many at once, then so many a second. */
const RATES: Readonly<Record<Allowance, { burst: number; perSecond: number }>> = {
  message: { burst: 10, perSecond: 0.2 },
  create: { burst: 10, perSecond: 0.016 },
  join: { burst: 10, perSecond: 0.1 },
  invite: { burst: 10, perSecond: 0.3 },
  login: { burst: 5, perSecond: 0.003 },
};

interface Bucket {
  tokens: number;
  /** Milliseconds of the monotonic clock. */
  at: number;
}

/** Counts calls by user, as Synapse does by default. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();

  /** Counts a call of that user. Throws `M_LIMIT_EXCEEDED` with the time to wait when there were too many. */
  count(allowance: Allowance, userId: string): void {
    const { burst, perSecond } = RATES[allowance];
    const key = `${allowance} ${userId}`;
    const now = performance.now();
    const known = this.#buckets.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, known.tokens + ((now - known.at) / 1000) * perSecond);
    if (tokens >= 1) {
      this.#buckets.set(key, { tokens: tokens - 1, at: now });
      return;
    }
    this.#buckets.set(key, { tokens, at: now });
    throw limitExceeded(Math.ceil(((1 - tokens) / perSecond) * 1000));
  }

  clear(): void {
    this.#buckets.clear();
  }
}

export const limitExceeded = (retryAfterMs: number): MatrixError =>
  new MatrixError(429, "M_LIMIT_EXCEEDED", "Too Many Requests", { retry_after_ms: retryAfterMs });
