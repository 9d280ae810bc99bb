/** Every French sentence shown to people. Apostrophes are typographic (’), guillemets French (« »). */
import type { Status, Usefulness } from "./domain/demande.ts";
import type { UsagerField } from "./domain/usager.ts";

/** « a, b et c » */
export const enumerate = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} et ${words.at(-1)}`;

export const statusTexts: Readonly<Record<Status, { label: string; emoji: string }>> = {
  nouvelle: { label: "Nouvelle", emoji: "🆕" },
  en_cours: { label: "En cours", emoji: "⏳" },
  traitee: { label: "Traitée", emoji: "✅" },
  archivee: { label: "Archivée", emoji: "🗄️" },
};

export const usefulnessTexts: Readonly<Record<Usefulness, string>> = {
  oui: "oui",
  non: "non",
  je_ne_sais_pas: "je ne sais pas",
};

/** On the card. */
export const cardTexts = {
  overdueSince: (date: string) => `⏰ En souffrance depuis le ${date}`,
  nobodyLeft: "⚠️ Plus aucun organisme n’est saisi : invitez-en un autre.",
  toArchive: "🗄️ À archiver, une fois la réponse prise en compte.",
  wiped: "Les données personnelles de cette demande ont été effacées.",
  waiting: "en attente",
  takenBy: (name: string) => `prise en charge par ${name}`,
  answered: "a répondu",
  out: "n’est pas le bon interlocuteur",
  usefulness: (answer: Usefulness) => `Réponse utile : ${usefulnessTexts[answer]}.`,
  standardProcedure: "Une procédure standard existe pour cette demande.",
};

/** In the threads, as the life of the demande goes on. `who` is « Prénom Nom (Groupe) ». */
export const newsTexts = {
  takenForAidant: (who: string) => `✋ ${who} s’occupe de votre demande.`,
  taken: (who: string) => `✋ ${who} s’occupe de la demande.`,
  takenOver: (who: string, from: string) => `🤝 ${who} prend le relais : ${from} s’en occupait jusque-là.`,
  declined: (who: string) => `↪️ ${who} indique que son groupe n’est pas le bon interlocuteur.`,
  nobodyLeft:
    "⚠️ Plus aucun organisme ne suit cette demande. Vous pouvez en inviter un autre : la demande lui sera transmise avec tout l’échange.",
  nobodyLeftElsewhere: (ref: string, opener: string) =>
    `⚠️ Plus aucun organisme ne suit la demande ${ref}, ouverte par ${opener}. Un autre organisme peut être invité.`,
  invited: (who: string, groupes: readonly string[]) => `➕ ${who} a invité ${enumerate(groupes)}.`,
  published: (who: string) => `📣 ${who} a envoyé ce message à l’aidant.`,
  standardProcedure: (who: string) =>
    `📘 ${who} indique qu’une procédure standard existe pour cette demande : sa réponse vous dit laquelle.`,
  processedForAidant: (who: string) =>
    `✅ ${who} indique avoir traité la demande. Si la réponse convient, archivez-la ; sinon, répondez ici ou rouvrez-la.`,
  processed: (who: string) => `✅ ${who} indique avoir traité la demande. L’aidant est invité à l’archiver.`,
  archived: (who: string, usefulness: Usefulness) =>
    `🗄️ ${who} a archivé la demande. Réponse utile : ${usefulnessTexts[usefulness]}.`,
  reopened: (who: string) => `🔄 ${who} a rouvert la demande.`,
  infoAdded: (who: string, fields: readonly string[]) =>
    `📎 ${who} a complété les informations sur l’usager (${enumerate(fields)}). « Voir la demande » les affiche.`,
  reminder: (addressee: string, since: string, count: number) =>
    `⏰ ${addressee} : cette demande est en souffrance depuis le ${since}${count > 1 ? ` (rappel n° ${count})` : ""}. Une réponse, même brève, dit à l’aidant où en est son dossier.`,
  invitationReminder: (addressee: string, since: string, count: number) =>
    `⏰ ${addressee} : votre groupe a été invité à cette demande et n’a pas encore réagi (délai dépassé depuis le ${since}${count > 1 ? `, rappel n° ${count}` : ""}).`,
  archiveReminder: (count: number) =>
    `🗄️ Cette demande est traitée${count > 1 ? " depuis un moment" : ""}. Si la réponse vous convient, archivez-la ; sinon, répondez ici : elle repassera en cours.`,
  snoozed: (who: string, until: string) => `⏰ ${who} a demandé un rappel ${until}.`,
  snoozeTomorrow: "demain",
  snoozeThreeDays: "dans 3 jours ouvrés",
  snoozeWeek: "dans une semaine",
  file: (who: string, name: string) => `📄 ${who} a partagé un fichier : ${name}`,
  fileUnavailable: (who: string, name: string) =>
    `📄 ${who} a partagé un fichier (${name}), qui n’a pas pu être transmis ici. Demandez-lui de l’envoyer autrement.`,
  unknownGroupe: "un groupe",
};

/** To responsables, in person. */
export const responsableTexts = {
  escalation: (ref: string, groupe: string, since: string, count: number) =>
    `⏰ La demande ${ref} attend une réponse du groupe « ${groupe} » : elle est en souffrance depuis le ${since} (rappel n° ${count}). Vous la trouverez dans le canal du groupe.`,
  brokenThread: (ref: string, groupe: string, cause: string) =>
    `⚠️ La demande ${ref} n’a pas pu être affichée pour ${groupe} : ${cause} Dès que c’est fait, l’envoi reprend de lui-même.`,
  brokenCauses: {
    unbound:
      "le groupe n’est relié à aucun canal. Une personne responsable peut le relier depuis le canal voulu, ou l’administrateur peut le faire.",
    archived: "le canal est archivé. Désarchivez-le, ou reliez le groupe à un autre canal.",
    reader:
      "le compte de l’aidant qui l’a ouverte est désactivé. Réactivez ce compte, ou archivez la demande si elle n’a plus d’objet.",
    removed: "le robot n’est plus dans le canal. Invitez-le de nouveau.",
    workspace:
      "le robot n’a plus accès à cet espace. Un administrateur de l’espace peut y réinstaller l’application, ou celui du robot en changer le jeton.",
    refused: (code: string) => `la messagerie refuse l’envoi (${code}). Prévenez votre administrateur.`,
  },
  groupeUnreachable: (groupe: string) =>
    `⚠️ ${groupe} ne peut plus être joint, ni aucun de ses responsables : le robot n’a plus accès à leur espace. Demandez à son administrateur d’y réinstaller l’application ; \`aplus doctor\` dit lequel, et depuis quand. Ce qui devait y être montré attend.`,
  askedUnreachable: (ref: string, groupe: string) =>
    `⚠️ ${groupe} ne peut pas être joint pour l’instant : rien de nouveau de la demande ${ref} ne lui est montré. Cela attend, et lui parviendra dès que ce sera rétabli ; si c’est pressé, invitez un autre groupe.`,
  reminderList: (groupe: string) => `⏰ Demandes en souffrance pour ${groupe}`,
};

