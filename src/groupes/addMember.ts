/** Somebody with an account comes into a groupe: once, whoever else is adding them at the same moment. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Groupe } from "../../models/groupe.ts";
import type { UseCaseContext } from "../demandes/context.ts";
import type { Membership } from "../domain/agent.ts";
import { membershipOf } from "../domain/agent.ts";
import { addTexts } from "../texts/groupes.ts";
import { readmit } from "./presence.ts";
import { record } from "./record.ts";
import { rolesOf, rolesText, sameRoles } from "./roles.ts";
import { tellMember } from "./tellMember.ts";

export interface Addition {
  readonly context: UseCaseContext;
  /** Who adds. */
  readonly agent: AgentRecord;
  readonly groupe: Groupe;
  readonly target: AgentRecord;
  readonly membership: Membership;
  readonly command: string;
  readonly sign: string;
}

/** Their membership, of a disabled account too. */
export const membershipIn = (agent: AgentRecord, groupe: Groupe): Membership | undefined =>
  agent.memberships.find((m) => m.groupeId === groupe.id);

/** Whether whoever adds a disabled account makes it active: one that left its last groupe, or any for an admin. */
export const mayEnable = (agent: AgentRecord, target: AgentRecord): boolean => agent.admin || target.memberships.length === 0;

/** What to say of somebody who is in the groupe already. */
export const alreadyThere = ({ groupe, target, membership, sign }: Addition, now: Membership): string => {
  const already = addTexts.already(target.name, groupe.name, rolesText(now));
  return sameRoles(now, membership)
    ? already
    : `${already} ${addTexts.useRole(sign, target.email, rolesOf(membership).join(" "))}`;
};

/** @returns what whoever adds is told */
export async function addMember(addition: Addition): Promise<string> {
  const { context, agent, groupe, target, membership, command, sign } = addition;
  const { db } = context;
  const added = addTexts.added(target.name, groupe.name, rolesText(membership));
  if ((await db.journal.stateOf(command)) === "done") return added;
  if (target.disabled && !mayEnable(agent, target)) return addTexts.disabled(target.name);
  const tell = addTexts.notice(agent.name, groupe.name, rolesText(membership)) + addTexts.noticeHelp(sign);
  const entry = {
    context,
    agent,
    groupe,
    command,
    act: "ajout",
    about: target.id,
    before: [],
    after: rolesOf(membership),
  } as const;
  const done = await record(entry, async (again) => {
    const written = await db.memberships.add(target.id, membership, target.disabled);
    // Cut short after the write, the act finds it written.
    const found = written || !again ? null : await db.agents.byId(target.id);
    const own = found && membershipOf(found, groupe.id);
    if (!written && !(own && sameRoles(own, membership))) return false;
    await readmit(db, target, groupe.id);
    await tellMember(db, target.id, command, tell);
    return true;
  });
  if (done) return added;
  const now = await db.agents.byId(target.id);
  const own = now && membershipIn(now, groupe);
  return own ? alreadyThere(addition, own) : addTexts.disabled(target.name);
}
