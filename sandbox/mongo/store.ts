/** The LMDB environment: documents, index keys and the catalog, and the one queue of writes. */
import { randomUUID } from "node:crypto";
import { type Database, open, type RootDatabase } from "lmdb";
import { type CollectionInfo, collectionFromDoc, collectionToDoc, type IndexInfo, parseIndex } from "./catalog.ts";
import { MongoFailure } from "./failure.ts";
import { type Doc, decode, encode, toNumber } from "./values.ts";

type Table = Database<Buffer, Buffer>;

const RECORD_ID_BYTES = 6;
/** Address space reserved at first, not memory nor disk: each time it must grow, the old mapping stays beside the new one. */
const MAP_BYTES = 2 ** 33;
const EMPTY = Buffer.alloc(0);

/**
 * Keys: a document is under the id of its collection (4 bytes) and its own number (6 bytes, in order of insertion); an index
 * entry, whose value is empty, under the id of the index (4 bytes), the encoded fields and the number of the document.
 *
 * Durability: a transaction is one commit with fdatasync, and nothing is answered before it: what was answered survives a
 * kill of the process and a power cut alike (as far as the disk keeps its word). The cost is shared: all writes that arrive
 * while a commit is on its way go together into the next one.
 */
export class Store {
  private readonly root: RootDatabase<Buffer, Buffer>;
  private readonly catalog: Table;
  private readonly records: Table;
  private readonly entries: Table;
  private collections = new Map<string, CollectionInfo>();
  private readonly nextRecord = new Map<number, number>();
  private nextId = 1;
  private closing = false;
  private purging: Promise<void> = Promise.resolve();

  constructor(folder: string) {
    const binary = { encoding: "binary", keyEncoding: "binary" } as const;
    this.root = open<Buffer, Buffer>({
      path: folder,
      ...binary,
      overlappingSync: false,
      mapSize: MAP_BYTES,
      maxDbs: 8,
      maxReaders: 64,
    });
    this.catalog = this.root.openDB<Buffer, Buffer>({ name: "catalog", ...binary });
    this.records = this.root.openDB<Buffer, Buffer>({ name: "records", ...binary });
    this.entries = this.root.openDB<Buffer, Buffer>({ name: "entries", ...binary });
    this.loadCatalog();
    this.purgeLater();
  }

  /** Runs one atomic change after those before it; resolves once it is on the disk, and undoes it where `change` throws. */
  async write<T>(change: () => T): Promise<T> {
    if (this.closing) throw new MongoFailure("InterruptedAtShutdown", "the server is stopping");
    const before = this.collections;
    let inner: { readonly result: T } | { readonly error: unknown } | undefined;
    try {
      await this.root.childTransaction(() => {
        const kept = new Map(this.collections);
        try {
          inner = { result: change() };
        } catch (error) {
          // The catalog in memory is undone as LMDB undoes the transaction.
          this.collections = kept;
          inner = { error };
          throw error;
        }
      });
    } catch (error) {
      if (inner !== undefined && "error" in inner) throw inner.error;
      this.collections = before;
      this.loadCatalog();
      throw new MongoFailure("InternalError", "the write could not be saved", { cause: error });
    }
    if (inner === undefined || !("result" in inner)) throw new MongoFailure("InternalError", "the write was not run");
    return inner.result;
  }

  /** Makes the reads that follow, in this turn, see all that has been answered. */
  freshen(): void {
    this.root.resetReadTxn();
  }

  // --- collections ---

  collection(db: string, name: string): CollectionInfo | undefined {
    return this.collections.get(catalogName(db, name));
  }

  collectionsOf(db: string): CollectionInfo[] {
    return [...this.collections.values()].filter((collection) => collection.db === db);
  }

  databases(): string[] {
    return [...new Set([...this.collections.values()].map((collection) => collection.db))].sort();
  }

  /** In a write: makes a collection with its index of `_id`. */
  createCollection(db: string, name: string): CollectionInfo {
    const id = this.takeId();
    const request = parseIndex({ key: { _id: 1 }, name: "_id_", unique: true });
    const index: IndexInfo = { ...request, id: this.takeId(), arrays: new Set(), shortened: false };
    const collection: CollectionInfo = { id, db, name, uuid: randomUUID().replaceAll("-", ""), indexes: [index] };
    this.saveCollection(collection);
    return collection;
  }

