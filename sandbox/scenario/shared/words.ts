/** Buttons and cards as they read in the threads of a story. */
import type { PlatformName } from "../../../src/domain/demande.ts";
import type { CardText } from "../story.ts";
import type { Cast, Person } from "./cast.ts";

/** Matrix shows five pills at most: what is seldom done has its word only. */
const INVITE: Readonly<Record<PlatformName, string>> = {
  slack: "Inviter un organisme",
  matrix: "Inviter un organisme (!inviter)",
};

/** The buttons of the card for instructeurs, for each in its turn. */
export const buttonsOf = ({ platform }: Person) => ({
  asked: [
    "Voir la demande",
    "Je m’en occupe",
    "Répondre à l’aidant",
    "Traitée",
    INVITE[platform],
    "Je ne suis pas le bon interlocuteur",
  ],
  /** Once the groupe has said that it is the wrong one. */
  out: ["Voir la demande", "Je m’en occupe", "Répondre à l’aidant", "Traitée", "Inviter un organisme"],
  taken: [
    "Voir la demande",
    "Prendre le relais",
    "Répondre à l’aidant",
    "Traitée",
    INVITE[platform],
    "Je ne suis pas le bon interlocuteur",
  ],
  processed: ["Voir la demande", "Répondre à l’aidant", "Inviter un organisme"],
  archived: ["Voir la demande"],
});

/** The same for the aidant. */
export const AIDANT_BUTTONS = {
  open: ["Voir la demande", "Ajouter des informations", "Inviter un organisme", "Archiver"],
  processed: ["Archiver", "Rouvrir", "Voir la demande", "Inviter un organisme"],
  archived: ["Voir la demande", "Rouvrir"],
} as const;

export const waiting = ({ groupe }: Person): string => `⌛ ${groupe} — en attente`;
export const out = ({ groupe }: Person): string => `↪️ ${groupe} — n’est pas le bon interlocuteur`;
export const taken = ({ groupe, name }: Person): string => `✋ ${groupe} — prise en charge par ${name}`;
export const viewedBy = ({ name }: Person): string => `👀 Consultée par ${name}`;

/** The card once everybody has said where they stand. */
export const standing = (status: string, { caf, cpam, tiers }: Cast, alerts: readonly string[] = []): CardText => ({
  status,
  groupes: [waiting(caf), out(cpam), taken(tiers)],
  viewed: viewedBy(caf),
  alerts,
});
