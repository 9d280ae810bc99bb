/** What is said in the pictures. People are fictional, and plainly so. */

/** The demandes of the first day that are pictured, by their subjects. */
export const FIRST_DAY = {
  overdue: "Rappel de droits RSA suspendu",
  processed: "Titre de séjour bloqué à l’étape",
  underWay: "Changement d’adresse : droits coupés",
  crossing: "Naturalisation : attestation",
  nouvelle: "Attestation de droits introuvable",
} as const;

export const LOGEMENT = {
  sujet: "Aide au logement suspendue depuis un déménagement",
  description:
    "Déménagement déclaré le 2 octobre. Plus aucun versement depuis, et aucun courrier. Le bailleur réclame deux loyers.",
  prenom: "Dany",
  nomDeFamille: "Sans-Nom",
  dateDeNaissance: "09/09/1965",
} as const;

export const TITRE = {
  sujet: "Renouvellement de titre de séjour sans réponse",
  description: "Demande déposée en ligne il y a quatre mois, attestation bientôt expirée, aucune nouvelle.",
  prenom: "Ange",
  nomDeFamille: "Nom-Inventé",
  dateDeNaissance: "03/07/1971",
} as const;
