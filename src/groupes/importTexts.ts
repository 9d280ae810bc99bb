/** What the import of groupes and agents says. */
import { enumerate } from "../texts.ts";

/** Why a file or a cell is refused. */
export const importFaults = {
  tooLarge: (limit: string) => `le fichier dépasse ${limit}.`,
  tooManyLines: (most: number) => `le fichier dépasse ${most.toLocaleString("fr-FR")} lignes : coupez-le en plusieurs.`,
  lineTooLong: (most: number) =>
    `une ligne dépasse ${most.toLocaleString("fr-FR")} caractères : un guillemet y est sans doute ouvert, et jamais fermé.`,
  tooManyColumns: (most: number) => `le fichier a plus de ${most} colonnes : ce n’est pas un fichier de groupes ou de comptes.`,
  tooManyLinesOfOne: (most: number) => `plus de ${most} lignes pour la même adresse.`,
  notUtf8: "le fichier n’est pas en UTF-8 : enregistrez-le au format « CSV UTF-8 ».",
  empty: "le fichier est vide : la première ligne doit porter les noms des colonnes.",
  quoteNotClosed: "un guillemet ouvert n’est jamais fermé.",
  misplacedQuote:
    "un guillemet est mal placé : une case entre guillemets en est entourée, et les guillemets du texte y sont doublés.",
  unreadable: (code: string) => `la ligne est illisible (${code}).`,
  missingColumn: (name: string, all: readonly string[]) =>
    `la colonne « ${name} » manque. Colonnes attendues : ${all.join(" ; ")}.`,
  unknownColumn: (name: string, all: readonly string[]) =>
    `la colonne « ${name} » n’est pas connue. Colonnes attendues : ${all.join(" ; ")}.`,
  columnTwice: "la colonne figure deux fois.",
  cellCount: (found: number, expected: number) =>
    `${found === 1 ? "1 case" : `${found} cases`} au lieu de ${expected} : une case qui contient le séparateur doit être entre guillemets.`,

  required: "la case est vide.",
  tooLong: (limit: number) => `${limit} caractères au plus.`,
  controlCharacters: "la case contient des caractères invisibles qui ne sont pas acceptés.",
  identifiant: "lettres minuscules sans accent, chiffres et tirets, 60 caractères au plus, par exemple caf-01.",
  organisme: (text: string) => `« ${text} » n’est pas un organisme connu : donnez son sigle (CAF, CPAM, Préf, FS…) ou son nom.`,
  territoires: (text: string) => `« ${text} » n’est pas un territoire connu : donnez le code INSEE du département (01, 2A, 974).`,
  workspace: "l’identifiant d’un espace Slack commence par T, par exemple T0EXEMPLE.",
  channel: "donnez le nom d’un canal (#caf-ain) ou son identifiant (C0EXEMPLE).",
  room: "donnez l’adresse d’un salon (#caf-ain:exemple.fr) ou son identifiant (!…:exemple.fr).",
  mxid: "un identifiant Matrix est de la forme @camille.exemple:exemple.fr ; « aucun » le retire.",
  telephone: "ce numéro de téléphone n’est pas valide.",
  telephoneZero: "neuf chiffres : le tableur a sans doute ôté le zéro de tête. Mettez la colonne au format « Texte ».",
  email: "cette adresse e-mail n’est pas valide.",
  role: (text: string) => `« ${text} » n’est pas un rôle : aidant, instructeur, responsable, admin, ou aucun.`,
  noneAlone: "« aucun » ne se combine avec aucun autre rôle.",
  withoutGroupe: "sans groupe, seuls « admin » ou « aucun » sont possibles.",
  yesOrNo: "répondez oui ou non.",

  twice: (line: number, file: string | null = null) => `figure déjà à la ligne ${line}${file === null ? "" : ` de ${file}`}.`,
  nameTaken: (identifiant: string) => `ce nom est celui du groupe ${identifiant}.`,
  channelTaken: (identifiant: string) => `ce canal est relié au groupe ${identifiant}.`,
  slackNeeded: "Slack n’est pas configuré : donnez l’espace (T…) et l’identifiant du canal (C…), ou configurez Slack d’abord.",
  otherWorkspace: (workspace: string) => `le jeton de la configuration donne accès à l’espace ${workspace}, pas à celui-ci.`,
  channelUnknown: (name: string) => `#${name} est introuvable dans Slack : s’il est privé, invitez-y d’abord le robot.`,
  workspaceAlone: "un espace sans canal ne sert à rien : donnez aussi le canal.",
  onePlace: "un groupe n’est relié qu’à un seul endroit : donnez un canal Slack ou un salon Matrix, pas les deux.",
  matrixNeeded:
    "Matrix n’est pas configuré : donnez d’abord MATRIX_HOMESERVER et MATRIX_ACCESS_TOKEN, qui disent de quel serveur est le robot.",
  roomUnknown: (alias: string) => `${alias} est introuvable : aucun salon n’a cette adresse.`,
  roomTaken: (identifiant: string) => `ce salon est relié au groupe ${identifiant}.`,
  mxidTaken: (email: string) =>
    `cet identifiant est celui de ${email} : pour le lui retirer, importez d’abord sa ligne avec « aucun ».`,
  mxidTwice: (email: string, line: number) => `cet identifiant est déjà donné à ${email}, ligne ${line}.`,
  delivering: "Une demande est en cours d’envoi par le robot : relancez l’import, il reprendra où il en était.",
  meanwhile: "La base a changé pendant l’import : relancez l’import, il reprendra où il en était.",
  groupeUnknown: (identifiant: string) => `le groupe ${identifiant} n’est ni dans le fichier des groupes, ni dans la base.`,
  contradicts: (line: number) => `dit autre chose que la ligne ${line} pour la même adresse.`,
};

