/** The form by which agents change what they tell of themselves. Their address stays: it is by it that they are recognised. */
import type { AgentRecord } from "../../../models/agent.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { FormReaction } from "../../demandes/desk.ts";
import type { Faults } from "../../demandes/faults.ts";
import { textFaultText } from "../../demandes/faults.ts";
import { refuse, tell } from "../../demandes/refusals.ts";
import { cleanLine } from "../../domain/cleaning.ts";
import { normaliseTelephone } from "../../domain/telephone.ts";
import { textField } from "../../presentation/fields.ts";
import type { Form, FormValues } from "../../presentation/form.ts";
import { isTicked, textValue } from "../../presentation/form.ts";
import { meTexts } from "../../texts/accounts.ts";
import { faultTexts } from "../../texts.ts";

/** What fits in a line of a list and in the name over a message. */
const LONGEST = 100;
const texts = meTexts.form;

export function meForm({ name, email, profile }: AgentRecord): Form {
  return {
    id: "moi",
    title: texts.title,
    submit: texts.submit,
    context: {},
    parts: [
      { kind: "note", label: meTexts.email, text: `${email}. ${meTexts.emailHint}` },
      textField("nom", meTexts.name, true, LONGEST, { initial: name, hint: texts.nameHint }),
      textField("qualite", meTexts.qualite, false, LONGEST, { initial: profile.qualite, hint: texts.qualiteHint }),
      textField("telephone", meTexts.telephone, false, LONGEST, { initial: profile.telephone, hint: texts.telephoneHint }),
      {
        kind: "checkbox",
        name: "digest",
        label: meTexts.digest,
        option: texts.digestOption,
        required: false,
        initial: profile.digest,
      },
    ],
  };
}

/** Stores what was sent; sent again, it changes nothing more. */
export async function submitMe({ db }: UseCaseContext, agent: AgentRecord, values: FormValues): Promise<FormReaction> {
  if (agent.shared) return refuse(meTexts.shared);
  const faults: Faults = {};
  const line = (field: string): string => {
    const cleaned = cleanLine(textValue(values, field), LONGEST);
    if (cleaned.ok) return cleaned.value;
    faults[field] = textFaultText(cleaned.reason, LONGEST);
    return "";
  };
  const name = line("nom");
  const qualite = line("qualite");
  const typed = line("telephone");
  const telephone = typed === "" ? "" : normaliseTelephone(typed);
  if (name === "" && faults.nom === undefined) faults.nom = faultTexts.required;
  if (telephone === undefined) faults.telephone = faultTexts.telephone;
  if (telephone === undefined || Object.keys(faults).length > 0) return { kind: "faults", faults };
  await db.agents.saveOwn(agent.id, name, { qualite, telephone, digest: isTicked(values, "digest") });
  return tell(meTexts.saved);
}
