/** `/groupe ajouter`: somebody with an account, at once; or after a confirmation where it opens personal data. */

import { commandIdOf } from "../../demandes/act.ts";
import type { Reaction } from "../../demandes/desk.ts";
import { tell } from "../../demandes/refusals.ts";
import { addTexts, groupeHelp, personTexts } from "../../texts/groupes.ts";
import type { Addition } from "../addMember.ts";
import { addMember, alreadyThere, mayEnable, membershipIn } from "../addMember.ts";
import { findPerson } from "../findPerson.ts";
import { addConfirmation } from "../forms/add.ts";
import { readmit } from "../presence.ts";
import { membershipWith, trailingRoles } from "../roles.ts";
import type { GroupeCommand, GroupeRequest } from "./request.ts";

async function run(request: GroupeRequest): Promise<Reaction> {
  const { context, agent, groupe, sign } = request;
  const { rest, roles } = trailingRoles(request.text);
  const found = await findPerson(request, rest, false);
  if (found.kind === "refused") return tell(found.sentence);
  if (found.kind === "noAccount") return tell(`${found.sentence} ${personTexts.create(sign, found.email)}`);
  const target = found.agent;
  // As in Administration+, everybody is at least an aidant: no other role is given without being written.
  const membership = membershipWith(groupe.id, roles.length === 0 ? ["aidant"] : roles);
  const command = commandIdOf(request.inbound);
  const addition: Addition = { context, agent, groupe, target, membership, command, sign };
  const own = membershipIn(target, groupe);
  if (own && (await context.db.journal.stateOf(command)) === "new") {
    // One who had left the channel is let in again by whoever runs the groupe.
    await readmit(context.db, target, groupe.id);
    return tell(alreadyThere(addition, own));
  }
  if (target.disabled && !mayEnable(agent, target)) return tell(addTexts.disabled(target.name));
  if (membership.instructeur || target.disabled) return { kind: "form", form: await addConfirmation(addition) };
  return tell(await addMember(addition));
}

export const addCommand: GroupeCommand = {
  name: "ajouter",
  usage: "<@agent | e-mail> [aidant] [instructeur] [responsable]",
  ...groupeHelp.ajouter,
  capability: "addMember",
  run,
};
