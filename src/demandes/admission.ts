/** Who may act at all: an agent whose account is known and not disabled. Anybody else is told whom to ask. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Identity, Place } from "../delivery/port.ts";
import { accountTexts } from "../texts/accounts.ts";
import type { UseCaseContext } from "./context.ts";
import type { Reaction } from "./desk.ts";
import { refuse } from "./refusals.ts";

export interface Caller {
  /** Of what they do: the same when it comes again. */
  readonly id?: string;
  readonly person: Identity;
  /** Where they act; absent where the platform does not say. */
  readonly place?: Place;
  readonly saidAt?: Date;
}

/** Those who share a groupe's channel may know who runs it; elsewhere nothing is told of any groupe. */
async function whomToAsk(context: UseCaseContext, place: Place | undefined): Promise<string | null> {
  const groupe = place ? await context.directory.groupeOf(place) : null;
  if (!groupe) return null;
  const responsables = await context.directory.responsablesOf(groupe.id);
  const names = responsables.map(({ name }) => name).sort((a, b) => a.localeCompare(b, "fr"));
  return names.length === 0 ? null : accountTexts.askNames(groupe.name, names);
}

async function stranger(context: UseCaseContext, agent: AgentRecord | null, place: Place | undefined): Promise<Reaction> {
  const named = await whomToAsk(context, place);
  if (agent) return refuse(`${accountTexts.disabled} ${named ?? accountTexts.askResponsable}`);
  return refuse(named === null ? accountTexts.unknown : `${accountTexts.unknown} ${named}`);
}

const isRefusal = (given: unknown): boolean =>
  typeof given === "object" && given !== null && "refused" in given && given.refused === true;

const hasFaults = (given: unknown): boolean =>
  typeof given === "object" && given !== null && "kind" in given && given.kind === "faults";

/** For the metrics: what became of it. */
export const resultOf = (given: unknown): "done" | "refused" | "faults" =>
  isRefusal(given) ? "refused" : hasFaults(given) ? "faults" : "done";

/** Runs it for the agent, as they are at this moment. */
export async function admitted<T>(
  context: UseCaseContext,
  { person, place }: Caller,
  run: (agent: AgentRecord) => Promise<T>,
): Promise<T | Reaction> {
  const agent = await context.directory.agentOf(person);
  if (!agent || agent.disabled) return stranger(context, agent, place);
  const result = await run(agent);
  if (!agent.away?.length || !isRefusal(result)) return result;
  // What they were refused may be what the channel that they left gave them: how to come back is said instead.
  const names = await context.directory.groupeNames(agent.away);
  return refuse(accountTexts.away([...names.values()]));
}
