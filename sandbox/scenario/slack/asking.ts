/** From the opening to four days of silence. */
import type { Step } from "../story.ts";
import { StepFault } from "../story.ts";
import { ALIX, BOT, BUTTONS, MORGAN, PRIVATE, SACHA } from "./words.ts";

const VIEWED = "👀 Consultée par Alix Modèle";
const QUESTION = "La mutation n’apparaît pas chez nous. La CPAM l’a-t-elle reçue ?";
const ANSWER = "Non plus. C’est la préfecture qui bloque, je pense.";
const INVITATION = "Pouvez-vous dire où en est le titre ?";

export const askingSteps: readonly Step[] = [
  {
    title: "Camille, aidante, ouvre une demande pour la CAF et la CPAM.",
    async act(hand) {
      await hand.command("camille.exemple", "dm", "/demande", "Nouvelle demande");
      await hand.refused(
        "camille.exemple",
        {
          groupes: ["CAF de l’Ain", "CPAM de l’Ain"],
          sujet: "Droits coupés après un changement d’adresse",
          prenom: "Dany",
          nomDeFamille: "Sans-Nom",
          dateDeNaissance: "31/02/1990",
          description: "Déménagement signalé aux deux caisses, chacune attend l’autre. Plus de ressources depuis deux mois.",
          autorisation: true,
        },
        "dateDeNaissance",
        "Cette date n’existe pas.",
      );
      await hand.submit("camille.exemple", { dateDeNaissance: "28/02/1990" });
    },
    left: {
      card: ["🆕 Nouvelle", "⌛ CAF de l’Ain — en attente", "⌛ CPAM de l’Ain — en attente"],
      threads: { aidant: [], caf: [], cpam: [] },
      buttons: { aidant: BUTTONS.aidant.open, caf: BUTTONS.asked, cpam: BUTTONS.asked },
      status: "nouvelle",
      events: ["opened"],
      due: { overdueAt: "06/03/2026 10:00", remindAt: "06/03/2026 10:00" },
    },
  },
  {
    title: "Alix, de la CAF, regarde la demande : la consultation est tracée.",
    when: { set: "2026-03-03T10:20:00+01:00" },
    async act(hand) {
      const words = await hand.open("alix.modele", "caf", "Voir la demande", "Demande D-000001");
      if (!words.includes("Dany") || !words.includes("28/02/1990"))
        throw new StepFault("Alix devait lire l’identité de l’usager");
      await hand.close("alix.modele");
    },
    left: {
      card: ["🆕 Nouvelle", "⌛ CAF de l’Ain — en attente", "⌛ CPAM de l’Ain — en attente", VIEWED],
      events: ["viewed"],
    },
  },
  {
    title: "Alix et Sacha, de la CPAM, se parlent entre instructeurs : Camille n’en voit rien.",
    when: { set: "2026-03-03T11:00:00+01:00" },
    async act(hand) {
      await hand.sayAndBeTold("alix.modele", "caf", QUESTION, "🔒 Votre message n’est visible que des instructeurs.");
      await hand.say("sacha.specimen", "cpam", ANSWER);
    },
    left: {
      card: ["⏳ En cours", "⌛ CAF de l’Ain — en attente", "⌛ CPAM de l’Ain — en attente", VIEWED],
      threads: {
        aidant: [],
        caf: [{ add: `Alix Modèle : ${QUESTION}` }, { add: `${SACHA} : ${PRIVATE} ${ANSWER}` }],
        cpam: [{ add: `${ALIX} : ${PRIVATE} ${QUESTION}` }, { add: `Sacha Spécimen : ${ANSWER}` }],
      },
      status: "en_cours",
      events: ["message*", "message*"],
    },
  },
  {
    title: "Sacha, après confirmation : « Je ne suis pas le bon interlocuteur ».",
    when: { set: "2026-03-03T11:30:00+01:00" },
    async act(hand) {
      const words = await hand.open("sacha.specimen", "cpam", "Je ne suis pas le bon interlocuteur", "Mauvais interlocuteur");
      if (!words.includes("engage tout le groupe CPAM de l’Ain"))
        throw new StepFault("Sacha devait lire que sa réponse engage tout le groupe");
      await hand.submit("sacha.specimen");
    },
    left: {
      card: ["⏳ En cours", "⌛ CAF de l’Ain — en attente", "↪️ CPAM de l’Ain — n’est pas le bon interlocuteur", VIEWED],
      threads: {
        aidant: [{ add: `${BOT} : @Camille Exemple ↪️ ${SACHA} indique que son groupe n’est pas le bon interlocuteur.` }],
        caf: [{ add: `${BOT} : ↪️ ${SACHA} indique que son groupe n’est pas le bon interlocuteur.` }],
        cpam: [{ add: `${BOT} : ↪️ ${SACHA} indique que son groupe n’est pas le bon interlocuteur.` }],
      },
      buttons: { cpam: BUTTONS.out },
      events: ["declined"],
      due: { overdueAt: "18/03/2026 11:30", remindAt: "18/03/2026 11:30" },
    },
  },
  {
    title: "Alix invite la préfecture, avec un mot entre instructeurs.",
    when: { set: "2026-03-03T14:00:00+01:00" },
    async act(hand) {
      await hand.open("alix.modele", "caf", "Inviter un organisme", "Inviter un organisme");
      await hand.submit("alix.modele", { groupes: ["Préfecture de l’Ain"], texte: INVITATION, prive: true });
    },
    left: {
      card: [
        "⏳ En cours",
        "⌛ CAF de l’Ain — en attente",
        "↪️ CPAM de l’Ain — n’est pas le bon interlocuteur",
        "⌛ Préfecture de l’Ain — en attente",
        VIEWED,
      ],
      threads: {
        aidant: [{ add: `${BOT} : ➕ ${ALIX} a invité Préfecture de l’Ain.` }],
        caf: [{ add: `${BOT} : ➕ ${ALIX} a invité Préfecture de l’Ain.` }, { add: `${ALIX} : ${PRIVATE} ${INVITATION}` }],
        cpam: [{ add: `${BOT} : ➕ ${ALIX} a invité Préfecture de l’Ain.` }, { add: `${ALIX} : ${PRIVATE} ${INVITATION}` }],
        // The groupe that comes late reads all that was said before.
        prefecture: [
          { add: `${ALIX} : ${PRIVATE} ${QUESTION}` },
          { add: `${SACHA} : ${PRIVATE} ${ANSWER}` },
          { add: `${BOT} : ↪️ ${SACHA} indique que son groupe n’est pas le bon interlocuteur.` },
          { add: `${BOT} : ➕ ${ALIX} a invité Préfecture de l’Ain.` },
          { add: `${ALIX} : ${PRIVATE} ${INVITATION}` },
        ],
      },
      buttons: { prefecture: BUTTONS.asked },
      events: ["invited", "message*"],
      due: { remindAt: "06/03/2026 14:00" },
    },
  },
  {
    title: "Quatre jours de silence : la préfecture, qui n’a pas réagi à l’invitation, reçoit un rappel.",
    when: { advance: "P4D" },
    left: {
      threads: {
        prefecture: [
          {
            add: `${BOT} : ⏰ Préfecture de l’Ain : votre groupe a été invité à cette demande et n’a pas encore réagi (délai dépassé depuis le 6 mars 2026 à 14:00). [Je m’en occupe] [Répondre à l’aidant] [Me le rappeler demain] [Me le rappeler dans 3 jours ouvrés] [Me le rappeler dans une semaine]`,
          },
        ],
      },
      events: ["reminded*"],
      due: { remindAt: "10/03/2026 14:00" },
    },
  },
  {
    title: "Lundi, Morgan, de la préfecture, répond au rappel : « Je m’en occupe ».",
    when: { set: "2026-03-09T10:00:00+01:00" },
    act: (hand) => hand.click("morgan.fictif", "prefecture", "Je m’en occupe", "fil"),
    left: {
      card: [
        "⏳ En cours",
        "⌛ CAF de l’Ain — en attente",
        "↪️ CPAM de l’Ain — n’est pas le bon interlocuteur",
        "✋ Préfecture de l’Ain — prise en charge par Morgan Fictif",
        VIEWED,
      ],
      threads: {
        aidant: [{ add: `${BOT} : @Camille Exemple ✋ ${MORGAN} s’occupe de votre demande.` }],
        caf: [{ add: `${BOT} : ✋ ${MORGAN} s’occupe de la demande.` }],
        cpam: [{ add: `${BOT} : ✋ ${MORGAN} s’occupe de la demande.` }],
        prefecture: [{ add: `${BOT} : ✋ ${MORGAN} s’occupe de la demande.` }],
      },
      buttons: { prefecture: BUTTONS.taken },
      events: ["taken"],
      due: { overdueAt: "24/03/2026 10:00", remindAt: "24/03/2026 10:00" },
    },
  },
];
