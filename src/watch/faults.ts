/** Why what serves people is not well: decided from what was read, each with a code for programs and a sentence for people. */
import type { PlatformHealth } from "../../bots/platform.ts";
import type { Standing } from "../../models/standing.ts";
import { healthTexts as texts } from "../texts/veille.ts";
import type { HereNow } from "./gauges.ts";

/** All there are: /metrics has a series for each, and docs/operations.md says what to do about each. */
export const FAULT_CODES = [
  "demarrage",
  "base-injoignable",
  "base-ecriture",
  "disque-plein",
  "slack-demarrage",
  "slack-arret",
  "slack-jeton",
  "slack-jeton-application",
  "slack-connexion",
  "matrix-demarrage",
  "matrix-arret",
  "matrix-jeton",
  "matrix-injoignable",
  "matrix-enregistrement",
  "matrix-sans-lecteur",
  "matrix-lecture",
  "envois-en-retard",
  "tache-en-retard",
  "horloge",
] as const;

export type FaultCode = (typeof FAULT_CODES)[number];

export interface Fault {
  readonly code: FaultCode;
  readonly reason: string;
}

/** Beyond these, something is wrong. */
export interface Limits {
  /** How long something may wait to be shown. */
  readonly lateSeconds: number;
  /** How far past its hour a job may be. */
  readonly jobSeconds: number;
  /** How long nobody may read Matrix: a process that takes over from one that died needs some twelve. */
  readonly unreadSeconds: number;
  /** A homeserver holds its answer for 30 s when it has nothing to tell. */
  readonly silentSeconds: number;
  /** Slack refuses signed requests that differ by five minutes; people see the hour. */
  readonly clockSeconds: number;
  readonly freeBytes: number;
}

export const LIMITS: Limits = {
  lateSeconds: 600,
  jobSeconds: 300,
  unreadSeconds: 45,
  silentSeconds: 120,
  clockSeconds: 30,
  freeBytes: 200e6,
};

export interface Read {
  readonly database: "up" | "away" | "read-only";
  readonly platforms: readonly PlatformHealth[];
  readonly matrix: HereNow["matrix"];
  readonly standing: Standing | null;
  /** Since when no process reads Matrix, as far as this one saw (s); 0 while one does. */
  readonly unreadSeconds: number;
  /** What other clocks say less what ours does (s). */
  readonly clocks: Readonly<Partial<Record<keyof typeof texts.references, number>>>;
  /** On the disk of the embedded database; null where there is none. */
  readonly freeBytes: number | null;
}

const megabytes = (bytes: number): string => `${Math.floor(bytes / 1e6).toLocaleString("fr-FR")} Mo`;

function databaseFaults({ database, freeBytes }: Read, limits: Limits): Fault[] {
  const faults: Fault[] = [];
  if (database === "away") faults.push({ code: "base-injoignable", reason: texts.databaseAway });
  if (database === "read-only") faults.push({ code: "base-ecriture", reason: texts.databaseReadOnly });
  if (freeBytes !== null && freeBytes < limits.freeBytes)
    faults.push({ code: "disque-plein", reason: texts.diskFull(megabytes(freeBytes)) });
  return faults;
}

function readingFaults({ matrix, unreadSeconds }: Read, limits: Limits): Fault[] {
  if (!matrix) return [];
  const silent = matrix.reads && matrix.newsAgeMs !== null ? matrix.newsAgeMs / 1000 : 0;
  if (silent > limits.silentSeconds) return [{ code: "matrix-lecture", reason: texts.matrixSilent(silent) }];
  if (unreadSeconds > limits.unreadSeconds) return [{ code: "matrix-sans-lecteur", reason: texts.matrixUnread(unreadSeconds) }];
  return [];
}

function lateFaults({ standing }: Read, limits: Limits): Fault[] {
  if (!standing) return [];
  const faults: Fault[] = [];
  if (standing.oldestSeconds > limits.lateSeconds)
    faults.push({ code: "envois-en-retard", reason: texts.late(standing.oldestSeconds) });
  const jobs = Object.entries(standing.lateJobs).filter(([, late]) => late > limits.jobSeconds);
  if (jobs.length > 0) faults.push({ code: "tache-en-retard", reason: texts.lateJobs(jobs.map(([name]) => name).sort()) });
  return faults;
}

/** None when all is well; the gravest first. */
export function faultsOf(read: Read, limits: Limits = LIMITS): readonly Fault[] {
  const clocks = Object.entries(read.clocks).filter(([, offset]) => Math.abs(offset) > limits.clockSeconds);
  return [
    ...databaseFaults(read, limits),
    ...read.platforms.flatMap((health): Fault[] => (health.ok ? [] : [{ code: health.code, reason: health.reason }])),
    ...readingFaults(read, limits),
    ...lateFaults(read, limits),
    ...clocks.map(([name, offset]): Fault => {
      const reference = texts.references[name as keyof typeof texts.references];
      return { code: "horloge", reason: texts.clockOff(reference, offset) };
    }),
  ];
}
