/** `/groupe role`: what a member may do, at once; or after a confirmation where it opens personal data. */
import { commandIdOf } from "../../demandes/act.ts";
import type { Reaction } from "../../demandes/desk.ts";
import { tell } from "../../demandes/refusals.ts";
import { groupeHelp, personTexts, roleCommandTexts } from "../../texts/groupes.ts";
import { membershipIn } from "../addMember.ts";
import type { RoleChange } from "../changeRole.ts";
import { changeRole, leavesNobody } from "../changeRole.ts";
import { findPerson } from "../findPerson.ts";
import { roleConfirmation } from "../forms/role.ts";
import { membershipWith, rolesText, sameRoles, trailingRoles } from "../roles.ts";
import type { GroupeCommand, GroupeRequest } from "./request.ts";

async function run(request: GroupeRequest): Promise<Reaction> {
  const { context, agent, groupe, sign } = request;
  const { rest, roles } = trailingRoles(request.text);
  const found = await findPerson(request, rest, true);
  if (found.kind !== "agent") return tell(found.sentence);
  const target = found.agent;
  const before = membershipIn(target, groupe);
  if (!before) return tell(personTexts.notMember(groupe.name));
  if (roles.length === 0) return tell(roleCommandTexts.noRoles(sign));
  const after = membershipWith(groupe.id, roles);
  const command = commandIdOf(request.inbound);
  const isNew = (await context.db.journal.stateOf(command)) === "new";
  if (isNew && sameRoles(before, after)) return tell(roleCommandTexts.already(target.name, groupe.name, rolesText(after)));
  const change: RoleChange = { context, agent, groupe, target, before, after, command };
  if (after.instructeur && !before.instructeur) {
    if (!after.responsable && (await leavesNobody(context, agent, groupe, target, before)))
      return tell(roleCommandTexts.lastResponsable(groupe.name));
    return { kind: "form", form: await roleConfirmation(change) };
  }
  return tell(await changeRole(change));
}

export const roleCommand: GroupeCommand = {
  name: "role",
  usage: "<@agent | e-mail | nom> <aidant | instructeur | responsable …>",
  ...groupeHelp.role,
  capability: "changeRole",
  run,
};
