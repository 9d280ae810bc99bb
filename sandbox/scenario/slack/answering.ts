/** Answers both ways, a change of mind and a slip of the pen. */
import type { Step } from "../story.ts";
import { ALIX, BUTTONS, CAMILLE, MORGAN, PRIVATE } from "./words.ts";

const ANSWER = "Le titre est prêt : il manque un justificatif de domicile de moins de trois mois.";
const REPLY = "Je l’envoie demain.";
const CORRECTED = "Je l’envoie mardi, avec la quittance.";
const SLIP = "Message destiné à une autre demande.";

const CARD = ["⏳ En cours", "⌛ CAF de l’Ain — en attente", "↪️ CPAM de l’Ain — n’est pas le bon interlocuteur"] as const;
const VIEWED = "👀 Consultée par Alix Modèle";

export const answeringSteps: readonly Step[] = [
  {
    title: "Morgan répond à l’aidante ; tous les instructeurs lisent la réponse.",
    when: { set: "2026-03-09T10:30:00+01:00" },
    async act(hand) {
      await hand.open("morgan.fictif", "prefecture", "Répondre à l’aidant", "Répondre à l’aidant");
      await hand.submit("morgan.fictif", { texte: ANSWER });
    },
    left: {
      threads: {
        aidant: [{ add: `${MORGAN} : @Camille Exemple ${ANSWER}` }],
        caf: [{ add: `${MORGAN} : ${ANSWER}` }],
        cpam: [{ add: `${MORGAN} : ${ANSWER}` }],
        prefecture: [{ add: `${MORGAN} : ${ANSWER}` }],
      },
      card: [...CARD, "✋ Préfecture de l’Ain — prise en charge par Morgan Fictif", VIEWED],
      events: ["message"],
      due: { overdueAt: "24/03/2026 10:30", remindAt: "24/03/2026 10:30" },
    },
  },
  {
    title: "Camille répond dans son fil ; Morgan, qui s’en occupe, est averti.",
    when: { set: "2026-03-09T11:00:00+01:00" },
    act: async (hand) => {
      await hand.say("camille.exemple", "aidant", REPLY);
    },
    left: {
      threads: {
        aidant: [{ add: `Camille Exemple : ${REPLY}` }],
        caf: [{ add: `${CAMILLE} : ${REPLY}` }],
        cpam: [{ add: `${CAMILLE} : ${REPLY}` }],
        prefecture: [{ add: `${CAMILLE} : @Morgan Fictif ${REPLY}` }],
      },
      events: ["message"],
    },
  },
  {
    title: "Camille corrige son message : il l’est partout.",
    when: { set: "2026-03-09T11:05:00+01:00" },
    act: (hand) => hand.edit("camille.exemple", "aidant", REPLY, CORRECTED),
    left: {
      threads: {
        aidant: [{ edit: `Camille Exemple : ${REPLY}`, to: `Camille Exemple : ${CORRECTED}` }],
        caf: [{ edit: `${CAMILLE} : ${REPLY}`, to: `${CAMILLE} : ${CORRECTED} (modifié)` }],
        cpam: [{ edit: `${CAMILLE} : ${REPLY}`, to: `${CAMILLE} : ${CORRECTED} (modifié)` }],
        prefecture: [{ edit: `${CAMILLE} : @Morgan Fictif ${REPLY}`, to: `${CAMILLE} : @Morgan Fictif ${CORRECTED} (modifié)` }],
      },
      events: ["edited"],
    },
  },
  {
    title: "Alix se trompe de fil…",
    when: { set: "2026-03-09T11:15:00+01:00" },
    act: async (hand) => {
      await hand.say("alix.modele", "caf", SLIP);
    },
    left: {
      threads: {
        caf: [{ add: `Alix Modèle : ${SLIP}` }],
        cpam: [{ add: `${ALIX} : ${PRIVATE} ${SLIP}` }],
        prefecture: [{ add: `${ALIX} : ${PRIVATE} @Morgan Fictif ${SLIP}` }],
      },
      events: ["message*"],
    },
  },
  {
    title: "… et supprime son message : il disparaît partout.",
    when: { set: "2026-03-09T11:16:00+01:00" },
    act: (hand) => hand.remove("alix.modele", "caf", SLIP),
    left: {
      threads: {
        caf: [{ remove: `Alix Modèle : ${SLIP}` }],
        cpam: [{ remove: `${ALIX} : ${PRIVATE} ${SLIP}` }],
        prefecture: [{ remove: `${ALIX} : ${PRIVATE} @Morgan Fictif ${SLIP}` }],
      },
      buttons: { prefecture: BUTTONS.taken },
      events: ["deleted*"],
    },
  },
];
