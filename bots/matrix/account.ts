/** The bot's account and its rooms, for those who prepare it: groupes are bound to rooms by their ids, which aliases stand for. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { MatrixApi } from "./api.ts";
import { deliveryFault } from "./faults.ts";
import type { ConnectionOptions } from "./sdk.ts";

export interface MatrixRooms {
  /** What stands for the homeserver in places and identities: the name after the colon of the bot's own MXID. */
  readonly workspace: string;
  /** The room's id by its id or its alias (`#caf-ain:exemple.fr`); null for an alias that nobody knows. */
  idOf(room: string): Promise<string | null>;
}

/** @throws DeliveryFault when the homeserver refuses the token or does not answer */
export async function matrixRooms(options: Omit<ConnectionOptions, "cryptoFolder">): Promise<MatrixRooms> {
  const api = new MatrixApi({ ...options, cryptoFolder: null });
  const asking = <T>(answer: Promise<T>): Promise<T> =>
    answer.catch((error: unknown) => {
      throw deliveryFault(error);
    });
  const { user_id: user } = await asking(api.whoami());
  return {
    workspace: user.slice(user.indexOf(":") + 1),
    idOf: async (room) => (room.startsWith("#") ? asking(api.resolveAlias(room)) : room),
  };
}

/** As the library and its native part name their files. */
const KEY_FILE = /^(bot-sdk\.json|matrix-sdk-.+)$/;

export interface StoredKeys {
  /** Names of the files of keys in the folder. */
  readonly keys: readonly string[];
  /** What else is there. */
  readonly others: readonly string[];
}

/** What the folder of keys holds; nothing when it does not exist. @throws what the file system throws */
export async function storedKeys(cryptoFolder: string): Promise<StoredKeys> {
  const names = await readdir(cryptoFolder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return { keys: names.filter((name) => KEY_FILE.test(name)), others: names.filter((name) => !KEY_FILE.test(name)) };
}

/**
 * Forgets the keys of encrypted rooms, for when they are lost or belong to another device: the bot makes new ones at its next
 * start, and cannot read what was encrypted before. The bot must be stopped. The folder itself stays, which may be a volume, and so
 * does whatever else is in it.
 */
export async function resetKeys(cryptoFolder: string): Promise<void> {
  const { keys } = await storedKeys(cryptoFolder);
  for (const name of keys) await rm(join(cryptoFolder, name), { recursive: true, force: true });
}
