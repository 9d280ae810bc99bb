/** What the command line says. */

const count = (n: number, one: string, many: string): string => `${n} ${n > 1 ? many : one}`;

export const cliTexts = {
  description: "Administre aplus-bot : import et export des groupes et des comptes, vérifications, manifeste Slack, clés Matrix.",
  headings: {
    "Usage:": "Usage :",
    "Arguments:": "Arguments :",
    "Options:": "Options :",
    "Commands:": "Commandes :",
  } as Readonly<Record<string, string>>,
  help: "affiche cette aide",
  helpCommand: "affiche l’aide d’une commande",
  usage: {
    "commander.unknownCommand": "Cette commande n’existe pas.",
    "commander.unknownOption": "Cette option n’existe pas.",
    "commander.missingArgument": "Il manque un argument.",
    "commander.excessArguments": "Il y a des arguments en trop.",
    "commander.optionMissingArgument": "Cette option attend une valeur.",
  } as Readonly<Record<string, string>>,
  usageHint: "`aplus --help` rappelle les commandes.",
  crash: "Incident :",
  embeddedBusy: (folder: string) =>
    `La base embarquée (${folder}) ne s’ouvre pas. Un seul programme l’ouvre à la fois : si le robot fonctionne, arrêtez-le, puis recommencez.`,
  databaseAway: "La base de données ne répond pas : vérifiez MONGODB_URI et que le serveur fonctionne.",
  slackAway: "Slack ne répond pas ou refuse le jeton : `aplus doctor` dit pourquoi.",
  matrixAway: "Le serveur Matrix ne répond pas ou refuse le jeton : `aplus doctor` dit pourquoi.",
  fileUnreadable: (name: string) => `Le fichier ${name} ne peut pas être lu.`,

  doctor: {
    description: "vérifie l’installation, dit ce qui ne va pas et comment y remédier",
    fine: "Tout va bien.",
    wrong: (n: number) => count(n, "point à corriger.", "points à corriger."),
  },
  manifest: {
    description: "affiche le manifeste de l’application Slack, à coller dans api.slack.com/apps",
    http: "pour un robot joint en HTTP à cette adresse, et non par Socket Mode (https://aplus.exemple.fr)",
    badAddress: "L’adresse publique du robot doit commencer par https://, sans chemin.",
  },
  importer: {
    description: "importe des groupes, des comptes et la liste des France Services (CSV, voir docs/import.md)",
    files: "groupes.csv, agents.csv ou la liste publiée des France Services : chacun est reconnu à ses colonnes",
    kinds: { groupes: "des groupes", agents: "des comptes", franceServices: "une liste des France Services" },
    sameKind: (first: string, second: string, what: string) =>
      `${first} et ${second} décrivent tous deux ${what} : importez-les l’un après l’autre.`,
    warning: (sentence: string) => `Attention : ${sentence}`,
    aside: (sentence: string) => `Ligne écartée : ${sentence}`,
    asideTally: (n: number) =>
      n === 1
        ? "1 ligne n’a pas été importée ; les autres le sont."
        : `${n} lignes n’ont pas été importées ; les autres le sont.`,
    dryRun: "dit ce qui changerait, ligne par ligne, et n’écrit rien",
    database: (where: string) => `Base de données : ${where}`,
    embedded: (folder: string) => `embarquée, dans ${folder}`,
    line: (line: number, subject: string, detail: string) => `  ligne ${line} · ${subject} : ${detail}`,
    fault: (file: string, line: number, column: string | null, reason: string) =>
      `${file}, ligne ${line}${column === null ? "" : `, colonne « ${column} »`} : ${reason}`,
    refused: (n: number) => `${count(n, "erreur", "erreurs")} : rien n’a été importé.`,
    othersUntold: (n: number) => `… et ${n === 1 ? "1 autre" : `${n} autres`}, à voir quand celles-ci seront corrigées.`,
    tally: (what: string, { created, changed, same }: { created: number; changed: number; same: number }) =>
      `${what} : ${count(created, "nouveau", "nouveaux")}, ${count(changed, "modifié", "modifiés")}, ${count(same, "inchangé", "inchangés")}.`,
    groupesTally: "Groupes",
    agentsTally: "Comptes",
    dryRunEnd: "Essai : rien n’a été écrit.",
    done: "Import terminé.",
  },
  exporter: {
    description: "écrit tous les groupes et tous les comptes dans groupes.csv et agents.csv, comme `importer` les lit",
    folder: "où les écrire",
    replace: "remplace ceux qui y sont déjà",
    exists: (path: string) => `${path} existe déjà : donnez un autre dossier, ou --remplacer.`,
    failed: (path: string) => `${path} ne peut pas être écrit.`,
    done: (path: string, n: number, what: "groupe" | "compte") => `${path} : ${count(n, what, `${what}s`)}.`,
    personal: "Ces fichiers nomment des personnes : rangez-les en lieu sûr, et supprimez-les quand ils ont servi.",
    notWritten: (email: string) => `Attention : ${email} a plusieurs comptes Matrix, qui ne sont pas écrits.`,
  },
  exporterDemandes: {
    description: "écrit en CSV les demandes d’une période, sans sujet, description ni identité des usagers",
    file: "où les écrire",
    groupe: "seulement celles que ce groupe a reçues ou ouvertes : son nom ou son identifiant",
    period:
      "« 01/09/2026 30/09/2026 », « depuis 01/09/2026 » ou « 09/2026 » ; les trois derniers mois et le mois en cours sans elle",
    exists: (path: string) => `${path} existe déjà : donnez un autre nom, ou --remplacer.`,
    unknownGroupe: (typed: string) => `Aucun groupe ne s’appelle « ${typed} ».`,
    done: (path: string, n: number, span: string) => `${path} : ${count(n, "demande", "demandes")} ${span}.`,
  },
  matrixKeys: {
    description: "dit où sont les clés des salons chiffrés de Matrix, ou les efface (voir docs/matrix.md)",
    erase: "efface les clés ; le robot doit être arrêté",
    noFolder: "MATRIX_CRYPTO_DIR n’est pas donné : le robot ne tient aucune clé de salon chiffré, il n’y a rien à effacer.",
    failed: (folder: string) => `Le dossier des clés (${folder}) ne peut pas être lu ou vidé.`,
    none: (folder: string) => `Il n’y a pas de clés dans ${folder} : le robot en fait à son démarrage.`,
    explained: (folder: string) =>
      [
        `Les clés des salons chiffrés sont dans ${folder}.`,
        "Les effacer sert quand elles ne vont plus avec le jeton du robot (« appareil » différent). Le robot en fait de nouvelles à son",
        "démarrage, et ne peut plus lire ce qui a été chiffré avant. Rien n’a été changé.",
        "Pour les effacer, arrêtez le robot, puis : aplus matrix-cles --effacer",
      ].join("\n"),
    erased: (folder: string) =>
      `Les clés de ${folder} sont effacées. Au prochain démarrage, le robot en fait de nouvelles ; ce qui a été chiffré avant lui reste illisible.`,
    others: (names: readonly string[]) =>
      `Ce dossier contient aussi ce qui n’est pas reconnu comme des clés, et que cette commande laisse : ${names.join(", ")}.`,
  },
};

