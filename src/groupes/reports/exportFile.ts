/** The export as a file that nobody else can open and that no crash leaves behind: it has no name while it is written and read. */
import type { FileHandle } from "node:fs/promises";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import type { Database } from "../../../models/database.ts";
import type { Scope } from "../../../models/demandeFigures.ts";
import { CSV_FORM } from "../csvCells.ts";
import { DEMANDE_TITLES, demandeCells } from "./demandesCsv.ts";

const READ_BYTES = 64 * 1024;

/** The cells of each demande of that scope, as it comes from the database; the oldest first. */
export async function* demandeLines(db: Database, scope: Scope): AsyncGenerator<string[]> {
  const groupes = new Map((await db.groupes.all()).map((groupe) => [groupe.id, groupe]));
  for await (const record of db.bulk.histories(scope)) yield demandeCells(record, groupes);
}

/** Writes them as CSV; gives how many there were. */
async function writeDemandes(db: Database, scope: Scope, file: FileHandle): Promise<number> {
  let count = 0;
  async function* counted(): AsyncGenerator<string[]> {
    for await (const cells of demandeLines(db, scope)) {
      count += 1;
      yield cells;
    }
  }
  await pipeline(Readable.from(counted()), stringify({ ...CSV_FORM, columns: [...DEMANDE_TITLES] }), async (lines) => {
    for await (const chunk of lines as AsyncIterable<Buffer>) await file.appendFile(chunk);
  });
  return count;
}

/**
 * Read here, since Node's own stream of a file closes its number whenever it is destroyed (`autoClose` or not); closed once more by its
 * handle, the number may be somebody else's by then: a socket of the database was seen to be.
 */
async function* bytesOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_BYTES), 0, READ_BYTES, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

export interface ExportFile {
  /** How many demandes are in it. */
  readonly count: number;
  /** bytes */
  readonly size: number;
  /** The bytes from the first on, anew at each call. */
  open(): Promise<Readable>;
  dispose(): Promise<void>;
}

/** Opened and at once without a name: its bytes go with the last who holds it, a process that is killed included. */
async function nameless(): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "aplus-export-"));
  try {
    return await open(join(folder, "demandes.csv"), "wx+", 0o600);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export async function exportFile(db: Database, scope: Scope): Promise<ExportFile> {
  const file = await nameless();
  try {
    const count = await writeDemandes(db, scope, file);
    const { size } = await file.stat();
    return {
      count,
      size,
      open: async () => Readable.from(bytesOf(file), { objectMode: false }),
      dispose: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
