/** `POST /api/demandes`: another system asks for a demande in the name of an aidant, in the terms of the form. */
import type { z } from "zod";
import type { AgentRecord } from "../../../models/agent.ts";
import { commandIdOf } from "../../demandes/act.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import { answeringGroupes } from "../../demandes/groupeChoice.ts";
import { openDemande } from "../../demandes/open.ts";
import type { Paces } from "../../demandes/paces.ts";
import { refusalSentence } from "../../demandes/refusals.ts";
import { aidantGroupes } from "../../domain/agent.ts";
import type { CommandId, DemandeId } from "../../domain/ids.ts";
import { demandeId, formatRef } from "../../domain/ids.ts";
import { findOrganisme } from "../../domain/organismes.ts";
import { parseCodeTerritoire } from "../../domain/territoires.ts";
import { USAGER_FIELDS } from "../../domain/usager.ts";
import { DEMANDE_PATH } from "../../presentation/demandeMetadata.ts";
import { apiTexts as texts } from "../../texts/api.ts";
import { faultTexts } from "../../texts.ts";
import type { ApiAnswer, FieldFault } from "./answer.ts";
import { json, Problem } from "./answer.ts";
import type { ApiRequest } from "./authenticate.ts";
import { keyOf } from "./authenticate.ts";
import type { OpeningBody } from "./schemas.ts";
import { openingSchema } from "./schemas.ts";

const KEY = /^[\x21-\x7e]{1,200}$/;
const MOST_NAMED = 10;
const MOST_ISSUES = 30;

const wrongFields = (faults: readonly FieldFault[]): Problem => new Problem(422, "champs", texts.fields, { faults });

/** The keys of an unknown field come from outside: enough of them to find it, and no more. */
const shown = (names: readonly string[]): string =>
  names
    .slice(0, MOST_NAMED)
    .map((name) => JSON.stringify(name.slice(0, 40)))
    .join(", ");

function sentenceOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") return texts.unknownField(shown(issue.keys));
  if (issue.code === "too_big") return faultTexts.tooLong(Number(issue.maximum));
  return issue.code === "invalid_type" && issue.input === undefined ? faultTexts.required : texts.wrongType;
}

/** @throws Problem when it is no JSON, or not of the form of a demande */
function read(body: Uint8Array): OpeningBody {
  let given: unknown;
  try {
    given = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    // The parser's own words quote what it could not read.
    throw new Problem(400, "json", texts.json);
  }
  const parsed = openingSchema.safeParse(given, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, MOST_ISSUES);
  throw wrongFields(issues.map((issue) => ({ champ: issue.path.join("."), message: sentenceOf(issue) })));
}

/** Unknown, disabled or no aidant: one sentence, so that the API tells of nobody's account. @throws Problem */
async function aidantOf({ directory }: UseCaseContext, { aidant }: OpeningBody): Promise<AgentRecord> {
  const agent = await directory.agentOfEmail(aidant.email);
  const own = agent ? aidantGroupes(agent) : [];
  if (!agent || own.length === 0) throw wrongFields([{ champ: "aidant.email", message: texts.aidant }]);
  if (aidant.groupe === undefined && own.length > 1)
    throw wrongFields([{ champ: "aidant.groupe", message: texts.whichGroupe(own.join(", ")) }]);
  return agent;
}

/** An organisme in place of a groupe stands for its only groupe there. @throws Problem when it has several */
async function groupesOf(context: UseCaseContext, { territoire, groupes }: OpeningBody): Promise<string[]> {
  const code = parseCodeTerritoire(territoire);
  const offered = code ? await answeringGroupes(context, code) : [];
  return groupes.map((asked) => {
    const sigle = offered.some(({ id }) => id === asked) ? undefined : findOrganisme(asked)?.sigle;
    const own = offered.filter(({ organisme }) => organisme === sigle).map(({ id }) => id);
    if (own.length > 1) throw wrongFields([{ champ: "groupes", message: texts.severalGroupes(asked, own.join(", ")) }]);
    // One that nobody offers goes on as it stands: the form refuses it in its own words.
    return own[0] ?? asked;
  });
}

const usagerFields: readonly string[] = USAGER_FIELDS;

/** From the form's names to the body's. */
function faultsOf(faults: Readonly<Record<string, string>>): FieldFault[] {
  return Object.entries(faults).map(([field, message]) => {
    if (field === "groupeDemandeur") return { champ: "aidant.groupe", message: texts.groupeDemandeur };
    return { champ: usagerFields.includes(field) ? `usager.${field}` : field, message };
  });
}

/** The answer of a demande that is there: the same however many times it is asked for. @throws Problem for another body */
async function answerOf({ db }: UseCaseContext, id: DemandeId, digest: string): Promise<ApiAnswer | null> {
  const source = await db.demandes.sourceOf(id);
  if (!source) return null;
  if (source.digest !== digest) throw new Problem(422, "cle-reutilisee", texts.keyReused);
  const demande = await db.demandes.load(id);
  if (!demande) return null;
  const url = `${DEMANDE_PATH}${id}`;
  return json(201, { id, ref: formatRef(demande.state.ref), url }, { location: url });
}

async function store(context: UseCaseContext, client: string, command: CommandId, body: OpeningBody, digest: string) {
  const agent = await aidantOf(context, body);
  const { aidant, usager, groupes: _, ...rest } = body;
  const values = { ...usager, ...rest, groupeDemandeur: aidant.groupe, groupes: await groupesOf(context, body) };
  const result = await openDemande(context, { agent, command, values, from: null, source: { client, digest } });
  if (result.kind === "faults") throw wrongFields(faultsOf(result.faults));
  if (result.kind === "refused") throw new Problem(403, "droits", refusalSentence(result.refusal));
}

/** @throws Problem 429 */
function checkPace(paces: Paces | null, client: string): void {
  const seconds = Math.ceil((paces?.take(client).waitMs ?? 0) / 1000);
  if (seconds > 0) throw new Problem(429, "debit", texts.tooFast(seconds), { headers: { "retry-after": String(seconds) } });
}

/**
 * Stores it, and answers once it is stored. The client's key makes the demande's id, and a digest of the body is stored with it in
 * the same write: a second sending finds it, wherever the first was cut off (docs/decisions/0002-idempotence-by-event-id.md).
 * @throws Problem
 */
export async function openForClient(
  context: UseCaseContext,
  client: string,
  request: ApiRequest,
  paces: Paces | null,
): Promise<ApiAnswer> {
  const key = keyOf(request);
  if (!KEY.test(key)) throw new Problem(400, "cle", texts.keyMissing);
  const body = read(request.body);
  // Of what was read, not of its bytes: neither spaces nor the order of the fields make another demande.
  const digest = context.db.sealer.fingerprint(`api/${JSON.stringify(body)}`);
  const command = commandIdOf(`api/${client}/${key}`);
  const id = demandeId(command);
  const before = await answerOf(context, id, digest);
  if (before) return before;
  // What is stored already is answered at any pace: a client that was cut off finds it.
  checkPace(paces, client);
  await store(context, client, command, body, digest);
  const after = await answerOf(context, id, digest);
  if (!after) throw new Error(`demande ${id} was stored and is not there`);
  return after;
}
