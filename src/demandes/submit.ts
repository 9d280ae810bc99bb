/** A form of an act, sent: checked, then decided like any act. */
import type { AgentRecord } from "../../models/agent.ts";
import { localDate } from "../domain/calendar.ts";
import { cleanText } from "../domain/cleaning.ts";
import type { AgentCommand, Refusal } from "../domain/commands.ts";
import type { DemandeState, Usefulness } from "../domain/demande.ts";
import { commandOf as commandIdOfEvent, demandeId, groupeId } from "../domain/ids.ts";
import type { RichText } from "../domain/richtext.ts";
import { richText } from "../domain/richtext.ts";
import { signedBy } from "../domain/signature.ts";
import { checkUsagerInfo, OPTIONAL_USAGER_FIELDS } from "../domain/usager.ts";
import { LONG_TEXT } from "../presentation/fields.ts";
import type { ActFormId, FormValues } from "../presentation/form.ts";
import { chosenValues, isTicked, textValue } from "../presentation/form.ts";
import { faultTexts, refusalTexts } from "../texts.ts";
import { act, commandIdOf } from "./act.ts";
import type { UseCaseContext } from "./context.ts";
import type { FormReaction } from "./desk.ts";
import type { Faults } from "./faults.ts";
import { textFaultText, usagerFaultTexts } from "./faults.ts";
import { formRefusal } from "./formRights.ts";
import { answeringGroupes } from "./groupeChoice.ts";
import { refusalSentence, refuse, refused } from "./refusals.ts";
import { actorOf, decodeStand } from "./standing.ts";

type Checked = { readonly ok: true; readonly command: AgentCommand } | { readonly ok: false; readonly faults: Faults };

const fault = (field: string, sentence: string): Checked => ({ ok: false, faults: { [field]: sentence } });

/** With the signature of a shared account below the text, as Administration+ has it. */
function checkedText(agent: AgentRecord, values: FormValues): { text: RichText } | { faults: Faults } {
  const checked = cleanText(textValue(values, "texte"), LONG_TEXT);
  if (!checked.ok) return { faults: { texte: textFaultText(checked.reason, LONG_TEXT) } };
  if (!agent.shared) return { text: richText(checked.value) };
  const signature = cleanText(textValue(values, "signature"), LONG_TEXT);
  if (!signature.ok || signature.value === "") return { faults: { signature: faultTexts.signature } };
  return { text: checked.value === "" ? [] : richText(`${checked.value}\n\n${signature.value}`) };
}

async function inviteCommand(context: UseCaseContext, values: FormValues, text: RichText): Promise<Checked> {
  const territoire = chosenValues(values, "territoire")[0] ?? "";
  const asked = chosenValues(values, "groupes").map(groupeId);
  if (asked.length === 0) return fault("groupes", refusalTexts.noGroupe);
  const offered = (await answeringGroupes(context, territoire)).map((g) => g.id);
  if (!asked.every((id) => offered.includes(id))) return fault("groupes", faultTexts.groupesElsewhere);
  return { ok: true, command: { type: "invite", groupes: asked, text, private: isTicked(values, "prive") } };
}

const isUsefulness = (value: string | undefined): value is Usefulness =>
  value === "oui" || value === "non" || value === "je_ne_sais_pas";

function completeCommand(state: DemandeState, values: FormValues, now: Date): Checked {
  const typed = Object.fromEntries(OPTIONAL_USAGER_FIELDS.map((field) => [field, textValue(values, field)]));
  const checked = checkUsagerInfo(typed, localDate(now, state.territoire));
  return checked.ok
    ? { ok: true, command: { type: "addInfo", usager: checked.value } }
    : { ok: false, faults: usagerFaultTexts(checked.faults) };
}

async function commandOf(
  context: UseCaseContext,
  form: ActFormId,
  agent: AgentRecord,
  state: DemandeState,
  values: FormValues,
): Promise<Checked> {
  const written = checkedText(agent, values);
  const wantsText = form === "repondre" || form === "traiter" || form === "inviter";
  if (wantsText && "faults" in written) return { ok: false, faults: written.faults };
  const text = "text" in written ? written.text : [];
  switch (form) {
    case "relais":
      return { ok: true, command: { type: "take", takeOver: true } };
    case "decliner":
      return { ok: true, command: { type: "decline" } };
    case "repondre": {
      const standardProcedure = isTicked(values, "procedure");
      return { ok: true, command: { type: "answer", text, standardProcedure, last: isTicked(values, "derniere") } };
    }
    case "inviter":
      return inviteCommand(context, values, text);
    case "traiter":
      return { ok: true, command: { type: "process", text } };
    case "archiver": {
      const [usefulness] = chosenValues(values, "utile");
      return isUsefulness(usefulness)
        ? { ok: true, command: { type: "archive", usefulness } }
        : fault("utile", faultTexts.usefulness);
    }
    case "completer":
      return completeCommand(state, values, context.clock.now());
  }
}

/** Refusals that belong beside a field rather than instead of the form. */
const FIELD_OF: Partial<Record<Refusal["reason"], string>> = {
  emptyText: "texte",
  procedureWithoutText: "texte",
  noGroupe: "groupes",
  groupesAlreadyThere: "groupes",
  nothingToAdd: "nomDeNaissance",
};

/** Decides and stores what the form asks. `inbound` identifies the sending: the same one twice changes nothing more. */
export async function submitAct(
  context: UseCaseContext,
  form: ActFormId,
  agent: AgentRecord,
  inbound: string,
  values: FormValues,
  ids: Readonly<Record<string, string>>,
): Promise<FormReaction> {
  const id = demandeId(ids.demande ?? "");
  const stand = decodeStand(ids);
  const demande = await context.db.demandes.load(id);
  if (!demande) return refuse(refusalTexts.unknown);
  // Before the fields are looked at: their faults would tell that the demande is there. A redelivery is not refused, though
  // what it asked for may have made it impossible.
  const command = commandIdOf(inbound);
  if (demande.events.some((event) => commandIdOfEvent(event.id) === command)) return { kind: "nothing" };
  const refusal = formRefusal(form, agent, demande.state, stand);
  if (refusal) return refused(refusal, id, stand.groupeId);
  const checked = await commandOf(context, form, agent, demande.state, values);
  if (!checked.ok) return { kind: "faults", faults: checked.faults };
  const signature = agent.shared ? textValue(values, "signature") : "";
  const author = signature === "" ? agent : signedBy(agent, signature.replace(/\s+/g, " "));
  const outcome = await act(
    context,
    command,
    () => context.db.demandes.load(id),
    () => ({ command: checked.command, actor: actorOf(author, stand) }),
  );
  if (outcome.kind === "done") return { kind: "nothing" };
  const field = FIELD_OF[outcome.refusal.reason];
  return field
    ? { kind: "faults", faults: { [field]: refusalSentence(outcome.refusal) } }
    : refused(outcome.refusal, id, stand.groupeId);
}
