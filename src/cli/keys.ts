/** `aplus cles`: the keys that encrypt personal data, listed, renewed, taken away. */
import { join } from "node:path";
import type { KeyUse, SealedCounts } from "../../models/resealing.ts";
import type { Config } from "../config.ts";
import { PermanentError } from "../errors.ts";
import { addStoredKey, newKey, newKeyId, removeStoredKey, storedKeyIds } from "../keyring.ts";
import { keyCliTexts as texts } from "../texts/cles.ts";
import { tell, tellFault } from "./output.ts";
import type { Store } from "./store.ts";
import { openStore } from "./store.ts";

const NAME = /^[\w-]{1,32}$/;
/** Told now and then, and not at each batch. */
const PROGRESS_EVERY = 1000;

async function inStore<T>(config: Config, run: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(config);
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

const keysFile = ({ dataDir }: Config): string => join(dataDir, "keys.json");
const total = (counts: SealedCounts): number => Object.values(counts).reduce((sum, n) => sum + n, 0);

/** @returns the exit status: 1 when a key is missing */
export function listKeys(config: Config): Promise<number> {
  return inStore(config, async ({ db }) => {
    const { keys, unnoted } = await db.resealing.uses();
    const known = db.sealer.keyIds;
    const roleOf = ({ id }: KeyUse): string => {
      if (id === db.sealer.currentKeyId) return texts.current;
      return known.includes(id) ? texts.former : texts.unknown;
    };
    for (const key of keys) {
      const { demandes, dialogues, notices, installations } = key.counts;
      tell(texts.use(key.id, roleOf(key), demandes, dialogues, notices, installations));
    }
    if (total(unnoted) > 0) tell(texts.unnoted(total(unnoted)));
    return keys.every(({ id }) => known.includes(id)) ? 0 : 1;
  });
}

/**
 * Where the keys are the configuration's, only tells a new one: nothing here may write it down.
 * @throws PermanentError for a name that cannot be, or is taken
 */
export async function addKey(config: Config, name: string | undefined, now: Date): Promise<void> {
  const { keys, dataDir } = config;
  const known = keys ? keys.encryption.map(({ id }) => id) : await storedKeyIds(dataDir);
  const id = name ?? newKeyId(known, now);
  if (!NAME.test(id)) throw new PermanentError(texts.badName);
  if (known.includes(id)) throw new PermanentError(texts.taken(id));
  if (keys) return tell(texts.made(`${id}:${newKey()}`, id, known));
  await addStoredKey(dataDir, id);
  tell(texts.madeHere(id, keysFile(config)));
}

/** @returns the exit status: 1 when something does not open */
export function resealAll(config: Config): Promise<number> {
  return inStore(config, async ({ db }) => {
    const { currentKeyId, keyIds } = db.sealer;
    if (keyIds.length === 1) {
      tell(texts.alone(currentKeyId));
      return 0;
    }
    let told = 0;
    const { done, unreadable } = await db.resealing.run(Number.POSITIVE_INFINITY, (n) => {
      if (n - told < PROGRESS_EVERY) return;
      told = n;
      tell(texts.progress(n));
    });
    tell(texts.resealed(done, currentKeyId));
    if (unreadable > 0) tellFault(texts.unreadable(unreadable));
    return unreadable > 0 ? 1 : 0;
  });
}

/** @throws PermanentError for a key that is not there, that seals, or of which something may still need */
export function removeKey(config: Config, id: string): Promise<void> {
  return inStore(config, async ({ db }) => {
    const { currentKeyId, keyIds } = db.sealer;
    if (!keyIds.includes(id)) throw new PermanentError(texts.notThere(id, keyIds));
    if (id === currentKeyId) throw new PermanentError(texts.isCurrent(id));
    const uses = await db.resealing.usesOf(id);
    if (uses > 0) throw new PermanentError(texts.stillUsed(id, uses));
    if (config.keys) return tell(texts.removable(id));
    await removeStoredKey(config.dataDir, id);
    tell(texts.removedHere(id, keysFile(config)));
  });
}
