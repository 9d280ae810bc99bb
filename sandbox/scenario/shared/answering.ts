/** Answers both ways, a change of mind and a slip of the pen. */
import { EDITED_MARK, PRIVATE_MARK, rings } from "../reading.ts";
import type { Step } from "../story.ts";
import { type Cast, firstName, fullName } from "./cast.ts";

const ANSWER = "Le titre est prêt : il manque un justificatif de domicile de moins de trois mois.";
const REPLY = "Je l’envoie demain.";
const CORRECTED = "Je l’envoie mardi, avec la quittance.";
const SLIP = "Message destiné à une autre demande.";

export function answeringSteps({ aidant, caf, tiers }: Cast): readonly Step[] {
  const answered = `${fullName(tiers)} : ${ANSWER}`;
  const said = (text: string) => `${fullName(aidant)} : ${text}`;
  const saidToTiers = (text: string) => `${fullName(aidant)} : ${rings(tiers.name)} ${text}`;
  const correction = { edit: said(REPLY), to: said(`${CORRECTED} ${EDITED_MARK}`) };
  const slip = `${fullName(caf)} : ${PRIVATE_MARK} ${SLIP}`;
  const slipToTiers = `${fullName(caf)} : ${PRIVATE_MARK} ${rings(tiers.name)} ${SLIP}`;
  return [
    {
      title: `${firstName(tiers)} répond à l’aidante ; tous les instructeurs lisent la réponse.`,
      when: { set: "2026-03-09T10:30:00+01:00" },
      async act(hand) {
        await hand.open(tiers.handle, "tiers", "Répondre à l’aidant", "Répondre à l’aidant");
        await hand.submit(tiers.handle, { "Votre réponse": ANSWER });
      },
      left: {
        threads: {
          aidant: [{ add: `${fullName(tiers)} : ${rings(aidant.name)} ${ANSWER}` }],
          caf: [{ add: answered }],
          cpam: [{ add: answered }],
          tiers: [{ add: answered }],
        },
        events: ["message"],
        due: { overdueAt: "24/03/2026 10:30", remindAt: "24/03/2026 10:30" },
      },
    },
    {
      title: `${firstName(aidant)} répond dans son fil ; ${firstName(tiers)}, qui s’en occupe, est averti.`,
      when: { set: "2026-03-09T11:00:00+01:00" },
      act: (hand) => hand.say(aidant.handle, "aidant", REPLY),
      left: {
        threads: {
          aidant: [{ add: `${aidant.name} : ${REPLY}` }],
          caf: [{ add: said(REPLY) }],
          cpam: [{ add: said(REPLY) }],
          tiers: [{ add: saidToTiers(REPLY) }],
        },
        events: ["message"],
      },
    },
    {
      title: `${firstName(aidant)} corrige son message : il l’est partout.`,
      when: { set: "2026-03-09T11:05:00+01:00" },
      act: (hand) => hand.edit(aidant.handle, "aidant", REPLY, CORRECTED),
      left: {
        threads: {
          aidant: [{ edit: `${aidant.name} : ${REPLY}`, to: `${aidant.name} : ${CORRECTED}` }],
          caf: [correction],
          cpam: [correction],
          tiers: [{ edit: saidToTiers(REPLY), to: saidToTiers(`${CORRECTED} ${EDITED_MARK}`) }],
        },
        events: ["edited"],
      },
    },
    {
      title: `${firstName(caf)} se trompe de fil…`,
      when: { set: "2026-03-09T11:15:00+01:00" },
      act: (hand) => hand.say(caf.handle, "caf", SLIP),
      left: {
        threads: {
          caf: [{ add: `${caf.name} : ${SLIP}` }],
          cpam: [{ add: slip }],
          tiers: [{ add: slipToTiers }],
        },
        events: ["message*"],
      },
    },
    {
      title: "… et supprime son message : il disparaît partout.",
      when: { set: "2026-03-09T11:16:00+01:00" },
      act: (hand) => hand.remove(caf.handle, "caf", SLIP),
      left: {
        threads: {
          caf: [{ remove: `${caf.name} : ${SLIP}` }],
          cpam: [{ remove: slip }],
          tiers: [{ remove: slipToTiers }],
        },
        events: ["deleted*"],
      },
    },
  ];
}
