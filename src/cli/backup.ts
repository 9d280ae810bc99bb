/** `aplus sauvegarder` and `aplus restaurer`: the whole database in one file, and back into an empty one. */
import { createReadStream, createWriteStream, existsSync } from "node:fs";
import { access, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { backupOf, isEmpty, readBackup, restoreInto } from "../../models/backup.ts";
import { systemClock } from "../clock.ts";
import type { Config } from "../config.ts";
import { PermanentError } from "../errors.ts";
import { backupTexts as texts } from "../texts/sauvegarde.ts";
import { tell, tellFault } from "./output.ts";
import { openStore } from "./store.ts";

/** The decompressed bytes. @throws PermanentError when they are not compressed, or cut short */
async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path).pipe(createGunzip());
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : null;
    if (code === "Z_BUF_ERROR") throw new PermanentError(texts.cutShort, { cause });
    if (typeof code === "string" && code.startsWith("Z_")) throw new PermanentError(texts.notABackup, { cause });
    throw cause;
  }
}

/**
 * Under its name, the file is whole: it is written under another until then. Only its owner may read it.
 * @throws PermanentError or RetryError, with a sentence
 */
export async function saveBackup(config: Config, path: string): Promise<void> {
  if (existsSync(path)) throw new PermanentError(texts.exists(path));
  const draft = `${path}.partiel`;
  const store = await openStore(config);
  try {
    const chunks = Readable.from(backupOf(store.db.connection, systemClock.now()));
    await pipeline(chunks, createGzip(), createWriteStream(draft, { mode: 0o600, flush: true }));
    const { documents } = await readBackup(bytesOf(draft));
    await rename(draft, path);
    tell(texts.saved(documents, path));
  } finally {
    await rm(draft, { force: true });
    await store.close();
  }
}

/**
 * The file is read whole before anything is written. What a crash leaves half restored is no empty database: it is refused, and made anew.
 * @returns the exit status: 1 when a key is missing for what was restored
 * @throws PermanentError or RetryError, with a sentence
 */
export async function restoreBackup(config: Config, path: string): Promise<number> {
  await access(path).catch((cause: unknown) => {
    throw new PermanentError(texts.noFile(path), { cause });
  });
  await readBackup(bytesOf(path));
  const store = await openStore(config);
  const { db } = store;
  try {
    if (!(await isEmpty(db.connection))) throw new PermanentError(texts.notEmpty);
    const { documents, at } = await restoreInto(db.connection, bytesOf(path));
    tell(texts.restored(documents, at.toISOString()));
    const missing = (await db.resealing.uses()).keys.map(({ id }) => id).filter((id) => !db.sealer.keyIds.includes(id));
    if (missing.length > 0) tellFault(texts.missingKeys(missing));
    return missing.length > 0 ? 1 : 0;
  } finally {
    await store.close();
  }
}
