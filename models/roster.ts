/** Many groupes and agents at once, for imports and exports. */

import { agentId } from "../src/domain/ids.ts";
import type { Identity } from "../src/domain/place.ts";
import type { AgentRecord, Agents } from "./agent.ts";
import { toAgent, updateOfAgent } from "./agent.ts";
import type { Groupe, Groupes } from "./groupe.ts";
import { toGroupe, updateOfGroupe } from "./groupe.ts";
import { inStretches } from "./inStretches.ts";

/** Addresses or accounts asked for in one query, documents written or read at once. */
const BATCH = 1000;

function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += BATCH) yield items.slice(start, start + BATCH);
}

/** The agents of these addresses (in lower case), by address; those who have no account are not in it. */
export async function agentsByEmail(agents: Agents, emails: readonly string[]): Promise<ReadonlyMap<string, AgentRecord>> {
  const found = new Map<string, AgentRecord>();
  for (let start = 0; start < emails.length; start += BATCH) {
    const filter = { email: { $in: emails.slice(start, start + BATCH) } };
    const ids = await agents.model.distinct("_id", filter);
    for (const agent of await agents.byIds(ids.map(agentId))) found.set(agent.email, agent);
  }
  return found;
}

/** The agents to whom some of these accounts belong, each once. */
export async function agentsByIdentity(agents: Agents, identities: readonly Identity[]): Promise<readonly AgentRecord[]> {
  const found = new Map<string, AgentRecord>();
  for (let start = 0; start < identities.length; start += BATCH)
    for (const agent of await agents.byIdentities(identities.slice(start, start + BATCH))) found.set(agent.id, agent);
  return [...found.values()];
}

/** Whether a write was refused because another document bears that name, that channel or that address already. */
export const isTaken = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === 11_000;

/** As `Groupes.save` of each, in their order. Cut short, the first ones are stored. */
export async function saveGroupes(groupes: Groupes, saves: readonly Groupe[]): Promise<void> {
  for (const batch of batches(saves))
    await groupes.model.bulkWrite(batch.map((groupe) => ({ updateOne: updateOfGroupe(groupe) })));
}

/** As `Agents.save` of each, in their order, with the accounts to be added. Cut short, the first ones are stored. */
export async function saveAgents(
  agents: Agents,
  saves: readonly { readonly agent: AgentRecord; readonly linked: readonly Identity[] }[],
): Promise<void> {
  for (const batch of batches(saves))
    await agents.model.bulkWrite(batch.map(({ agent, linked }) => ({ updateOne: updateOfAgent(agent, linked) })));
}

/** All groupes by id, read as they are consumed. */
export const eachGroupe = ({ model }: Groupes): AsyncGenerator<Groupe> =>
  inStretches(BATCH, async (after, limit) => {
    const beyond = after === null ? {} : { _id: { $gt: after.id } };
    return (await model.find(beyond).sort({ _id: 1 }).limit(limit).lean()).map(toGroupe);
  });

/** All agents by address, read as they are consumed. */
export const eachAgent = ({ model }: Agents): AsyncGenerator<AgentRecord> =>
  inStretches(BATCH, async (after, limit) => {
    const beyond = after === null ? {} : { email: { $gt: after.email } };
    return (await model.find(beyond).sort({ email: 1 }).limit(limit).lean()).map(toAgent);
  });
