/** The organismes of Administration+, in its own order. */
import type { UsagerField } from "./usager.ts";

export interface OrganismeRow {
  readonly sigle: string;
  readonly nom: string;
  /** Of an aidant: it opens demandes; of an operateur: it answers them. */
  readonly type: "aidant" | "operateur";
  /** Former or other names, by which people look for it. */
  readonly aliases?: readonly string[];
  /** What of the usager it asks for, beside the identity. */
  readonly asks?: readonly UsagerField[];
}

export const ORGANISME_ROWS: readonly OrganismeRow[] = [
  { sigle: "ANAH", nom: "Agence nationale de l’habitat", type: "operateur" },
  { sigle: "ANTS", nom: "Agence nationale des titres sécurisés", type: "operateur", aliases: ["France Titres"] },
  { sigle: "Association", nom: "Association", type: "aidant" },
  { sigle: "BDF", nom: "Banque de France", type: "operateur" },
  {
    sigle: "CAF",
    nom: "Caisse d’allocations familiales",
    type: "operateur",
    asks: ["numeroAllocataire", "numeroSecuriteSociale"],
  },
  {
    sigle: "CARSAT",
    nom: "Caisse d’assurance retraite et de la santé au travail",
    type: "operateur",
    asks: ["numeroSecuriteSociale"],
  },
  { sigle: "CCAS", nom: "Centre communal d’action sociale", type: "operateur" },
  { sigle: "CDAD", nom: "Conseil départemental d’accès au droit", type: "operateur" },
  { sigle: "Chèque énergie", nom: "Chèque énergie", type: "operateur" },
  { sigle: "CNAV", nom: "Caisse nationale d’assurance vieillesse", type: "operateur", asks: ["numeroSecuriteSociale"] },
  { sigle: "CPAM", nom: "Caisse primaire d’assurance maladie", type: "operateur", asks: ["numeroSecuriteSociale"] },
  { sigle: "CNAM", nom: "Caisse nationale d’assurance maladie", type: "operateur", asks: ["numeroSecuriteSociale"] },
  { sigle: "CRAM", nom: "Caisse régionale d’assurance maladie", type: "operateur", asks: ["numeroSecuriteSociale"] },
  { sigle: "DDFIP", nom: "Direction départementale des finances publiques", type: "operateur", asks: ["numeroFiscal"] },
  { sigle: "Département", nom: "Conseil départemental", type: "operateur" },
  { sigle: "DILA", nom: "Direction de l’information légale et administrative", type: "aidant" },
  { sigle: "DRFIP", nom: "Direction régionale des finances publiques", type: "operateur", asks: ["numeroFiscal"] },
  { sigle: "France Rénov’", nom: "France Rénov’", type: "operateur" },
  { sigle: "Hôpital", nom: "Hôpital", type: "aidant" },
  { sigle: "OFPRA", nom: "Office français de protection des réfugiés et apatrides", type: "operateur" },
  { sigle: "La Poste", nom: "La Poste", type: "operateur" },
  { sigle: "Mairie", nom: "Mairie", type: "operateur" },
  { sigle: "MDPH", nom: "Maison départementale des personnes handicapées", type: "operateur" },
  { sigle: "FS", nom: "France Services", type: "aidant", aliases: ["MFS", "Maison France Services"] },
  { sigle: "Mission locale", nom: "Mission locale", type: "operateur" },
  { sigle: "MSA", nom: "Mutualité sociale agricole", type: "operateur", asks: ["numeroSecuriteSociale"] },
  { sigle: "MSAP", nom: "Maison de services au public", type: "aidant" },
  {
    sigle: "France Travail",
    nom: "France Travail",
    type: "operateur",
    aliases: ["Pôle emploi"],
    asks: ["identifiantFranceTravail"],
  },
  { sigle: "Préf", nom: "Préfecture", type: "operateur", asks: ["numeroEtranger"] },
  { sigle: "Sous-Préf", nom: "Sous-préfecture", type: "operateur", asks: ["numeroEtranger"] },
  {
    sigle: "URSSAF",
    nom: "Union de recouvrement des cotisations de sécurité sociale et d’allocations familiales",
    type: "operateur",
  },
];
