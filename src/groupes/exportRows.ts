/** Groupes and agents as lines of the files that an import takes: imported again where they come from, they change nothing. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Groupe, OpeningHours } from "../../models/groupe.ts";
import { OPENING_DAYS } from "../../models/groupe.ts";
import type { Membership } from "../domain/agent.ts";
import { defused, NONE } from "./csvCells.ts";
import { agentColumns, groupeColumns } from "./importRows.ts";

type Cells<Columns> = Readonly<Record<keyof Columns, string>>;

const yesNo = (yes: boolean): string => (yes ? "oui" : "non");

const inOrder = <Columns extends object>(columns: Columns, cells: Cells<Columns>): string[] =>
  (Object.keys(columns) as (keyof Columns)[]).map((column) => defused(cells[column]));

const titlesOf = (columns: Readonly<Record<string, { readonly title: string }>>): string[] =>
  Object.values(columns).map(({ title }) => title);

export const groupeTitles: readonly string[] = titlesOf(groupeColumns);
export const agentTitles: readonly string[] = titlesOf(agentColumns);

const dayCells = (hours: OpeningHours): Record<(typeof OPENING_DAYS)[number], string> =>
  Object.fromEntries(OPENING_DAYS.map((day) => [day, hours[day] ?? ""])) as Record<(typeof OPENING_DAYS)[number], string>;

/** In the order of `groupeTitles`. What is not known is an empty cell, which an import leaves alone. */
export function groupeCells({ place, details, ...groupe }: Groupe): string[] {
  return inOrder(groupeColumns, {
    identifiant: groupe.id,
    nom: groupe.name,
    organisme: groupe.organisme,
    territoires: groupe.territoires.join(", "),
    description: groupe.description,
    espace: place?.platform === "slack" ? place.workspace : "",
    canal: place?.platform === "slack" ? place.channel : "",
    salon: place?.platform === "matrix" ? place.channel : "",
    bal: details.bal ?? "",
    telephone: details.telephone ?? "",
    adresse: details.adresse ?? "",
    franceServices: yesNo(groupe.franceServices),
    ...dayCells(details.hours),
  });
}

const ROLES = ["aidant", "instructeur", "responsable"] as const;

const rolesOf = (membership: Membership, admin: boolean): string =>
  [...ROLES.filter((role) => membership[role]), ...(admin ? ["admin"] : [])].join(", ");

/** Their accounts of Matrix. An import gives one each: several cannot be written, and are left alone by an empty cell. */
export const mxidsOf = ({ identities }: AgentRecord): readonly string[] =>
  identities.flatMap(({ platform, user }) => (platform === "matrix" ? [user] : []));

/** A line for each groupe of the agent, or one for an agent who has none; each in the order of `agentTitles`. */
export function agentLines(agent: AgentRecord): string[][] {
  const [mxid = "", ...others] = mxidsOf(agent);
  const line = (groupe: string, roles: string): string[] =>
    inOrder(agentColumns, {
      email: agent.email,
      nom: agent.name,
      groupe,
      roles,
      partage: yesNo(agent.shared),
      desactive: yesNo(agent.disabled),
      matrix: others.length > 0 ? "" : mxid,
      qualite: agent.profile.qualite,
      telephone: agent.profile.telephone,
    });
  const memberships = agent.memberships.filter((membership) => ROLES.some((role) => membership[role]));
  if (memberships.length === 0) return [line("", agent.admin ? "admin" : NONE)];
  return memberships.map((membership) => line(membership.groupeId, rolesOf(membership, agent.admin)));
}