/** What is imported all the same, but must not go unsaid. */
export const importWarnings = {
  windows1252: (word: string) =>
    `le fichier n’est pas en UTF-8 : il est lu comme Excel l’enregistre (Windows-1252)${word === "" ? "" : `, par exemple « ${word} »`}.`,
  columnsIgnored: (names: readonly string[]) =>
    `${names.length === 1 ? "colonne qui n’est pas reprise" : "colonnes qui ne sont pas reprises"} : ${names.join(" ; ")}.`,
};

const roles = (names: readonly string[]): string => enumerate(names);

/** What a line changes. */
export const importChanges = {
  same: "inchangé",
  newGroupe: (name: string, organisme: string, territoires: readonly string[]) =>
    `nouveau groupe « ${name} » (${organisme} ; ${enumerate(territoires)})`,
  changed: (what: string, from: string, to: string) => `${what} : « ${from} » devient « ${to} »`,
  bound: (to: string) => `relié au ${to}`,
  rebound: (from: string, to: string) => `relié au ${to}, et non plus à ${from}`,
  unbound: (from: string) => `n’est plus relié à ${from}`,
  channel: (name: string) => `canal ${name}`,
  room: (name: string) => `salon ${name}`,
  newAgent: (name: string) => `nouveau compte « ${name} »`,
  joins: (groupe: string, names: readonly string[]) => `rejoint ${groupe} (${roles(names)})`,
  roles: (groupe: string, from: readonly string[], to: readonly string[]) => `dans ${groupe}, de ${roles(from)} à ${roles(to)}`,
  leaves: (groupe: string) => `quitte ${groupe}`,
  admin: (yes: boolean) => (yes ? "devient admin" : "n’est plus admin"),
  shared: (yes: boolean) => (yes ? "compte désormais partagé" : "compte désormais personnel"),
  mxid: (to: string) => `reconnu sur Matrix comme ${to}`,
  mxidReplaced: (from: string, to: string) => `reconnu sur Matrix comme ${to}, et non plus comme ${from}`,
  mxidRemoved: (from: string) => `n’est plus reconnu sur Matrix comme ${from}`,
  disabled: (yes: boolean) => (yes ? "compte désactivé" : "compte réactivé"),
  told: (what: string, value: string) => `${what} : « ${value} »`,
  cleared: (what: string, from: string) => `${what} : « ${from} » est retiré`,
  franceServices: (yes: boolean) => (yes ? "entre dans le réseau France Services" : "sort du réseau France Services"),
  fields: {
    name: "nom",
    organisme: "organisme",
    territoires: "territoires",
    description: "description",
    bal: "BAL",
    telephone: "téléphone",
    adresse: "adresse",
    qualite: "qualité",
  },
  hours: (days: readonly string[]) => `horaires ${enumerate(days)}`,
};
