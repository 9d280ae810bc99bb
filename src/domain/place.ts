/** Places and people on the chat platforms, by the platforms' own ids: names only, the domain knows nothing else of them. */
import type { PlatformName } from "./demande.ts";

/** A channel, a room or a direct conversation. */
export interface Place {
  readonly platform: PlatformName;
  readonly workspace: string;
  readonly channel: string;
}

/** A person on a platform. */
export interface Identity {
  readonly platform: PlatformName;
  readonly workspace: string;
  readonly user: string;
}

export const samePlace = (a: Place | null, b: Place | null): boolean =>
  a !== null && b !== null && a.platform === b.platform && a.workspace === b.workspace && a.channel === b.channel;

/**
 * What keeps a place from being written to, for whoever can mend it. `unbound`: no place is known; `reader`: the agent's account is
 * disabled; `archived`: the channel; `removed`: the bot is not in it; `workspace`: the bot has no access to the whole workspace, which
 * may be given back at any moment.
 */
export type Obstacle = "unbound" | "reader" | "archived" | "removed" | "workspace" | "other";
