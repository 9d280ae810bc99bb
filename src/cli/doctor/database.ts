/** The database: whether it answers, what it lacks, whether the keys open what it holds. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Inspection } from "../../../models/inspection.ts";
import { inspectDatabase } from "../../../models/inspection.ts";
import type { Sealer } from "../../../models/sealing.ts";
import { createSealer } from "../../../models/sealing.ts";
import type { Config } from "../../config.ts";
import { PermanentError } from "../../errors.ts";
import { sealerOf } from "../../keyring.ts";
import type { Embedded } from "../embedded.ts";
import { embeddedFolder, openEmbedded } from "../embedded.ts";
import { doctorTexts as texts } from "../texts.ts";
import type { Finding } from "./finding.ts";
import { fine, wrong } from "./finding.ts";
import { clockFinding, exists } from "./machine.ts";

const TIMEOUT_MS = 6000;
/** Milliseconds for a ping above which clicks come near Slack's three seconds. */
const SLOW_MS = 250;

/** The keys of the configuration, or those kept beside the embedded database; none is made. Null when there are none to use. */
export async function checkKeys({ keys, dataDir, mongodbUri }: Config): Promise<{ finding: Finding; sealer: Sealer | null }> {
  if (keys)
    return {
      finding: fine(texts.keys, texts.keysConfigured(keys.encryption.length)),
      sealer: createSealer(keys.encryption, keys.search),
    };
  const file = join(dataDir, "keys.json");
  if (!(await exists(file))) {
    const isNew = mongodbUri !== null || !(await exists(embeddedFolder(dataDir)));
    const finding = isNew ? fine(texts.keys, texts.keysToCome) : wrong(texts.keys, texts.keysLost(file), texts.keysRemedy);
    return { finding, sealer: null };
  }
  try {
    await readFile(file);
    return { finding: fine(texts.keys, texts.keysStored(file)), sealer: await sealerOf(dataDir) };
  } catch (error) {
    if (!(error instanceof PermanentError || (error instanceof Error && "code" in error))) throw error;
    return { finding: wrong(texts.keys, texts.keysUnreadable(file), texts.keysRemedy), sealer: null };
  }
}

export interface OpenInspection {
  readonly inspection: Inspection | null;
  readonly findings: readonly Finding[];
  close(): Promise<void>;
}

const closed = (...findings: Finding[]): OpenInspection => ({ inspection: null, findings, close: async () => undefined });

/** The driver's messages may hold an address with its password: only names and codes are told. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "?";
  return "codeName" in error && typeof error.codeName === "string" ? error.codeName : error.name;
}

/** Opens the configured database, without making it when it is not there yet. */
export async function openInspection({ mongodbUri, dataDir }: Config, sealer: Sealer): Promise<OpenInspection> {
  let embedded: Embedded | null = null;
  if (mongodbUri === null) {
    if (!(await exists(embeddedFolder(dataDir)))) return closed(fine(texts.database, texts.embeddedToCome));
    try {
      embedded = await openEmbedded(dataDir);
    } catch (error) {
      if (!(error instanceof PermanentError)) throw error;
      return closed(wrong(texts.database, texts.embeddedBusy, texts.embeddedBusyRemedy));
    }
  }
  try {
    const inspection = await inspectDatabase(embedded?.uri ?? mongodbUri ?? "", sealer, TIMEOUT_MS);
    const close = () => inspection.close().finally(() => embedded?.close());
    return { inspection, findings: [], close };
  } catch (error) {
    await embedded?.close();
    return closed(wrong(texts.database, texts.databaseAway(codeOf(error)), texts.databaseRemedy));
  }
}

/** Version, latency, and the clock of a server that is not this machine's own. */
export async function checkServer(inspection: Inspection, isEmbedded: boolean): Promise<readonly Finding[]> {
  const { version, latencyMs, clockOffsetMs } = await inspection.server();
  const latency = texts.milliseconds(latencyMs);
  if (latencyMs > SLOW_MS) return [wrong(texts.database, texts.databaseSlow(latency), texts.databaseSlowRemedy)];
  if (isEmbedded) return [fine(texts.database, texts.embeddedOk(latency))];
  return [fine(texts.database, texts.databaseOk(version, latency)), clockFinding(texts.clockOf.database, clockOffsetMs)];
}

export async function checkIndexes(inspection: Inspection): Promise<readonly Finding[]> {
  const missing = await inspection.missingIndexes();
  if (missing === null) return [fine(texts.indexes, texts.indexesToCome)];
  if (missing.length === 0) return [fine(texts.indexes, texts.indexesOk)];
  return [wrong(texts.indexes, texts.indexesMissing(missing), texts.indexesRemedy)];
}

export async function checkSealed(inspection: Inspection): Promise<readonly Finding[]> {
  const { read, unreadable, unfindable } = await inspection.sealedSample();
  if (read === 0) return [fine(texts.sealed, texts.sealedNone)];
  const sealed =
    unreadable > 0
      ? wrong(texts.sealed, texts.sealedUnreadable(unreadable, read), texts.sealedRemedy)
      : fine(texts.sealed, texts.sealedOk(read));
  const search =
    unfindable > 0
      ? wrong(texts.search, texts.searchChanged(unfindable, read), texts.searchRemedy)
      : fine(texts.search, texts.searchOk);
  return unreadable === read ? [sealed] : [sealed, search];
}
