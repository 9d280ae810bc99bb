/** « Traitée », the archiving with its feedback, and a reopening. */
import type { PlatformName } from "../../../src/domain/demande.ts";
import { BOT, rings } from "../reading.ts";
import type { Change, Step } from "../story.ts";
import { type Cast, firstName, fullName } from "./cast.ts";
import { AIDANT_BUTTONS, buttonsOf, standing } from "./words.ts";

const LAST = "Le titre vient d’être remis.";
const USEFUL = "La réponse vous a-t-elle été utile ?";
/** What each platform says of an answer left out. */
const REQUIRED: Readonly<Record<PlatformName, string>> = {
  slack: "Veuillez renseigner ce champ obligatoire.",
  matrix: "Cette réponse est obligatoire.",
};

export function closingSteps(cast: Cast): readonly Step[] {
  const { aidant, caf, cpam, tiers } = cast;
  const processed = `✅ ${fullName(tiers)} indique avoir traité la demande.`;
  const archived: Change = { add: `${BOT} : 🗄️ ${fullName(aidant)} a archivé la demande. Réponse utile : oui.` };
  const reopened = `🔄 ${fullName(aidant)} a rouvert la demande.`;
  const toInstructeurs: Change[] = [
    { add: `${fullName(tiers)} : ${LAST}` },
    { add: `${BOT} : ${processed} L’aidant est invité à l’archiver.` },
  ];
  return [
    {
      title: `${firstName(tiers)} : « Traitée », avec un dernier message.`,
      when: { set: "2026-03-10T11:00:00+01:00" },
      async act(hand) {
        await hand.open(tiers.handle, "tiers", "Traitée", "Demande traitée");
        await hand.submit(tiers.handle, { "Dernier message à l’aidant": LAST });
      },
      left: {
        card: standing("✅ Traitée", cast, ["🗄️ À archiver, une fois la réponse prise en compte."]),
        threads: {
          aidant: [
            { add: `${fullName(tiers)} : ${rings(aidant.name)} ${LAST}` },
            {
              add: `${BOT} : ${rings(aidant.name)} ${processed} Si la réponse convient, archivez-la ; sinon, répondez ici ou rouvrez-la. [Archiver] [Rouvrir]`,
            },
          ],
          caf: toInstructeurs,
          cpam: toInstructeurs,
          tiers: toInstructeurs,
        },
        buttons: {
          aidant: AIDANT_BUTTONS.processed,
          caf: buttonsOf(caf).processed,
          cpam: buttonsOf(cpam).processed,
          tiers: buttonsOf(tiers).processed,
        },
        status: "traitee",
        events: ["message", "processed"],
        due: { overdueAt: null, remindAt: null, archiveInvitationAt: "17/03/2026 11:00" },
      },
    },
    {
      title: `${firstName(aidant)} archive, après avoir dit si la réponse lui a été utile.`,
      when: { set: "2026-03-11T09:15:00+01:00" },
      async act(hand) {
        await hand.open(aidant.handle, "aidant", "Archiver", "Archiver la demande");
        await hand.refused(aidant.handle, {}, USEFUL, REQUIRED[aidant.platform]);
        await hand.submit(aidant.handle, { [USEFUL]: "Oui" });
      },
      left: {
        card: standing("🗄️ Archivée", cast, ["Réponse utile : oui."]),
        threads: { aidant: [archived], caf: [archived], cpam: [archived], tiers: [archived] },
        buttons: {
          aidant: AIDANT_BUTTONS.archived,
          caf: buttonsOf(caf).archived,
          cpam: buttonsOf(cpam).archived,
          tiers: buttonsOf(tiers).archived,
        },
        status: "archivee",
        events: ["archived"],
        due: { archiveInvitationAt: null, wipeAt: "11/09/2026 10:15" },
        usefulness: "oui",
      },
    },
    {
      title: `Rien n’est réglé : ${firstName(aidant)} rouvre la demande.`,
      when: { set: "2026-03-12T09:15:00+01:00" },
      act: (hand) => hand.click(aidant.handle, "aidant", "Rouvrir"),
      left: {
        card: standing("⏳ En cours", cast),
        threads: {
          aidant: [{ add: `${BOT} : ${reopened}` }],
          caf: [{ add: `${BOT} : ${reopened}` }],
          cpam: [{ add: `${BOT} : ${reopened}` }],
          tiers: [{ add: `${BOT} : ${rings(tiers.name)} ${reopened}` }],
        },
        buttons: {
          aidant: AIDANT_BUTTONS.open,
          caf: buttonsOf(caf).asked,
          cpam: buttonsOf(cpam).out,
          tiers: buttonsOf(tiers).taken,
        },
        status: "en_cours",
        events: ["reopened"],
        due: { overdueAt: "25/03/2026 11:00", remindAt: "25/03/2026 11:00", wipeAt: null },
        usefulness: null,
      },
    },
  ];
}
