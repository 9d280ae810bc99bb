/** Confirms that a member becomes an instructeur: what it opens to them is said before. */
import type { FormReaction } from "../../demandes/desk.ts";
import { tell } from "../../demandes/refusals.ts";
import { agentId } from "../../domain/ids.ts";
import type { Form } from "../../presentation/form.ts";
import { groupeTexts, personTexts, roleCommandTexts } from "../../texts/groupes.ts";
import { membershipIn } from "../addMember.ts";
import type { RoleChange } from "../changeRole.ts";
import { changeRole } from "../changeRole.ts";
import { decodeRoles, encodeRoles, membershipWith, rolesText } from "../roles.ts";
import type { GroupeForm, GroupeSubmission } from "./groupeForm.ts";

export async function roleConfirmation({ context, groupe, target, before, after }: RoleChange): Promise<Form> {
  const { title, submit, explain, access } = roleCommandTexts;
  return {
    id: "groupe-role",
    title,
    submit,
    context: { groupe: groupe.id, agent: target.id, avant: encodeRoles(before), roles: encodeRoles(after) },
    parts: [
      { kind: "note", text: explain(`${target.name} (${target.email})`, groupe.name, rolesText(before), rolesText(after)) },
      { kind: "note", text: access(await context.db.groupeDemandes.openCount(groupe.id)) },
    ],
  };
}

async function submit({ context, agent, groupe, ids, command }: GroupeSubmission): Promise<FormReaction> {
  const target = await context.db.agents.byId(agentId(ids.agent ?? ""));
  const roles = decodeRoles(ids.roles ?? "");
  if (!target || roles.length === 0) return tell(groupeTexts.formGone);
  if (!membershipIn(target, groupe)) return tell(personTexts.notMember(groupe.name));
  const before = membershipWith(groupe.id, decodeRoles(ids.avant ?? ""));
  return tell(await changeRole({ context, agent, groupe, target, before, after: membershipWith(groupe.id, roles), command }));
}

export const roleForm: GroupeForm = { capability: "changeRole", refresh: null, submit };
