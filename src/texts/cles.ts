/** What an operator is told of the encryption keys, by `aplus cles`. */
import { s } from "./plural.ts";

export const keyringTexts = {
  unreadable: (file: string) => `Le fichier de clés ${file} est illisible : remettez-en une sauvegarde.`,
  missing: (folder: string) => `Il n’y a pas de fichier de clés dans ${folder}.`,
} as const;

export const keyCliTexts = {
  description: "renouvelle les clés qui chiffrent les données personnelles (voir docs/operations.md)",
  list: "dit quelles clés il y a, et combien de documents chacune chiffre",
  add: "fait une nouvelle clé, qui chiffrera à la place de l’actuelle",
  addName: "nom de la clé (lettres, chiffres, tirets) ; le mois en cours si rien n’est donné",
  reseal: "chiffre avec la clé actuelle ce que les anciennes chiffrent encore ; interrompu, il reprend où il en était",
  remove: "retire une ancienne clé, si elle ne chiffre plus rien",
  removeName: "nom de la clé",

  current: "chiffre",
  former: "déchiffre seulement",
  unknown: "MANQUE dans la configuration : ce qu’elle chiffre est illisible",
  use: (id: string, role: string, demandes: number, dialogues: number, notices: number, installations: number) =>
    `${id} (${role}) : ${demandes} demande${s(demandes)}, ${dialogues} formulaire${s(dialogues)} en cours, ${notices} message${s(notices)} en personne${installations === 0 ? "" : `, ${installations} espace${s(installations)} Slack`}`,
  unnoted: (n: number) =>
    `${n} document${s(n)} dont la clé n’était pas encore notée (version antérieure) : \`aplus cles rechiffrer\` les passe en revue.`,

  badName: "Le nom d’une clé a de 1 à 32 lettres sans accent, chiffres ou tirets.",
  taken: (id: string) => `Il y a déjà une clé « ${id} ».`,
  madeHere: (id: string, file: string) =>
    [
      `La clé « ${id} » est dans ${file}. Sauvegardez ce fichier maintenant : sans lui, la base est illisible.`,
      "Redémarrez le robot : il chiffre avec elle, et rechiffre le reste pendant qu’il fonctionne.",
      "Puis `aplus cles liste`, robot arrêté, dit quand l’ancienne ne sert plus, et `aplus cles retirer` la retire.",
    ].join("\n"),
  made: (entry: string, id: string, formerIds: readonly string[]) =>
    [
      "Voici la nouvelle clé, qui n’est écrite nulle part ailleurs. Gardez-la avec vos secrets :",
      "",
      `  ${entry}`,
      "",
      ...(formerIds.length === 0
        ? ["Mettez-la dans ENCRYPTION_KEYS et démarrez le robot."]
        : [
            `1. Ajoutez-la à la fin de ENCRYPTION_KEYS (${[...formerIds, id].join(", ")}) et redémarrez chaque processus : tous savent la lire.`,
            `2. Puis mettez-la en tête (${[id, ...formerIds].join(", ")}) et redémarrez de nouveau : elle chiffre.`,
            "   Avec un seul processus, allez droit à cette seconde étape.",
            "3. Le robot rechiffre le reste pendant qu’il fonctionne ; `aplus cles rechiffrer` le fait tout de suite.",
            "4. `aplus cles retirer <nom>` dit quand une ancienne peut être retirée.",
          ]),
    ].join("\n"),

  alone: (id: string) => `Il n’y a qu’une clé, « ${id} » : rien à rechiffrer.`,
  progress: (done: number) => `${done} documents rechiffrés…`,
  resealed: (n: number, id: string) =>
    n === 0 ? `Tout était déjà chiffré avec « ${id} ».` : `${n} document${s(n)} rechiffré${s(n)} avec « ${id} ».`,
  unreadable: (n: number) =>
    `${n} document${s(n)} ne s’ouvre${n > 1 ? "nt" : ""} avec aucune clé donnée : ${n > 1 ? "ils restent tels quels" : "il reste tel quel"}. Remettez la clé qui manque (\`aplus cles liste\`).`,

  notThere: (id: string, ids: readonly string[]) => `Il n’y a pas de clé « ${id} ». Il y a : ${ids.join(", ")}.`,
  isCurrent: (id: string) => `« ${id} » est la clé qui chiffre : ajoutez-en une autre d’abord (\`aplus cles ajouter\`).`,
  stillUsed: (id: string, n: number) =>
    `« ${id} » chiffre encore ${n} document${s(n)} (ou peut-être, pour ceux d’une version antérieure) : \`aplus cles rechiffrer\` d’abord.`,
  removedHere: (id: string, file: string) =>
    `« ${id} » n’est plus dans ${file}. Gardez-en une copie aussi longtemps que des sauvegardes de la base d’avant le rechiffrement.`,
  removable: (id: string) =>
    `« ${id} » ne chiffre plus rien : retirez-la de ENCRYPTION_KEYS et redémarrez. Gardez-la aussi longtemps que des sauvegardes de la base d’avant le rechiffrement.`,
} as const;
