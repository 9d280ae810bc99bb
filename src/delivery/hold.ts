/**
 * What a worker holds for a while, as its own clock tells it. A process that was stopped for longer than that (a machine that
 * hangs, a container put to sleep) goes on where it was, perhaps between the write that announced a post and the post itself,
 * when another process has long made it. So each call to a chat platform asks first whether what it is made for is still held.
 */
import { AsyncLocalStorage } from "node:async_hooks";

/** Another worker may be at it: nothing more is to be done for it here. What was announced is looked for by the other. */
export class LeaseLost extends Error {
  constructor() {
    super("the lease was lost to another worker");
    this.name = "LeaseLost";
  }
}

/** Given up that much before others may take it, whose clocks may be ahead of ours. */
const MARGIN_MS = 5_000;

const holds = new AsyncLocalStorage<Hold>();

export class Hold {
  readonly #forMs: number;
  /** Of two clocks: one is set right now and then, the other stands still while some machines sleep. */
  #until = { monotonic: 0, system: 0 };
  #over = false;

  /** @param forMs how long it is held from each renewal, in milliseconds */
  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  /**
   * Asks the database for it until then (system time), or for longer.
   * @returns what the database gave; nothing (null, false) means that it is not held
   */
  async renew<T>(ask: (until: Date) => Promise<T>): Promise<T> {
    const [monotonic, system] = [performance.now(), Date.now()];
    const given = await ask(new Date(system + this.#forMs));
    const held = given ? this.#forMs - MARGIN_MS : 0;
    this.#until = { monotonic: monotonic + held, system: system + held };
    return given;
  }

  /** Does what may be done only while it is held. */
  async during<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await holds.run(this, act);
    } finally {
      // What was set going meanwhile and outlives it is no part of it.
      this.#over = true;
    }
  }

  get isLost(): boolean {
    return !this.#over && (performance.now() > this.#until.monotonic || Date.now() > this.#until.system);
  }
}

/** To be called right before anything is changed outside the database. @throws LeaseLost when what it is done for is lost */
export function assertHeld(): void {
  if (holds.getStore()?.isLost) throw new LeaseLost();
}
