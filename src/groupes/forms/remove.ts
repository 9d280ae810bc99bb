/** Confirms that somebody leaves the groupe. */
import type { AgentRecord } from "../../../models/agent.ts";
import type { Groupe } from "../../../models/groupe.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { FormReaction } from "../../demandes/desk.ts";
import { tell } from "../../demandes/refusals.ts";
import { agentId } from "../../domain/ids.ts";
import type { Form, Note } from "../../presentation/form.ts";
import { groupeTexts, removeTexts } from "../../texts/groupes.ts";
import { disablesAccount, removeMember } from "../removeMember.ts";
import type { GroupeForm, GroupeSubmission } from "./groupeForm.ts";

const note = (text: string): Note => ({ kind: "note", text });

export async function removeConfirmation({ db }: UseCaseContext, groupe: Groupe, target: AgentRecord): Promise<Form> {
  const { title, submit, explain, disables, held, channel } = removeTexts;
  const count = (await db.groupeDemandes.heldBy(target.id, groupe.id)).length;
  return {
    id: "groupe-retirer",
    title,
    submit,
    context: { groupe: groupe.id, agent: target.id },
    parts: [
      note(explain(`${target.name} (${target.email})`, groupe.name)),
      ...(disablesAccount(target) ? [note(disables(target.name))] : []),
      ...(count > 0 ? [note(held(target.name, count))] : []),
      ...(groupe.place ? [note(channel)] : []),
    ],
  };
}

async function submit({ context, agent, groupe, ids, command }: GroupeSubmission): Promise<FormReaction> {
  const target = await context.db.agents.byId(agentId(ids.agent ?? ""));
  if (!target) return tell(groupeTexts.formGone);
  return tell(await removeMember({ context, agent, groupe, target, command }));
}

export const removeForm: GroupeForm = { capability: "removeMember", refresh: null, submit };
