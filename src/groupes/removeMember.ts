/** Somebody leaves a groupe: their rights in it go at once, and what they were doing is handed to the others. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Groupe } from "../../models/groupe.ts";
import type { UseCaseContext } from "../demandes/context.ts";
import { removeTexts, roleCommandTexts } from "../texts/groupes.ts";
import { membershipIn } from "./addMember.ts";
import { leavesNobody } from "./changeRole.ts";
import { tellOrphans } from "./orphans.ts";
import { record } from "./record.ts";
import { rolesOf } from "./roles.ts";
import { tellMember } from "./tellMember.ts";

export interface Removal {
  readonly context: UseCaseContext;
  /** Who removes. */
  readonly agent: AgentRecord;
  readonly groupe: Groupe;
  readonly target: AgentRecord;
  readonly command: string;
}

/** As in Administration+, an account without any groupe is disabled; an admin's is of none. */
export const disablesAccount = ({ memberships, admin }: AgentRecord): boolean => memberships.length === 1 && !admin;

async function handOver({ context, agent, groupe, target, command }: Removal, disabled: boolean): Promise<void> {
  if (!disabled) await tellMember(context.db, target.id, command, removeTexts.notice(agent.name, groupe.name));
  await tellOrphans(context, target, groupe, command);
}

async function isGone({ context, groupe, target }: Removal): Promise<boolean> {
  const now = await context.db.agents.byId(target.id);
  return !now || !membershipIn(now, groupe);
}

/** @returns what whoever removes is told */
export async function removeMember(removal: Removal): Promise<string> {
  const { context, agent, groupe, target, command } = removal;
  const { db } = context;
  const own = membershipIn(target, groupe);
  const progress = await db.journal.stateOf(command);
  if (!own && progress === "new") return removeTexts.gone(target.name, groupe.name);
  if (own && (await leavesNobody(context, agent, groupe, target, own))) return roleCommandTexts.lastResponsable(groupe.name);
  const disables = own ? disablesAccount(target) : target.disabled;
  const removed = removeTexts.removed(target.name, groupe.name, disables);
  let nobody = false;
  const entry = { act: "retrait", about: target.id, before: own ? rolesOf(own) : [], after: [] } as const;
  const done = await record({ context, agent, groupe, command, ...entry }, async (again) => {
    // Cut short after the write: only the rest is to be done.
    if (own) {
      if (!(await db.memberships.remove(target.id, own, disables))) return again && (await isGone(removal));
      // Two who remove each other at the same moment: neither does.
      nobody = own.responsable && !agent.admin && (await db.memberships.responsables(groupe.id)) === 0;
      if (nobody) {
        await db.memberships.add(target.id, own, disables);
        return false;
      }
    }
    await handOver(removal, disables);
    return true;
  });
  if (done) return removed;
  if (nobody) return roleCommandTexts.lastResponsable(groupe.name);
  const now = await db.agents.byId(target.id);
  // Changed meanwhile by somebody else: decided again on what it is now.
  return now && membershipIn(now, groupe)
    ? removeMember({ ...removal, target: now })
    : removeTexts.gone(target.name, groupe.name);
}
