import { open, type RootDatabase } from "lmdb";

/** Values kept by key: read from memory, and written through to disk where the store has a folder. */
export interface Table<V> {
  get(key: string): V | undefined;
  put(key: string, value: V): void;
  delete(key: string): void;
  values(): IterableIterator<V>;
  readonly size: number;
}

const SEPARATOR = "/";

/**
 * What the sandbox remembers. Every change made in one turn of the event loop reaches the disk in one transaction (LMDB batches
 * by turn), so a process killed at any instant leaves all of a change or none of it. Nothing is to be answered before
 * `committed()` resolves.
 */
export class Store {
  readonly #root: RootDatabase<unknown, string> | undefined;
  readonly #loaded = new Map<string, Map<string, unknown>>();
  readonly #bytes = new Map<string, Buffer>();
  #last: Promise<unknown> = Promise.resolve();

  /** `folder` is made where it does not exist; without one, memory only. */
  constructor(folder?: string) {
    if (folder === undefined) return;
    this.#root = open<unknown, string>({ path: folder, encoding: "binary", maxReaders: 64 });
    for (const { key, value } of this.#root.getRange()) {
      const cut = key.indexOf(SEPARATOR);
      const table = key.slice(0, cut);
      if (table === "bytes") continue;
      this.#rows(table).set(key.slice(cut + 1), JSON.parse((value as Buffer).toString("utf8")));
    }
  }

  /** The table of that name, with what an earlier process left in it. */
  table<V>(name: string): Table<V> {
    const rows = this.#rows(name) as Map<string, V>;
    const write = (key: string, value: V | undefined) =>
      this.#write(name, key, value === undefined ? undefined : Buffer.from(JSON.stringify(value), "utf8"));
    return {
      get: (key) => rows.get(key),
      put: (key, value) => {
        rows.set(key, value);
        write(key, value);
      },
      delete: (key) => {
        if (rows.delete(key)) write(key, undefined);
      },
      values: () => rows.values(),
      get size() {
        return rows.size;
      },
    };
  }

  /** The bytes of a file; kept on disk only, where there is one. */
  getBytes(id: string): Buffer | undefined {
    if (!this.#root) return this.#bytes.get(id);
    return this.#root.get(`bytes${SEPARATOR}${id}`) as Buffer | undefined;
  }

  putBytes(id: string, bytes: Buffer): void {
    if (!this.#root) this.#bytes.set(id, bytes);
    this.#write("bytes", id, bytes);
  }

  deleteBytes(id: string): void {
    this.#bytes.delete(id);
    this.#write("bytes", id, undefined);
  }

  /** Resolves once everything written so far would survive a kill; rejects if the disk refused it. */
  async committed(): Promise<void> {
    await this.#last;
  }

  /** Forgets everything, on disk too. */
  async clear(): Promise<void> {
    for (const rows of this.#loaded.values()) rows.clear();
    this.#bytes.clear();
    await this.#last;
    await this.#root?.clearAsync();
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#root?.close();
  }

  #rows(table: string): Map<string, unknown> {
    const known = this.#loaded.get(table);
    if (known) return known;
    const rows = new Map<string, unknown>();
    this.#loaded.set(table, rows);
    return rows;
  }

  #write(table: string, key: string, bytes: Buffer | undefined): void {
    if (!this.#root) return;
    const path = `${table}${SEPARATOR}${key}`;
    const written = bytes === undefined ? this.#root.remove(path) : this.#root.put(path, bytes);
    this.#last = Promise.all([this.#last, written]);
    // The failure is reported by committed(); without this the same rejection would also end the process.
    this.#last.catch(() => undefined);
  }
}
