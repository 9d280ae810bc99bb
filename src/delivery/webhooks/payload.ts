/** What a webhook says: which event, and the demande as it was right after it. Nothing personal, and no word that somebody wrote. */
import { z } from "zod";
import type { DemandeEvent, DemandeState, EventType } from "../../domain/demande.ts";
import { demandeMetadata, demandeMetadataSchema } from "../../presentation/demandeMetadata.ts";

const TYPES = {
  opened: "demande.ouverte",
  viewed: "demande.consultee",
  taken: "demande.prise_en_charge",
  declined: "demande.groupe_sorti",
  message: "demande.message",
  edited: "demande.message_modifie",
  deleted: "demande.message_supprime",
  fileShared: "demande.fichier",
  infoAdded: "demande.informations_ajoutees",
  invited: "demande.groupes_invites",
  standardProcedure: "demande.procedure_standard",
  processed: "demande.traitee",
  archived: "demande.archivee",
  reopened: "demande.rouverte",
  reminded: "demande.rappel",
  snoozed: "demande.rappel_reporte",
  wiped: "demande.effacee",
} as const satisfies Record<EventType, string>;

const ROLES = ["aidant", "instructeur", "systeme"] as const;

export const webhookEventSchema = z
  .strictObject({
    id: z.string().describe("Identifie l’événement : le même s’il arrive deux fois"),
    type: z.enum(Object.values(TYPES)),
    numero: z.int().min(1).describe("Rang de l’événement dans la demande, à partir de 1 et sans trou"),
    le: z.iso.datetime(),
    visibilite: z.enum(["tous", "instructeurs"]).describe("instructeurs : à ne pas montrer à l’aidant"),
    par: z.strictObject({ role: z.enum(ROLES), groupe: z.string().nullable() }),
    demande: demandeMetadataSchema.describe("La demande juste après cet événement"),
  })
  .describe("Un événement d’une demande, sans aucune donnée personnelle");

export type WebhookEvent = z.infer<typeof webhookEventSchema>;

/** Pure: the same event always gives the same, however many times it is sent. @param state right after the event */
export const webhookEvent = (event: DemandeEvent, state: DemandeState): WebhookEvent => ({
  id: `${state.id}.${event.seq}`,
  type: TYPES[event.type],
  numero: event.seq,
  le: event.at.toISOString(),
  visibilite: event.audience,
  par: { role: event.by.role, groupe: event.by.groupeId },
  demande: demandeMetadata(state),
});
