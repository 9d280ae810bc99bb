/** A form of a responsable, sent or built anew: rights first, on the agent and the groupe as they are now. */
import type { AgentRecord } from "../../../models/agent.ts";
import { commandIdOf } from "../../demandes/act.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { FormInbound, FormReaction } from "../../demandes/desk.ts";
import { commandSign } from "../../demandes/help.ts";
import { tell } from "../../demandes/refusals.ts";
import { groupeId } from "../../domain/ids.ts";
import type { Form, FormId, GroupeFormId } from "../../presentation/form.ts";
import { groupeTexts } from "../../texts/groupes.ts";
import { groupeRefusal } from "../whichGroupe.ts";
import { addForm } from "./add.ts";
import { bindForm } from "./bind.ts";
import { createForm } from "./create.ts";
import { editForm } from "./edit.ts";
import type { GroupeForm, GroupeFormRequest } from "./groupeForm.ts";
import { removeForm } from "./remove.ts";
import { roleForm } from "./role.ts";

const FORMS: Readonly<Record<GroupeFormId, GroupeForm>> = {
  "groupe-ajouter": addForm,
  "groupe-retirer": removeForm,
  "groupe-role": roleForm,
  "groupe-creer": createForm,
  "groupe-modifier": editForm,
  "groupe-relier": bindForm,
};

export const isGroupeForm = (form: FormId): form is GroupeFormId => Object.hasOwn(FORMS, form);

type Asked =
  | { readonly ok: true; readonly form: GroupeForm; readonly request: GroupeFormRequest }
  | { readonly ok: false; readonly sentence: string };

async function asked(context: UseCaseContext, agent: AgentRecord, inbound: FormInbound, id: GroupeFormId): Promise<Asked> {
  const form = FORMS[id];
  const groupe = await context.db.groupes.byId(groupeId(inbound.context.groupe ?? ""));
  if (!groupe) return { ok: false, sentence: groupeTexts.unknownGroupe };
  const refusal = await groupeRefusal(context, agent, form.capability, groupe);
  if (refusal !== null) return { ok: false, sentence: refusal };
  const sign = commandSign(inbound.person.platform);
  return { ok: true, form, request: { context, agent, groupe, ids: inbound.context, values: inbound.values, sign } };
}

/** Null when the person may no longer fill it in. */
export async function refreshGroupeForm(
  context: UseCaseContext,
  agent: AgentRecord,
  inbound: FormInbound,
  id: GroupeFormId,
): Promise<Form | null> {
  const found = await asked(context, agent, inbound, id);
  return found.ok && found.form.refresh ? found.form.refresh(found.request) : null;
}

export async function submitGroupeForm(
  context: UseCaseContext,
  agent: AgentRecord,
  inbound: FormInbound,
  id: GroupeFormId,
): Promise<FormReaction> {
  const command = commandIdOf(inbound.id);
  // A redelivery is not refused, though what it asked for may have taken the right to ask for it.
  if ((await context.db.journal.stateOf(command)) === "done") return tell(groupeTexts.done);
  const found = await asked(context, agent, inbound, id);
  if (!found.ok) return tell(found.sentence);
  const { platform, workspace } = inbound.person;
  return found.form.submit({ ...found.request, command, platform, workspace });
}
