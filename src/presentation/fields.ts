/** Fields that several forms share. */
import { TERRITOIRES, territoire, territoiresByRegion } from "../domain/territoires.ts";
import type { UsagerField } from "../domain/usager.ts";
import { REQUIRED_USAGER_FIELDS, USAGER_MAX_LENGTH } from "../domain/usager.ts";
import { formTexts, usagerTexts } from "../texts.ts";
import type { Field, OptionGroup } from "./form.ts";

/** What a Slack text field takes at most. */
export const LONG_TEXT = 3000;

type TextOptions = { readonly hint?: string; readonly initial?: string; readonly placeholder?: string };

export const textField = (
  name: string,
  label: string,
  required: boolean,
  maxLength: number,
  options: TextOptions = {},
): Field => ({
  kind: "text",
  name,
  label,
  required,
  multiline: maxLength > USAGER_MAX_LENGTH,
  maxLength,
  ...options,
});

const required: readonly UsagerField[] = REQUIRED_USAGER_FIELDS;

export const usagerField = (field: UsagerField, obliged = required.includes(field)): Field =>
  textField(field, usagerTexts[field], obliged, USAGER_MAX_LENGTH, {
    ...(field === "dateDeNaissance" && { hint: formTexts.ouvrir.dateHint, placeholder: formTexts.ouvrir.dateHint }),
  });

/** All territoires, by région. */
export const territoireField = (label: string, initial: string | undefined): Field => ({
  kind: "choice",
  name: "territoire",
  label,
  required: true,
  multiple: false,
  refreshes: true,
  groups: territoiresByRegion().map(({ region, territoires }) => ({
    label: region,
    options: territoires.map(({ code, nom }) => ({ value: code, label: `${nom} (${code})` })),
  })),
  ...(initial !== undefined && TERRITOIRES.some((t) => t.code === initial) && { initial: [territoire(initial).code] }),
});

export const choiceField = (
  name: string,
  label: string,
  groups: readonly OptionGroup[],
  options: { multiple: boolean; required: boolean; hint?: string; initial?: readonly string[]; refreshes?: true },
): Field => ({ kind: "choice", name, label, groups, ...options });

export const checkboxField = (name: string, label: string, option: string, obliged = false): Field => ({
  kind: "checkbox",
  name,
  label,
  option,
  required: obliged,
});

export const signatureField = (): Field =>
  textField("signature", formTexts.ouvrir.signature, true, USAGER_MAX_LENGTH, { hint: formTexts.ouvrir.signatureHint });
