import type { EventRecord } from "../state/model.ts";
import type { World } from "../state/world.ts";
import type { SyncFilter } from "./filter.ts";

export interface SyncInput {
  world: World;
  actor: { userId: string; deviceId: string };
  /** The position that the client has come to; undefined at its first sync. */
  since: number | undefined;
  fullState: boolean;
  filter: SyncFilter;
  /** A fault's doing: at most so many events of each room. */
  keep?: number;
  /** A fault's doing: events to give again. */
  again?: readonly EventRecord[];
}
