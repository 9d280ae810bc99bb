/** What people read of accounts: their own, those of their colleagues, and why one may not act any more. */

interface Roles {
  readonly aidant: boolean;
  readonly instructeur: boolean;
  readonly responsable: boolean;
}

/** « instructeur et responsable » */
export function roleNames({ aidant, instructeur, responsable }: Roles): string {
  const roles = [...(aidant ? ["aidant"] : []), ...(instructeur ? ["instructeur"] : []), ...(responsable ? ["responsable"] : [])];
  return roles.length === 0 ? "sans rôle" : listed(roles);
}

/** « Camille, Lou et Alix » */
export const listed = (names: readonly string[]): string => {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} et ${last}`;
};

export const accountTexts = {
  leftChannel: (name: string, groupe: string) =>
    `🚪 ${name} a quitté le canal du groupe ${groupe} : ses droits dans ce groupe y sont suspendus jusqu’à son retour dans le canal, ou jusqu’à ce qu’un responsable l’ajoute de nouveau. Ses demandes en cours peuvent être reprises par un collègue (« Prendre le relais »).`,
  away: (groupes: readonly string[]) =>
    `Vous avez quitté le canal ${groupes.length > 1 ? "des groupes" : "du groupe"} ${listed(groupes)} : vos droits y sont suspendus. Pour les retrouver, revenez dans ce canal, ou demandez à un responsable de vous ajouter de nouveau.`,
  disabled: "Votre compte Administration+ est désactivé : vous ne pouvez plus agir ici.",
  askResponsable: "Adressez-vous à la personne responsable de votre groupe, ou à l’administrateur d’Administration+.",
  askNames: (groupe: string, names: readonly string[]) => `Pour le groupe ${groupe}, adressez-vous à ${listed(names)}.`,
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
