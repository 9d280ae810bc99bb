/** Confirms that a channel becomes that of the groupe: who will read its demandes is said before. */
import type { Groupe } from "../../../models/groupe.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { FormReaction } from "../../demandes/desk.ts";
import { tell } from "../../demandes/refusals.ts";
import type { Place } from "../../domain/place.ts";
import type { Form, Note } from "../../presentation/form.ts";
import { bindTexts, groupeTexts } from "../../texts/groupes.ts";
import { bindChannel } from "../bindChannel.ts";
import type { GroupeForm, GroupeSubmission } from "./groupeForm.ts";

const note = (text: string): Note => ({ kind: "note", text });

/** @param other the groupe that loses the channel; null when none does */
export async function bindConfirmation(
  { db }: UseCaseContext,
  groupe: Groupe,
  place: Place,
  other: Groupe | null,
): Promise<Form> {
  const { title, submit, explain, replaces, takes, waiting } = bindTexts;
  const count = (await db.groupeDemandes.waitingThreads(groupe.id)).length;
  return {
    id: "groupe-relier",
    title,
    submit,
    context: { groupe: groupe.id, canal: place.channel, autre: other?.id ?? "" },
    parts: [
      note(explain(groupe.name)),
      ...(groupe.place ? [note(replaces)] : []),
      ...(other ? [note(takes(other.name))] : []),
      ...(count > 0 ? [note(waiting(count))] : []),
    ],
  };
}

async function submit({ context, agent, groupe, ids, command, platform, workspace }: GroupeSubmission): Promise<FormReaction> {
  if (!ids.canal) return tell(groupeTexts.formGone);
  const place: Place = { platform, workspace, channel: ids.canal };
  return tell(await bindChannel({ context, agent, groupe, place, command }, ids.autre || null));
}

export const bindForm: GroupeForm = { capability: "bind", refresh: null, submit };