/** Refusals: polite, with the reason, and nothing that the person may not know. */
export const refusalTexts = {
  unknown: "Cette demande n’existe pas, ou vous n’y avez pas accès.",
  forbidden: {
    open: "Seuls les aidants ouvrent des demandes, au nom de leur groupe.",
    archive: "Seul l’aidant qui a ouvert la demande, ou un membre de son groupe, peut l’archiver.",
    reopen: "Seul l’aidant qui a ouvert la demande, ou un membre de son groupe, peut la rouvrir.",
    addInfo: "Seul l’aidant qui a ouvert la demande peut compléter les informations sur l’usager.",
    view: "Les informations sur l’usager ne sont visibles que des personnes qui suivent la demande.",
    write: "Votre message n’a pas été transmis : seules les personnes qui suivent la demande peuvent écrire dans ce fil.",
    other: "Cette action est réservée aux instructeurs du groupe à qui ce fil s’adresse.",
  },
  notNow: (status: Status) => `Ce n’est plus possible : la demande est « ${statusTexts[status].label.toLowerCase()} ».`,
  alreadyTaken: (name: string) => `${name} s’en occupe déjà. Vous pouvez prendre le relais.`,
  alreadyYours: "Vous vous en occupez déjà.",
  alreadyOut: "Votre groupe a déjà indiqué qu’il n’est pas le bon interlocuteur.",
  emptyText: "Le message est vide.",
  procedureWithoutText: "Indiquez quelle est la procédure à suivre.",
  noGroupe: "Choisissez au moins un groupe.",
  groupesAlreadyThere: "Ces groupes suivent déjà la demande.",
  notAuthor: "Seul l’auteur d’un message, ou un collègue de son groupe, peut faire cela.",
  messageGone: "Ce message n’existe plus, ou n’est pas un message de cette demande.",
  alreadyPublic: "Ce message est déjà visible de l’aidant.",
  nothingToAdd: "Renseignez au moins une information.",
  pastDate: "Cette date est passée.",
  nothingDue: "Il n’y a rien à rappeler.",
  wiped: "Les données personnelles de cette demande ont été effacées : elle ne peut plus changer.",
  stillOpen: "Cette demande n’est pas archivée : quelqu’un attend peut-être encore une réponse.",
  fileTooLarge: (name: string, limit: string) =>
    `Le fichier « ${name} » n’a pas été transmis : il dépasse ${limit}. Envoyez-le en plusieurs parties ou réduisez-le.`,
  fileType: (name: string) =>
    `Le fichier « ${name} » n’a pas été transmis : seuls les images, les PDF, les textes et les documents de bureautique le sont.`,
  textTooLong: (limit: number) => `Ce message est trop long (${limit} caractères au plus) et n’a pas été transmis.`,
};

