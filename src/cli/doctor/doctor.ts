/** `aplus doctor`: looks at everything that the bot needs, changes nothing, and says how to mend what is wrong. */
import { existsSync } from "node:fs";
import type { Inspection } from "../../../models/inspection.ts";
import type { Config } from "../../config.ts";
import { readConfig } from "../../config.ts";
import { PermanentError } from "../../errors.ts";
import { erasureDoctorTexts } from "../../texts/donnees.ts";
import { webhookDoctorTexts } from "../../texts/webhooks.ts";
import { tell } from "../output.ts";
import { cliTexts, doctorTexts as texts } from "../texts.ts";
import { checkIndexes, checkKeys, checkSealed, checkServer, openInspection } from "./database.ts";
import { checkDelivery, checkWebhooks } from "./delivery.ts";
import { checkErasure } from "./erasure.ts";
import type { Finding, Told } from "./finding.ts";
import { fine, guarded, wrong } from "./finding.ts";
import { boundChannels, checkGroupes, NOTHING_BOUND } from "./groupes.ts";
import { checkFolder, checkNode } from "./machine.ts";
import type { Presence } from "./platforms.ts";
import { checkPlatforms } from "./platforms.ts";
import { slackWorkspaces } from "./slackWorkspaces.ts";

const UNKNOWN: Presence = { bound: NOTHING_BOUND, workspaces: null };

/** One finding a fault; null as configuration when there are some. */
function checkConfig(env: NodeJS.ProcessEnv): { config: Config | null; findings: readonly Finding[] } {
  const source = existsSync(".env") ? texts.configFile : texts.configEnvironment;
  try {
    return { config: readConfig(env), findings: [fine(texts.config, texts.configOk(source))] };
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    const [, ...faults] = error.message.split("\n");
    return { config: null, findings: faults.map((fault) => wrong(texts.config, fault.trim(), texts.configRemedy)) };
  }
}

/** Only with keys: without them the database is new, or cannot be read. */
async function checkDatabase(config: Config, told: Told): Promise<Presence> {
  const { finding, sealer } = await checkKeys(config);
  told([finding]);
  if (!sealer) return UNKNOWN;
  const { inspection, findings, close } = await openInspection(config, sealer);
  told(findings);
  if (!inspection) return UNKNOWN;
  try {
    const isEmbedded = config.mongodbUri === null;
    const checks: readonly [string, (inspection: Inspection) => Promise<readonly Finding[]>][] = [
      [texts.database, (opened) => checkServer(opened, isEmbedded)],
      [texts.indexes, checkIndexes],
      [texts.sealed, checkSealed],
      [texts.groupes, checkGroupes],
      [texts.threads, checkDelivery],
      [erasureDoctorTexts.check, checkErasure],
      [webhookDoctorTexts.check(""), (opened) => checkWebhooks(opened, config.webhooks)],
    ];
    for (const [name, check] of checks) told(await guarded(name, () => check(inspection)));
    return { bound: await boundChannels(inspection), workspaces: await slackWorkspaces(inspection, config) };
  } finally {
    await close();
  }
}

/** @returns the exit status: 0 when nothing is to be mended */
export async function doctor(env: NodeJS.ProcessEnv): Promise<number> {
  let wrongs = 0;
  const told: Told = (findings) => {
    for (const { check, ok, detail, remedy } of findings) {
      tell(`${ok ? "✓" : "✗"} ${check} : ${detail}`);
      if (remedy) tell(`    → ${remedy}`);
      if (!ok) wrongs += 1;
    }
  };
  told([checkNode()]);
  const { config, findings } = checkConfig(env);
  told(findings);
  if (config) {
    told(await guarded(texts.folder, async () => [await checkFolder(config)]));
    let presence = UNKNOWN;
    told(
      await guarded(texts.database, async () => {
        presence = await checkDatabase(config, told);
        return [];
      }),
    );
    await checkPlatforms(config, presence, told);
  }
  tell("");
  tell(wrongs === 0 ? cliTexts.doctor.fine : cliTexts.doctor.wrong(wrongs));
  return wrongs === 0 ? 0 : 1;
}
