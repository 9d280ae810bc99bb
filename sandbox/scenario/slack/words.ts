/** Names and buttons as they read in the threads of the story. */

export const BOT = "Administration+";
export const CAMILLE = "Camille Exemple (France Services d’Exemple-sur-Ain)";
export const ALIX = "Alix Modèle (CAF de l’Ain)";
export const SACHA = "Sacha Spécimen (CPAM de l’Ain)";
export const MORGAN = "Morgan Fictif (Préfecture de l’Ain)";
export const PRIVATE = "🔒 Entre instructeurs";

const ASKED = ["Voir la demande", "Je m’en occupe", "Répondre à l’aidant", "Traitée", "Inviter un organisme"];

/** The buttons of the card, for each in its turn. */
export const BUTTONS = {
  asked: [...ASKED, "Je ne suis pas le bon interlocuteur"],
  /** Once the groupe has said that it is the wrong one. */
  out: ASKED,
  taken: [
    "Voir la demande",
    "Prendre le relais",
    "Répondre à l’aidant",
    "Traitée",
    "Inviter un organisme",
    "Je ne suis pas le bon interlocuteur",
  ],
  processed: ["Voir la demande", "Répondre à l’aidant", "Inviter un organisme"],
  archived: ["Voir la demande"],
  aidant: {
    open: ["Voir la demande", "Ajouter des informations", "Inviter un organisme", "Archiver"],
    processed: ["Archiver", "Rouvrir", "Voir la demande", "Inviter un organisme"],
    archived: ["Voir la demande", "Rouvrir"],
  },
} as const;