/** Beside the fields of a form. */
export const faultTexts = {
  required: "Ce champ est obligatoire.",
  tooLong: (limit: number) => `${limit} caractères au plus.`,
  controlCharacters: "Ce texte contient des caractères invisibles qui ne sont pas acceptés : saisissez-le de nouveau au clavier.",
  sujetIdentity:
    "Le sujet est visible de tout le canal : retirez-en ce qui identifie l’usager (nom, numéro, téléphone, adresse e-mail).",
  dateFormat: "Écrivez la date sous la forme jj/mm/aaaa, par exemple 31/12/1980.",
  dateUnreal: "Cette date n’existe pas.",
  dateFuture: "Cette date n’est pas encore passée.",
  dateTooOld: "Cette date est trop ancienne.",
  numeroSecuriteSociale: "15 chiffres sont attendus, par exemple 1 80 12 01 234 567 89 (la clé est les deux derniers).",
  cleSecuriteSociale: "La clé (les deux derniers chiffres) ne correspond pas au numéro : vérifiez la saisie.",
  numeroAllocataire: "7 chiffres sont attendus, suivis ou non d’une lettre.",
  numeroFiscal: "13 chiffres sont attendus.",
  telephone: "Ce numéro de téléphone n’est pas valide, par exemple 04 00 00 00 00.",
  invalid: "Cette valeur n’est pas valable : vérifiez la saisie.",
  autorisation: "La demande ne peut être envoyée sans l’autorisation de l’usager.",
  territoire: "Choisissez le territoire concerné.",
  groupes: "Choisissez au moins un groupe à qui adresser la demande.",
  groupesElsewhere: "Un des groupes choisis n’est pas de ce territoire : choisissez de nouveau.",
  signature: "Ce compte est partagé : signez de votre prénom, nom et service.",
  usefulness: "Choisissez une réponse pour archiver la demande.",
  choice: "Choisissez une des réponses proposées.",
};

