/** What responsables are told by `/groupe` and its forms. `sign` is what precedes a command on the platform. */
import { enumerate } from "../texts.ts";

const named = (groupe: string): string => `« ${groupe} »`;

export const roleTexts = { aidant: "aidant", instructeur: "instructeur", responsable: "responsable" } as const;

/** Which groupe, which sub-command, and who may. */
export const groupeTexts = {
  title: (groupe: string) => `Votre groupe : ${groupe}`,
  intro: "Vous en êtes responsable. Ce que vous pouvez faire :",
  introAdmin: "Vous êtes administrateur. Ce que vous pouvez faire :",
  more: (sign: string) =>
    `\`${sign}groupe aide\` suivi d’une de ces commandes en dit plus, par exemple \`${sign}groupe aide ajouter\`.`,
  where: (sign: string) =>
    `Ces commandes s’écrivent dans le canal du groupe ou dans notre conversation directe. Pour un autre groupe, terminez par « dans » et son nom : \`${sign}groupe membres dans CAF de l’Ain\`.`,
  titleMany: "Vos groupes",
  introMany: (groupes: readonly string[]) => `Vous êtes responsable de ${enumerate(groupes.map(named))}.`,
  unknownCommand: (word: string, sign: string) =>
    `« ${word} » n’est pas une commande de groupe. \`${sign}groupe aide\` les rappelle.`,
  meant: (words: readonly string[]) => `Vouliez-vous dire ${words.map(named).join(" ou ")} ?`,
  unknownGroupe: "Ce groupe n’existe pas, ou vous n’en êtes pas responsable.",
  forbidden: (groupe: string, responsables: readonly string[]) =>
    responsables.length === 0
      ? `Seule une personne responsable du groupe ${named(groupe)} peut le faire. Il n’en a pas encore : adressez-vous à l’administrateur.`
      : `Seule une personne responsable du groupe ${named(groupe)} peut le faire : ${enumerate(responsables)}.`,
  runsNone: "Vous n’êtes responsable d’aucun groupe.",
  runsNoneOf: (groupe: string, responsables: readonly string[]) =>
    `${named(groupe)} : ${responsables.length === 0 ? "pas encore de responsable" : enumerate(responsables)}`,
  which: (groupes: readonly string[], example: string) =>
    `De quel groupe s’agit-il ? Vous êtes responsable de ${enumerate(groupes.map(named))}. Terminez par « dans » et son nom : \`${example}\`.`,
  whichAdmin: (example: string) => `De quel groupe s’agit-il ? Terminez par « dans » et son nom : \`${example}\`.`,
  several: (typed: string) => `Plusieurs groupes correspondent à « ${typed} ».`,
  noText: (word: string, sign: string) => `\`${sign}groupe ${word}\` ne prend rien d’autre que le nom du groupe.`,
  formGone: "Ce formulaire n’est plus valable : tapez de nouveau la commande.",
};

/** One line for the list, then what `aide <commande>` says. */
export const groupeHelp = {
  aide: {
    help: "rappelle ces commandes",
    details: "Seul, rappelle toutes les commandes ; suivi de l’une d’elles, dit comment elle s’écrit et ce qu’elle fait.",
  },
  membres: {
    help: "liste les membres, leurs rôles et comment les joindre",
    details:
      "Chaque membre avec ses rôles, sa qualité, son adresse e-mail, si son compte est actif, et s’il est connu sur cette messagerie. Les comptes désactivés viennent en dernier.",
  },
};

export const membersTexts = {
  title: (groupe: string, count: number) => `Membres du groupe ${groupe} (${count})`,
  empty: "Ce groupe n’a pas encore de membre.",
  noRole: "aucun rôle",
  shared: "compte partagé",
  disabled: "compte désactivé",
  known: (platform: string) => `connu sur ${platform}`,
  unknown: "pas encore vu sur la messagerie",
};

export const platformTexts = { slack: "Slack", matrix: "Matrix" } as const;
