/** `aplus importer`: groupes and agents from CSV files. */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Config } from "../config.ts";
import { PermanentError, RetryError } from "../errors.ts";
import type { ImportPlan } from "../groupes/import.ts";
import { applyImport, planImport } from "../groupes/import.ts";
import type { Finders } from "../groupes/importPlaces.ts";
import type { ImportFile } from "../groupes/importTable.ts";
import { importChanges } from "../groupes/importTexts.ts";
import { createLog } from "../log.ts";
import { roomFinder } from "./matrixRooms.ts";
import { tell, tellFault } from "./output.ts";
import { openStore } from "./store.ts";
import { cliTexts } from "./texts.ts";

const texts = cliTexts.importer;

async function read(path: string): Promise<ImportFile> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new PermanentError(cliTexts.fileUnreadable(path), { cause });
  });
  return { name: basename(path), bytes };
}

function channelsOf({ slack }: Config): Finders["channels"] {
  if (!slack) return null;
  return async () => {
    const { slackChannels } = await import("../../bots/slack/channels.ts");
    return slackChannels(slack.botToken, { apiUrl: slack.apiUrl, log: createLog("silent") }).catch((cause: unknown) => {
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

/** @returns the exit status */
export async function importFiles(
  config: Config,
  paths: { readonly groupes: string; readonly agents: string },
  { dryRun }: { dryRun: boolean },
): Promise<number> {
  const files = { groupes: await read(paths.groupes), agents: await read(paths.agents) };
  const store = await openStore(config);
  try {
    tell(texts.database(store.where));
    const plan = await planImport(store.db, files, { channels: channelsOf(config), rooms: roomFinder(config) });
    if (plan.kind === "refused") {
      for (const { file, line, column, reason } of plan.faults) tellFault(texts.fault(file, line, column, reason));
      tellFault(texts.refused(plan.faults.length));
      return 1;
    }
    if (!dryRun) await applyImport(store.db, plan);
    tellChanges(plan, dryRun);
    tell(dryRun ? texts.dryRunEnd : texts.done);
    return 0;
  } finally {
    await store.close();
  }
}
