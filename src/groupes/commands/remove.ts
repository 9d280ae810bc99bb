/** `/groupe retirer`: always after a confirmation, which says what becomes of the account and of what it was doing. */
import type { Reaction } from "../../demandes/desk.ts";
import { tell } from "../../demandes/refusals.ts";
import { groupeHelp, personTexts, roleCommandTexts } from "../../texts/groupes.ts";
import { membershipIn } from "../addMember.ts";
import { leavesNobody } from "../changeRole.ts";
import { findPerson } from "../findPerson.ts";
import { removeConfirmation } from "../forms/remove.ts";
import type { GroupeCommand, GroupeRequest } from "./request.ts";

async function run(request: GroupeRequest): Promise<Reaction> {
  const { context, agent, groupe } = request;
  const found = await findPerson(request, request.text, true);
  if (found.kind !== "agent") return tell(found.sentence);
  const target = found.agent;
  const own = membershipIn(target, groupe);
  if (!own) return tell(personTexts.notMember(groupe.name));
  if (await leavesNobody(context, agent, groupe, target, own)) return tell(roleCommandTexts.lastResponsable(groupe.name));
  return { kind: "form", form: await removeConfirmation(context, groupe, target) };
}

export const removeCommand: GroupeCommand = {
  name: "retirer",
  usage: "<@agent | e-mail | nom>",
  ...groupeHelp.retirer,
  capability: "removeMember",
  run,
};
