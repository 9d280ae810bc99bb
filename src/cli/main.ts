#!/usr/bin/env node
/**
 * The command `aplus`. Each sub-command gives an exit status: 0 when all is well. Each is loaded only when it is asked for:
 * Bolt and the database driver take a second, and the help needs neither.
 */
import { existsSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { PermanentError, RetryError } from "../errors.ts";
import { webhookCliTexts } from "../texts/webhooks.ts";
import { dataCommands } from "./dataCommands.ts";
import { french } from "./french.ts";
import { tell, tellFault } from "./output.ts";
import { cliTexts as texts } from "./texts.ts";

interface DemandesOptions {
  readonly groupe?: string;
  readonly periode: string;
  readonly remplacer?: boolean;
}

function program(): Command {
  const aplus = french(new Command("aplus"))
    .usage("<commande> [options]")
    .description(texts.description)
    .helpCommand("help [commande]", texts.helpCommand);
  const add = (command: Command): Command => {
    aplus.addCommand(french(command));
    return command;
  };
  add(new Command("doctor"))
    .description(texts.doctor.description)
    .action(async () => {
      const { doctor } = await import("./doctor/doctor.ts");
      process.exitCode = await doctor(process.env);
    });
  add(new Command("importer"))
    .description(texts.importer.description)
    .argument("<fichiers...>", texts.importer.files)
    .option("--essai", texts.importer.dryRun)
    .action(async (files: string[], { essai = false }: { essai?: boolean }) => {
      const { readConfig } = await import("../config.ts");
      const { importFiles } = await import("./importer.ts");
      process.exitCode = await importFiles(readConfig(process.env), files, { dryRun: essai });
    });
  add(new Command("exporter"))
    .description(texts.exporter.description)
    .argument("[dossier]", texts.exporter.folder, "export")
    .option("--remplacer", texts.exporter.replace)
    .action(async (folder: string, { remplacer = false }: { remplacer?: boolean }) => {
      const { readConfig } = await import("../config.ts");
      const { exportFiles } = await import("./exporter.ts");
      await exportFiles(readConfig(process.env), folder, { replace: remplacer });
    });
  add(new Command("exporter-demandes"))
    .description(texts.exporterDemandes.description)
    .argument("<fichier.csv>", texts.exporterDemandes.file)
    .option("--groupe <nom>", texts.exporterDemandes.groupe)
    .option("--periode <dates>", texts.exporterDemandes.period, "")
    .option("--remplacer", texts.exporter.replace)
    .action(async (path: string, { groupe, periode, remplacer = false }: DemandesOptions) => {
      const { readConfig } = await import("../config.ts");
      const { exportDemandes } = await import("./exporterDemandes.ts");
      await exportDemandes(readConfig(process.env), path, { groupe, period: periode, replace: remplacer });
    });
  add(new Command("matrix-cles"))
    .description(texts.matrixKeys.description)
    .option("--effacer", texts.matrixKeys.erase)
    .action(async ({ effacer = false }: { effacer?: boolean }) => {
      const { readConfig } = await import("../config.ts");
      const { matrixKeys } = await import("./matrixKeys.ts");
      await matrixKeys(readConfig(process.env), { erase: effacer });
    });
  for (const command of dataCommands()) aplus.addCommand(command);
  const replay = french(new Command("rejouer"));
  add(new Command("webhooks")).description(webhookCliTexts.description).addCommand(replay);
  replay
    .description(webhookCliTexts.replay)
    .argument("[adresse]", webhookCliTexts.endpoint)
    .action(async (name: string | undefined) => {
      const { readConfig } = await import("../config.ts");
      const { replayWebhooks } = await import("./webhooks.ts");
      await replayWebhooks(readConfig(process.env), name);
    });
  add(new Command("manifest"))
    .description(texts.manifest.description)
    .option("--http <adresse>", texts.manifest.http)
    .action(async ({ http }: { http?: string }) => {
      const { manifestYaml } = await import("./manifest.ts");
      tell(manifestYaml(http ?? null).trimEnd());
    });
  return aplus;
}

/** What a person can mend is told in a sentence, with its cause; anything else is a fault of ours, told whole. */
function explain(error: unknown): string {
  if (error instanceof PermanentError || error instanceof RetryError)
    return error.cause instanceof Error ? `${error.message}\n  (${error.cause.message})` : error.message;
  return `${texts.crash}\n${error instanceof Error ? error.stack : String(error)}`;
}

async function main(): Promise<void> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  try {
    await program().parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode;
    // Help that was asked for is an exit too, and no fault.
    if (error.exitCode !== 0 && error.code !== "commander.help")
      tellFault(`${texts.usage[error.code] ?? error.message}\n${texts.usageHint}`);
  }
}

main().catch((error: unknown) => {
  tellFault(explain(error));
  process.exitCode = 1;
});