/** Answers of the bot to somebody's own act, seen by that person alone. */
export const replyTexts = {
  privateNote: "🔒 Votre message n’est visible que des instructeurs.",
  opened: (ref: string) =>
    `Votre demande ${ref} est envoyée. Vous la suivez dans le fil que je viens d’ouvrir ; vous serez averti de chaque réponse.`,
  published: "Votre message est envoyé à l’aidant.",
  snoozeWhen: "Quand faut-il vous le rappeler ?",
  snoozed: (until: string) => `C’est noté : je vous le rappellerai ${until}.`,
  duplicate: "C’est déjà fait.",
  /** `sign`: what precedes a command on the platform. */
  outsideThread: (sign: string) =>
    `Écrivez dans le fil d’une demande pour que votre message soit transmis. \`${sign}aplus aide\` rappelle les commandes.`,
  unknownCommand: (text: string, sign: string) =>
    `« ${text} » n’est pas une commande connue. \`${sign}aplus aide\` les rappelle.`,
  unknownWord: (word: string) => `« ${word} » n’est pas une action connue. \`!aide\` les rappelle.`,
  unexpected: "Un incident nous empêche de le faire maintenant. Rien n’est perdu : réessayez dans un instant.",
  notYours: "Ce formulaire n’est plus valable : rouvrez-le.",
  noGroupeBound: "Aucun groupe d’instructeurs n’est encore disponible dans ce territoire.",
};

/** Names of the usager's fields, as people read them. */
export const usagerTexts: Readonly<Record<UsagerField, string>> = {
  prenom: "Prénom",
  nomDeFamille: "Nom de famille",
  nomDeNaissance: "Nom de naissance",
  dateDeNaissance: "Date de naissance",
  numeroSecuriteSociale: "Numéro de sécurité sociale",
  numeroAllocataire: "Numéro allocataire (CAF)",
  numeroFiscal: "Numéro fiscal",
  numeroEtranger: "Numéro étranger (AGDREF)",
  identifiantFranceTravail: "Identifiant France Travail",
  adressePostale: "Adresse postale",
  telephone: "Numéro de téléphone",
  numeroDossier: "Numéro de dossier",
  autre: "Autre information",
};

