/** What people read of the erasure of personal data. */

import { s } from "./plural.ts";

/** In the threads, and to responsables. */
export const wipeTexts = {
  /** In the place of the subject. */
  sujet: "Données effacées",
  erased: "Contenu effacé.",
  onRequest:
    "🧹 Les données de cette demande ont été effacées à la demande de l’usager (RGPD, article 17). La demande est close : il n’y a plus rien à faire ici.",
  left: (n: number) =>
    `🧹 Les données de cette demande ont été effacées par le robot. Il reste dans ce fil ${n} message${s(n)} que des personnes ont écrit${s(n)} et que la messagerie ne laisse pas le robot supprimer : que chacun supprime les siens, fichiers compris. Les données de l’usager ne doivent plus y figurer.`,
  leftDirect: (ref: string, n: number) =>
    `🧹 Les données de la demande ${ref} ont été effacées par le robot. Il n’a pas le droit de supprimer ${n > 1 ? `les ${n} réponses que vous aviez écrites` : "la réponse que vous aviez écrite"} dans cette conversation pour la remplir : supprimez-${n > 1 ? "les" : "la"} vous-même, s’il vous plaît.`,
  notErased: (ref: string, groupe: string, cause: string) =>
    `⚠️ Les données de la demande ${ref} n’ont pas pu être effacées du canal de ${groupe} : ${cause} Dès que c’est fait, l’effacement reprend de lui-même.`,
};

/** In `aplus doctor`. */
export const erasureDoctorTexts = {
  check: "Effacement",
  fine: "rien en retard",
  late: (n: number) => `${n} demande${s(n)} dont les données devraient être effacées depuis plus de deux jours`,
  lateRemedy: "Le robot tourne-t-il ? La tâche « wipe » passe une fois par jour ; cherchez « wipe failed » dans le journal.",
  pending: (n: number, codes: string) =>
    `${n} demande${s(n)} effacée${s(n)} de la base, mais pas encore partout dans la messagerie${codes && ` : ${codes}`}`,
  givenUp: (n: number, codes: string) =>
    `${n} demande${s(n)} effacée${s(n)} de la base, dont la messagerie montre encore quelque chose : elle refuse depuis un mois, le robot n’essaie plus${codes && ` : ${codes}`}`,
  givenUpRemedy:
    "Voyez avec l’administrateur de la messagerie ce qui reste dans les canaux archivés, les salons quittés et les conversations des comptes fermés, et faites-le retirer.",
  pendingRemedy:
    "Un canal, un salon ou une conversation refuse le robot : réinvitez-le, désarchivez le canal. L’effacement est retenté de lui-même. Ce qui a disparu avec un compte fermé est à vérifier avec l’administrateur de la messagerie.",
};

/** `aplus registre`. */
export const registerTexts = {
  description: "dit qui a consulté, exporté ou effacé les données de quelles demandes, quand et d’où (à l’écran, ou en CSV)",
  file: "le fichier CSV à écrire ; sans lui, tout s’affiche",
  demande: "seulement cette demande (D-000123)",
  agent: "seulement cette personne : son adresse électronique, ou l’identifiant de son compte",
  period: "par exemple « depuis 01/03/2026 jusqu’à 31/05/2026 » ; sans elle, les trois derniers mois et celui en cours",
  replace: "écrase le fichier s’il existe",
  titles: ["Date", "Acte", "Demande", "Par", "Compte", "Groupe", "Depuis", "Motif"],
  acts: {
    consultation: "consultation",
    export: "export",
    effacement: "effacement à la demande de l’usager",
    purge: "effacement six mois après l’archivage",
  },
  notARef: (typed: string) => `« ${typed} » n’est pas un numéro de demande : ils s’écrivent D-000123.`,
  unknownAgent: (typed: string) => `Aucun compte n’a l’adresse ou l’identifiant « ${typed} ».`,
  done: (n: number, span: string, path: string | undefined) =>
    `${n === 0 ? "Aucune ligne" : `${n} ligne${s(n)}`} ${span}${path === undefined ? "." : `, dans ${path}.`}`,
};
