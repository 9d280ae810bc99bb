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

/** Writes the demandes of that scope as CSV, each as it comes from the database; gives how many there were. */
export async function writeDemandes(db: Database, scope: Scope, to: Writable): Promise<number> {
  const groupes = new Map((await db.groupes.all()).map((groupe) => [groupe.id, groupe]));
  let count = 0;
  async function* lines(): AsyncGenerator<string[]> {
    for await (const record of db.bulk.histories(scope)) {
      count += 1;
      yield demandeCells(record, groupes);
    }
  }
  await pipeline(Readable.from(lines()), stringify({ ...CSV_FORM, columns: [...DEMANDE_TITLES] }), to);
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
