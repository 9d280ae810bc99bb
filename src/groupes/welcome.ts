/** The first word of the bot to an agent whom somebody has added: what they can do, and with whom. Said once in all. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Database } from "../../models/database.ts";
import { activeMemberships } from "../domain/agent.ts";
import { richText } from "../domain/richtext.ts";
import { say } from "../presentation/message.ts";
import { accountTexts } from "../texts/accounts.ts";
import { rolesText } from "./roles.ts";

/**
 * Written down under an id of the agent's own: done again, it changes nothing. One who cannot be reached yet is welcomed when
 * they first arrive (`team_join`), since this is then called again.
 */
export async function welcome(db: Database, agent: AgentRecord): Promise<void> {
  const memberships = activeMemberships(agent);
  if (memberships.length === 0) return;
  const names = new Map((await db.groupes.byIds(memberships.map((m) => m.groupeId))).map(({ id, name }) => [id, name]));
  const lines = memberships.flatMap((m) => {
    const name = names.get(m.groupeId);
    return name ? [accountTexts.welcomeGroupe(name, rolesText(m))] : [];
  });
  const text = accountTexts.welcome(agent.name, lines, {
    aidant: memberships.some((m) => m.aidant),
    instructeur: memberships.some((m) => m.instructeur),
    responsable: memberships.some((m) => m.responsable),
  });
  const message = say(richText(text), { quiet: false });
  await db.notices.add(
    { id: `welcome.${agent.id}`, to: { kind: "agent", agentId: agent.id }, content: { kind: "message", message } },
    new Date(),
  );
}
