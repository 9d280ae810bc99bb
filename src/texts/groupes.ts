/** What responsables are told by `/groupe` and its forms. `sign` is what precedes a command on the platform. */
import { enumerate } from "../texts.ts";

const named = (groupe: string): string => `« ${groupe} »`;

export const roleTexts = { aidant: "aidant", instructeur: "instructeur", responsable: "responsable" } as const;

/** Which groupe, which sub-command, and who may. */
export const groupeTexts = {
  title: (groupe: string) => `Votre groupe : ${groupe}`,
  intro: "Vous en êtes responsable. Ce que vous pouvez faire :",
  introAdmin: "Vous êtes administrateur. Ce que vous pouvez faire :",
  more: (sign: string) =>
    `\`${sign}groupe aide\` suivi d’une de ces commandes en dit plus, par exemple \`${sign}groupe aide ajouter\`.`,
  where: (sign: string) =>
    `Ces commandes s’écrivent dans le canal du groupe ou dans notre conversation directe. Pour un autre groupe, terminez par « dans » et son nom : \`${sign}groupe membres dans CAF de l’Ain\`.`,
  titleMany: "Vos groupes",
  introMany: (groupes: readonly string[]) => `Vous êtes responsable de ${enumerate(groupes.map(named))}.`,
  unknownCommand: (word: string, sign: string) =>
    `« ${word} » n’est pas une commande de groupe. \`${sign}groupe aide\` les rappelle.`,
  meant: (words: readonly string[]) => `Vouliez-vous dire ${words.map(named).join(" ou ")} ?`,
  unknownGroupe: "Ce groupe n’existe pas, ou vous n’en êtes pas responsable.",
  forbidden: (groupe: string, responsables: readonly string[]) =>
    responsables.length === 0
      ? `Seule une personne responsable du groupe ${named(groupe)} peut le faire. Il n’en a pas encore : adressez-vous à l’administrateur.`
      : `Seule une personne responsable du groupe ${named(groupe)} peut le faire : ${enumerate(responsables)}.`,
  runsNone: "Vous n’êtes responsable d’aucun groupe.",
  runsNoneOf: (groupe: string, responsables: readonly string[]) =>
    `${named(groupe)} : ${responsables.length === 0 ? "pas encore de responsable" : enumerate(responsables)}`,
  which: (groupes: readonly string[], example: string) =>
    `De quel groupe s’agit-il ? Vous êtes responsable de ${enumerate(groupes.map(named))}. Terminez par « dans » et son nom : \`${example}\`.`,
  whichAdmin: (example: string) => `De quel groupe s’agit-il ? Terminez par « dans » et son nom : \`${example}\`.`,
  several: (typed: string) => `Plusieurs groupes correspondent à « ${typed} ».`,
  noText: (word: string, sign: string) => `\`${sign}groupe ${word}\` ne prend rien d’autre que le nom du groupe.`,
  done: "C’est fait.",
  formGone: "Ce formulaire n’est plus valable : tapez de nouveau la commande.",
};

/** One line for the list, then what `aide <commande>` says. */
export const groupeHelp = {
  aide: {
    help: "rappelle ces commandes",
    details: "Seul, rappelle toutes les commandes ; suivi de l’une d’elles, dit comment elle s’écrit et ce qu’elle fait.",
  },
  membres: {
    help: "liste les membres, leurs rôles et comment les joindre",
    details:
      "Chaque membre avec ses rôles, sa qualité, son adresse e-mail, si son compte est actif, et s’il est connu sur cette messagerie. Les comptes désactivés viennent en dernier.",
  },
  demandes: {
    help: "liste les demandes du groupe : numéro, date, état, délais",
    details:
      "Les demandes reçues par le groupe et celles que ses membres ont ouvertes, les plus récentes d’abord. On peut préciser un état (nouvelles, en-cours, en-souffrance, traitees, archivees) et une date : `demandes en-cours depuis 01/09/2026`, `demandes depuis 30 jours`. Le sujet n’apparaît que si vous avez accès à la conversation.",
  },
  ajouter: {
    help: "ajoute au groupe une personne qui a un compte",
    details:
      "Désignez la personne par une mention ou son adresse e-mail, puis ses rôles : aidant (ouvre des demandes), instructeur (y répond), responsable (gère le groupe). Sans rôle, elle est aidante. Donner le rôle d’instructeur demande une confirmation, car il ouvre l’accès aux données des usagers. La personne est prévenue.",
  },
  retirer: {
    help: "retire une personne du groupe, et ses droits aussitôt",
    details:
      "Après confirmation. Les demandes dont elle s’occupait sont signalées dans le canal du groupe pour que quelqu’un prenne le relais. Si c’était son seul groupe, son compte est désactivé : l’ajouter de nouveau le réactive. Le dernier responsable d’un groupe ne peut pas se retirer lui-même.",
  },
  role: {
    help: "change les rôles d’un membre",
    details:
      "Écrivez tous les rôles que la personne doit avoir : `role Camille Exemple aidant responsable`. Ceux qui ne sont pas écrits lui sont retirés. Donner le rôle d’instructeur demande une confirmation.",
  },
  creerCompte: {
    help: "crée le compte d’une personne et l’ajoute au groupe",
    details:
      "Un formulaire demande le nom, la qualité, l’adresse e-mail, le téléphone et les rôles. Sur Slack, la personne est reconnue à son adresse e-mail ; sur Matrix ou Tchap, à l’identifiant que vous donnez. Un compte partagé sert à plusieurs personnes, qui signent ce qu’elles envoient.",
  },
  modifier: {
    help: "change le nom, la description, les coordonnées et les horaires du groupe",
    details:
      "Un formulaire reprend ce qui est connu : nom (unique), description, adresse e-mail partagée (BAL), téléphone, adresse et horaires de chaque jour, par exemple « 9:00 - 12:00 / 13:30 - 17:00 » ou « fermé ».",
  },
  relier: {
    help: "relie le groupe au canal où la commande est écrite",
    details:
      "À écrire dans le canal voulu, où le robot doit avoir été invité. Toutes les personnes du canal verront les demandes du groupe. Les demandes qui attendaient un canal y arrivent aussitôt ; les fils déjà ouverts restent dans l’ancien canal, sauf si le robot ne peut plus y écrire : ils reprennent alors dans le nouveau.",
  },
};

