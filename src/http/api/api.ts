/** The inbound API, behind its transport: a request read whole, and its answer. */
import type { SharedSecrets } from "../../config.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { Paces } from "../../demandes/paces.ts";
import { demandeId } from "../../domain/ids.ts";
import { RetryError } from "../../errors.ts";
import { DEMANDE_PATH, demandeMetadata } from "../../presentation/demandeMetadata.ts";
import { apiTexts as texts } from "../../texts/api.ts";
import type { ApiAnswer } from "./answer.ts";
import { json, notThere, Problem } from "./answer.ts";
import type { ApiRequest } from "./authenticate.ts";
import { authenticate } from "./authenticate.ts";
import { openApiDocument } from "./openapi.ts";
import { openForClient } from "./openDemande.ts";

export const OPENING_PATH = "/api/demandes";
export const OPENAPI_PATH = "/api/openapi.json";

/** Answers whatever it is asked; never throws. */
export interface Api {
  answer(request: ApiRequest): Promise<ApiAnswer>;
}

type Call = { readonly name: "open" } | { readonly name: "document" } | { readonly name: "show"; readonly id: string };

const METHODS = { open: "POST", document: "GET", show: "GET" } as const;

/** @throws Problem 404 or 405 */
function callOf({ method, path }: Pick<ApiRequest, "method" | "path">): Call {
  const id = path.startsWith(DEMANDE_PATH) ? path.slice(DEMANDE_PATH.length) : "";
  let call: Call;
  if (path === OPENING_PATH) call = { name: "open" };
  else if (path === OPENAPI_PATH) call = { name: "document" };
  else if (/^[\w-]{1,64}$/.test(id)) call = { name: "show", id };
  else throw notThere();
  const allowed = METHODS[call.name];
  if (method !== allowed) throw new Problem(405, "methode", texts.method(allowed), { headers: { allow: allowed } });
  return call;
}

/** Whether a call of this kind has a body, asked before anything of it is read. @throws Problem 404 or 405 */
export const expectsBody = (request: Pick<ApiRequest, "method" | "path">): boolean => callOf(request).name === "open";

/** Only what this system itself asked for: of any other demande it is not even told that it exists. */
async function show({ db }: UseCaseContext, client: string, id: string): Promise<ApiAnswer> {
  const source = await db.demandes.sourceOf(demandeId(id));
  const demande = source?.client === client ? await db.demandes.load(demandeId(id)) : null;
  if (!demande) throw notThere();
  return json(200, demandeMetadata(demande.state));
}

/** The names of the calls, for the metrics: an address that somebody made up is none of them. */
const nameOf = (request: ApiRequest): string => {
  try {
    return callOf(request).name;
  } catch {
    return "none";
  }
};

function faultAnswer(error: unknown): ApiAnswer {
  if (error instanceof Problem) return error.answer();
  if (error instanceof RetryError)
    return new Problem(503, "incident", texts.incident, { headers: { "retry-after": "5" } }).answer();
  return new Problem(500, "incident", texts.incident).answer();
}

/** @param clients those of now @param paces how fast each may open demandes; null: as fast as it can */
export function createApi(context: UseCaseContext, clients: readonly SharedSecrets[], paces: Paces | null = null): Api {
  async function answer(request: ApiRequest): Promise<ApiAnswer> {
    const call = callOf(request);
    switch (call.name) {
      case "document":
        return json(200, openApiDocument());
      case "open":
        return openForClient(context, authenticate(request, clients, new Date()), request, paces);
      case "show":
        return show(context, authenticate(request, clients, new Date()), call.id);
    }
  }

  return {
    async answer(request) {
      const from = performance.now();
      const given = await context.delivery
        .first(() => answer(request))
        .catch((error: unknown) => {
          if (!(error instanceof Problem)) context.log.error({ error, call: nameOf(request) }, "a call of the API failed");
          return faultAnswer(error);
        });
      context.metrics.apiCalled(nameOf(request), given.status, (performance.now() - from) / 1000);
      return given;
    },
  };
}
