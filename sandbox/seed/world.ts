/** Who and what there is on the first day: fictional people, in groupes of the Ain, each groupe with its channel. */
import type { Agent } from "../../src/domain/agent.ts";
import type { PlatformName } from "../../src/domain/demande.ts";
import type { GroupeId } from "../../src/domain/ids.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";

export interface SeedGroupe {
  readonly id: GroupeId;
  readonly name: string;
  readonly organisme: string;
  readonly territoires: readonly string[];
  readonly description: string;
  /** Where its channel is, and its members' accounts. */
  readonly platform: PlatformName;
  /** On Slack, the channel's name without `#`; on Matrix, the room's address without `#` and server. */
  readonly channel: string;
}

export const SEED_GROUPES: readonly SeedGroupe[] = [
  {
    id: groupeId("france-services-exemple"),
    name: "France Services d’Exemple-sur-Ain",
    organisme: "FS",
    territoires: ["01"],
    description: "Aidants de l’espace France Services (fictif)",
    platform: "slack",
    channel: "france-services-exemple",
  },
  {
    id: groupeId("caf-01"),
    name: "CAF de l’Ain",
    organisme: "CAF",
    territoires: ["01"],
    description: "Prestations familiales et sociales",
    platform: "slack",
    channel: "caf-ain",
  },
  {
    id: groupeId("cpam-01"),
    name: "CPAM de l’Ain",
    organisme: "CPAM",
    territoires: ["01"],
    description: "Assurance maladie",
    platform: "slack",
    channel: "cpam-ain",
  },
  {
    id: groupeId("prefecture-01"),
    name: "Préfecture de l’Ain",
    organisme: "Préf",
    territoires: ["01"],
    description: "Titres de séjour et cartes grises",
    platform: "matrix",
    channel: "prefecture-ain",
  },
  {
    id: groupeId("msa-01"),
    name: "MSA de l’Ain",
    organisme: "MSA",
    territoires: ["01"],
    description: "Protection sociale agricole",
    platform: "slack",
    channel: "msa-ain",
  },
  {
    id: groupeId("france-services-modele"),
    name: "France Services de Modèle-sur-Veyle",
    organisme: "FS",
    territoires: ["01"],
    description: "Aidants de l’espace France Services (fictif), sur Tchap",
    platform: "matrix",
    channel: "france-services-modele",
  },
  {
    id: groupeId("caf-67"),
    name: "CAF du Bas-Rhin",
    organisme: "CAF",
    territoires: ["67"],
    description: "Prestations familiales et sociales",
    platform: "slack",
    channel: "caf-bas-rhin",
  },
];

export type SeedGroupeId =
  | "france-services-exemple"
  | "france-services-modele"
  | "caf-01"
  | "cpam-01"
  | "msa-01"
  | "prefecture-01"
  | "caf-67";

export interface SeedAgent extends Agent {
  /** The account's short name. */
  readonly handle: string;
}

type Roles = { aidant?: true; instructeur?: true; responsable?: true };

function person(handle: string, name: string, groupe: string | null, roles: Roles, admin = false): SeedAgent {
  const { aidant = false, instructeur = false, responsable = false } = roles;
  return {
    id: agentId(handle),
    handle,
    name,
    email: `${handle}@exemple.test`,
    admin,
    disabled: false,
    shared: false,
    memberships: groupe === null ? [] : [{ groupeId: groupeId(groupe), aidant, instructeur, responsable }],
  };
}

export const SEED_AGENTS: readonly SeedAgent[] = [
  person("camille.exemple", "Camille Exemple", "france-services-exemple", { aidant: true }),
  person("dominique.exemple", "Dominique Exemple", "france-services-exemple", { aidant: true, responsable: true }),
  person("andrea.essai", "Andréa Essai", "france-services-modele", { aidant: true }),
  person("robin.essai", "Robin Essai", "france-services-modele", { aidant: true, responsable: true }),
  person("alix.modele", "Alix Modèle", "caf-01", { instructeur: true }),
  person("charlie.modele", "Charlie Modèle", "caf-01", { instructeur: true, responsable: true }),
  person("sacha.specimen", "Sacha Spécimen", "cpam-01", { instructeur: true }),
  person("lou.specimen", "Lou Spécimen", "cpam-01", { instructeur: true, responsable: true }),
  person("yael.invente", "Yaël Inventé", "msa-01", { instructeur: true }),
  person("eden.invente", "Eden Inventé", "msa-01", { instructeur: true, responsable: true }),
  person("morgan.fictif", "Morgan Fictif", "prefecture-01", { instructeur: true }),
  person("maxime.fictif", "Maxime Fictif", "prefecture-01", { instructeur: true, responsable: true }),
  person("noa.imaginaire", "Noa Imaginaire", "caf-67", { instructeur: true, responsable: true }),
  person("claude.admin", "Claude Admin", null, {}, true),
];

/** Where this person's account is: on the platform of their groupe; on Slack for who has none. */
export const platformOf = ({ memberships: [first] }: SeedAgent): PlatformName =>
  SEED_GROUPES.find(({ id }) => id === first?.groupeId)?.platform ?? "slack";

/** Somebody of both platforms who has no account in Administration+: what they try is refused. */
export const STRANGER = { handle: "inconnu.exemple", name: "Personne Inconnue", email: "inconnu.exemple@exemple.test" };
