/** What the API takes and gives. The OpenAPI description is made of these, so it says what is checked. */
import { z } from "zod";
import type { UsagerField } from "../../domain/usager.ts";
import { OPTIONAL_USAGER_FIELDS, REQUIRED_USAGER_FIELDS } from "../../domain/usager.ts";
import { usagerTexts } from "../../texts.ts";

/** Only against abuse: the lengths of the form are checked with the form, and told in its words. */
const MOST_CHARACTERS = 20_000;
const MOST_GROUPES = 50;

const text = z.string().max(MOST_CHARACTERS);
const described = (field: UsagerField) => text.describe(usagerTexts[field]);

const usagerSchema = z.strictObject({
  ...(Object.fromEntries(REQUIRED_USAGER_FIELDS.map((field) => [field, described(field)])) as Record<
    (typeof REQUIRED_USAGER_FIELDS)[number],
    typeof text
  >),
  ...(Object.fromEntries(OPTIONAL_USAGER_FIELDS.map((field) => [field, described(field).optional()])) as Record<
    (typeof OPTIONAL_USAGER_FIELDS)[number],
    z.ZodOptional<typeof text>
  >),
});

export const openingSchema = z
  .strictObject({
    aidant: z
      .strictObject({
        email: z.string().max(320).describe("Adresse e-mail du compte de l’aidant"),
        groupe: z.string().max(200).optional().describe("Identifiant de son groupe ; utile s’il est aidant de plusieurs"),
      })
      .describe("Au nom de qui : ses droits sont ceux de l’instant"),
    territoire: z.string().max(10).describe("Code INSEE du département ou de la collectivité : 01, 2A, 974"),
    groupes: z
      .array(z.string().max(200))
      .max(MOST_GROUPES)
      .describe("Groupes saisis : un identifiant, ou le sigle d’un organisme qui n’a qu’un groupe dans ce territoire (CAF)"),
    sujet: text.describe("150 caractères au plus, sans rien qui identifie l’usager : tout le canal le lit"),
    description: text.describe("3000 caractères au plus ; chiffrée, montrée sur demande aux personnes habilitées"),
    usager: usagerSchema,
    autorisation: z.boolean().describe("true : l’usager a donné son autorisation (mandat), sans quoi rien n’est enregistré"),
    signature: text.optional().describe("Prénom, nom et service, obligatoire si le compte de l’aidant est partagé"),
  })
  .describe("Une demande à saisir, dans les termes du formulaire");

export type OpeningBody = z.infer<typeof openingSchema>;

export const openedSchema = z
  .strictObject({
    id: z.string(),
    ref: z.string().describe("Numéro, comme les agents le disent : D-000123"),
    url: z.string().describe("Adresse de son état, à demander avec une signature"),
  })
  .describe("La demande enregistrée");

export const problemSchema = z
  .strictObject({
    type: z.string().describe("urn:aplus-bot:probleme:… ; le seul champ à lire par programme, avec status"),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("En français, pour la personne qui relie les deux systèmes"),
    erreurs: z.array(z.strictObject({ champ: z.string(), message: z.string() })).optional(),
  })
  .describe("Un refus (RFC 9457), qui ne répète rien de ce qui a été envoyé");
