/** How the connection to the homeserver stands, from what its answers say. */
import { matrixTexts } from "../../src/texts/matrix.ts";
import type { PlatformFault, PlatformHealth } from "../platform.ts";

/** A homeserver that is restarted is no illness. */
const TOLERATED_MS = 15_000;

export class Health {
  #running = false;
  #stopped = false;
  #token: string | null = null;
  #downSince: number | null = null;
  #newsAt: number | null = null;
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
    this.#newsAt = performance.now();
  }

  /** How long ago the homeserver last told what there is, or another process was found to be reading (ms); null before the first time. */
  get newsAgeMs(): number | null {
    return this.#newsAt === null ? null : performance.now() - this.#newsAt;
  }

  syncFailed(): void {
    this.#downSince ??= performance.now();
  }

  /** What people did cannot be written: it is tried again and again. */
  stuck(value: boolean): void {
    this.#stuck = value;
  }

  state(): PlatformHealth {
    const texts = matrixTexts.health;
    const bad = (code: PlatformFault, reason: string): PlatformHealth => ({ ok: false, code, reason });
    if (this.#stopped) return bad("matrix-arret", texts.stopped);
    if (this.#token !== null) return bad("matrix-jeton", texts.tokenRefused(this.#token));
    if (!this.#running) return bad("matrix-demarrage", texts.starting);
    if (this.#stuck) return bad("matrix-enregistrement", texts.stuck);
    const down = this.#downSince === null ? 0 : performance.now() - this.#downSince;
    return down > TOLERATED_MS ? bad("matrix-injoignable", texts.unreachable) : { ok: true };
  }
}
