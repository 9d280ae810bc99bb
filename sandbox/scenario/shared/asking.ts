/** From the opening to four days of silence. */
import { BOT, PRIVATE_MARK, rings } from "../reading.ts";
import type { Step } from "../story.ts";
import { StepFault } from "../story.ts";
import { type Cast, firstName, fullName } from "./cast.ts";
import { AIDANT_BUTTONS, buttonsOf, out, standing, viewedBy, waiting } from "./words.ts";

const QUESTION = "La mutation n’apparaît pas chez nous. La CPAM l’a-t-elle reçue ?";
const INVITATION = "Pouvez-vous dire où en est le titre ?";

export function askingSteps(cast: Cast): readonly Step[] {
  const { aidant, caf, cpam, tiers } = cast;
  const answer = `Non plus. C’est ${tiers.team} qui bloque, je pense.`;
  const declined = `${BOT} : ↪️ ${fullName(cpam)} indique que son groupe n’est pas le bon interlocuteur.`;
  const invited = `${BOT} : ➕ ${fullName(caf)} a invité ${tiers.groupe}.`;
  const word = `${fullName(caf)} : ${PRIVATE_MARK} ${INVITATION}`;
  const viewed = viewedBy(caf);
  return [
    {
      title: `${firstName(aidant)}, aidante, ouvre une demande pour ${caf.team} et ${cpam.team}.`,
      async act(hand) {
        await hand.command(aidant.handle, "aidant", "demande", "Nouvelle demande");
        await hand.refused(
          aidant.handle,
          {
            "À qui adresser la demande": [caf.groupe, cpam.groupe],
            "Sujet de la demande": "Droits coupés après un changement d’adresse",
            Prénom: "Dany",
            "Nom de famille": "Sans-Nom",
            "Date de naissance": "31/02/1990",
            "Description du problème":
              "Déménagement signalé aux deux caisses, chacune attend l’autre. Plus de ressources depuis deux mois.",
            "Autorisation de l’usager": true,
          },
          "Date de naissance",
          "Cette date n’existe pas.",
        );
        await hand.submit(aidant.handle, { "Date de naissance": "28/02/1990" });
      },
      left: {
        card: { status: "🆕 Nouvelle", groupes: [waiting(caf), waiting(cpam)] },
        threads: { aidant: [], caf: [], cpam: [] },
        buttons: { aidant: AIDANT_BUTTONS.open, caf: buttonsOf(caf).asked, cpam: buttonsOf(cpam).asked },
        status: "nouvelle",
        events: ["opened"],
        due: { overdueAt: "06/03/2026 10:00", remindAt: "06/03/2026 10:00" },
      },
    },
    {
      title: `${firstName(caf)}, de ${caf.team}, regarde la demande : la consultation est tracée.`,
      when: { set: "2026-03-03T10:20:00+01:00" },
      async act(hand) {
        const words = await hand.open(caf.handle, "caf", "Voir la demande", "Demande D-000001");
        if (!words.includes("Dany") || !words.includes("28/02/1990"))
          throw new StepFault(`${firstName(caf)} devait lire l’identité de l’usager`);
        await hand.close(caf.handle);
      },
      left: {
        card: { status: "🆕 Nouvelle", groupes: [waiting(caf), waiting(cpam)], viewed },
        events: ["viewed"],
      },
    },
    {
      title: `${firstName(caf)} et ${firstName(cpam)}, de ${cpam.team}, se parlent entre instructeurs : ${firstName(aidant)} n’en voit rien.`,
      when: { set: "2026-03-03T11:00:00+01:00" },
      async act(hand) {
        await hand.sayAndBeTold(caf.handle, "caf", QUESTION, "🔒 Votre message n’est visible que des instructeurs.");
        await hand.say(cpam.handle, "cpam", answer);
      },
      left: {
        card: { status: "⏳ En cours", groupes: [waiting(caf), waiting(cpam)], viewed },
        threads: {
          aidant: [],
          caf: [{ add: `${caf.name} : ${QUESTION}` }, { add: `${fullName(cpam)} : ${PRIVATE_MARK} ${answer}` }],
          cpam: [{ add: `${fullName(caf)} : ${PRIVATE_MARK} ${QUESTION}` }, { add: `${cpam.name} : ${answer}` }],
        },
        status: "en_cours",
        events: ["message*", "message*"],
      },
    },
    {
      title: `${firstName(cpam)}, après confirmation : « Je ne suis pas le bon interlocuteur ».`,
      when: { set: "2026-03-03T11:30:00+01:00" },
      async act(hand) {
        const words = await hand.open(cpam.handle, "cpam", "Je ne suis pas le bon interlocuteur", "Mauvais interlocuteur");
        if (!words.includes(`engage tout le groupe ${cpam.groupe}`))
          throw new StepFault(`${firstName(cpam)} devait lire que sa réponse engage tout le groupe`);
        await hand.submit(cpam.handle);
      },
      left: {
        card: { status: "⏳ En cours", groupes: [waiting(caf), out(cpam)], viewed },
        threads: {
          aidant: [{ add: declined.replace("↪️", `${rings(aidant.name)} ↪️`) }],
          caf: [{ add: declined }],
          cpam: [{ add: declined }],
        },
        buttons: { cpam: buttonsOf(cpam).out },
        events: ["declined"],
        due: { overdueAt: "18/03/2026 11:30", remindAt: "18/03/2026 11:30" },
      },
    },
    {
      title: `${firstName(caf)} invite ${tiers.team}, avec un mot entre instructeurs.`,
      when: { set: "2026-03-03T14:00:00+01:00" },
      async act(hand) {
        await hand.open(caf.handle, "caf", "Inviter un organisme", "Inviter un organisme");
        await hand.submit(caf.handle, { "Groupes à inviter": [tiers.groupe], Message: INVITATION, Confidentialité: true });
      },
      left: {
        card: { status: "⏳ En cours", groupes: [waiting(caf), out(cpam), waiting(tiers)], viewed },
        threads: {
          aidant: [{ add: invited }],
          caf: [{ add: invited }, { add: word }],
          cpam: [{ add: invited }, { add: word }],
          // The groupe that comes late reads all that was said before.
          tiers: [
            { add: `${fullName(caf)} : ${PRIVATE_MARK} ${QUESTION}` },
            { add: `${fullName(cpam)} : ${PRIVATE_MARK} ${answer}` },
            { add: declined },
            { add: invited },
            { add: word },
          ],
        },
        buttons: { tiers: buttonsOf(tiers).asked },
        events: ["invited", "message*"],
        due: { remindAt: "06/03/2026 14:00" },
      },
    },
    {
      title: `Quatre jours de silence : ${tiers.team}, qui n’a pas réagi à l’invitation, reçoit un rappel.`,
      when: { advance: "P4D" },
      left: {
        threads: {
          tiers: [
            {
              add: `${BOT} : ⏰ ${tiers.groupe} : votre groupe a été invité à cette demande et n’a pas encore réagi (délai dépassé depuis le 6 mars 2026 à 14:00). [Je m’en occupe] [Répondre à l’aidant] [Me le rappeler demain] [Me le rappeler dans 3 jours ouvrés] [Me le rappeler dans une semaine]`,
            },
          ],
        },
        events: ["reminded*"],
        due: { remindAt: "10/03/2026 14:00" },
      },
    },
    {
      title: `Lundi, ${firstName(tiers)}, de ${tiers.team}, répond au rappel : « Je m’en occupe ».`,
      when: { set: "2026-03-09T10:00:00+01:00" },
      act: (hand) => hand.click(tiers.handle, "tiers", "Je m’en occupe", "fil"),
      left: {
        card: standing("⏳ En cours", cast),
        threads: {
          aidant: [{ add: `${BOT} : ${rings(aidant.name)} ✋ ${fullName(tiers)} s’occupe de votre demande.` }],
          caf: [{ add: `${BOT} : ✋ ${fullName(tiers)} s’occupe de la demande.` }],
          cpam: [{ add: `${BOT} : ✋ ${fullName(tiers)} s’occupe de la demande.` }],
          tiers: [{ add: `${BOT} : ✋ ${fullName(tiers)} s’occupe de la demande.` }],
        },
        buttons: { tiers: buttonsOf(tiers).taken },
        events: ["taken"],
        due: { overdueAt: "24/03/2026 10:00", remindAt: "24/03/2026 10:00" },
      },
    },
  ];
}