export const membersTexts = {
  title: (groupe: string, count: number) => `Membres du groupe ${groupe} (${count})`,
  empty: "Ce groupe n’a pas encore de membre.",
  noRole: "aucun rôle",
  shared: "compte partagé",
  disabled: "compte désactivé",
  known: (platform: string) => `connu sur ${platform}`,
  unknown: "pas encore vu sur la messagerie",
};

export const platformTexts = { slack: "Slack", matrix: "Matrix" } as const;

/** Whom is meant. */
export const personTexts = {
  whom: "De qui s’agit-il ? Écrivez une mention, une adresse e-mail ou le nom d’un membre.",
  oneAtATime: "Une personne à la fois, s’il vous plaît.",
  mentionedStranger: "Cette personne n’a pas de compte Administration+.",
  noAccount: (email: string, meant: readonly string[]) =>
    `Aucun compte n’a l’adresse ${email}.${meant.length === 0 ? "" : ` Vouliez-vous dire ${meant.join(" ou ")} ?`}`,
  create: (sign: string, email: string | null) =>
    `Pour créer son compte : \`${sign}groupe creer-compte${email === null ? "" : ` ${email}`}\`.`,
  several: (typed: string, found: readonly string[]) =>
    `Plusieurs personnes correspondent à « ${typed} » : ${enumerate(found)}. Donnez l’adresse e-mail.`,
  noMember: (typed: string, meant: readonly string[]) =>
    meant.length === 0
      ? `Aucun membre ne s’appelle « ${typed} ». Donnez une mention ou l’adresse e-mail.`
      : `Aucun membre ne s’appelle « ${typed} ». Vouliez-vous dire ${meant.join(" ou ")} ?`,
  notMember: (groupe: string, meant: readonly string[] = []) =>
    `Cette personne ne fait pas partie du groupe ${named(groupe)}.${meant.length === 0 ? "" : ` Vouliez-vous dire ${meant.join(" ou ")} ?`}`,
};

/** That being an instructeur opens the usagers' personal data, as Administration+ says it. */
const access = (count: number): string =>
  `Le rôle d’instructeur donne accès au contenu (données personnelles des usagers, pièces jointes) ${
    count === 0
      ? "des demandes à venir du groupe"
      : count === 1
        ? "de la demande en cours du groupe, ainsi que des demandes à venir"
        : `des ${count} demandes en cours du groupe, ainsi que des demandes à venir`
  }, et des demandes archivées dont les données ne sont pas encore effacées.`;

