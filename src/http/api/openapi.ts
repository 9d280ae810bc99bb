/** The OpenAPI 3.1 description of the API, made of the schemas by which requests are checked. */
import { z } from "zod";
import { webhookEventSchema } from "../../delivery/webhooks/payload.ts";
import { DEMANDE_PATH, demandeMetadataSchema } from "../../presentation/demandeMetadata.ts";
import { SIGNATURE_HEADERS } from "../../signature.ts";
import { openApiTexts as texts } from "../../texts/api.ts";
import { openedSchema, openingSchema, problemSchema } from "./schemas.ts";

const SCHEMAS = {
  DemandeASaisir: openingSchema,
  DemandeSaisie: openedSchema,
  Demande: demandeMetadataSchema,
  Evenement: webhookEventSchema,
  Probleme: problemSchema,
} as const;

type SchemaName = keyof typeof SCHEMAS;

const ref = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` });
const content = (name: SchemaName, type = "application/json") => ({ content: { [type]: { schema: ref(name) } } });
const problem = (description: string) => ({ description, ...content("Probleme", "application/problem+json") });

const header = (name: string, description: string, schema: object = { type: "string" }) => ({
  name,
  in: "header",
  required: true,
  description,
  schema,
});

const { client, timestamp, signature, key } = SIGNATURE_HEADERS;
const SIGNATURE = [
  header(client, texts.client),
  header(timestamp, texts.timestamp, { type: "string", pattern: "^[0-9]{1,12}$" }),
  header(signature, texts.signature, { type: "string", pattern: "v1=[0-9a-f]{64}" }),
];
const KEY = header(key, texts.key, { type: "string", minLength: 1, maxLength: 200, pattern: "^[!-~]+$" });

/** Statuses of refusals, with the kinds of problems that bear each. */
const REFUSED = {
  signed: { "401": problem("horodatage, signature"), "500": problem("incident"), "503": problem("incident, arret") },
  open: {
    "400": problem("json, cle"),
    "403": problem("droits"),
    "408": problem("delai"),
    "413": problem("taille"),
    "415": problem("type"),
    "422": problem("champs, cle-reutilisee"),
    "429": problem("debit"),
  },
  show: { "404": problem("adresse") },
} as const;

function schemaOf(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}

function build() {
  return {
    openapi: "3.1.0",
    info: { title: texts.title, version: "1", description: texts.description, license: { name: "MIT", identifier: "MIT" } },
    paths: {
      "/api/demandes": {
        post: {
          operationId: "saisirDemande",
          summary: texts.open,
          parameters: [...SIGNATURE, KEY],
          requestBody: { required: true, ...content("DemandeASaisir") },
          responses: {
            "201": {
              description: texts.opened,
              headers: { location: { schema: { type: "string" } } },
              ...content("DemandeSaisie"),
            },
            ...REFUSED.open,
            ...REFUSED.signed,
          },
        },
      },
      [`${DEMANDE_PATH}{id}`]: {
        get: {
          operationId: "lireDemande",
          summary: texts.show,
          parameters: [
            { name: "id", in: "path", required: true, description: texts.demande, schema: { type: "string" } },
            ...SIGNATURE,
          ],
          responses: { "200": { description: texts.shown, ...content("Demande") }, ...REFUSED.show, ...REFUSED.signed },
        },
      },
      "/api/openapi.json": {
        get: {
          operationId: "description",
          summary: texts.document,
          responses: { "200": { description: texts.document, content: { "application/json": { schema: { type: "object" } } } } },
        },
      },
    },
    webhooks: {
      evenement: {
        post: {
          operationId: "recevoirEvenement",
          summary: texts.webhook,
          parameters: [...SIGNATURE, KEY],
          requestBody: { required: true, ...content("Evenement") },
          responses: { "2XX": { description: "Accusé de réception" } },
        },
      },
    },
    components: {
      schemas: Object.fromEntries(Object.entries(SCHEMAS).map(([name, schema]) => [name, schemaOf(schema)])),
    },
  };
}

let built: ReturnType<typeof build> | undefined;

/** The same at each call. */
export function openApiDocument(): ReturnType<typeof build> {
  built ??= build();
  return built;
}
