/** What is said of exports, statistics and the weekly digest. */
import type { Status, Usefulness } from "../domain/demande.ts";
import type { PeriodFault } from "../domain/period.ts";
import { statusTexts, usefulnessTexts } from "../texts.ts";

const plural = (count: number, one: string, many: string): string => `${count} ${count > 1 ? many : one}`;
const demandes = (count: number): string => plural(count, "demande", "demandes");

export const periodTexts = {
  usage: "[depuis] [jusqu’à]",
  how: "Une date s’écrit jj/mm/aaaa, un mois entier mm/aaaa : `01/09/2026 30/09/2026`, `depuis 01/09/2026`, `09/2026`. Sans date : les trois derniers mois et le mois en cours.",
  fault(fault: PeriodFault): string {
    switch (fault.kind) {
      case "notADate":
        return `« ${fault.word.slice(0, 30)} » n’est pas une date. ${this.how}`;
      case "noSuchDay":
        return `Le « ${fault.word.slice(0, 30)} » n’existe pas. ${this.how}`;
      case "tooMany":
        return `Deux dates suffisent : depuis quand, et jusqu’à quand. ${this.how}`;
      case "backwards":
        return "La période finit avant de commencer : donnez d’abord la date la plus ancienne.";
      case "future":
        return "Cette période n’a pas encore commencé.";
    }
  },
  span: (first: string, last: string) => `du ${first} au ${last}`,
};

export const exportTexts = {
  help: "exporte en CSV les demandes du groupe, sans données personnelles",
  details: `Le fichier s’ouvre dans un tableur et arrive dans notre conversation directe. Une ligne par demande reçue ou ouverte par le groupe pendant la période : numéro, dates, état, groupes, nombre de messages, utilité, délais en temps ouvré. Ni sujet, ni description, ni identité des usagers. ${periodTexts.how}`,
  started: (span: string) => `Je prépare l’export des demandes ${span}. Le fichier arrive dans notre conversation directe.`,
  fileName: (groupe: string, first: string, last: string) =>
    `Demandes Administration+ - ${groupe.replace(/[\\/:*?"<>|\p{Cc}]/gu, " ").slice(0, 80)} - ${first} - ${last}.csv`,
  caption: (groupe: string, span: string, count: number) =>
    `Export du groupe « ${groupe} », ${span} : ${demandes(count)}. Sans sujet, ni description, ni identité des usagers.`,
  empty: (groupe: string, span: string) => `Export du groupe « ${groupe} » : aucune demande ${span}.`,
  refused: (groupe: string) =>
    `La messagerie n’accepte pas le fichier d’export du groupe « ${groupe} ». Demandez une période plus courte.`,
  /** Said to whoever asked, who may no longer know the groupe: it is not named. */
  noLonger: "Le rapport que vous aviez demandé ne peut plus être donné : vous n’êtes plus responsable de ce groupe.",
  columns: {
    id: "Id",
    ref: "Numéro",
    openedAt: "Date de création",
    territoire: "Territoire",
    status: "Avancement",
    opener: "Créateur",
    structure: "Structure mandatée",
    network: "Réseau",
    people: "Invités",
    messages: "Messages",
    answers: "Réponses",
    useful: "Utile",
    relevant: "Pertinente",
    closedAt: "Date de clôture",
    openerGroupe: "Groupes du demandeur",
    asked: "Groupes sollicités",
    invited: "Groupes invités",
    firstAnswerDays: "Délais de première réponse (Jours)",
    closingDays: "Délais de clôture (Jours)",
    firstAnswerHours: "Délais de première réponse (heures)",
    closingHours: "Délais de clôture (heures)",
  },
  network: { franceServices: "FS", general: "Général" },
  yes: "Oui",
  no: "Non",
  useful: { oui: "Oui", non: "Non", je_ne_sais_pas: "Je ne sais pas" } satisfies Record<Usefulness, string>,
};

const decimal = (value: number): string => value.toLocaleString("fr-FR", { maximumFractionDigits: 1, useGrouping: false });

