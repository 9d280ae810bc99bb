/** The form of a new demande: built for what is chosen so far, and checked field by field. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Groupe } from "../../models/groupe.ts";
import { aidantGroupes } from "../domain/agent.ts";
import { localDate } from "../domain/calendar.ts";
import { cleanLine, cleanText } from "../domain/cleaning.ts";
import type { Opening } from "../domain/demande.ts";
import type { GroupeId } from "../domain/ids.ts";
import { groupeId } from "../domain/ids.ts";
import { findOrganisme, usagerFieldsFor } from "../domain/organismes.ts";
import { checkSujet, SUJET_MAX_LENGTH } from "../domain/sujet.ts";
import { parseCodeTerritoire } from "../domain/territoires.ts";
import type { UsagerField } from "../domain/usager.ts";
import { checkUsager, REQUIRED_USAGER_FIELDS, USAGER_FIELDS, USAGER_MAX_LENGTH } from "../domain/usager.ts";
import {
  checkboxField,
  choiceField,
  LONG_TEXT,
  signatureField,
  territoireField,
  textField,
  usagerField,
} from "../presentation/fields.ts";
import type { Field, Form, FormValues, Note } from "../presentation/form.ts";
import { chosenValues, isTicked, textValue } from "../presentation/form.ts";
import { faultTexts, formTexts } from "../texts.ts";
import type { UseCaseContext } from "./context.ts";
import type { Faults } from "./faults.ts";
import { sujetFaultText, textFaultText, usagerFaultTexts } from "./faults.ts";
import { answeringGroupes, groupeOptions } from "./groupeChoice.ts";

const texts = formTexts.ouvrir;
/** Offered whatever the organisme, and never required. */
const USUAL: readonly UsagerField[] = ["nomDeNaissance", "numeroDossier", "telephone", "adressePostale", "autre"];

/** Fields given with the first showing: a sujet typed after `/demande`, a description taken from a message. */
export interface Prefill {
  readonly sujet?: string;
  readonly description?: string;
}

/** The groupe in whose name: the one chosen, or the only one. */
function ownGroupeId(agent: AgentRecord, values: FormValues): GroupeId | undefined {
  const own = aidantGroupes(agent);
  const [chosen] = chosenValues(values, "groupeDemandeur");
  return own.find((id) => id === chosen) ?? own[0];
}

function groupesField(groupes: readonly Groupe[]): Field | Note {
  if (groupes.length === 0) return { kind: "note", text: texts.noGroupe };
  return choiceField("groupes", texts.groupes, groupeOptions(groupes), {
    multiple: true,
    required: true,
    hint: texts.groupesHint,
    refreshes: true,
  });
}

/** The fields that the chosen groupes' organismes ask for, then the usual ones. */
function optionalFields(chosen: readonly Groupe[]): UsagerField[] {
  const organismes = chosen.flatMap((g) => findOrganisme(g.organisme) ?? []);
  return [...new Set([...usagerFieldsFor(organismes), ...USUAL])];
}

