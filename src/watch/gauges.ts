/** What `/metrics` says of the whole, read from the database when it is asked, and not more often than it changes. */
import type { Registry } from "prom-client";
import { Gauge } from "prom-client";
import type { Counts, Standing } from "../../models/standing.ts";

/** What this process knows of itself. */
export interface HereNow {
  readonly databaseUp: boolean;
  /** 1 for each that there is, 0 for the others, by code. */
  readonly faults: Counts;
  /** What other clocks say less what ours does (s). */
  readonly clocks: Readonly<Partial<Record<string, number>>>;
  readonly freeBytes: number | null;
  readonly platforms: Counts;
  /** Null: no Matrix here. */
  readonly matrix: { readonly reads: boolean; readonly newsAgeMs: number | null } | null;
}

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

const by = (label: string, counts: Readonly<Partial<Record<string, number>>>): Sample[] =>
  Object.entries(counts).map(([name, n = 0]) => [{ [label]: name }, n]);
const one = (value: number): Sample[] => [[{}, value]];
const bit = (value: boolean): number => (value ? 1 : 0);

interface Reading {
  readonly here: HereNow;
  /** Null when the database did not answer: then nothing is said of it, and Prometheus sees that. */
  readonly standing: Standing | null;
}

/** Each gauge: its help, its label if it has one, and its samples. */
const GAUGES: Readonly<Record<string, readonly [help: string, label: string | null, (reading: Reading) => readonly Sample[]]>> = {
  aplus_database_up: ["Whether the database answered the last reading", null, ({ here }) => one(bit(here.databaseUp))],
  aplus_health_fault: ["1 for each reason that /sante gives, by its code", "code", ({ here }) => by("code", here.faults)],
  aplus_clock_offset_seconds: [
    "What another clock says less what this machine's does (slack, matrix, base)",
    "reference",
    ({ here }) => by("reference", here.clocks),
  ],
  aplus_store_free_bytes: [
    "What is left on the disk of the embedded database",
    null,
    ({ here }) => (here.freeBytes === null ? [] : one(here.freeBytes)),
  ],
  aplus_platform_up: ["Whether the connection to a platform is well", "platform", ({ here }) => by("platform", here.platforms)],
  aplus_matrix_sync_reads: [
    "Whether this process is the one that reads the events of Matrix",
    null,
    ({ here }) => (here.matrix ? one(bit(here.matrix.reads)) : []),
  ],
  aplus_matrix_sync_age_seconds: [
    "How long ago the homeserver last answered this process, when it is the one that reads",
    null,
    ({ here: { matrix } }) => (matrix?.reads && matrix.newsAgeMs !== null ? one(matrix.newsAgeMs / 1000) : []),
  ],
  aplus_matrix_sync_held: [
    "Whether some process reads the events of Matrix",
    null,
    ({ here, standing }) => (here.matrix && standing ? one(bit(standing.matrixRead)) : []),
  ],
  aplus_demandes_open: ["Demandes not archived, by status", "status", ({ standing }) => by("status", standing?.open ?? {})],
  aplus_demandes_overdue: [
    "Demandes en souffrance, by status",
    "status",
    ({ standing }) => by("status", standing?.overdue ?? {}),
  ],
  aplus_demandes_behind: [
    "Demandes with something still to show",
    null,
    ({ standing }) => (standing ? one(standing.behind) : []),
  ],
  aplus_delivery_oldest_seconds: [
    "How long the oldest delivery has been waiting, 0 when none is; broken threads apart",
    null,
    ({ standing }) => (standing ? one(standing.oldestSeconds) : []),
  ],
  aplus_demandes_broken: [
    "Demandes with a thread that somebody must mend, by platform (none: no place known)",
    "platform",
    ({ standing }) => by("platform", standing?.broken ?? {}),
  ],
  aplus_notices_waiting: ["Personal notices past their hour", null, ({ standing }) => (standing ? one(standing.notices) : [])],
  aplus_erasures: [
    "Wiped demandes of which something is still shown, by state (en_cours, abandonnee)",
    "state",
    ({ standing }) => by("state", standing?.erasures ?? {}),
  ],
  aplus_webhook_dead_demandes: [
    "Demandes of which an endpoint never took some event",
    "endpoint",
    ({ standing }) => by("endpoint", standing?.deadLetters ?? {}),
  ],
  aplus_job_late_seconds: ["By how much a job is past its hour", "task", ({ standing }) => by("task", standing?.lateJobs ?? {})],
};

/** Registers the gauges; what it returns sets them all anew. */
export function registerGauges(registry: Registry): (reading: Reading) => void {
  const gauges = Object.entries(GAUGES).map(([name, [help, label, samples]]) => {
    const gauge = new Gauge({ name, help, labelNames: label === null ? [] : [label], registers: [registry] });
    // Without a label, `reset` would leave a 0, which says that something was counted.
    const clear = () => (label === null ? gauge.remove() : gauge.reset());
    return { gauge, clear, samples };
  });
  return (reading) => {
    for (const { gauge, clear, samples } of gauges) {
      clear();
      for (const [labels, value] of samples(reading)) gauge.set(labels, value);
    }
  };
}