  /** In a write: replaces the entry of a collection. */
  saveCollection(collection: CollectionInfo): void {
    const name = catalogName(collection.db, collection.name);
    this.collections.set(name, collection);
    this.catalog.putSync(catalogKey("c", name), encode(collectionToDoc(collection)));
  }

  /** In a write: forgets a collection; its content is removed little by little afterwards. */
  dropCollection(collection: CollectionInfo): void {
    const name = catalogName(collection.db, collection.name);
    this.collections.delete(name);
    this.catalog.removeSync(catalogKey("c", name));
    this.doom("r", collection.id);
    for (const index of collection.indexes) this.doom("e", index.id);
  }

  /** In a write: marks a table's prefix for removal. */
  dropIndexContent(index: IndexInfo): void {
    this.doom("e", index.id);
  }

  takeId(): number {
    const id = this.nextId++;
    this.catalog.putSync(catalogKey("n", ""), encode({ next: this.nextId }));
    return id;
  }

  // --- documents ---

  /** In a write: the number for a new document. */
  takeRecordId(collection: CollectionInfo): number {
    let next = this.nextRecord.get(collection.id);
    if (next === undefined) {
      const last = [...this.records.getKeys({ ...span(prefix(collection.id), true), limit: 1 })][0];
      next = last === undefined ? 1 : recordIdOf(last) + 1;
    }
    this.nextRecord.set(collection.id, next + 1);
    return next;
  }

  getRecord(collection: CollectionInfo, recordId: number): Buffer | undefined {
    return this.records.getBinary(recordKey(collection.id, recordId));
  }

  putRecord(collection: CollectionInfo, recordId: number, bytes: Buffer): void {
    this.records.putSync(recordKey(collection.id, recordId), bytes);
  }

  removeRecord(collection: CollectionInfo, recordId: number): void {
    this.records.removeSync(recordKey(collection.id, recordId));
  }

  countRecords(collection: CollectionInfo): number {
    return this.records.getCount(span(prefix(collection.id), false));
  }

  /** The documents in order of insertion, from after the one numbered `after` (in the direction asked). */
  *scanRecords(
    collection: CollectionInfo,
    reverse: boolean,
    after: number | undefined,
  ): Generator<{ recordId: number; bytes: Buffer }> {
    const range = span(prefix(collection.id), reverse);
    if (after !== undefined) range.start = recordKey(collection.id, reverse ? after : after + 1);
    if (after !== undefined && reverse) range.exclusiveStart = true;
    for (const { key, value } of this.records.getRange(range)) yield { recordId: recordIdOf(key), bytes: value };
  }

  // --- index entries ---

  putEntry(index: IndexInfo, fields: Buffer, recordId: number): void {
    this.entries.putSync(entryKey(index.id, fields, recordId), EMPTY);
  }

  removeEntry(index: IndexInfo, fields: Buffer, recordId: number): void {
    this.entries.removeSync(entryKey(index.id, fields, recordId));
  }

  /** The document, other than `except`, that has this very key. */
  holderOf(index: IndexInfo, fields: Buffer, except: number | undefined): number | undefined {
    const start = Buffer.concat([prefix(index.id), fields]);
    const end = Buffer.concat([start, Buffer.alloc(RECORD_ID_BYTES + 1, 0xff)]);
    for (const key of this.entries.getKeys({ start, end })) {
      const recordId = recordIdOf(key);
      if (key.length === start.length + RECORD_ID_BYTES && recordId !== except) return recordId;
    }
    return undefined;
  }

  /**
   * The entries of an index whose encoded fields are between `from` (included) and `to` (excluded), in order, or in reverse;
   * `after` is the key of the entry already had.
   */
  *scanEntries(index: IndexInfo, from: Buffer, to: Buffer, reverse: boolean, after: Buffer | undefined): Generator<Buffer> {
    const low = Buffer.concat([prefix(index.id), from]);
    const high = Buffer.concat([prefix(index.id), to]);
    const range = {
      start: after ?? (reverse ? high : low),
      end: reverse ? low : high,
      reverse,
      exclusiveStart: after !== undefined,
    };
    // A reversed range includes its start and excludes its end: nothing is at `high` or `low` itself, for want of a record id.
    yield* this.entries.getKeys(range);
  }

