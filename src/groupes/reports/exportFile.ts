/** The export as a file that nobody else can open and that no crash leaves behind: it has no name while it is written and read. */
import { createReadStream, createWriteStream } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import type { Database } from "../../../models/database.ts";
import type { Scope } from "../../../models/demandeFigures.ts";
import { CSV_FORM } from "../csvCells.ts";
import { DEMANDE_TITLES, demandeCells } from "./demandesCsv.ts";

/** The cells of each demande of that scope, as it comes from the database; the oldest first. */
export async function* demandeLines(db: Database, scope: Scope): AsyncGenerator<string[]> {
  const groupes = new Map((await db.groupes.all()).map((groupe) => [groupe.id, groupe]));
  for await (const record of db.bulk.histories(scope)) yield demandeCells(record, groupes);
}

/** Writes them as CSV; gives how many there were. */
async function writeDemandes(db: Database, scope: Scope, to: Writable): Promise<number> {
  let count = 0;
  async function* counted(): AsyncGenerator<string[]> {
    for await (const cells of demandeLines(db, scope)) {
      count += 1;
      yield cells;
    }
  }
  await pipeline(Readable.from(counted()), stringify({ ...CSV_FORM, columns: [...DEMANDE_TITLES] }), to);
  return count;
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
    // By its number: a stream of the handle itself would keep it from ever being closed.
    const shared = { fd: file.fd, autoClose: false } as const;
    const count = await writeDemandes(db, scope, createWriteStream("", shared));
    const { size } = await file.stat();
    return {
      count,
      size,
      open: async () => createReadStream("", { ...shared, start: 0 }),
      dispose: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}
