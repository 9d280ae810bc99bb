/** One process at a time reads the account's events; another takes over when it is gone. */
import type { MatrixState } from "../../models/matrixState.ts";
import type { Log } from "../log.ts";
import { faultFields } from "../log.ts";

/** Without a sign of life for that long, another process takes over. */
const HELD_MS = 12_000;
const RENEW_MS = 3_000;
/** One small question of each process that only waits. */
const ASK_AGAIN_MS = 2_000;

export interface LeaseOptions {
  readonly store: MatrixState;
  readonly account: string;
  /** `<instance>/<unique>` */
  readonly owner: string;
  readonly log: Log;
}

export class Lease {
  readonly #with: LeaseOptions;
  #until = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: LeaseOptions) {
    this.#with = options;
  }

  /** How long to wait before asking again for a lease that another process has. Milliseconds. */
  static readonly askAgainMs = ASK_AGAIN_MS;

  get held(): boolean {
    return performance.now() < this.#until;
  }

  /** Where to read on; null while another process reads. */
  async claim(): Promise<{ since: string | null } | null> {
    const { store, account, owner } = this.#with;
    const asked = performance.now();
    const now = new Date();
    const claimed = await store.claim(account, owner, now, new Date(now.getTime() + HELD_MS));
    if (claimed === null) return null;
    this.#until = asked + HELD_MS;
    this.#timer ??= setInterval(() => void this.#renew(), RENEW_MS).unref();
    return claimed;
  }

  async release(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    if (!this.held) return;
    this.#until = 0;
    await this.#with.store.release(this.#with.account, this.#with.owner);
  }

  async #renew(): Promise<void> {
    const { store, account, owner, log } = this.#with;
    const asked = performance.now();
    try {
      const kept = await store.renew(account, owner, new Date(Date.now() + HELD_MS));
      this.#until = kept ? asked + HELD_MS : 0;
      if (!kept) log.warn({ account }, "Another process reads this account now");
    } catch (error) {
      log.warn({ account, ...faultFields(error) }, "The reading of the account could not be kept");
    }
  }
}
