/** What is measured at both sizes: each ask is the same one for the same kind of person, on one database or the other. */
import type { Database } from "../../models/database.ts";
import type { UseCaseContext } from "../../src/demandes/context.ts";
import { offlineContext } from "../../src/demandes/offline.ts";
import { createLog } from "../../src/log.ts";
import type { Scale } from "./population.ts";
import { NOW } from "./population.ts";

export interface Ask {
  /** « Tableaux, première page ». Asks of one name are measured together. */
  readonly name: string;
  /** Once before each run, not measured. */
  readonly prepare?: () => Promise<void>;
  readonly run: () => Promise<unknown>;
  /** What it answers grows with the size: its time is told by this much of it. */
  readonly per?: number;
  /** Once after each run, not measured: the database is again as it was. */
  readonly restore?: () => Promise<void>;
}

export interface Stage {
  readonly db: Database;
  readonly scale: Scale;
  readonly context: UseCaseContext;
}

export const stageOn = (db: Database, scale: Scale): Stage => ({
  db,
  scale,
  // Deliveries are measured by themselves.
  context: offlineContext(db, { now: () => NOW }, createLog("error")),
});

/** That many numbers, spread evenly from the first to the last. */
export const spread = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, k) => Math.floor(from + ((to - from) * k) / count));
