/** What becomes of people is told to them in person: written down once, posted when their account is found. */
import type { Database } from "../../models/database.ts";
import type { AgentId } from "../domain/ids.ts";
import { richText } from "../domain/richtext.ts";
import { say } from "../presentation/message.ts";

/** @param command stands for the act that it tells of: written twice, it is told once */
export async function tellMember(db: Database, agent: AgentId, command: string, sentence: string): Promise<void> {
  const message = say(richText(sentence), { quiet: false });
  await db.notices.add(
    { id: `groupe.${command}.${agent}`, to: { kind: "agent", agentId: agent }, content: { kind: "message", message } },
    new Date(),
  );
}