export const addTexts = {
  title: "Ajouter au groupe",
  submit: "Ajouter",
  explain: (who: string, groupe: string, roles: string) => `${who} fera partie du groupe ${named(groupe)} comme ${roles}.`,
  access,
  enables: (name: string) => `Le compte de ${name} était désactivé : il redevient actif.`,
  added: (name: string, groupe: string, roles: string) =>
    `${name} fait maintenant partie du groupe ${named(groupe)} comme ${roles}.`,
  already: (name: string, groupe: string, roles: string) => `${name} fait déjà partie du groupe ${named(groupe)} comme ${roles}.`,
  useRole: (sign: string, email: string, roles: string) => `Pour changer ses rôles : \`${sign}groupe role ${email} ${roles}\`.`,
  disabled: (name: string) => `Le compte de ${name} est désactivé : seul un administrateur peut le réactiver.`,
  notice: (by: string, groupe: string, roles: string) => `👋 ${by} vous a ajouté au groupe ${named(groupe)} comme ${roles}.`,
  noticeHelp: (sign: string) => ` \`${sign}aplus aide\` rappelle ce que vous pouvez faire.`,
};

export const roleCommandTexts = {
  title: "Changer les rôles",
  submit: "Changer les rôles",
  noRoles: (sign: string) =>
    `Écrivez les rôles que la personne doit avoir, parmi aidant, instructeur et responsable. Pour l’enlever du groupe : \`${sign}groupe retirer\`.`,
  explain: (who: string, groupe: string, before: string, after: string) =>
    `Dans le groupe ${named(groupe)}, ${who} est ${before} et deviendra ${after}.`,
  access,
  changed: (name: string, groupe: string, roles: string) => `${name} est maintenant ${roles} du groupe ${named(groupe)}.`,
  already: (name: string, groupe: string, roles: string) => `${name} est déjà ${roles} du groupe ${named(groupe)}.`,
  meanwhile: (name: string, roles: string) =>
    `Rien n’a été changé : les rôles de ${name} ont changé entre-temps (${roles}). Recommencez si besoin.`,
  lastResponsable: (groupe: string) =>
    `Vous êtes seul responsable du groupe ${named(groupe)} : nommez d’abord une autre personne, ou adressez-vous à l’administrateur.`,
  notice: (by: string, groupe: string, roles: string) =>
    `${by} a changé vos rôles dans le groupe ${named(groupe)} : vous y êtes ${roles}.`,
};

export const removeTexts = {
  title: "Retirer du groupe",
  submit: "Retirer",
  explain: (who: string, groupe: string) =>
    `${who} ne fera plus partie du groupe ${named(groupe)} et perd aussitôt les droits que ce groupe lui donne.`,
  disables: (name: string) =>
    `C’est le seul groupe de ${name} : son compte sera désactivé. L’ajouter de nouveau à un groupe le réactive.`,
  held: (name: string, count: number) =>
    count === 1
      ? `${name} s’occupe d’une demande : le canal du groupe en sera averti, pour que quelqu’un prenne le relais.`
      : `${name} s’occupe de ${count} demandes : le canal du groupe en sera averti, pour que quelqu’un prenne le relais.`,
  channel: "Le robot ne retire personne du canal : pensez à le faire, pour que cette personne ne voie plus les fils du groupe.",
  removed: (name: string, groupe: string, disabled: boolean) =>
    `${name} ne fait plus partie du groupe ${named(groupe)}.${disabled ? " Son compte est désactivé." : ""}`,
  gone: (name: string, groupe: string) => `${name} ne fait plus partie du groupe ${named(groupe)}.`,
  notice: (by: string, groupe: string) =>
    `${by} vous a retiré du groupe ${named(groupe)} : vous n’y avez plus accès aux demandes.`,
  orphans: (name: string) => `🤝 ${name} ne peut plus s’occuper de ces demandes : qui prend le relais ?`,
  moreOrphans: (count: number) => `Et ${count} autres, que \`/demandes en-cours\` affiche.`,
};

export const createTexts = {
  title: "Créer un compte",
  submit: "Créer le compte",
  intro: (groupe: string) => `La personne fera partie du groupe ${named(groupe)}.`,
  nom: "Prénom et nom",
  qualite: "Qualité",
  qualiteHint: "Ce que la personne fait, par exemple « conseillère France Services ».",
  email: "Adresse e-mail",
  emailHint: "Sur Slack, la personne est reconnue à cette adresse.",
  telephone: "Téléphone",
  matrix: "Identifiant Matrix ou Tchap",
  matrixHint: "Par exemple @prenom.nom:exemple.fr. Sans lui, la personne n’est pas reconnue sur Matrix.",
  roles: "Rôles",
  rolesHint: "Un aidant ouvre des demandes, un instructeur y répond, un responsable gère le groupe.",
  access,
  accord: "Accès aux données",
  accordOption: "Je confirme que cette personne doit avoir cet accès",
  partage: "Compte partagé",
  partageOption: "Plusieurs personnes utilisent ce compte et signent ce qu’elles envoient",
  autre: "Vérification",
  autreOption: "Cette personne n’a pas encore de compte, même à une adresse proche",
  created: (name: string, groupe: string, roles: string) =>
    `Le compte de ${name} est créé : ${roles} du groupe ${named(groupe)}. La personne sera reconnue dès qu’elle écrira au robot.`,
  another: (sign: string) => ` Pour un autre compte : \`${sign}groupe creer-compte\`.`,
  faults: {
    email: "Cette adresse e-mail n’est pas valable, par exemple prenom.nom@exemple.fr.",
    taken: (sign: string, email: string) =>
      `Un compte a déjà cette adresse. Pour l’ajouter au groupe : ${sign}groupe ajouter ${email}`,
    close: (found: readonly string[]) =>
      `Cette adresse est proche de celle de ${enumerate(found)}. Si c’est une autre personne, cochez « Vérification ».`,
    roles: "Choisissez au moins un rôle.",
    accord: "Sans cette confirmation, le rôle d’instructeur ne peut pas être donné.",
    matrix: "Un identifiant Matrix s’écrit @nom:serveur, par exemple @prenom.nom:exemple.fr.",
    matrixTaken: "Cet identifiant Matrix appartient déjà à un autre compte.",
  },
};

