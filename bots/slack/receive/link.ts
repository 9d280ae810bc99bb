/** The socket to Slack: kept open, opened again after each cut, for as long as the program runs. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SocketModeReceiver } from "@slack/bolt";
import { faultFields, type Log } from "../../log.ts";
import { rateLimitMs, slackCode, TOKEN_CODES } from "../faults.ts";
import type { Health } from "../health.ts";

export interface LinkDependencies {
  readonly client: SocketModeReceiver["client"];
  readonly health: Health;
  readonly log: Log;
  /** After each connection but the first: what was said meanwhile is to be caught up. */
  readonly reconnected: () => void;
}

/** Slack answers within a second or two; a socket that says nothing is not open. */
const HELLO_MS = 20_000;
/** A peer that is gone never says goodbye. */
const FAREWELL_MS = 3_000;
const LONGEST_WAIT_MS = 30_000;
const FIRST_WAIT_MS = 250;

interface Connection {
  /** Resolves when the connection is no more. */
  readonly cut: Promise<void>;
}

export class SocketLink {
  readonly #with: LinkDependencies;
  readonly #stopping = new AbortController();
  #supervision: Promise<void> = Promise.resolve();

  constructor(dependencies: LinkDependencies) {
    this.#with = dependencies;
  }

  /** @throws what Slack or the network says when the first connection cannot be made */
  async open(): Promise<void> {
    this.#supervision = this.#supervise(await this.#connect());
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#disconnect();
    await this.#supervision;
  }

  async #connect(): Promise<Connection> {
    const { client, health } = this.#with;
    const cut = new Promise<void>((resolve) => client.once("disconnected", () => resolve()));
    const opening = client.start();
    const late = new AbortController();
    const silence = sleep(HELLO_MS, undefined, { signal: late.signal }).then(() => Promise.reject(new Error("No hello")));
    try {
      await Promise.race([opening, silence]);
    } catch (error) {
      const code = slackCode(error);
      health.socketDown(code !== null && TOKEN_CODES.has(code) ? code : null);
      await this.#disconnect();
      throw error;
    } finally {
      // Whichever lost the race may still reject, and has been told of already.
      opening.catch(() => undefined);
      silence.catch(() => undefined);
      late.abort();
    }
    health.socketUp();
    return { cut };
  }

  async #supervise(first: Connection): Promise<void> {
    let open = first;
    while (!this.#stopping.signal.aborted) {
      await open.cut;
      if (this.#stopping.signal.aborted) return;
      this.#with.health.socketDown(null);
      const again = await this.#reopen();
      if (again === null) return;
      open = again;
      this.#with.reconnected();
    }
  }

  /** Tries until it is open again; null when the program stops. Slack renews its sockets: the first try is at once. */
  async #reopen(): Promise<Connection | null> {
    const { signal } = this.#stopping;
    for (let wait = 0; !signal.aborted; wait = Math.min(Math.max(wait * 2, FIRST_WAIT_MS), LONGEST_WAIT_MS)) {
      try {
        await sleep(wait * (0.75 + Math.random() / 2), undefined, { signal });
        return await this.#connect();
      } catch (error) {
        if (signal.aborted) return null;
        this.#with.log.warn(faultFields(error), "The socket to Slack could not be opened; trying again");
        wait = Math.max(wait, rateLimitMs(error) ?? 0);
      }
    }
    return null;
  }

  async #disconnect(): Promise<void> {
    try {
      await Promise.race([this.#with.client.disconnect(), sleep(FAREWELL_MS, undefined, { ref: false })]);
    } catch (error) {
      this.#with.log.debug(faultFields(error), "The socket was closed already");
    }
  }
}
