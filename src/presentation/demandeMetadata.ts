/**
 * What other systems are told of a demande, by the API and the webhooks: its number, groupes, dates and state. Nothing personal,
 * neither of the usager nor of the agents, and no word that somebody wrote.
 */

import { z } from "zod";
import type { DemandeState, GroupeState } from "../domain/demande.ts";
import { formatRef } from "../domain/ids.ts";
import { overdueAt } from "../domain/overdue.ts";
import { STATUSES } from "../domain/status.ts";

export const DEMANDE_PATH = "/api/demandes/";

const date = z.iso.datetime();
const dateOrNull = date.nullable();

const ETATS = ["saisi", "en_charge", "sorti"] as const;

export const demandeMetadataSchema = z
  .strictObject({
    id: z.string().describe("Identifiant stable, opaque"),
    ref: z.string().describe("Numéro, comme les agents le disent : D-000123"),
    url: z.string().describe("Adresse de cet état, à demander avec une signature"),
    statut: z.enum(STATUSES),
    territoire: z.string().describe("Code INSEE du département ou de la collectivité"),
    ouverteLe: date,
    modifieeLe: date,
    premiereReponseLe: dateOrNull.describe("Première réponse d’un instructeur que l’aidant a pu voir"),
    derniereReponseLe: dateOrNull,
    enSouffranceLe: dateOrNull.describe(
      "Quand elle tombe en souffrance si rien ne vient ; passé, elle l’est. Nul : elle n’attend rien",
    ),
    traiteeLe: dateOrNull,
    archiveeLe: dateOrNull,
    effaceeLe: dateOrNull.describe("Quand ses données personnelles ont été effacées"),
    utilite: z.enum(["oui", "non", "je_ne_sais_pas"]).nullable().describe("L’avis de l’aidant à l’archivage"),
    groupes: z.array(
      z.strictObject({
        id: z.string(),
        etat: z
          .enum(ETATS)
          .describe("saisi : n’a pas encore pris la demande ; en_charge : l’a prise ; sorti : n’est pas le bon interlocuteur"),
        saisiLe: date,
        reponduLe: dateOrNull,
      }),
    ),
  })
  .describe("Une demande, sans aucune donnée personnelle");

export type DemandeMetadata = z.infer<typeof demandeMetadataSchema>;

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const etatOf = ({ out, takenBy }: GroupeState): (typeof ETATS)[number] => (out ? "sorti" : takenBy ? "en_charge" : "saisi");

/** Pure: the same state always gives the same. */
export const demandeMetadata = (state: DemandeState): DemandeMetadata => ({
  id: state.id,
  ref: formatRef(state.ref),
  url: `${DEMANDE_PATH}${state.id}`,
  statut: state.status,
  territoire: state.territoire,
  ouverteLe: state.openedAt.toISOString(),
  modifieeLe: state.updatedAt.toISOString(),
  premiereReponseLe: iso(state.firstAnswerAt),
  derniereReponseLe: iso(state.lastAnswerAt),
  enSouffranceLe: iso(overdueAt(state)),
  traiteeLe: iso(state.processedAt),
  archiveeLe: iso(state.archivedAt),
  effaceeLe: iso(state.wipedAt),
  utilite: state.usefulness,
  groupes: state.groupes.map((groupe) => ({
    id: groupe.groupeId,
    etat: etatOf(groupe),
    saisiLe: groupe.askedAt.toISOString(),
    reponduLe: iso(groupe.answeredAt),
  })),
});
