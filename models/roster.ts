/** Many agents at once, for imports. */
import { agentId } from "../src/domain/ids.ts";
import type { Identity } from "../src/domain/place.ts";
import type { AgentRecord, Agents } from "./agent.ts";

/** Addresses or accounts asked for in one query. */
const BATCH = 1000;

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
