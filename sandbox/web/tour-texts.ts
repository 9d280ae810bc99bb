/** The words of the guided tour. */
import type { StepId } from "./tour.ts";

interface StepTexts {
  readonly title: string;
  /** One gesture a line. */
  readonly todo: readonly string[];
  readonly look: string;
}

export const tourTexts: Readonly<Record<StepId, StepTexts>> = {
  ouvrir: {
    title: "Andréa, aidante, est bloquée sur un dossier",
    todo: [
      "Sur Matrix, dans sa conversation avec le robot, Andréa écrit « !demande » ; le robot pose ses questions une à une.",
      "Pour les organismes, répondez « CAF de l’Ain, Préfecture de l’Ain » ; essayez une date fautive, comme 31/02/1990.",
      "« passer » saute ce qui est facultatif, « passer tout » tout le reste ; finissez par « oui », puis « envoyer ».",
    ],
    look: "La demande a un numéro. Un fil s’est ouvert chez Andréa, un à la CAF sur Slack, un à la Préfecture sur Matrix.",
  },
  voir: {
    title: "Alix, à la CAF, regarde de quoi il s’agit",
    todo: ["Sur Slack, dans #caf-ain, Alix clique « Voir la demande » sous la carte."],
    look: "L’identité de l’usager n’est que dans cette fenêtre, pas dans le fil ; qui l’a consultée est noté.",
  },
  prendre: {
    title: "La CAF s’en occupe",
    todo: ["Alix clique « Je m’en occupe »."],
    look: "Toutes les cartes changent ensemble, et Andréa l’apprend dans son fil, sur l’autre messagerie.",
  },
  prive: {
    title: "La Préfecture a une question pour la CAF",
    todo: ["Sur Matrix, dans le fil de la demande, Morgan écrit un message, par exemple « Avez-vous l’attestation ? »."],
    look: "Le message arrive à la CAF, marqué « Entre instructeurs ». Andréa, elle, n’en voit rien : comparez son fil.",
  },
  repondre: {
    title: "La CAF répond à l’aidante",
    todo: ["Alix clique « Répondre à l’aidant », écrit sa réponse, et l’envoie."],
    look: "Cette fois, tous la lisent : Andréa, et la Préfecture aussi.",
  },
  aidant: {
    title: "Andréa répond, et se corrige",
    todo: ["Dans son fil, Andréa écrit un message ; puis le modifie (« Modifier », sous le message)."],
    look: "Le message suit dans chaque fil, et sa correction aussi : il est modifié en place, sans doublon.",
  },
  decliner: {
    title: "La Préfecture n’est pas la bonne porte",
    todo: [
      "Morgan touche la pastille « Je ne suis pas le bon interlocuteur », sous la carte.",
      "Le robot demande confirmation en conversation directe : cela engage tout le groupe. Morgan confirme.",
    ],
    look: "La Préfecture sort de la demande : plus de rappels pour elle. Andréa le sait, et la CAF reste saisie.",
  },
  horloge: {
    title: "Les jours passent, sans réponse",
    todo: [
      "Sur l’horloge, avancez d’une semaine, trois fois : quinze jours après la dernière réponse, la demande est en souffrance.",
    ],
    look: "Le rappel arrive à la CAF à l’ouverture d’un jour ouvré, jamais la nuit ni un jour férié ; la carte porte « En souffrance ».",
  },
  traiter: {
    title: "La CAF a débloqué le dossier",
    todo: ["Alix clique « Traitée », écrit un dernier mot si elle veut, et envoie."],
    look: "Andréa est invitée à archiver. Si elle écrit encore, la demande reprend d’elle-même.",
  },
  archiver: {
    title: "Andréa archive, et dit si c’était utile",
    todo: ["Dans son fil, Andréa touche « Archiver » et répond à la question, en conversation directe."],
    look: "La demande est archivée partout. Six mois plus tard, les données de l’usager seront effacées.",
  },
};
