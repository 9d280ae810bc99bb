/** `aplus exporter`: groupes.csv and agents.csv, as the import takes them, written as the database is read. */
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { stringify } from "csv-stringify";
import { eachAgent, eachGroupe } from "../../models/roster.ts";
import type { Config } from "../config.ts";
import { PermanentError } from "../errors.ts";
import { CSV_FORM } from "../groupes/csvCells.ts";
import { agentLines, agentTitles, groupeCells, groupeTitles, mxidsOf } from "../groupes/exportRows.ts";
import { tell, tellFault } from "./output.ts";
import { openStore } from "./store.ts";
import { cliTexts } from "./texts.ts";

const texts = cliTexts.exporter;

/** Written beside and renamed once whole: whoever finds the file finds all of it. Only its owner reads it. */
export async function writeCsv(path: string, titles: readonly string[], lines: AsyncIterable<readonly string[]>): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(
      Readable.from(lines),
      stringify({ ...CSV_FORM, columns: [...titles] }),
      createWriteStream(part, { mode: 0o600 }),
    );
    await rename(part, path);
  } catch (cause) {
    await rm(part, { force: true });
    throw isFileError(cause) ? new PermanentError(texts.failed(path), { cause }) : cause;
  }
}

const isFileError = (cause: unknown): boolean => cause instanceof Error && "syscall" in cause && "path" in cause;

/** @throws PermanentError or RetryError, with a sentence */
export async function exportFiles(config: Config, folder: string, { replace }: { replace: boolean }): Promise<void> {
  const paths = { groupes: join(folder, "groupes.csv"), agents: join(folder, "agents.csv") };
  for (const path of Object.values(paths)) if (!replace && existsSync(path)) throw new PermanentError(texts.exists(path));
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new PermanentError(texts.failed(folder), { cause });
  });
  const store = await openStore(config);
  const { db, where } = store;
  try {
    tell(cliTexts.importer.database(where));
    let groupes = 0;
    let agents = 0;
    async function* groupeRecords(): AsyncGenerator<string[]> {
      for await (const groupe of eachGroupe(db.groupes)) {
        groupes += 1;
        yield groupeCells(groupe);
      }
    }
    async function* agentRecords(): AsyncGenerator<string[]> {
      for await (const agent of eachAgent(db.agents)) {
        agents += 1;
        if (mxidsOf(agent).length > 1) tellFault(texts.notWritten(agent.email));
        yield* agentLines(agent);
      }
    }
    await writeCsv(paths.groupes, groupeTitles, groupeRecords());
    tell(texts.done(paths.groupes, groupes, "groupe"));
    await writeCsv(paths.agents, agentTitles, agentRecords());
    tell(texts.done(paths.agents, agents, "compte"));
    tell(texts.personal);
  } finally {
    await store.close();
  }
}
