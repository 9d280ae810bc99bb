/** Confirms that somebody comes into the groupe: what it opens to them is said before. */
import type { FormReaction } from "../../demandes/desk.ts";
import { tell } from "../../demandes/refusals.ts";
import { agentId } from "../../domain/ids.ts";
import type { Form } from "../../presentation/form.ts";
import { addTexts, groupeTexts } from "../../texts/groupes.ts";
import type { Addition } from "../addMember.ts";
import { addMember, alreadyThere, membershipIn } from "../addMember.ts";
import { readmit } from "../presence.ts";
import { decodeRoles, encodeRoles, membershipWith, rolesText } from "../roles.ts";
import type { GroupeForm, GroupeSubmission } from "./groupeForm.ts";

export async function addConfirmation({ context, groupe, target, membership }: Addition): Promise<Form> {
  const note = (text: string) => ({ kind: "note", text }) as const;
  const access = membership.instructeur ? addTexts.access(await context.db.groupeDemandes.openCount(groupe.id)) : null;
  return {
    id: "groupe-ajouter",
    title: addTexts.title,
    submit: addTexts.submit,
    context: { groupe: groupe.id, agent: target.id, roles: encodeRoles(membership) },
    parts: [
      note(addTexts.explain(`${target.name} (${target.email})`, groupe.name, rolesText(membership))),
      ...(access === null ? [] : [note(access)]),
      ...(target.disabled ? [note(addTexts.enables(target.name))] : []),
    ],
  };
}

async function submit({ context, agent, groupe, ids, command, sign }: GroupeSubmission): Promise<FormReaction> {
  const target = await context.db.agents.byId(agentId(ids.agent ?? ""));
  const roles = decodeRoles(ids.roles ?? "");
  if (!target || roles.length === 0) return tell(groupeTexts.formGone);
  const addition: Addition = { context, agent, groupe, target, membership: membershipWith(groupe.id, roles), command, sign };
  const own = membershipIn(target, groupe);
  if (own && (await context.db.journal.stateOf(command)) === "new") {
    // One who had left the channel is let in again by whoever runs the groupe.
    await readmit(context.db, target, groupe.id);
    return tell(alreadyThere(addition, own));
  }
  return tell(await addMember(addition));
}

export const addForm: GroupeForm = { capability: "addMember", refresh: null, submit };