const share = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`;

export const statsTexts = {
  help: "donne les chiffres du groupe : demandes, délais, utilité",
  details: `Les demandes reçues ou ouvertes par le groupe pendant la période, leur état, les délais de première réponse et de clôture en temps ouvré, celles qui sont en souffrance, l’utilité des réponses, mois par mois, avec une image. Dans le canal du groupe, tout le groupe les voit ; ailleurs, elles arrivent dans notre conversation directe. ${periodTexts.how}`,
  started: (span: string, here: boolean) =>
    `Je prépare les statistiques ${span}. Elles arrivent ${here ? "dans ce canal" : "dans notre conversation directe"}.`,
  gone: "Les statistiques demandées ne sont pas données : la personne qui les a demandées n’est plus responsable du groupe.",
  title: (groupe: string) => `Statistiques : ${groupe}`,
  empty: (span: string) => `Aucune demande ${span}.`,
  demandes,
  share,
  /** « 1,2 jour ouvré (29 h) », from hours. */
  delay: (hours: number) => `${decimal(hours / 24)} j (${decimal(hours)} h)`,
  days: (hours: number) => `${decimal(hours / 24)} j`,
  total: (count: number, asked: number, opened: number) =>
    opened === 0
      ? `${plural(asked, "demande reçue", "demandes reçues")}`
      : `${demandes(count)} : ${plural(asked, "reçue", "reçues")}, ${plural(opened, "ouverte", "ouvertes")} par le groupe`,
  status: (status: Status, count: number) => {
    const { label, emoji } = statusTexts[status];
    const name = label.toLowerCase();
    return `${emoji} ${count} ${count > 1 && status !== "en_cours" ? `${name}s` : name}`;
  },
  overdue: (count: number, open: number) =>
    open === 0
      ? "⏰ Aucune demande ouverte, donc aucune en souffrance"
      : `⏰ En souffrance en ce moment : ${count} sur ${plural(open, "demande ouverte", "demandes ouvertes")} (${share(count, open)})`,
  inTime: (count: number, of: number) => `🎯 Première réponse dans les 3 jours ouvrés : ${count} sur ${of} (${share(count, of)})`,
  spread: (label: string, count: number, median: string, ninth: string, mean: string) =>
    `⏱️ ${label} (${demandes(count)}) : médiane ${median}, 9 sur 10 en moins de ${ninth}, moyenne ${mean}`,
  none: (label: string) => `⏱️ ${label} : pas encore de chiffre`,
  labels: { firstAnswer: "Première réponse", processing: "Traitement", closing: "Clôture par l’aidant" },
  useful: (counts: Readonly<Record<Usefulness | "none", number>>) =>
    `👍 Réponse utile : ${counts.oui} oui, ${counts.non} non, ${counts.je_ne_sais_pas} « ${usefulnessTexts.je_ne_sais_pas} », ${counts.none} sans avis pour l’instant`,
  month: (name: string, opened: number, closed: number, median: string | null) =>
    `${name} : ${demandes(opened)}, dont ${plural(closed, "traitée ou archivée", "traitées ou archivées")}${median === null ? "" : `, première réponse en ${median} (médiane)`}`,
  monthsTitle: "Mois par mois",
  method:
    "Délais en temps ouvré du territoire de chaque demande : 24 h par jour ouvré, week-ends et jours fériés exclus. Les demandes sont comptées au mois de leur ouverture.",
  caption: (groupe: string) => `Les mêmes chiffres en image : ${groupe}.`,
  fileName: (groupe: string, last: string) =>
    `Statistiques - ${groupe.replace(/[\\/:*?"<>|\p{Cc}]/gu, " ").slice(0, 80)} - ${last}.png`,
  refused: "La messagerie n’accepte pas l’image ; les chiffres sont au-dessus.",
  chart: {
    demandes: "demandes",
    overdue: (count: number, open: number) => (open === 0 ? "aucune demande ouverte" : `en souffrance : ${count} sur ${open}`),
    firstAnswer: "première réponse (médiane)",
    useful: (count: number, opinions: number) =>
      opinions === 0 ? "aucun avis pour l’instant" : `réponses utiles : ${count} sur ${opinions}`,
    perMonth: "Demandes par mois d’ouverture",
    closed: "traitées ou archivées",
    open: "encore ouvertes",
    perMonthDelay: "Première réponse, médiane en jours ouvrés",
    inTime: "en 3 jours ou moins",
    late: "au-delà de 3 jours",
    usefulTitle: "La réponse a-t-elle été utile ?",
    noFigure: "–",
    noOpinion: "Aucun avis pour l’instant",
    lastMonths: (count: number) => ` (les ${count} derniers mois)`,
  },
};

export const digestTexts = {
  agentTitle: "Votre semaine",
  groupeTitle: (groupe: string) => `La semaine de ${groupe}`,
  nouvelles: (count: number) => `🆕 ${plural(count, "nouvelle demande", "nouvelles demandes")} à consulter`,
  overdue: (count: number) => `⏰ ${plural(count, "demande", "demandes")} en souffrance`,
  held: (count: number) => `✋ ${plural(count, "demande", "demandes")} dont vous vous occupez`,
  toArchive: (count: number) =>
    `✅ ${plural(count, "demande traitée", "demandes traitées")} à archiver, si la réponse vous convient`,
  ownOverdue: (count: number) =>
    `⏳ ${plural(count, "de vos demandes attend", "de vos demandes attendent")} une réponse depuis trop longtemps`,
  oldest: "Les plus anciennes en souffrance :",
  open: (count: number) => `📂 ${plural(count, "demande ouverte", "demandes ouvertes")}`,
  noOverdue: "🎉 Aucune demande en souffrance",
  opened: "Demandes ouvertes par le groupe dans ce canal",
  lastWeek: (received: number, answered: number, processed: number) =>
    `📈 La semaine dernière : ${plural(received, "reçue", "reçues")}, ${plural(answered, "première réponse", "premières réponses")}, ${plural(processed, "traitée", "traitées")}`,
  lastWeekOpened: (opened: number, answered: number, processed: number) =>
    `📈 La semaine dernière : ${plural(opened, "ouverte", "ouvertes")}, ${plural(answered, "première réponse", "premières réponses")}, ${plural(processed, "traitée", "traitées")}`,
  line: (ref: string, sujet: string, since: string) => `${ref} · ${sujet} · depuis le ${since}`,
  see: (ref: string) => `Voir la demande ${ref}`,
  boards: (sign: string) => `Tout voir : \`${sign}demandes\`. Ne plus recevoir ce résumé : \`${sign}moi\`.`,
};