/** What only Slack needs to say. */
export const slackTexts = {
  privateMark: "🔒 Entre instructeurs",
  editedMark: "(modifié)",
  tooLong: "(texte coupé : il est trop long pour Slack)",
  cancel: "Annuler",
  close: "Fermer",
  formTitle: "Administration+",
  choose: "Choisir…",
  more: (count: number) => (count === 1 ? "… et 1 autre" : `… et ${count} autres`),
  moreChoices: (count: number) => `${count} autres choix ne peuvent être montrés ici.`,
  noChoice: "Aucun choix possible",
  card: {
    opener: "Demandée par",
    territoire: "Territoire",
    openedAt: "Ouverte",
    viewedBy: (names: string) => `👀 Consultée par ${names}`,
  },
  fileNotRelayed: (name: string) => `[Fichier non transmis : ${name}. Il est hébergé hors de Slack, ou n’y est plus lisible.]`,
  unnamedFile: "fichier",
  someone: "quelqu’un",
  channel: "canal",
  usergroup: "groupe",
  /** Beside a field, when what was sent could not be written. */
  submissionFault: "Votre envoi n’a pas pu être enregistré. Rien n’est perdu : envoyez de nouveau dans un instant.",
  submissionFaultTitle: "Envoi non enregistré",
  actFault: "Cette action n’a pas pu être enregistrée. Recommencez dans un instant.",
  staleForm: "Cette fenêtre vient d’une version plus ancienne. Fermez-la et recommencez.",
  formTooLate: "La fenêtre n’a pas pu s’ouvrir à temps. Recommencez : cliquez de nouveau, ou tapez de nouveau la commande.",
  formClosed: "Vous ne pouvez plus remplir ce formulaire.",
  formRefused: "La fenêtre n’a pas pu s’ouvrir. Recommencez dans un instant.",
  health: {
    starting: "La connexion à Slack n’est pas encore établie.",
    stopped: "L’adaptateur Slack est arrêté.",
    tokenRefused: (code: string) =>
      `Slack refuse le jeton du robot (${code}) : réinstallez l’application dans l’espace de travail et mettez le nouveau jeton dans la configuration.`,
    appTokenRefused: (code: string) =>
      `Slack refuse le jeton d’application (${code}) : créez un jeton « connections:write » et mettez-le dans la configuration.`,
    socketDown: "La connexion temps réel à Slack est coupée ; une nouvelle tentative est en cours.",
  },
  doctor: {
    botToken: "Jeton du robot",
    botTokenOk: (team: string, bot: string) => `accepté par l’espace de travail ${team}, sous le nom ${bot}`,
    botTokenFault: (code: string) => `refusé par Slack (${code})`,
    botTokenRemedy: "Copiez le « Bot User OAuth Token » (xoxb-…) de la page « OAuth & Permissions » de l’application.",
    unreachable: (code: string) => `Slack ne répond pas (${code})`,
    unreachableRemedy: "Vérifiez que cette machine joint slack.com en HTTPS (pare-feu, mandataire), puis recommencez.",
    scope: (scope: string) => `Droit ${scope}`,
    scopeOk: "accordé",
    scopeFault: "manquant",
    scopeRemedy: "Mettez l’application à jour avec manifest.yml, puis réinstallez-la dans l’espace de travail.",
    appToken: "Jeton d’application (Socket Mode)",
    appTokenOk: "ouvre une connexion",
    appTokenMissing: "absent",
    appTokenFault: (code: string) => `refusé par Slack (${code})`,
    appTokenRemedy: "Créez un « App-Level Token » (xapp-…) avec le droit connections:write, et activez Socket Mode.",
    signingSecret: "Secret de signature (HTTP)",
    signingSecretOk: "présent",
    signingSecretMissing: "absent",
    signingSecretRemedy: "Copiez le « Signing Secret » de la page « Basic Information » de l’application.",
    channel: (channel: string) => `Canal ${channel}`,
    channelOk: (name: string) => `le robot est dans #${name}`,
    channelArchived: (name: string) => `#${name} est archivé`,
    channelArchivedRemedy: "Désarchivez ce canal, ou reliez le groupe à un autre.",
    channelOutside: (name: string) => `le robot n’est pas dans #${name}`,
    channelUnknown: (code: string) => `introuvable (${code})`,
    channelRemedy: "Dans ce canal, invitez le robot : /invite suivi de son nom.",
  },
} as const;

