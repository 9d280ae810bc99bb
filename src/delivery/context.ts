/** What delivery works with. */
import type { Database } from "../../models/database.ts";
import type { Clock } from "../clock.ts";
import type { Directory } from "../groupes/directory.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics.ts";
import type { Ports } from "./place.ts";
import type { Webhooks } from "./webhooks/webhooks.ts";

export interface DeliveryContext {
  readonly db: Database;
  readonly directory: Directory;
  readonly ports: Ports;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Absent where no other system is told anything. */
  readonly webhooks?: Webhooks;
  /** Tells this worker from every other. */
  readonly owner: string;
}
