/** `aplus importer`: groupes and agents from CSV files. */
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import type { Config } from "../config.ts";
import { PermanentError, RetryError } from "../errors.ts";
import type { ImportFiles, ImportKind, ImportPlan } from "../groupes/import.ts";
import { applyImport, kindOfFile, planImport } from "../groupes/import.ts";
import type { Finders } from "../groupes/importPlaces.ts";
import type { ImportFault, ImportFile } from "../groupes/importTable.ts";
import { MOST_BYTES } from "../groupes/importTable.ts";
import { importChanges } from "../groupes/importTexts.ts";
import { createLog } from "../log.ts";
import { roomFinder } from "./matrixRooms.ts";
import { tell, tellFault } from "./output.ts";
import { openStore } from "./store.ts";
import { cliTexts } from "./texts.ts";

const texts = cliTexts.importer;

/** One byte past what is taken at most, of whatever is longer or has no end: its plan then refuses it. */
async function read(path: string): Promise<ImportFile> {
  const bytes = await buffer(createReadStream(path, { end: MOST_BYTES })).catch((cause: unknown) => {
    throw new PermanentError(cliTexts.fileUnreadable(path), { cause });
  });
  return { name: basename(path), bytes };
}

function channelsOf({ slack }: Config): Finders["channels"] {
  // Several workspaces: a line names its own, and its channel by id.
  if (!slack?.botToken) return null;
  const { botToken, apiUrl } = slack;
  return async () => {
    const { slackChannels } = await import("../../bots/slack/channels.ts");
    return slackChannels(botToken, { apiUrl, log: createLog("silent") }).catch((cause: unknown) => {
      throw new RetryError(cliTexts.slackAway, { cause });
    });
  };
}

/** Each line and what it changes; what changes nothing is told in an essai only. */
function tellChanges({ changes, groupes, agents }: Extract<ImportPlan, { kind: "ready" }>, dryRun: boolean): void {
  let file = "";
  for (const change of changes) {
    if (change.details.length === 0 && !dryRun) continue;
    if (change.file !== file) tell(change.file);
    file = change.file;
    tell(texts.line(change.line, change.subject, change.details.join(" ; ") || importChanges.same));
  }
  tell(texts.tally(texts.groupesTally, groupes.tally));
  tell(texts.tally(texts.agentsTally, agents.tally));
}

/** Each file by what its columns say that it is; those that do not say by their place in the command. */
async function readAll(paths: readonly string[]): Promise<ImportFiles> {
  const files: Partial<Record<ImportKind, ImportFile>> = {};
  for (const [place, path] of paths.entries()) {
    const file = await read(path);
    const kind = kindOfFile(file) ?? (place === 1 ? "agents" : "groupes");
    const other = files[kind];
    if (other) throw new PermanentError(texts.sameKind(other.name, file.name, texts.kinds[kind]));
    files[kind] = file;
  }
  return files;
}

const sentenceOf = ({ file, line, column, reason }: ImportFault): string => texts.fault(file, line, column, reason);

/** What is wrong everywhere is understood by then; the rest would only scroll it away. */
const MOST_TOLD = 500;

/** Some lines of the list of the France Services were set aside; all the rest is imported. */
const IN_PART = 2;

/** @returns the exit status */
export async function importFiles(config: Config, paths: readonly string[], { dryRun }: { dryRun: boolean }): Promise<number> {
  const files = await readAll(paths);
  const store = await openStore(config);
  try {
    tell(texts.database(store.where));
    const plan = await planImport(store.db, files, { channels: channelsOf(config), rooms: roomFinder(config) });
    if (plan.kind === "refused") {
      for (const fault of plan.faults.slice(0, MOST_TOLD)) tellFault(sentenceOf(fault));
      if (plan.faults.length > MOST_TOLD) tellFault(texts.othersUntold(plan.faults.length - MOST_TOLD));
      tellFault(texts.refused(plan.faults.length));
      return 1;
    }
    if (!dryRun) await applyImport(store.db, plan);
    tellChanges(plan, dryRun);
    for (const warning of plan.warnings) tellFault(texts.warning(sentenceOf(warning)));
    for (const fault of plan.aside) tellFault(texts.aside(sentenceOf(fault)));
    const linesAside = new Set(plan.aside.map(({ line }) => line)).size;
    if (linesAside > 0) tellFault(texts.asideTally(linesAside));
    tell(dryRun ? texts.dryRunEnd : texts.done);
    return linesAside > 0 ? IN_PART : 0;
  } finally {
    await store.close();
  }
}
