/** One of the sandbox's chat platforms, as the first day is played there. */
import type { Identity, Place } from "../../src/delivery/port.ts";
import type { PlatformName } from "../../src/domain/demande.ts";

export interface SeededPlatform {
  readonly name: PlatformName;
  /** The account of somebody, by handle; null when it is on no such platform. */
  identity(handle: string): Identity | null;
  /** The channel of that name. */
  place(channel: string): Place | null;
  /** Writes in a thread as that person; resolves once the bot has taken it. */
  write(as: Identity, place: Place, root: string, text: string): Promise<void>;
}
