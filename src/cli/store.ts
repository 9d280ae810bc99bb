/** The database of the configuration, for the commands that write. */
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { Database } from "../../models/database.ts";
import { openDatabase } from "../../models/database.ts";
import { createSealer } from "../../models/sealing.ts";
import type { Config } from "../config.ts";
import { RetryError } from "../errors.ts";
import { sealerOf } from "../keyring.ts";
import { embeddedFolder, openEmbedded } from "./embedded.ts";
import { cliTexts } from "./texts.ts";

const TIMEOUT_MS = 8000;

export interface Store {
  readonly db: Database;
  /** For the person: which database it is, without any secret. */
  readonly where: string;
  close(): Promise<void>;
}

/**
 * Without MONGODB_URI, the embedded database of the real bot, and not that of the sandbox.
 * @throws PermanentError or RetryError, with a sentence
 */
export async function openStore(config: Config): Promise<Store> {
  const { dataDir, mongodbUri, keys } = config;
  const sealer = keys ? createSealer(keys.encryption, keys.search) : await sealerOf(dataDir);
  if (mongodbUri !== null) {
    const db = await openDatabase(mongodbUri, sealer, TIMEOUT_MS).catch((cause: unknown) => {
      throw new RetryError(cliTexts.databaseAway, { cause });
    });
    return { db, where: "MongoDB", close: () => db.close() };
  }
  const folder = embeddedFolder(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const embedded = await openEmbedded(dataDir);
  try {
    const db = await openDatabase(embedded.uri, sealer, TIMEOUT_MS);
    const close = () => db.close().finally(() => embedded.close());
    return { db, where: cliTexts.importer.embedded(resolve(folder)), close };
  } catch (error) {
    await embedded.close();
    throw error;
  }
}
