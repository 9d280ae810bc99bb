/** The cursors that clients have open, each with what it has still to give. */
import { randomInt } from "node:crypto";
import { MongoFailure } from "./failure.ts";

export interface Batch {
  readonly documents: readonly Uint8Array[];
  /** Nothing comes after this batch. */
  readonly done: boolean;
}

export interface BatchSource {
  /** The next documents, at most so many of them. */
  batch(count: number, deadline: number): Promise<Batch>;
}

interface OpenCursor {
  readonly namespace: string;
  readonly source: BatchSource;
  lastUsed: number;
  busy: boolean;
}

/** As MongoDB's default. */
const IDLE_MS = 10 * 60 * 1000;

export class CursorTable {
  private readonly open = new Map<bigint, OpenCursor>();
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = setInterval(() => this.closeIdle(), 60_000).unref();
  }

  /** Keeps a cursor and returns its id, never 0: 0 tells clients that there is none. */
  add(namespace: string, source: BatchSource): bigint {
    let id: bigint;
    do id = (BigInt(randomInt(2 ** 31)) << 31n) | BigInt(randomInt(1, 2 ** 31));
    while (this.open.has(id));
    this.open.set(id, { namespace, source, lastUsed: Date.now(), busy: false });
    return id;
  }

  /** @throws {MongoFailure} CursorNotFound, also where the cursor is another collection's */
  async next(id: bigint, namespace: string, count: number, deadline: number): Promise<Batch> {
    const cursor = this.open.get(id);
    if (cursor === undefined || cursor.busy) throw new MongoFailure("CursorNotFound", `cursor id ${id} not found`);
    if (cursor.namespace !== namespace) {
      throw new MongoFailure(
        "Unauthorized",
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    }
    cursor.busy = true;
    try {
      const batch = await cursor.source.batch(count, deadline);
      if (batch.done) this.open.delete(id);
      return batch;
    } catch (error) {
      this.open.delete(id);
      throw error;
    } finally {
      cursor.busy = false;
      cursor.lastUsed = Date.now();
    }
  }

  /** Whether there was one. */
  kill(id: bigint): boolean {
    return this.open.delete(id);
  }

  killNamespace(matches: (namespace: string) => boolean): void {
    for (const [id, cursor] of this.open) if (matches(cursor.namespace)) this.open.delete(id);
  }

  get size(): number {
    return this.open.size;
  }

  close(): void {
    clearInterval(this.timer);
    this.open.clear();
  }

  private closeIdle(): void {
    const limit = Date.now() - IDLE_MS;
    for (const [id, cursor] of this.open) if (!cursor.busy && cursor.lastUsed < limit) this.open.delete(id);
  }
}
