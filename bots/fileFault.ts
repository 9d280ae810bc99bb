/** What keeps a file from being fetched, told in the kinds that delivery knows: the thread where it is to go is not at fault. */
import { DeliveryFault } from "../src/delivery/port.ts";

/** A token may be put right at any moment. */
const TOKEN_AGAIN_MS = 60_000;

/**
 * @param error a fault of the place where the file was given
 * @param isGone whether what it says is for long: the workspace took the bot away
 */
export function fileFault(error: unknown, isGone: (fault: DeliveryFault) => boolean): unknown {
  if (!(error instanceof DeliveryFault) || error.kind !== "place") return error;
  const { code, obstacle } = error;
  if (obstacle === "workspace" && !isGone(error))
    return new DeliveryFault("retry", code, { cause: error, afterMs: TOKEN_AGAIN_MS });
  return new DeliveryFault("content", code, { cause: error });
}
