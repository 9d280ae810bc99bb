/** « Traitée », the archiving with its feedback, and a reopening. */
import type { Step } from "../story.ts";
import { BOT, BUTTONS, CAMILLE, MORGAN } from "./words.ts";

const LAST = "Le titre vient d’être remis.";
const STANDING = [
  "⌛ CAF de l’Ain — en attente",
  "↪️ CPAM de l’Ain — n’est pas le bon interlocuteur",
  "✋ Préfecture de l’Ain — prise en charge par Morgan Fictif",
  "👀 Consultée par Alix Modèle",
] as const;
const PROCESSED = `✅ ${MORGAN} indique avoir traité la demande.`;
const ARCHIVED = `🗄️ ${CAMILLE} a archivé la demande. Réponse utile : oui.`;
const REOPENED = `🔄 ${CAMILLE} a rouvert la demande.`;

export const closingSteps: readonly Step[] = [
  {
    title: "Morgan : « Traitée », avec un dernier message.",
    when: { set: "2026-03-10T11:00:00+01:00" },
    async act(hand) {
      await hand.open("morgan.fictif", "prefecture", "Traitée", "Demande traitée");
      await hand.submit("morgan.fictif", { texte: LAST });
    },
    left: {
      card: ["✅ Traitée", ...STANDING, "🗄️ À archiver, une fois la réponse prise en compte."],
      threads: {
        aidant: [
          { add: `${MORGAN} : @Camille Exemple ${LAST}` },
          {
            add: `${BOT} : @Camille Exemple ${PROCESSED} Si la réponse convient, archivez-la ; sinon, répondez ici ou rouvrez-la. [Archiver] [Rouvrir]`,
          },
        ],
        caf: [{ add: `${MORGAN} : ${LAST}` }, { add: `${BOT} : ${PROCESSED} L’aidant est invité à l’archiver.` }],
        cpam: [{ add: `${MORGAN} : ${LAST}` }, { add: `${BOT} : ${PROCESSED} L’aidant est invité à l’archiver.` }],
        prefecture: [{ add: `${MORGAN} : ${LAST}` }, { add: `${BOT} : ${PROCESSED} L’aidant est invité à l’archiver.` }],
      },
      buttons: {
        aidant: BUTTONS.aidant.processed,
        caf: BUTTONS.processed,
        cpam: BUTTONS.processed,
        prefecture: BUTTONS.processed,
      },
      status: "traitee",
      events: ["message", "processed"],
      due: { overdueAt: null, remindAt: null, archiveInvitationAt: "17/03/2026 11:00" },
    },
  },
  {
    title: "Camille archive, après avoir dit si la réponse lui a été utile.",
    when: { set: "2026-03-11T09:15:00+01:00" },
    async act(hand) {
      await hand.open("camille.exemple", "aidant", "Archiver", "Archiver la demande");
      await hand.refused("camille.exemple", {}, "utile", "Veuillez renseigner ce champ obligatoire.");
      await hand.submit("camille.exemple", { utile: "Oui" });
    },
    left: {
      card: ["🗄️ Archivée", ...STANDING, "Réponse utile : oui."],
      threads: {
        aidant: [{ add: `${BOT} : ${ARCHIVED}` }],
        caf: [{ add: `${BOT} : ${ARCHIVED}` }],
        cpam: [{ add: `${BOT} : ${ARCHIVED}` }],
        prefecture: [{ add: `${BOT} : ${ARCHIVED}` }],
      },
      buttons: {
        aidant: BUTTONS.aidant.archived,
        caf: BUTTONS.archived,
        cpam: BUTTONS.archived,
        prefecture: BUTTONS.archived,
      },
      status: "archivee",
      events: ["archived"],
      due: { archiveInvitationAt: null, wipeAt: "11/09/2026 10:15" },
      usefulness: "oui",
    },
  },
  {
    title: "Rien n’est réglé : Camille rouvre la demande.",
    when: { set: "2026-03-12T09:15:00+01:00" },
    act: (hand) => hand.click("camille.exemple", "aidant", "Rouvrir"),
    left: {
      card: ["⏳ En cours", ...STANDING],
      threads: {
        aidant: [{ add: `${BOT} : ${REOPENED}` }],
        caf: [{ add: `${BOT} : ${REOPENED}` }],
        cpam: [{ add: `${BOT} : ${REOPENED}` }],
        prefecture: [{ add: `${BOT} : @Morgan Fictif ${REOPENED}` }],
      },
      buttons: {
        aidant: BUTTONS.aidant.open,
        caf: BUTTONS.asked,
        cpam: BUTTONS.out,
        prefecture: BUTTONS.taken,
      },
      status: "en_cours",
      events: ["reopened"],
      due: { overdueAt: "25/03/2026 11:00", remindAt: "25/03/2026 11:00", wipeAt: null },
      usefulness: null,
    },
  },
];
