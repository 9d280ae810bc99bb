/** What is told of a groupe: its name, description, mailbox, telephone, address and opening hours. */
import { createHash } from "node:crypto";
import type { Groupe, GroupeDetails, OpeningDay } from "../../../models/groupe.ts";
import { OPENING_DAYS } from "../../../models/groupe.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { FormReaction } from "../../demandes/desk.ts";
import type { Faults } from "../../demandes/faults.ts";
import { textFaultText } from "../../demandes/faults.ts";
import { tell } from "../../demandes/refusals.ts";
import { cleanLine, cleanText } from "../../domain/cleaning.ts";
import { fold } from "../../domain/folding.ts";
import { normaliseOpeningHours } from "../../domain/openingHours.ts";
import { normaliseTelephone } from "../../domain/telephone.ts";
import { textField } from "../../presentation/fields.ts";
import type { Form, FormValues } from "../../presentation/form.ts";
import { textValue } from "../../presentation/form.ts";
import { editTexts } from "../../texts/groupes.ts";
import { faultTexts } from "../../texts.ts";
import { EMAIL } from "../commands/parse.ts";
import { record } from "../record.ts";
import type { GroupeForm, GroupeSubmission } from "./groupeForm.ts";

/** As in Administration+. */
const LONGEST_NAME = 100;
const LONGEST_DESCRIPTION = 1000;
const LONGEST_LINE = 200;
const texts = editTexts;

const hoursField = (day: OpeningDay): string => `horaires-${day}`;

/** What the form shows now: one who sends it on another state is told so, and nothing that somebody else wrote is lost. */
const stateOf = ({ name, description, details }: Groupe): string =>
  createHash("sha256")
    .update(
      JSON.stringify([
        name,
        description,
        details.bal,
        details.telephone,
        details.adresse,
        OPENING_DAYS.map((d) => details.hours[d]),
      ]),
    )
    .digest("base64url")
    .slice(0, 16);

export function editionForm(groupe: Groupe): Form {
  const { name, description, details } = groupe;
  const initial = (value: string | null | undefined) => (value ? { initial: value } : {});
  return {
    id: "groupe-modifier",
    title: texts.title,
    submit: texts.submit,
    context: { groupe: groupe.id, etat: stateOf(groupe) },
    parts: [
      textField("nom", texts.nom, true, LONGEST_NAME, initial(name)),
      textField("description", texts.description, false, LONGEST_DESCRIPTION, initial(description)),
      textField("bal", texts.bal, false, LONGEST_LINE, initial(details.bal)),
      textField("telephone", texts.telephone, false, LONGEST_LINE, initial(details.telephone)),
      textField("adresse", texts.adresse, false, LONGEST_LINE, initial(details.adresse)),
      ...OPENING_DAYS.map((day) =>
        textField(hoursField(day), texts.hours[day], false, LONGEST_LINE, {
          ...(day === "lundi" && { hint: texts.hoursHint }),
          ...initial(details.hours[day]),
        }),
      ),
    ],
  };
}

type Edited = Pick<Groupe, "name" | "description" | "details">;

/** Each field is checked by `accept` only where it was changed: what an import brought is kept as it stands. */
function changed(
  values: FormValues,
  field: string,
  before: string | null | undefined,
  faults: Faults,
  fault: string,
  accept: (text: string) => string | undefined,
): string | null {
  const cleaned = cleanLine(textValue(values, field), LONGEST_LINE);
  if (!cleaned.ok) {
    faults[field] = textFaultText(cleaned.reason, LONGEST_LINE);
    return null;
  }
  if (cleaned.value === "") return null;
  if (cleaned.value === before) return before;
  const accepted = accept(cleaned.value);
  if (accepted === undefined) faults[field] = fault;
  return accepted ?? null;
}

function checkHours(groupe: Groupe, values: FormValues, faults: Faults): GroupeDetails["hours"] {
  const entries = OPENING_DAYS.flatMap((day): [OpeningDay, string][] => {
    const before = groupe.details.hours[day];
    const hours = changed(values, hoursField(day), before, faults, texts.faults.hours, normaliseOpeningHours);
    return hours === null ? [] : [[day, hours]];
  });
  return Object.fromEntries(entries);
}

async function check({ db }: UseCaseContext, groupe: Groupe, values: FormValues): Promise<Edited | { readonly faults: Faults }> {
  const faults: Faults = {};
  const { details } = groupe;
  const name = cleanLine(textValue(values, "nom"), LONGEST_NAME);
  if (!name.ok) faults.nom = textFaultText(name.reason, LONGEST_NAME);
  else if (name.value === "" || fold(name.value) === "") faults.nom = faultTexts.required;
  else if ((await db.groupes.all()).some((one) => one.id !== groupe.id && fold(one.name) === fold(name.value)))
    faults.nom = texts.faults.name;
  const description = cleanText(textValue(values, "description"), LONGEST_DESCRIPTION);
  if (!description.ok) faults.description = textFaultText(description.reason, LONGEST_DESCRIPTION);
  const isEmail = (text: string) => (EMAIL.exec(text)?.[0] === text ? text.toLowerCase() : undefined);
  const bal = changed(values, "bal", details.bal, faults, texts.faults.email, isEmail);
  const telephone = changed(values, "telephone", details.telephone, faults, faultTexts.telephone, normaliseTelephone);
  const adresse = changed(values, "adresse", details.adresse, faults, "", (text) => text);
  const hours = checkHours(groupe, values, faults);
  if (Object.keys(faults).length > 0 || !name.ok || !description.ok) return { faults };
  return { name: name.value, description: description.value, details: { bal, telephone, adresse, hours } };
}

/** The names of the fields that are no longer what they were. */
function changesOf(before: Groupe, after: Edited): string[] {
  const { details: old } = before;
  const { details: now } = after;
  return [
    ...(before.name === after.name ? [] : ["nom"]),
    ...(before.description === after.description ? [] : ["description"]),
    ...(["bal", "telephone", "adresse"] as const).filter((field) => old[field] !== now[field]),
    ...OPENING_DAYS.filter((day) => old.hours[day] !== now.hours[day]).map(hoursField),
  ];
}

async function submit({ context, agent, groupe, values, ids, command }: GroupeSubmission): Promise<FormReaction> {
  const { db } = context;
  const meanwhile: FormReaction = { kind: "faults", faults: { nom: texts.faults.meanwhile } };
  const begun = (await db.journal.stateOf(command)) === "begun";
  if (!begun && ids.etat !== stateOf(groupe)) return meanwhile;
  const checked = await check(context, groupe, values);
  if ("faults" in checked) return { kind: "faults", faults: checked.faults };
  const fields = changesOf(groupe, checked);
  if (fields.length === 0 && !begun) return tell(texts.unchanged);
  const entry = { context, agent, groupe, command, act: "modification", about: null, before: [], after: fields } as const;
  const done = await record(entry, async () => fields.length === 0 || db.groupes.edit(groupe, checked));
  return done ? tell(texts.saved(checked.name)) : meanwhile;
}

export const editForm: GroupeForm = { capability: "edit", refresh: null, submit };
