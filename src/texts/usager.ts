/** What is told of the requests of usagers under the RGPD, and of the register. */

import type { Audience, EventType } from "../domain/demande.ts";
import { registerTexts } from "./donnees.ts";
import { s } from "./plural.ts";

/** In the file that the usager is given. */
export const dossierTexts = {
  title: (date: string) => `Données détenues par aplus-bot, relevées le ${date}`,
  source:
    "Ces données ont été fournies par la structure qui a ouvert la demande, avec votre accord, et par les organismes interrogés. Les fichiers eux-mêmes sont dans la messagerie indiquée.",
  openedAt: "Ouverte le",
  status: "Statut",
  territoire: "Territoire",
  groupes: "Organismes",
  wipeAt: "Effacement prévu le",
  wipeUnknown: "six mois après l’archivage, qui n’a pas encore eu lieu",
  identity: "IDENTITÉ",
  description: "DESCRIPTION",
  events: "CE QUI S’EST PASSÉ",
  viewings: "QUI A CONSULTÉ CES DONNÉES",
  file: (name: string, type: string, bytes: number, platform: string) =>
    `fichier « ${name} » (${type}, ${bytes} octets), dans ${platform}`,
  audiences: { tous: "visible de l’aidant et des instructeurs", instructeurs: "entre instructeurs" } satisfies Record<
    Audience,
    string
  >,
  registerActs: registerTexts.acts,
  acts: {
    opened: "demande ouverte",
    viewed: "données consultées",
    taken: "prise en charge",
    declined: "« pas le bon interlocuteur »",
    message: "message",
    edited: "message corrigé",
    deleted: "message supprimé",
    fileShared: "fichier joint",
    infoAdded: "complément sur l’usager",
    invited: "autre organisme invité",
    standardProcedure: "renvoi vers la procédure normale",
    processed: "traitée",
    archived: "archivée",
    reopened: "rouverte",
    reminded: "rappel du robot",
    snoozed: "rappel repoussé",
    wiped: "données effacées",
  } satisfies Record<EventType, string>,
} as const;

export const usagerCliTexts = {
  description: "répond à un usager qui demande ses données, ou leur effacement (voir docs/donnees-personnelles.md)",
  export: "écrit tout ce qui est détenu sur un usager",
  erase: "efface tout ce qui est détenu sur un usager, demandes ouvertes comprises",
  nom: "nom d’usage ou de naissance",
  prenom: "prénom",
  naissance: "date de naissance, jj/mm/aaaa",
  demande: "numéro d’une de ses demandes (peut être répété) : D-000123",
  reference: "référence de la demande de l’usager, gardée au registre (sans donnée personnelle)",
  folder: "dossier à créer pour l’export",
  yes: "efface vraiment ; sans cela, dit seulement ce qui le serait",

  noCriteria: "Dites qui : --nom (avec --prenom et --naissance si possible), ou --demande D-000123.",
  badDate: "La date de naissance s’écrit jj/mm/aaaa.",
  badRef: (text: string) => `« ${text} » n’est pas un numéro de demande : D-000123.`,
  noDemande: (ref: string) => `Il n’y a pas de demande ${ref}, ou ses données sont déjà effacées.`,
  badReference: "La référence a de 1 à 60 lettres, chiffres, tirets, points ou barres.",
  nobody: "Aucune donnée n’est détenue sous ce nom. (Les demandes archivées depuis six mois sont effacées.)",
  several: (people: readonly string[]) =>
    [
      `Plusieurs personnes répondent à ces critères. Précisez (--prenom, --naissance ou --demande) :`,
      ...people.map((p) => `  ${p}`),
    ].join("\n"),
  person: (prenom: string, nom: string, naissance: string, refs: readonly string[]) =>
    `${prenom} ${nom}, né(e) le ${naissance} : ${refs.join(", ")}`,
  exists: (folder: string) => `${folder} existe déjà : donnez un autre dossier (--dossier).`,
  exported: (n: number, folder: string) =>
    `${n} demande${s(n)} : dossier.json et dossier.txt sont dans ${folder}, lisibles de vous seul. Remettez-les à l’usager après avoir vérifié son identité, puis supprimez-les. Les fichiers joints sont dans la messagerie : à prendre dans les fils de ces demandes.`,
  would: (person: string) =>
    `Seraient effacées, partout et sans retour, les données de : ${person}. Rien n’a été changé. Pour effacer : la même commande, avec --oui.`,
  erased: (n: number) =>
    n === 0
      ? "Tout était déjà effacé."
      : `${n} demande${s(n)} effacée${s(n)} de la base. Le robot retire ses messages et ses fichiers de la messagerie dès qu’il tourne ; \`aplus doctor\` dit s’il en reste.`,
  doer: "commande aplus",
} as const;

/** The register, as it is read. */
