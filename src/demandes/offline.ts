/** The use cases where no bot runs: what is to be delivered is written down, for the bot that runs, or will. */
import type { Database } from "../../models/database.ts";
import type { Clock } from "../clock.ts";
import { Directory } from "../groupes/directory.ts";
import type { Log } from "../log.ts";
import { Metrics } from "../metrics.ts";
import type { UseCaseContext } from "./context.ts";

export const offlineContext = (db: Database, clock: Clock, log: Log, maxFileSize = 0): UseCaseContext => ({
  db,
  directory: new Directory(db),
  delivery: { kick: () => undefined, first: (run) => run() },
  clock,
  log,
  metrics: new Metrics(),
  maxFileSize,
});
