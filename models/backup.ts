/**
 * A backup of the whole database, as a stream of bytes: BSON documents, one after another, each with the collection that it is of. What
 * is sealed stays sealed. The first tells the format, the last how many there were and their hash: a file cut short is not taken.
 */

import { createHash } from "node:crypto";
import type { Connection } from "mongoose";
import mongoose from "mongoose";
import { PermanentError } from "../src/errors.ts";
import { backupTexts as texts } from "../src/texts/sauvegarde.ts";
import { inStretches } from "./inStretches.ts";

const { deserialize, serialize } = mongoose.mongo.BSON;

const FORMAT = "aplus-bot/1";
/** So many are read or written at a time. */
const STRETCH = 200;
/** Of a document, in BSON: MongoDB's bound, and room for what stands around it. */
const LONGEST_BYTES = 17 * 1024 * 1024;
const LENGTH_BYTES = 4;
/**
 * Agenda writes its jobs at each start; what a former process held of them is of no use. How far the demandes are derived anew goes on
 * while they are read: the restored ones are gone through from the first.
 */
const DERIVATIONS = "derivations";
const LEFT_OUT: ReadonlySet<string> = new Set(["jobs", DERIVATIONS]);

const FIRST = "demandes";

interface Head {
  readonly format: string;
  readonly at: Date;
}

interface Item {
  readonly of: string;
  readonly document: Record<string, unknown>;
}

interface End {
  readonly documents: number;
  readonly sha256: string;
}

export interface BackupSummary {
  readonly documents: number;
  /** When it was begun (system time). */
  readonly at: Date;
}

// Numbers keep their types: a Double that is whole would come back as an Int32.
const exact = { promoteValues: false, promoteBuffers: false } as const;

/**
 * Demandes before all else: while the bot goes on, what they name (agents, groupes, the number that the next one gets) is then read as
 * it is after them. A number given anew would be another demande's.
 */
async function collectionsOf({ db }: Connection): Promise<string[]> {
  const found = (await db?.listCollections({}, { nameOnly: true }).toArray()) ?? [];
  const names = found.map(({ name }) => name).filter((name) => !name.startsWith("system.") && !LEFT_OUT.has(name));
  return names.sort((a, b) => Number(b === FIRST) - Number(a === FIRST) || a.localeCompare(b));
}

const documentsOf = (connection: Connection, name: string): AsyncGenerator<Record<string, unknown>> =>
  inStretches<Record<string, unknown>>(STRETCH, (after, limit) => {
    const beyond: Record<string, unknown> = after === null ? {} : { _id: { $gt: after._id } };
    return connection
      .collection(name)
      .find(beyond, { ...exact, batchSize: limit + 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
  });

/**
 * The bot may go on meanwhile: each document is as it was when it was read, and a demande is one document.
 * @param now system time
 */
export async function* backupOf(connection: Connection, now: Date): AsyncGenerator<Buffer> {
  const hash = createHash("sha256");
  let documents = 0;
  yield Buffer.from(serialize({ format: FORMAT, at: now } satisfies Head));
  for (const of of await collectionsOf(connection))
    for await (const document of documentsOf(connection, of)) {
      const bytes = Buffer.from(serialize({ of, document } satisfies Item));
      hash.update(bytes);
      documents += 1;
      yield bytes;
    }
  yield Buffer.from(serialize({ documents, sha256: hash.digest("hex") } satisfies End));
}

/** The bytes of each BSON document of a stream. @throws PermanentError when it is cut short, or is none */
async function* framesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    for (;;) {
      if (rest.length < LENGTH_BYTES) break;
      const length = rest.readInt32LE(0);
      if (length <= LENGTH_BYTES || length > LONGEST_BYTES) throw new PermanentError(texts.notABackup);
      if (rest.length < length) break;
      yield rest.subarray(0, length);
      rest = rest.subarray(length);
    }
  }
  if (rest.length > 0) throw new PermanentError(texts.cutShort);
}

function decoded(frame: Buffer): Record<string, unknown> {
  try {
    return deserialize(frame, exact);
  } catch (cause) {
    throw new PermanentError(texts.notABackup, { cause });
  }
}

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/**
 * Reads a whole backup, and gives each document to `take`.
 * @throws PermanentError when it is none of this format, was changed, or is cut short: `take` may have had some by then
 */
export async function readBackup(
  chunks: AsyncIterable<Uint8Array>,
  take: (of: string, document: Record<string, unknown>) => Promise<void> = async () => undefined,
): Promise<BackupSummary> {
  const hash = createHash("sha256");
  let documents = 0;
  let at: Date | null = null;
  let end: { count: number; sha256: string | null } | null = null;
  for await (const frame of framesOf(chunks)) {
    const value = decoded(frame);
    if (end !== null) throw new PermanentError(texts.notABackup);
    if (at === null) {
      if (value.format !== FORMAT || !(value.at instanceof Date)) throw new PermanentError(texts.notABackup);
      at = value.at;
      continue;
    }
    const of = textOf(value.of);
    if (of === null) {
      end = { count: Number(value.documents), sha256: textOf(value.sha256) };
      continue;
    }
    hash.update(frame);
    documents += 1;
    await take(of, value.document as Record<string, unknown>);
  }
  if (at === null || end === null) throw new PermanentError(texts.cutShort);
  if (end.count !== documents || end.sha256 !== hash.digest("hex")) throw new PermanentError(texts.changed);
  return { documents, at };
}

/** Whether anything of the bot's is stored there. */
export async function isEmpty(connection: Connection): Promise<boolean> {
  for (const name of await collectionsOf(connection))
    if ((await connection.collection(name).findOne({}, { projection: { _id: 1 } })) !== null) return false;
  return true;
}

/**
 * Writes all documents of a backup that was read whole before, into a database in which there is nothing.
 * @throws PermanentError as `readBackup`
 */
export async function restoreInto(connection: Connection, chunks: AsyncIterable<Uint8Array>): Promise<BackupSummary> {
  // What is restored may be of a former version, wherever the bot of this database had come to.
  await connection.collection(DERIVATIONS).deleteMany({});
  let waiting: { of: string; documents: Record<string, unknown>[] } = { of: "", documents: [] };
  const flush = async () => {
    if (waiting.documents.length > 0) await connection.collection(waiting.of).insertMany(waiting.documents, { ordered: false });
  };
  const summary = await readBackup(chunks, async (of, document) => {
    if (of !== waiting.of || waiting.documents.length >= STRETCH) {
      await flush();
      waiting = { of, documents: [] };
    }
    waiting.documents.push(document);
  });
  await flush();
  return summary;
}
