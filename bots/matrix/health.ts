/** How the connection to the homeserver stands, from what its answers say. */
import { matrixTexts } from "../../src/texts/matrix.ts";
import type { PlatformHealth } from "../platform.ts";

/** A homeserver that is restarted is no illness. */
const TOLERATED_MS = 15_000;

export class Health {
  #running = false;
  #stopped = false;
  #token: string | null = null;
  #downSince: number | null = null;
  #stuck = false;

  started(): void {
    this.#running = true;
  }

  stopped(): void {
    this.#stopped = true;
  }

  /** The homeserver's word when it refused the token; null when it took it. */
  token(code: string | null): void {
    this.#token = code;
  }

  get tokenRefused(): boolean {
    return this.#token !== null;
  }

  /** News came, or there were none. */
  synced(): void {
    this.#downSince = null;
  }

  syncFailed(): void {
    this.#downSince ??= performance.now();
  }

  /** What people did cannot be written: it is tried again and again. */
  stuck(value: boolean): void {
    this.#stuck = value;
  }

  state(): PlatformHealth {
    const reason = this.#reason();
    return reason === null ? { ok: true } : { ok: false, reason };
  }

  #reason(): string | null {
    const texts = matrixTexts.health;
    if (this.#stopped) return texts.stopped;
    if (this.#token !== null) return texts.tokenRefused(this.#token);
    if (!this.#running) return texts.starting;
    if (this.#stuck) return texts.stuck;
    const down = this.#downSince === null ? 0 : performance.now() - this.#downSince;
    return down > TOLERATED_MS ? texts.unreachable : null;
  }
}
