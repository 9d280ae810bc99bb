/** How the connection to Slack stands, from what its answers and its socket say. */
import { slackTexts } from "../../src/texts.ts";
import type { PlatformFault, PlatformHealth } from "../platform.ts";

/** A socket that Slack renews, or a short cut, is no illness. */
const TOLERATED_MS = 15_000;

export class Health {
  #running = false;
  #stopped = false;
  #token: string | null = null;
  #appToken: string | null = null;
  #downSince: number | null = null;

  started(): void {
    this.#running = true;
  }

  stopped(): void {
    this.#stopped = true;
  }

  /** Slack's word when it refused the bot's token; null when it took it. */
  token(code: string | null): void {
    this.#token = code;
  }

  get tokenRefused(): boolean {
    return this.#token !== null;
  }

  socketUp(): void {
    this.#downSince = null;
    this.#appToken = null;
  }

  /** `code`: Slack's word when it refused the app's token. */
  socketDown(code: string | null): void {
    this.#downSince ??= performance.now();
    this.#appToken = code;
  }

  state(): PlatformHealth {
    const texts = slackTexts.health;
    const bad = (code: PlatformFault, reason: string): PlatformHealth => ({ ok: false, code, reason });
    if (this.#stopped) return bad("slack-arret", texts.stopped);
    if (this.#token !== null) return bad("slack-jeton", texts.tokenRefused(this.#token));
    if (this.#appToken !== null) return bad("slack-jeton-application", texts.appTokenRefused(this.#appToken));
    if (!this.#running) return bad("slack-demarrage", texts.starting);
    const down = this.#downSince === null ? 0 : performance.now() - this.#downSince;
    return down > TOLERATED_MS ? bad("slack-connexion", texts.socketDown) : { ok: true };
  }
}
