/**
 * The time of the demandes' world. In production it is the system's; the sandbox may be ahead of it, so that a visitor sees
 * a week pass. Technical delays (leases, backoff, expiry) never use it: they use the system's clock.
 */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
