/** `aplus matrix-cles`: the keys of encrypted rooms, told or erased. */
import { resolve } from "node:path";
import { resetKeys, storedKeys } from "../../bots/matrix/account.ts";
import type { Config } from "../config.ts";
import { PermanentError } from "../errors.ts";
import { tell } from "./output.ts";
import { cliTexts } from "./texts.ts";

const texts = cliTexts.matrixKeys;

/**
 * Without `erase`, says what it would do and changes nothing.
 * @throws PermanentError when the configuration names no folder of keys, or when it cannot be read or emptied
 */
export async function matrixKeys({ matrix }: Config, { erase }: { erase: boolean }): Promise<void> {
  if (!matrix?.cryptoFolder) throw new PermanentError(texts.noFolder);
  const folder = resolve(matrix.cryptoFolder);
  const failed = (cause: unknown): never => {
    throw new PermanentError(texts.failed(folder), { cause });
  };
  const { keys, others } = await storedKeys(folder).catch(failed);
  if (keys.length === 0) tell(texts.none(folder));
  else if (erase) {
    await resetKeys(folder).catch(failed);
    tell(texts.erased(folder));
  } else tell(texts.explained(folder));
  if (others.length > 0) tell(texts.others(others));
}
