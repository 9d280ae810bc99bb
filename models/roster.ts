/** Many agents at once, for imports. */
import type { Agent } from "../src/domain/agent.ts";
import { agentId } from "../src/domain/ids.ts";
import type { Agents } from "./agent.ts";

/** Addresses asked for in one query. */
const BATCH = 1000;

/** The agents of these addresses (in lower case), by address, as `save` takes them; those who have no account are not in it. */
export async function agentsByEmail(agents: Agents, emails: readonly string[]): Promise<ReadonlyMap<string, Agent>> {
  const found = new Map<string, Agent>();
  for (let start = 0; start < emails.length; start += BATCH) {
    const filter = { email: { $in: emails.slice(start, start + BATCH) } };
    const ids = await agents.model.distinct("_id", filter);
    for (const { identities: _, ...agent } of await agents.byIds(ids.map(agentId))) found.set(agent.email, agent);
  }
  return found;
}