  countEntries(index: IndexInfo, from: Buffer, to: Buffer): number {
    return this.entries.getCount({ start: Buffer.concat([prefix(index.id), from]), end: Buffer.concat([prefix(index.id), to]) });
  }

  /** Bytes on disk that the environment uses, for `dbStats` and `listDatabases`. */
  size(): number {
    const stats = this.root.getStats() as { lastPageNumber?: number; pageSize?: number };
    return (stats.lastPageNumber ?? 0) * (stats.pageSize ?? 4096);
  }

  async close(): Promise<void> {
    this.closing = true;
    await this.purging;
    await this.root.close();
  }

  // --- the catalog on disk ---

  private loadCatalog(): void {
    this.freshen();
    this.collections = new Map();
    this.nextRecord.clear();
    for (const { value } of this.catalog.getRange(catalogSpan("c"))) {
      const collection = collectionFromDoc(decode(value));
      this.collections.set(catalogName(collection.db, collection.name), collection);
    }
    const next = this.catalog.getBinary(catalogKey("n", ""));
    this.nextId = next === undefined ? 1 : toNumber((decode(next) as Doc).next as number);
  }

  private doom(table: "r" | "e", id: number): void {
    this.catalog.putSync(catalogKey("d", `${table}${id}`), EMPTY);
    this.nextRecord.delete(id);
    this.purgeLater();
  }

  /** Ids are never given twice, so what is doomed can be removed at leisure, and after a restart. */
  private purgeLater(): void {
    this.purging = this.purging
      .then(() => new Promise((resolve) => setImmediate(resolve)))
      .then(() => this.purge())
      // What could not be removed now is still marked, and is removed after the next start.
      .catch(() => undefined);
  }

  private async purge(): Promise<void> {
    this.freshen();
    for (const key of [...this.catalog.getKeys(catalogSpan("d"))]) {
      const target = key.subarray(1).toString();
      const table = target.startsWith("r") ? this.records : this.entries;
      const start = prefix(Number(target.slice(1)));
      for (let more = true; more; ) {
        if (this.closing) return;
        more = await this.root.childTransaction(() => {
          const some = [...table.getKeys({ ...span(start, false), limit: 2000 })];
          for (const one of some) table.removeSync(one);
          if (some.length === 0) this.catalog.removeSync(key);
          return some.length > 0;
        });
      }
    }
  }
}

const catalogName = (db: string, name: string): string => `${db}\0${name}`;
const catalogKey = (kind: string, name: string): Buffer => Buffer.from(`${kind}${name}`);
const catalogSpan = (kind: string): { start: Buffer; end: Buffer } => ({
  start: Buffer.from(kind),
  end: Buffer.from(`${kind}\xff`),
});

function prefix(id: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(id);
  return bytes;
}

interface Span {
  start: Buffer;
  end: Buffer;
  reverse: boolean;
  exclusiveStart?: boolean;
}

function span(start: Buffer, reverse: boolean): Span {
  const end = prefix(start.readUInt32BE() + 1);
  return reverse ? { start: end, end: start, reverse } : { start, end, reverse };
}

function recordKey(id: number, recordId: number): Buffer {
  const bytes = Buffer.allocUnsafe(4 + RECORD_ID_BYTES);
  bytes.writeUInt32BE(id);
  bytes.writeUIntBE(recordId, 4, RECORD_ID_BYTES);
  return bytes;
}

function entryKey(id: number, fields: Buffer, recordId: number): Buffer {
  const bytes = Buffer.allocUnsafe(4 + fields.length + RECORD_ID_BYTES);
  bytes.writeUInt32BE(id);
  fields.copy(bytes, 4);
  bytes.writeUIntBE(recordId, 4 + fields.length, RECORD_ID_BYTES);
  return bytes;
}

/** The number of the document at the end of a key. */
export const recordIdOf = (key: Buffer): number => key.readUIntBE(key.length - RECORD_ID_BYTES, RECORD_ID_BYTES);

/** The encoded fields within the key of an index entry. */
export const entryFields = (key: Buffer): Buffer => key.subarray(4, key.length - RECORD_ID_BYTES);
