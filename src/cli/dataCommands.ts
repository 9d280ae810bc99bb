/** The commands that look after the data: `aplus cles`, `usager`, `registre`, `sauvegarder`, `restaurer`. */
import { Command } from "commander";
import { keyCliTexts } from "../texts/cles.ts";
import { registerTexts } from "../texts/donnees.ts";
import { backupTexts } from "../texts/sauvegarde.ts";
import { usagerCliTexts } from "../texts/usager.ts";
import { french } from "./french.ts";

function keyCommands(): Command {
  const keys = french(new Command("cles"));
  const sub = (name: string, description: string): Command => {
    const command = french(new Command(name)).description(description);
    keys.addCommand(command);
    return command;
  };
  const loaded = async () => {
    const [{ readConfig }, commands] = await Promise.all([import("../config.ts"), import("./keys.ts")]);
    return { config: readConfig(process.env), ...commands };
  };
  keys.description(keyCliTexts.description);
  sub("liste", keyCliTexts.list).action(async () => {
    const { config, listKeys } = await loaded();
    process.exitCode = await listKeys(config);
  });
  sub("ajouter", keyCliTexts.add)
    .argument("[nom]", keyCliTexts.addName)
    .action(async (name: string | undefined) => {
      const { config, addKey } = await loaded();
      await addKey(config, name, new Date());
    });
  sub("rechiffrer", keyCliTexts.reseal).action(async () => {
    const { config, resealAll } = await loaded();
    process.exitCode = await resealAll(config);
  });
  sub("retirer", keyCliTexts.remove)
    .argument("<nom>", keyCliTexts.removeName)
    .action(async (name: string) => {
      const { config, removeKey } = await loaded();
      await removeKey(config, name);
    });
  return keys;
}

interface UsagerFlags {
  readonly nom?: string;
  readonly prenom?: string;
  readonly naissance?: string;
  readonly demande: readonly string[];
  readonly reference?: string;
}

const optionsOf = ({ nom, prenom, naissance, demande, reference }: UsagerFlags) => ({
  nom,
  prenom,
  naissance,
  demandes: demande,
  reference,
});

/** Today's, so that a second request does not fall into the folder of the first. */
const usualFolder = (): string => `usager-${new Date().toISOString().slice(0, 10)}`;

function usagerCommands(): Command {
  const usager = french(new Command("usager")).description(usagerCliTexts.description);
  const sub = (name: string, description: string): Command => {
    const command = french(new Command(name))
      .description(description)
      .option("--nom <nom>", usagerCliTexts.nom)
      .option("--prenom <prénom>", usagerCliTexts.prenom)
      .option("--naissance <date>", usagerCliTexts.naissance)
      .option("--demande <numéro>", usagerCliTexts.demande, (value: string, all: string[]) => [...all, value], [] as string[])
      .option("--reference <référence>", usagerCliTexts.reference);
    usager.addCommand(command);
    return command;
  };
  const loaded = async () => {
    const [{ readConfig }, commands] = await Promise.all([import("../config.ts"), import("./usager.ts")]);
    return { config: readConfig(process.env), ...commands };
  };
  sub("exporter", usagerCliTexts.export)
    .option("--dossier <dossier>", usagerCliTexts.folder, usualFolder())
    .action(async ({ dossier, ...flags }: UsagerFlags & { dossier: string }) => {
      const { config, exportUsager } = await loaded();
      await exportUsager(config, optionsOf(flags), dossier);
    });
  sub("effacer", usagerCliTexts.erase)
    .option("--oui", usagerCliTexts.yes)
    .action(async ({ oui = false, ...flags }: UsagerFlags & { oui?: boolean }) => {
      const { config, eraseUsager } = await loaded();
      await eraseUsager(config, optionsOf(flags), oui);
    });
  return usager;
}

interface RegisterFlags {
  readonly demande?: string;
  readonly agent?: string;
  readonly periode: string;
  readonly remplacer?: boolean;
}

const registerCommand = (): Command =>
  french(new Command("registre"))
    .description(registerTexts.description)
    .argument("[fichier.csv]", registerTexts.file)
    .option("--demande <numéro>", registerTexts.demande)
    .option("--agent <compte>", registerTexts.agent)
    .option("--periode <dates>", registerTexts.period, "")
    .option("--remplacer", registerTexts.replace)
    .action(async (path: string | undefined, { demande, agent, periode: period, remplacer: replace = false }: RegisterFlags) => {
      const [{ readConfig }, { showRegister }] = await Promise.all([import("../config.ts"), import("./registre.ts")]);
      await showRegister(readConfig(process.env), { path, demande, agent, period, replace });
    });

const saveCommand = (): Command =>
  french(new Command("sauvegarder"))
    .description(backupTexts.save)
    .argument("<fichier>", backupTexts.file)
    .action(async (path: string) => {
      const [{ readConfig }, { saveBackup }] = await Promise.all([import("../config.ts"), import("./backup.ts")]);
      await saveBackup(readConfig(process.env), path);
    });

const restoreCommand = (): Command =>
  french(new Command("restaurer"))
    .description(backupTexts.restore)
    .argument("<fichier>", backupTexts.file)
    .action(async (path: string) => {
      const [{ readConfig }, { restoreBackup }] = await Promise.all([import("../config.ts"), import("./backup.ts")]);
      process.exitCode = await restoreBackup(readConfig(process.env), path);
    });

export const dataCommands = (): Command[] => [
  keyCommands(),
  usagerCommands(),
  registerCommand(),
  saveCommand(),
  restoreCommand(),
];
