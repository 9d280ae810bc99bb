/** The roles of a member change: once, from what they were when it was decided, and never to a groupe that nobody runs. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Groupe } from "../../models/groupe.ts";
import type { UseCaseContext } from "../demandes/context.ts";
import type { Membership } from "../domain/agent.ts";
import { roleCommandTexts } from "../texts/groupes.ts";
import { membershipIn } from "./addMember.ts";
import { tellOrphans } from "./orphans.ts";
import { record } from "./record.ts";
import { rolesOf, rolesText, sameRoles } from "./roles.ts";
import { tellMember } from "./tellMember.ts";

export interface RoleChange {
  readonly context: UseCaseContext;
  /** Who changes them. */
  readonly agent: AgentRecord;
  readonly groupe: Groupe;
  readonly target: AgentRecord;
  /** As they were when the change was decided. */
  readonly before: Membership;
  readonly after: Membership;
  readonly command: string;
}

/** Whether the groupe would be left without anybody who runs it: an admin alone may do so. */
export async function leavesNobody(
  { db }: UseCaseContext,
  agent: AgentRecord,
  groupe: Groupe,
  target: AgentRecord,
  before: Membership,
): Promise<boolean> {
  if (agent.admin || !before.responsable || target.disabled) return false;
  return (await db.memberships.responsables(groupe.id)) <= 1;
}

/** @returns what whoever changes them is told */
export async function changeRole({ context, agent, groupe, target, before, after, command }: RoleChange): Promise<string> {
  const { db } = context;
  const changed = roleCommandTexts.changed(target.name, groupe.name, rolesText(after));
  if ((await db.journal.stateOf(command)) === "done") return changed;
  const loses = before.responsable && !after.responsable;
  const current = membershipIn(target, groupe);
  if (loses && current && (await leavesNobody(context, agent, groupe, target, current)))
    return roleCommandTexts.lastResponsable(groupe.name);
  let nobody = false;
  const entry = { act: "role", about: target.id, before: rolesOf(before), after: rolesOf(after) } as const;
  const done = await record({ context, agent, groupe, command, ...entry }, async (again) => {
    const written = await db.memberships.change(target.id, before, after);
    const found = written || !again ? null : await db.agents.byId(target.id);
    const own = found && membershipIn(found, groupe);
    if (!written && !(own && sameRoles(own, after))) return false;
    // Two who take the role from each other at the same moment: neither does.
    nobody = loses && !agent.admin && (await db.memberships.responsables(groupe.id)) === 0;
    if (nobody) {
      await db.memberships.change(target.id, after, before);
      return false;
    }
    await tellMember(db, target.id, command, roleCommandTexts.notice(agent.name, groupe.name, rolesText(after)));
    if (before.instructeur && !after.instructeur) await tellOrphans(context, target, groupe, command);
    return true;
  });
  if (done) return changed;
  if (nobody) return roleCommandTexts.lastResponsable(groupe.name);
  const now = await db.agents.byId(target.id);
  const own = now && membershipIn(now, groupe);
  return roleCommandTexts.meanwhile(target.name, own ? rolesText(own) : "—");
}