/** Forms: titles and sending buttons have at most 24 characters, as Slack has it. */
export const formTexts = {
  ouvrir: {
    title: "Nouvelle demande",
    submit: "Envoyer la demande",
    intro: "Décrivez le blocage : les organismes choisis verront le sujet, et la description sur demande.",
    groupeDemandeur: "Structure demandeuse",
    territoire: "Territoire concerné",
    groupes: "À qui adresser la demande",
    groupesHint: "Un ou plusieurs groupes du territoire.",
    noGroupe: "Aucun groupe ne peut recevoir de demande dans ce territoire pour l’instant. Choisissez un autre territoire.",
    sujet: "Sujet de la demande",
    sujetHint: "Sans nom ni numéro de l’usager : le sujet est visible de tout le canal.",
    description: "Description du problème",
    descriptionHint: "Ce qui bloque, depuis quand, les démarches déjà faites.",
    dateHint: "jj/mm/aaaa",
    autorisation: "Autorisation de l’usager",
    autorisationOption: "J’atteste avoir recueilli l’autorisation de l’usager",
    signature: "Signature",
    signatureHint: "Ce compte est partagé : prénom, nom, service.",
  },
  voir: {
    title: (ref: string) => `Demande ${ref}`,
    sujet: "Sujet",
    description: "Description",
    wiped: "Ces informations ont été effacées.",
  },
  relais: {
    title: "Prendre le relais",
    submit: "Prendre le relais",
    explain: (name: string) => `${name} s’occupe de cette demande. En prenant le relais, vous en devenez responsable à sa place.`,
  },
  decliner: {
    title: "Mauvais interlocuteur",
    submit: "Confirmer",
    explain: (groupe: string) =>
      `Cette réponse engage tout le groupe ${groupe} : il sortira de la demande et n’aura plus de rappel. L’aidant en sera averti.`,
    advice:
      "Si vous n’avez pas la réponse vous-même, écrivez plutôt dans le fil pour en parler aux autres instructeurs, ou invitez le bon organisme.",
  },
  repondre: {
    title: "Répondre à l’aidant",
    submit: "Envoyer",
    text: "Votre réponse",
    hint: "Visible de l’aidant et de tous les instructeurs de la demande.",
    options: "Procédure standard",
    standardProcedure: "Une procédure standard existe : je l’indique dans ma réponse",
    last: "Dernière réponse",
    lastOption: "C’est ma dernière réponse : la demande est traitée",
  },
  inviter: {
    title: "Inviter un organisme",
    submit: "Inviter",
    territoire: "Territoire",
    groupes: "Groupes à inviter",
    none: "Aucun autre groupe n’est disponible dans ce territoire.",
    text: "Message",
    textHint: "Ce que vous attendez de ces groupes.",
    private: "Confidentialité",
    privateOption: "Réserver ce message aux instructeurs",
  },
  traiter: {
    title: "Demande traitée",
    submit: "Marquer comme traitée",
    explain: "L’aidant sera invité à archiver la demande. S’il répond, elle repassera en cours.",
    text: "Dernier message à l’aidant",
  },
  archiver: {
    title: "Archiver la demande",
    submit: "Archiver",
    question: "La réponse vous a-t-elle été utile ?",
    options: { oui: "Oui", non: "Non", je_ne_sais_pas: "Je ne sais pas" },
  },
  completer: {
    title: "Ajouter des informations",
    submit: "Ajouter",
    explain: "Seuls les champs remplis sont ajoutés ou remplacés.",
  },
};

/** `/aplus aide` */
export const helpTexts = {
  title: "Administration+ dans votre messagerie",
  commands: "Commandes",
  buttons: "Boutons d’une demande",
  thread:
    "Dans le fil d’une demande, ce que vous écrivez est transmis aux autres : entre instructeurs si vous êtes instructeur, à tous si vous êtes aidant. Modifier ou supprimer votre message le modifie ou le supprime partout.",
};

/** On the terminal, at the start. */
export const startTexts = {
  sandbox: (port: number, folder: string) => `
aplus-bot fonctionne, en bac à sable : rien n’est configuré, tout tourne sur cette machine.

  La page         http://127.0.0.1:${port}
  État            http://127.0.0.1:${port}/sante
  Monde           http://127.0.0.1:${port}/sandbox/world   (agents, canaux, heure)
  Base de données embarquée, Slack et Matrix simulés, horloge déplaçable ; données dans ${folder}

Pour essayer, ouvrez la page ; ou bien :
  npm run scenario     joue une histoire complète et la raconte
  docs/sandbox.md      les appels qui jouent un agent : commande, clic, message, horloge
  docs/slack.md        relier un vrai espace Slack
  docs/matrix.md       relier un serveur Matrix, ou Tchap

Ctrl+C pour arrêter.`,
  bot: (port: number) => `aplus-bot fonctionne. État : http://127.0.0.1:${port}/sante`,
  portTaken: (port: number) =>
    `Le port ${port} est déjà pris : arrêtez l’autre programme, ou choisissez-en un autre (PORT=3001 npm start).`,
  databaseExposed: {
    pathTooLong:
      "La base embarquée écoute sur 127.0.0.1, sans mot de passe : les autres comptes de cette machine peuvent la lire. Le chemin de DATA_DIR est trop long pour qu’elle soit à vous seul : choisissez-en un plus court.",
    noSockets:
      "La base embarquée écoute sur 127.0.0.1, sans mot de passe : les autres comptes de cette machine peuvent la lire. Le disque de DATA_DIR n’admet pas de socket : choisissez un disque local pour qu’elle soit à vous seul.",
  },
  databaseAway: "La base de données ne répond pas : vérifiez MONGODB_URI, puis relancez.",
  crash: "Incident au démarrage :",
};
