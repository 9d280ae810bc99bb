/** What people read of accounts: their own, those of their colleagues, and why one may not act any more. */

import { enumerate } from "../texts.ts";

interface Roles {
  readonly aidant: boolean;
  readonly instructeur: boolean;
  readonly responsable: boolean;
}

export const accountTexts = {
  leftChannel: (name: string, groupe: string) =>
    `🚪 ${name} a quitté le canal du groupe ${groupe} : ses droits dans ce groupe y sont suspendus jusqu’à son retour dans le canal, ou jusqu’à ce qu’un responsable l’ajoute de nouveau. Ses demandes en cours peuvent être reprises par un collègue (« Prendre le relais »).`,
  away: (groupes: readonly string[]) =>
    `Vous avez quitté le canal ${groupes.length > 1 ? "des groupes" : "du groupe"} ${enumerate(groupes)} : vos droits y sont suspendus. Pour les retrouver, revenez dans ce canal, ou demandez à un responsable de vous ajouter de nouveau.`,
  unsigned:
    "Ce compte est partagé : chaque message se signe. Le vôtre n’a pas été transmis. Modifiez-le en ajoutant une dernière ligne « — Prénom Nom, service », et il partira.",
  unsignedFiles:
    "Ce compte est partagé : chaque message se signe. Le vôtre n’a pas été transmis, ni ses fichiers. Envoyez-les de nouveau, avec un texte dont la dernière ligne est « — Prénom Nom, service ».",
  signed:
    "Votre message est signé, et transmis. S’il avait des fichiers, vérifiez qu’ils sont partis ; sinon envoyez-les de nouveau, avec la même signature.",
  disabled: "Votre compte Administration+ est désactivé : vous ne pouvez plus agir ici.",
  askResponsable: "Adressez-vous à la personne responsable de votre groupe, ou à l’administrateur d’Administration+.",
  askNames: (groupe: string, names: readonly string[]) => `Pour le groupe ${groupe}, adressez-vous à ${enumerate(names)}.`,
  unknown:
    "Votre compte n’est pas connu d’Administration+ : demandez à la personne responsable de votre groupe de vous y ajouter, avec l’adresse e-mail ou l’identifiant de ce compte.",
  welcomeGroupe: (groupe: string, roles: string) => `• ${groupe} (${roles})`,
  welcome: (name: string, groupes: readonly string[], roles: Roles) =>
    [
      `👋 Bonjour ${name}, votre compte Administration+ est prêt. Vous faites partie de :`,
      ...groupes,
      ...(roles.aidant ? ["Pour demander de l’aide à un organisme : la commande « demande »."] : []),
      ...(roles.instructeur
        ? ["Les demandes adressées à votre groupe arrivent dans son canal : un fil par demande, avec ses boutons."]
        : []),
      ...(roles.responsable ? ["Vous gérez les membres de votre groupe avec la commande « groupe »."] : []),
      "La commande « moi » montre vos informations et vos collègues ; « aplus aide » rappelle tout le reste.",
    ].join("\n"),
};

/** `/moi`. `sign` is what precedes a command on the platform. */
export const meTexts = {
  title: "Vos informations",
  name: "Nom",
  qualite: "Qualité",
  telephone: "Téléphone",
  email: "Adresse e-mail",
  emailHint: "Elle vous identifie : seul l’administrateur la change, par l’import des comptes.",
  digest: "Récapitulatif hebdomadaire",
  digestOn: "oui, le lundi matin",
  digestOff: "non",
  accounts: "Comptes de messagerie",
  unset: "non renseigné",
  groupes: "Vos groupes",
  noGroupe: "Vous n’êtes dans aucun groupe.",
  groupe: (name: string, roles: string, responsables: readonly string[]) =>
    `${name} : ${roles}. ${responsables.length === 0 ? "Pas de responsable : adressez-vous à l’administrateur." : `Responsable : ${enumerate(responsables)}.`}`,
  groupeAway: (name: string) => `${name} : droits suspendus, car vous avez quitté son canal. Revenez-y pour les retrouver.`,
  admin: "Vous êtes administrateur : tous les groupes et comptes, jamais les données des usagers.",
  shared: "C’est un compte partagé : ses informations ne se changent pas ici, et tout ce qu’il envoie est signé.",
  commands: "Ce que vous pouvez faire",
  edit: (sign: string) => `\`${sign}moi modifier\` change votre nom, votre qualité, votre téléphone ou le récapitulatif`,
  colleagues: (sign: string) => `\`${sign}moi groupe\` montre vos collègues et leurs rôles`,
  link: (sign: string) => `\`${sign}moi lier\` relie votre compte sur l’autre messagerie`,
  open: (sign: string) => `\`${sign}demande\` demande l’aide d’un organisme`,
  boards: (sign: string) => `\`${sign}demandes\` liste les demandes`,
  run: (sign: string) => `\`${sign}groupe\` gère les membres du groupe`,
  unknown: (sign: string) =>
    `Je ne comprends pas. Écrivez \`${sign}moi\`, \`${sign}moi modifier\`, \`${sign}moi groupe\` ou \`${sign}moi lier\`.`,
  form: {
    title: "Mes informations",
    submit: "Enregistrer",
    nameHint: "Prénom et nom, tels que vos collègues les lisent.",
    qualiteHint: "Ce que vous faites : « conseillère France Services », « gestionnaire »…",
    telephoneHint: "Par exemple 04 00 00 00 00. Seuls vos collègues le voient.",
    digestOption: "Recevoir le lundi matin le récapitulatif de mes demandes",
  },
  saved: "Vos informations sont enregistrées.",
  colleaguesTitle: (groupe: string, count: number) => `${groupe} : ${count} ${count > 1 ? "membres" : "membre"}`,
  colleaguesEmpty: "Il n’y a personne dans ce groupe.",
  whichGroupe: (groupes: readonly string[], sign: string) =>
    `De quel groupe ? Vous êtes dans ${enumerate(groupes)}. Écrivez par exemple \`${sign}moi groupe ${groupes[0] ?? ""}\`.`,
  notYours: "Vous n’êtes pas dans un groupe de ce nom.",
  linking: {
    code: (code: string) =>
      `Votre code : ${code}. Depuis votre compte sur l’autre messagerie, écrivez au robot « moi lier ${code} » (précédé de « / » sur Slack, de « ! » sur Matrix). Il sert une fois, pendant dix minutes. Ne le donnez à personne : qui l’emploie agit en votre nom.`,
    linked: (name: string) => `C’est fait : ce compte est celui de ${name}. Vos deux comptes n’en font plus qu’un.`,
    already: "Ce compte est déjà relié au vôtre.",
    taken: "Ce compte est déjà celui d’un agent d’Administration+ : il ne peut pas être relié à un autre.",
    wrong: "Ce code n’est pas valable, ou ne l’est plus. Demandez-en un autre avec la commande « moi lier ».",
    tooMany: "Trop d’essais : recommencez dans dix minutes.",
    shared: "Un compte partagé ne se relie pas : demandez-le à l’administrateur.",
    notice: (account: string) =>
      `🔗 Le compte ${account} vient d’être relié au vôtre : il agit désormais en votre nom. Si ce n’est pas vous, prévenez tout de suite l’administrateur.`,
  },
};
