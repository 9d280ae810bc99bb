/** Whom a responsable means: somebody mentioned, an address, or the name of a member. */
import type { AgentRecord } from "../../models/agent.ts";
import type { UseCaseContext } from "../demandes/context.ts";
import { groupesRunBy } from "../domain/groupePermissions.ts";
import type { GroupeId } from "../domain/ids.ts";
import type { Identity } from "../domain/place.ts";
import { personTexts } from "../texts/groupes.ts";
import { closeEmails, closeNames, partOfName, sameName } from "./closeNames.ts";
import { EMAIL } from "./commands/parse.ts";
import type { GroupeRequest } from "./commands/request.ts";

export type Found =
  | { readonly kind: "agent"; readonly agent: AgentRecord }
  /** Nobody with an account; the address, where one was given. */
  | { readonly kind: "noAccount"; readonly email: string | null; readonly sentence: string }
  | { readonly kind: "refused"; readonly sentence: string };

const refused = (sentence: string): Found => ({ kind: "refused", sentence });
const nameOf = ({ name }: AgentRecord): string => name;
const described = ({ name, email }: AgentRecord): string => `${name} (${email})`;

/** Members of the groupe at hand and of the others that the responsable runs: the only people who may be proposed to them. */
async function known({ db }: UseCaseContext, agent: AgentRecord, groupe: GroupeId): Promise<AgentRecord[]> {
  const lists = await Promise.all([...new Set([groupe, ...groupesRunBy(agent)])].map((id) => db.agents.ofGroupe(id)));
  return [...new Map(lists.flat().map((one) => [one.id, one])).values()];
}

/** Those whom the responsable may know and whose address is close to this one, but not it. */
export async function closeAddresses(
  context: UseCaseContext,
  agent: AgentRecord,
  groupe: GroupeId,
  email: string,
): Promise<AgentRecord[]> {
  const others = (await known(context, agent, groupe)).filter((one) => one.email !== email.toLowerCase());
  return closeEmails(email, others, (one) => one.email);
}

async function byAddress(request: GroupeRequest, email: string, among: readonly AgentRecord[], within: boolean): Promise<Found> {
  const meant = () => closeEmails(email, among, (one) => one.email).map(described);
  if (within) {
    // Nothing is said of an account that is none of the groupe's, not even that it exists.
    const member = among.find((one) => one.email === email.toLowerCase());
    return member ? { kind: "agent", agent: member } : refused(personTexts.notMember(request.groupe.name, meant()));
  }
  const agent = await request.context.db.agents.byEmail(email);
  return agent ? { kind: "agent", agent } : { kind: "noAccount", email, sentence: personTexts.noAccount(email, meant()) };
}

async function byMention(
  request: GroupeRequest,
  person: Identity,
  among: readonly AgentRecord[],
  within: boolean,
): Promise<Found> {
  const agent = await request.context.directory.agentOf(person);
  if (within) {
    const member = agent && among.find((one) => one.id === agent.id);
    return member ? { kind: "agent", agent: member } : refused(personTexts.notMember(request.groupe.name));
  }
  return agent ? { kind: "agent", agent } : { kind: "noAccount", email: null, sentence: personTexts.mentionedStranger };
}

function byName(typed: string, among: readonly AgentRecord[]): Found {
  const exact = sameName(typed, among, nameOf);
  const fitting = exact.length > 0 ? exact : partOfName(typed, among, nameOf);
  const [only, ...others] = fitting;
  if (only && others.length === 0) return { kind: "agent", agent: only };
  if (only) return refused(personTexts.several(typed, fitting.slice(0, 5).map(described)));
  return refused(personTexts.noMember(typed, closeNames(typed, among, nameOf).map(described)));
}

/**
 * @param text what was typed, roles taken away
 * @param within whether only members of the groupe are meant; else anybody with an account, by mention or address
 */
export async function findPerson(request: GroupeRequest, text: string, within: boolean): Promise<Found> {
  const { context, agent, groupe, mentioned } = request;
  const among = within ? await context.db.agents.ofGroupe(groupe.id) : await known(context, agent, groupe.id);
  const [first, ...others] = mentioned;
  if (others.length > 0) return refused(personTexts.oneAtATime);
  if (first) return byMention(request, first, among, within);
  const email = EMAIL.exec(text)?.[0];
  if (email !== undefined) return byAddress(request, email, among, within);
  return text === "" ? refused(personTexts.whom) : byName(text.replace(/^@/, ""), among);
}