/** What `aplus doctor` looks at, finds, and advises. */
export const doctorTexts = {
  node: "Node.js",
  nodeRemedy: (minimum: string) => `Installez Node.js ${minimum} ou plus récent.`,

  config: "Configuration",
  configOk: (source: string) => `juste (${source})`,
  configFile: "environnement et fichier .env",
  configEnvironment: "environnement, sans fichier .env",
  configRemedy: "Corrigez le fichier .env ou l’environnement : .env.example décrit chaque réglage.",

  folder: "Dossier de données",
  folderUnused: "inutile : la base est MongoDB",
  folderOk: (folder: string, free: string) => `${folder}, accessible en écriture, ${free} libres`,
  folderMissing: (folder: string, free: string) => `${folder} n’existe pas encore et sera créé au démarrage, ${free} libres`,
  folderReadOnly: (folder: string, code: string) => `${folder} n’est pas accessible en écriture (${code})`,
  folderRemedy: "Donnez à l’utilisateur du robot le droit d’y écrire, ou choisissez un autre dossier avec DATA_DIR.",
  folderFull: (folder: string, free: string) => `${folder} : il ne reste que ${free}`,
  folderFullRemedy: "Libérez de la place : une base qui ne peut plus écrire s’arrête.",

  keys: "Clés de chiffrement",
  keysConfigured: (n: number) => `${count(n, "clé donnée", "clés données")} par la configuration`,
  keysStored: (file: string) => `présentes dans ${file}`,
  keysToCome: "seront créées au premier démarrage",
  keysLost: (file: string) => `${file} manque alors que la base existe`,
  keysUnreadable: (file: string) => `${file} est illisible`,
  keysRemedy: "Remettez la sauvegarde de ce fichier : sans lui, ce qui est chiffré dans la base ne peut plus être lu.",
  sealed: "Données chiffrées",
  sealedNone: "aucune demande encore",
  sealedOk: (n: number) => (n === 1 ? "la demande lue s’ouvre" : `les ${n} demandes lues s’ouvrent`),
  sealedUnreadable: (n: number, read: number) => `${n} des ${read} demandes lues ne s’ouvrent pas avec ces clés`,
  sealedRemedy: "Remettez dans ENCRYPTION_KEYS (ou dans keys.json) la clé avec laquelle elles ont été écrites.",
  search: "Clé de recherche",
  searchOk: "celle des demandes enregistrées",
  searchChanged: (n: number, read: number) =>
    `a changé : ${n} des ${read} demandes lues ne se retrouvent plus par le nom de l’usager`,
  searchRemedy: "Remettez dans SEARCH_KEY (ou dans keys.json) sa première valeur : elle ne change jamais.",

  database: "Base de données",
  databaseOk: (version: string, latency: string) => `MongoDB ${version} répond en ${latency}`,
  embeddedOk: (latency: string) => `la base embarquée répond en ${latency}`,
  embeddedToCome: "embarquée, sera créée au premier démarrage",
  embeddedBusy: "non vérifiée : la base embarquée ne s’ouvre que dans un programme à la fois",
  embeddedBusyRemedy: "Si le robot fonctionne, arrêtez-le, puis relancez cette vérification.",
  databaseAway: (code: string) => `ne répond pas (${code})`,
  databaseRemedy: "Vérifiez MONGODB_URI, le réseau, et que le serveur MongoDB fonctionne.",
  databaseSlow: (latency: string) => `répond en ${latency} : c’est trop lent pour Slack, qui attend trois secondes au plus`,
  databaseSlowRemedy: "Rapprochez le robot de sa base, ou allégez la charge du serveur.",
  indexes: "Index",
  indexesOk: "tous présents",
  indexesToCome: "seront créés au premier démarrage",
  indexesMissing: (names: readonly string[]) => `manquent : ${names.join(" ; ")}`,
  indexesRemedy: "Redémarrez le robot : il crée à son démarrage les index qui manquent.",

  clock: "Horloge",
  clockOf: { database: "la base de données", slack: "Slack", matrix: "Matrix" },
  clockOk: (reference: string, seconds: string) => `à ${seconds} s près, celle de ${reference}`,
  clockOff: (reference: string, seconds: string) => `décalée de ${seconds} s par rapport à celle de ${reference}`,
  clockRemedy: "Réglez l’heure de cette machine (NTP) : Slack refuse les requêtes décalées, et les rappels se trompent d’heure.",

  slack: "Slack",
  slackNone: "non configuré ; docs/slack.md dit comment relier un espace Slack",
  slackRemedy: "Remettez SLACK_BOT_TOKEN et les autres réglages de Slack (docs/slack.md), ou reliez ces groupes ailleurs.",
  matrix: "Matrix",
  matrixNone: "non configuré ; docs/matrix.md dit comment relier un serveur Matrix ou Tchap",
  matrixRemedy: "Remettez MATRIX_HOMESERVER et MATRIX_ACCESS_TOKEN (docs/matrix.md), ou reliez ces groupes ailleurs.",
  platformMissed: (n: number) => `non configuré, alors que ${count(n, "groupe y est relié", "groupes y sont reliés")}`,
  sandbox: "Bac à sable",
  sandboxRuns: "aucune messagerie n’est configurée : c’est lui que `npm start` lance",

  groupes: "Groupes",
  groupesOk: (n: number) => count(n, "groupe", "groupes"),
  groupesNone: "aucun groupe",
  groupesNoneRemedy:
    "Importez les groupes et les comptes : `aplus importer groupes.csv agents.csv` (docs/slack.md, docs/matrix.md).",
  unbound: "Canaux des groupes",
  unboundOk: "chaque groupe d’instructeurs est relié à un canal",
  unboundFound: (names: string) => `reliés à aucun canal : ${names}`,
  unboundRemedy:
    "Donnez leur canal ou leur salon dans groupes.csv et importez de nouveau : sans lui, leurs demandes ne s’affichent nulle part.",
  instructeurs: "Instructeurs et aidants",
  instructeursOk: "chaque groupe en a",
  instructeursFound: (names: string) => `groupes sans instructeur ni aidant actif : ${names}`,
  instructeursRemedy: "Ajoutez-leur des comptes dans agents.csv et importez de nouveau.",
  responsables: "Responsables",
  responsablesOk: "chaque groupe en a",
  responsablesFound: (names: string) => `groupes sans responsable actif : ${names}`,
  responsablesRemedy: "Donnez ce rôle à une personne du groupe dans agents.csv : elle est prévenue des demandes en souffrance.",
  mxids: "Identifiants Matrix",
  mxidsOk: "chaque groupe relié à un salon a quelqu’un que le robot y reconnaît",
  mxidsFound: (names: string) => `groupes reliés à un salon, où le robot ne reconnaît personne : ${names}`,
  mxidsRemedy: "Donnez à leurs agents un « identifiant matrix » dans agents.csv, et importez de nouveau (docs/matrix.md).",
  someNames: (names: readonly string[], more: number) =>
    `${names.join(", ")}${more > 0 ? ` et ${count(more, "autre", "autres")}` : ""}`,

  threads: "Fils",
  threadsOk: "aucun n’est bloqué",
  threadsBroken: (codes: string) => `bloqués jusqu’à ce qu’on y remédie : ${codes}`,
  threadsRemedy:
    "unbound : reliez le groupe à un canal ; is_archived : désarchivez le canal ; not_in_channel, channel_not_found ou M_FORBIDDEN : invitez le robot. L’envoi reprend de lui-même en dix minutes.",
  backlog: "Envois en attente",
  backlogOk: "aucun retard",
  backlogLate: (demandes: number, notices: number, age: string) =>
    `${count(demandes, "demande", "demandes")} et ${count(notices, "avis", "avis")}, le plus ancien depuis ${age}`,
  backlogRemedy: "Le robot fonctionne-t-il ? `/sante` le dit ; ses journaux disent ce que la messagerie refuse.",
  notices: "Avis abandonnés",
  noticesOk: "aucun depuis sept jours",
  noticesDead: (codes: string) => `depuis sept jours : ${codes}`,
  noticesRemedy:
    "unbound, user_not_found ou account_inactive : la personne n’a ni compte Slack à l’adresse que porte son compte ici, ni identifiant Matrix ; corrigez agents.csv.",
  code: (code: string, n: number) => `${code} (${n})`,

  incident: (name: string) => `la vérification a échoué (${name})`,
  incidentRemedy: "Relancez ; si cela recommence, signalez-le avec la version de Node.js et du robot.",

  milliseconds: (ms: number) => `${Math.max(1, Math.round(ms))} ms`,
  size: (bytes: number) => `${(bytes / 1e9).toLocaleString("fr-FR", { maximumFractionDigits: 1 })} Go`,
  age: (ms: number) => {
    const minutes = Math.round(ms / 60_000);
    if (minutes < 120) return count(minutes, "minute", "minutes");
    return minutes < 2880 ? `${Math.round(minutes / 60)} heures` : `${Math.round(minutes / 1440)} jours`;
  },
};
