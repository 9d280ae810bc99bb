/** The rooms and the name of the configured homeserver, for the import. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config.ts";
import { DeliveryFault } from "../delivery/port.ts";
import { RetryError } from "../errors.ts";
import type { Finders } from "../groupes/importPlaces.ts";
import { createLog } from "../log.ts";
import { cliTexts } from "./texts.ts";

/** A homeserver that limits the rate of calls says how long to wait. */
const LONGEST_WAIT_MS = 90_000;
const TRIES = 5;

async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = TRIES - 1; ; left--) {
    try {
      return await ask();
    } catch (error) {
      const wait = error instanceof DeliveryFault ? error.afterMs : null;
      if (wait === null || wait > LONGEST_WAIT_MS || left === 0) throw error;
      await sleep(wait);
    }
  }
}

const away = (cause: unknown): never => {
  throw new RetryError(cliTexts.matrixAway, { cause });
};

/** What the homeserver refuses to look for is not there; what it cannot look for now is another matter. */
const absent = (fault: unknown): null => (fault instanceof DeliveryFault && fault.kind !== "retry" ? null : away(fault));

/** Null when Matrix is not configured. What it gives throws RetryError, with a sentence, when the homeserver does not answer. */
export function roomFinder({ matrix }: Config): Finders["rooms"] {
  if (!matrix) return null;
  const { homeserver, accessToken, proxyEncrypts } = matrix;
  return async () => {
    const { matrixRooms } = await import("../../bots/matrix/account.ts");
    const options = { homeserver, accessToken, proxyEncrypts, log: createLog("silent") };
    const { workspace, idOf } = await patiently(() => matrixRooms(options)).catch(away);
    return { workspace, idOf: (room) => patiently(() => idOf(room)).catch(absent) };
  };
}
