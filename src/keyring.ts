/** The keys that encrypt personal data: given by the configuration, or made once and kept beside the embedded database. */
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Sealer } from "../models/sealing.ts";
import { createSealer } from "../models/sealing.ts";
import { PermanentError } from "./errors.ts";
import { keyringTexts } from "./texts/cles.ts";

const KEY_BYTES = 32;
const stored = z.object({ encryption: z.array(z.object({ id: z.string(), key: z.string() })).min(1), search: z.string() });
type Stored = z.infer<typeof stored>;

const toSealer = ({ encryption, search }: Stored): Sealer =>
  createSealer(
    encryption.map(({ id, key }) => ({ id, key: Buffer.from(key, "base64") })),
    Buffer.from(search, "base64"),
  );

/** Written whole or not at all, and on the disk before anything is sealed with it. */
async function write(file: string, keys: Stored): Promise<void> {
  const draft = `${file}.tmp`;
  const handle = await open(draft, "w", 0o600);
  await handle.writeFile(JSON.stringify(keys));
  await handle.sync();
  await handle.close();
  await rename(draft, file);
}

const fileOf = (folder: string): string => join(folder, "keys.json");

/** Null when there is none yet. @throws PermanentError when it is there but cannot be read */
async function readStored(folder: string): Promise<Stored | null> {
  const file = fileOf(folder);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  try {
    return text === null ? null : stored.parse(JSON.parse(text));
  } catch (cause) {
    throw new PermanentError(keyringTexts.unreadable(file), { cause });
  }
}

/** A new key, in base64. */
export const newKey = (): string => randomBytes(KEY_BYTES).toString("base64");

/** Named after the month, and numbered when that name is taken: « 2026-11 », « 2026-11-2 ». */
export function newKeyId(taken: readonly string[], now: Date): string {
  const month = now.toISOString().slice(0, 7);
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? month : `${month}-${n}`;
    if (!taken.includes(id)) return id;
  }
}

/**
 * The keys kept under this folder, made the first time.
 * @throws PermanentError when the file is there but cannot be read: new keys would make all that is stored unreadable
 */
export async function sealerOf(folder: string): Promise<Sealer> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const known = await readStored(folder);
  if (known !== null) return toSealer(known);
  const keys: Stored = { encryption: [{ id: "locale-1", key: newKey() }], search: newKey() };
  await write(fileOf(folder), keys);
  return toSealer(keys);
}

/** The names of the keys kept under this folder, the one that seals first; none when there is no file. @throws PermanentError */
export async function storedKeyIds(folder: string): Promise<readonly string[]> {
  return (await readStored(folder))?.encryption.map(({ id }) => id) ?? [];
}

/** @throws PermanentError when there is no file, or it cannot be read */
async function rewrite(folder: string, change: (encryption: Stored["encryption"]) => Stored["encryption"]): Promise<void> {
  const keys = await readStored(folder);
  if (keys === null) throw new PermanentError(keyringTexts.missing(folder));
  await write(fileOf(folder), { ...keys, encryption: change(keys.encryption) });
}

/** From the next start of the bot, this key seals, and the others still open. @throws PermanentError */
export const addStoredKey = (folder: string, id: string): Promise<void> =>
  rewrite(folder, (encryption) => [{ id, key: newKey() }, ...encryption]);

/** This key opens nothing any more. For one that seals nothing: what it seals would be lost. @throws PermanentError */
export const removeStoredKey = (folder: string, id: string): Promise<void> =>
  rewrite(folder, (encryption) => encryption.filter((key) => key.id !== id));
