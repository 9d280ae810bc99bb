/** What the use cases work with. */
import type { Database } from "../../models/database.ts";
import type { Clock } from "../clock.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { Directory } from "../groupes/directory.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { Paces } from "./paces.ts";

export interface UseCaseContext {
  readonly db: Database;
  readonly directory: Directory;
  readonly delivery: Pick<Delivery, "kick" | "first">;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Files that are relayed: the largest, in bytes. */
  readonly maxFileSize: number;
  /** How fast a person may act; absent: as fast as they can. */
  readonly paces?: Paces;
}