/** The form for what is chosen so far; `context` comes back with the values. */
export async function openForm(
  context: UseCaseContext,
  agent: AgentRecord,
  values: FormValues,
  ids: Readonly<Record<string, string>>,
  prefill: Prefill = {},
): Promise<Form> {
  const own = await context.db.groupes.byIds(aidantGroupes(agent));
  const mine = own.find((g) => g.id === ownGroupeId(agent, values));
  const territoire = parseCodeTerritoire(chosenValues(values, "territoire")[0] ?? mine?.territoires[0] ?? "");
  const groupes = territoire ? await answeringGroupes(context, territoire) : [];
  const chosen = groupes.filter((g) => chosenValues(values, "groupes").includes(g.id));
  const ownField = choiceField("groupeDemandeur", texts.groupeDemandeur, groupeOptions(own), {
    multiple: false,
    required: true,
    ...(mine && { initial: [mine.id] }),
  });
  return {
    id: "ouvrir",
    title: texts.title,
    submit: texts.submit,
    context: ids,
    parts: [
      { kind: "note", text: texts.intro },
      ...(own.length > 1 ? [ownField] : []),
      territoireField(texts.territoire, territoire),
      ...(territoire ? [groupesField(groupes)] : []),
      textField("sujet", texts.sujet, true, SUJET_MAX_LENGTH, {
        hint: texts.sujetHint,
        ...(prefill.sujet && { initial: prefill.sujet.slice(0, SUJET_MAX_LENGTH) }),
      }),
      ...REQUIRED_USAGER_FIELDS.map((field) => usagerField(field)),
      textField("description", texts.description, true, LONG_TEXT, {
        hint: texts.descriptionHint,
        ...(prefill.description && { initial: prefill.description.slice(0, LONG_TEXT) }),
      }),
      ...optionalFields(chosen).map((field) => usagerField(field)),
      checkboxField("autorisation", texts.autorisation, texts.autorisationOption, true),
      ...(agent.shared ? [signatureField()] : []),
    ],
  };
}

export type CheckedOpening =
  | { readonly ok: true; readonly opening: Omit<Opening, "ref" | "shared">; readonly groupeId: GroupeId }
  | { readonly ok: false; readonly faults: Faults };

/** Everything typed, checked at once: every fault beside its field. */
export async function checkOpening(
  context: UseCaseContext,
  agent: AgentRecord,
  values: FormValues,
  now: Date,
): Promise<CheckedOpening> {
  const faults: Faults = {};
  const groupe = ownGroupeId(agent, values);
  // A groupe of which one is no longer a member: another one is not put in its place without a word.
  if (chosenValues(values, "groupeDemandeur").some((id) => id !== groupe)) faults.groupeDemandeur = faultTexts.choice;
  const territoire = parseCodeTerritoire(chosenValues(values, "territoire")[0] ?? "");
  if (!territoire) faults.territoire = faultTexts.territoire;
  const asked = [...new Set(chosenValues(values, "groupes"))].map(groupeId);
  const offered = territoire ? (await answeringGroupes(context, territoire)).map((g) => g.id) : [];
  if (asked.length === 0) faults.groupes = faultTexts.groupes;
  else if (territoire && !asked.every((id) => offered.includes(id))) faults.groupes = faultTexts.groupesElsewhere;

  const typed = Object.fromEntries(
    USAGER_FIELDS.map((field) => [field, textValue(values, field)] as const).filter(([, text]) => text !== ""),
  );
  const usager = checkUsager(typed, localDate(now, territoire ?? "75"));
  if (!usager.ok) Object.assign(faults, usagerFaultTexts(usager.faults));

  const sujet = checkSujet(textValue(values, "sujet"), usager.ok ? usager.value : typed);
  if (!sujet.ok) faults.sujet = sujetFaultText(sujet.reason);
  const description = cleanText(textValue(values, "description"), LONG_TEXT);
  if (!description.ok) faults.description = textFaultText(description.reason, LONG_TEXT);
  else if (description.value === "") faults.description = faultTexts.required;
  if (!isTicked(values, "autorisation")) faults.autorisation = faultTexts.autorisation;
  const signature = cleanLine(textValue(values, "signature"), USAGER_MAX_LENGTH);
  if (!signature.ok) faults.signature = textFaultText(signature.reason, USAGER_MAX_LENGTH);
  else if (agent.shared && signature.value === "") faults.signature = faultTexts.signature;

  if (!territoire || !groupe || !usager.ok || !sujet.ok || !description.ok || !signature.ok || Object.keys(faults).length > 0)
    return { ok: false, faults };
  return {
    ok: true,
    groupeId: groupe,
    opening: {
      sujet: sujet.value,
      description: description.value,
      territoire,
      usager: usager.value,
      groupes: asked,
      ...(signature.value && { signature: signature.value }),
    },
  };
}