const DAY_NAMES = {
  lundi: "Lundi",
  mardi: "Mardi",
  mercredi: "Mercredi",
  jeudi: "Jeudi",
  vendredi: "Vendredi",
  samedi: "Samedi",
  dimanche: "Dimanche",
} as const;

export const editTexts = {
  title: "Modifier le groupe",
  submit: "Enregistrer",
  nom: "Nom du groupe",
  description: "Description",
  bal: "Adresse e-mail partagée (BAL)",
  telephone: "Téléphone",
  adresse: "Adresse",
  hours: DAY_NAMES,
  hoursHint: "Par exemple 9:00 - 12:00 / 13:30 - 17:00, ou fermé.",
  saved: (groupe: string) => `Le groupe ${named(groupe)} est à jour.`,
  unchanged: "Rien n’a été changé.",
  faults: {
    name: "Un autre groupe porte déjà ce nom.",
    email: "Cette adresse e-mail n’est pas valable.",
    hours: "Écrivez les horaires ainsi : 9:00 - 12:00 / 13:30 - 17:00, ou fermé.",
    meanwhile:
      "Le groupe a été modifié entre-temps par quelqu’un d’autre : tapez de nouveau la commande pour voir ce qui a changé.",
  },
};

export const bindTexts = {
  title: "Relier ce canal",
  submit: "Relier",
  explain: (groupe: string) =>
    `Les demandes du groupe ${named(groupe)} arriveront dans ce canal, et toutes les personnes du canal verront leurs fils. Le robot doit y avoir été invité.`,
  replaces:
    "Le groupe était relié à un autre canal : les fils déjà ouverts y restent, sauf ceux où le robot ne peut plus écrire, qui reprennent ici.",
  takes: (other: string) =>
    `Ce canal est aujourd’hui celui du groupe ${named(other)}, qui n’en aura plus : reliez-le ensuite à un autre.`,
  waiting: (count: number) =>
    count === 1 ? "Une demande attend et y arrivera aussitôt." : `${count} demandes attendent et y arriveront aussitôt.`,
  bound: (groupe: string) => `Ce canal est maintenant celui du groupe ${named(groupe)}.`,
  already: (groupe: string) => `Ce canal est déjà celui du groupe ${named(groupe)}.`,
  direct: "Cette commande s’écrit dans le canal à relier, et non dans notre conversation directe.",
  taken: "Ce canal est relié à un autre groupe, dont vous n’êtes pas responsable : choisissez un autre canal.",
  meanwhile: "Rien n’a été changé : le groupe ou le canal a été relié autrement entre-temps. Recommencez si besoin.",
};

export const groupeDemandesTexts = {
  title: (groupe: string, status: string | null, since: string | null) =>
    `Demandes du groupe ${groupe}${status === null ? "" : `, ${status}`}${since === null ? "" : ` depuis le ${since}`}`,
  empty: "Aucune demande.",
  received: "reçue",
  sent: "ouverte par le groupe",
  holder: (name: string) => `suivie par ${name}`,
  nobody: "personne ne s’en occupe",
  firstAnswer: (hours: number) => `première réponse en ${hours} h ouvrées`,
  noAnswer: (hours: number) => `sans réponse depuis ${hours} h ouvrées`,
  closed: (hours: number) => `traitée en ${hours} h ouvrées`,
  unknownFilter: (text: string) =>
    `« ${text} » n’est pas un état connu. Choisissez : nouvelles, en-cours, en-souffrance, traitees ou archivees, suivi ou non de « depuis » et d’une date.`,
  badDate: (text: string) => `« ${text} » n’est pas une date connue. Écrivez par exemple 01/09/2026, ou « 30 jours ».`,
};
