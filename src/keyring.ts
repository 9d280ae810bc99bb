/** The keys that encrypt personal data: given by the configuration, or made once and kept beside the embedded database. */
import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Sealer } from "../models/sealing.ts";
import { createSealer } from "../models/sealing.ts";
import { PermanentError } from "./errors.ts";

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

/**
 * The keys kept under this folder, made the first time.
 * @throws PermanentError when the file is there but cannot be read: new keys would make all that is stored unreadable
 */
export async function sealerOf(folder: string): Promise<Sealer> {
  const file = join(folder, "keys.json");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (text === null) {
    const key = () => randomBytes(KEY_BYTES).toString("base64");
    const keys: Stored = { encryption: [{ id: "locale-1", key: key() }], search: key() };
    await write(file, keys);
    return toSealer(keys);
  }
  try {
    return toSealer(stored.parse(JSON.parse(text)));
  } catch (cause) {
    throw new PermanentError(`Le fichier de clés ${file} est illisible : remettez-en une sauvegarde.`, { cause });
  }
}
