/** Slack's Web API as this adapter calls it: no hidden retry, no hidden wait, and every call counted. */
import { webApi } from "@slack/bolt";
import { assertHeld } from "../../src/delivery/hold.ts";
import type { Log } from "../log.ts";
import { rateLimitMs, slackCode, TOKEN_CODES } from "./faults.ts";
import { libraryLogger } from "./log.ts";

/** One call to Slack, for the metrics. */
export interface SlackCall {
  readonly method: string;
  readonly outcome: "ok" | "refused" | "rate_limited" | "failed";
  /** Slack's own word when it refused; null otherwise. */
  readonly code: string | null;
  readonly durationMs: number;
}

export interface ClientOptions {
  readonly apiUrl: string | undefined;
  readonly log: Log;
  readonly onCall?: ((call: SlackCall) => void) | undefined;
  /** Told of each answer: `null` when the token was taken, Slack's word when it was refused. */
  readonly onToken?: ((code: string | null) => void) | undefined;
}

/** A call that has not been answered by then is to retry: `find` tells whether it was acted upon. */
const TIMEOUT_MS = 15_000;

/** For Bolt's own clients, the socket's included. */
export const clientOptions = ({ apiUrl, log }: ClientOptions): webApi.WebClientOptions => ({
  ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  logger: libraryLogger(log),
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  timeout: TIMEOUT_MS,
});

export class SlackClient extends webApi.WebClient {
  readonly #options: ClientOptions;

  constructor(token: string, options: ClientOptions) {
    super(token, clientOptions(options));
    this.#options = options;
  }

  override async apiCall(method: string, args: Record<string, unknown> = {}): Promise<webApi.WebAPICallResult> {
    assertHeld();
    const started = performance.now();
    try {
      const result = await super.apiCall(method, args);
      this.#count(method, "ok", null, started);
      this.#options.onToken?.(null);
      return result;
    } catch (error) {
      const code = slackCode(error);
      const limited = rateLimitMs(error) !== null;
      this.#count(method, limited ? "rate_limited" : code === null ? "failed" : "refused", code, started);
      if (code !== null) this.#options.onToken?.(TOKEN_CODES.has(code) ? code : null);
      throw error;
    }
  }

  #count(method: string, outcome: SlackCall["outcome"], code: string | null, started: number): void {
    this.#options.onCall?.({ method, outcome, code, durationMs: performance.now() - started });
  }
}
