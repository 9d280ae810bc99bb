/** The boards: tabs, filters, search, the home of the application. */
import { enumerate } from "../texts.ts";

/** `tab`: on its button; `title`: over its list; `word`: what is typed after `/demandes`. */
export const boardTexts = {
  nouvelles: { tab: "Nouvelles", title: "Nouvelles demandes", word: "nouvelles" },
  "en-cours": { tab: "En cours", title: "Demandes en cours", word: "en-cours" },
  "en-souffrance": { tab: "En souffrance", title: "Demandes en souffrance", word: "en-souffrance" },
  traitees: { tab: "Traitées", title: "Demandes traitées", word: "traitees" },
  ailleurs: { tab: "Suivies par d’autres", title: "Demandes suivies par d’autres organismes", word: "autres" },
  "mes-demandes": { tab: "Mes demandes", title: "Mes demandes", word: "mes-demandes" },
  "mes-nouvelles": { tab: "Mes nouvelles", title: "Mes demandes sans réponse", word: "nouvelles" },
  "mes-en-cours": { tab: "Mes en cours", title: "Mes demandes en cours", word: "en-cours" },
  "mes-en-souffrance": { tab: "Mes en souffrance", title: "Mes demandes en souffrance", word: "en-souffrance" },
  "a-archiver": { tab: "À archiver", title: "Demandes à archiver", word: "a-archiver" },
  archivees: { tab: "Archivées", title: "Demandes archivées", word: "archivees" },
} as const satisfies Record<string, { tab: string; title: string; word: string }>;

const number = new Intl.NumberFormat("fr-FR");

export const listTexts = {
  results: "Résultats de la recherche",
  empty: "Aucune demande.",
  /** `total` is a figure, or « 1 000+ ». */
  footer: (first: number, last: number, total: number | string) => `${first} à ${last} sur ${total}`,
  footerOpen: (first: number, last: number) => `${first} à ${last}, et d’autres`,
  /** Beyond `most` nobody counts. */
  count: (count: number, most: number) => (count > most ? `${number.format(most)}+` : number.format(count)),
  counted: (title: string, count: string) => `${title} (${count})`,
  previous: "Précédentes",
  next: "Suivantes",
  opened: (date: string) => `ouverte le ${date}`,
  late: "⏰ en souffrance",
  allGroupes: "Tous mes groupes",
  filter: "Groupe",
  ofGroupe: (title: string, groupe: string) => `${title} · ${groupe}`,
  searchHint: (sign: string) =>
    `Indiquez ce que vous cherchez : \`${sign}demandes chercher\` puis un numéro (D-000123), le nom de l’usager ou des mots du sujet.`,
  unknownBoard: (text: string, words: readonly string[]) =>
    `« ${text} » n’est pas une liste connue. Choisissez : ${[...words, "chercher"].slice(0, -1).join(", ")} ou chercher.`,
  unknownGroupe: (text: string, groupes: readonly string[]) =>
    groupes.length === 0
      ? `« ${text} » n’est pas un de vos groupes : vous n’en avez aucun.`
      : `« ${text} » ne désigne pas un seul de vos groupes : ${enumerate(groupes)}.`,
};

export const homeTexts = {
  openAgain: "Une demande qui était affichée ici a été effacée. Ouvrez de nouveau cet accueil pour voir vos demandes.",
  search: "Rechercher",
  searchPlaceholder: "Numéro, nom de l’usager ou mots du sujet",
  refresh: "Rafraîchir",
  refreshedAt: (moment: string) => `Mis à jour ${moment}. L’accueil se met à jour quand vous l’ouvrez et quand vous agissez ici.`,
  noBoard:
    "Vous n’êtes aidant ou instructeur d’aucun groupe : il n’y a pas de demande à vous montrer. Adressez-vous à la personne responsable de votre groupe.",
  fault: "L’accueil n’a pas pu être préparé. Rouvrez-le dans un instant.",
};
