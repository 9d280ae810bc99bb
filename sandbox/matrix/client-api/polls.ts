import type { Feed } from "../state/feed.ts";

interface Poll {
  userId: string;
  /** The position that its token stands for: the client has handled all up to there. */
  since: number;
  /** When it was answered, by the monotonic clock; undefined while it waits. */
  answeredAt: number | undefined;
}

/** A client that took an answer and has not come back by then is held to be gone. */
const GONE_MS = 5000;

/** Knows where each client's sync is: how far it has come, and whether it waits for more. */
export class Polls {
  readonly #polls = new Map<string, Poll>();
  readonly #cuts = new Set<AbortController>();

  /** A sync began. Ends with `answered`, or with `gone` when the client went away. */
  began(key: string, userId: string, since: number): void {
    this.#polls.set(key, { userId, since, answeredAt: undefined });
  }

  answered(key: string): void {
    const poll = this.#polls.get(key);
    if (poll) poll.answeredAt = performance.now();
  }

  gone(key: string): void {
    this.#polls.delete(key);
  }

  /** Whether one of these users' clients has not yet come back for what follows the latest news. */
  isBehind(feed: Feed, userIds: ReadonlySet<string>): boolean {
    for (const { userId, since, answeredAt } of this.#polls.values()) {
      if (!userIds.has(userId)) continue;
      if (answeredAt !== undefined && performance.now() - answeredAt < GONE_MS) return true;
      if (answeredAt === undefined && since < feed.latestFor(userId)) return true;
    }
    return false;
  }

  /** Whether one of these users' clients waits for news. */
  isListening(userIds: ReadonlySet<string>): boolean {
    for (const { userId, answeredAt } of this.#polls.values())
      if (userIds.has(userId) && (answeredAt === undefined || performance.now() - answeredAt < GONE_MS)) return true;
    return false;
  }

  /** What a waiting sync asks to be cut by. */
  cuttable(): { signal: AbortSignal; release(): void } {
    const controller = new AbortController();
    this.#cuts.add(controller);
    return { signal: controller.signal, release: () => this.#cuts.delete(controller) };
  }

  /** Cuts the connection of every sync that waits. */
  cut(): void {
    for (const controller of [...this.#cuts]) controller.abort();
  }

  clear(): void {
    this.#polls.clear();
  }
}
