/** Forms as plain data: a modal on Slack, a dialogue on Matrix. */

/** The forms of the acts on one demande. */
export type ActFormId = "relais" | "decliner" | "repondre" | "inviter" | "traiter" | "archiver" | "completer";

/** The forms of those who run a groupe. */
export type GroupeFormId =
  | "groupe-ajouter"
  | "groupe-retirer"
  | "groupe-role"
  | "groupe-creer"
  | "groupe-modifier"
  | "groupe-relier";

export type FormId = "ouvrir" | "voir" | "moi" | ActFormId | GroupeFormId;

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly description?: string;
}

export interface OptionGroup {
  readonly label: string;
  readonly options: readonly Option[];
}

interface FieldBase {
  /** Also the key of its value and of its fault. */
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly required: boolean;
  /** Its value decides which other fields there are: the form is built anew when it changes. */
  readonly refreshes?: true;
}

export type Field =
  | (FieldBase & {
      readonly kind: "text";
      readonly multiline: boolean;
      readonly maxLength: number;
      readonly placeholder?: string;
      readonly initial?: string;
    })
  | (FieldBase & {
      readonly kind: "choice";
      readonly multiple: boolean;
      readonly groups: readonly OptionGroup[];
      readonly placeholder?: string;
      readonly initial?: readonly string[];
    })
  /** A box to tick; `required` means that it must be ticked. */
  | (FieldBase & { readonly kind: "checkbox"; readonly option: string; readonly initial?: boolean });

/** A fact shown between the fields, with its label in bold: « Prénom : … ». */
export type Note = { readonly kind: "note"; readonly label?: string; readonly text: string };

export interface Form {
  readonly id: FormId;
  /** At most 24 characters, as Slack has it. */
  readonly title: string;
  /** Label of the sending button, at most 24 characters; null for a form that only shows. */
  readonly submit: string | null;
  readonly parts: readonly (Field | Note)[];
  /** Ids only (demande, groupe, place): it travels through the platform and comes back with the values. */
  readonly context: Readonly<Record<string, string>>;
}

/** What was typed, by field name. A choice gives its options' values; a field left empty is absent. */
export type FormValues = Readonly<Record<string, string | readonly string[] | boolean | undefined>>;

export const isField = (part: Field | Note): part is Field => part.kind !== "note";

/** The typed text of a field, trimmed; "" when there is none. */
export const textValue = (values: FormValues, name: string): string => {
  const value = values[name];
  return typeof value === "string" ? value.trim() : "";
};

/** The values chosen, of a single or a multiple choice. */
export const chosenValues = (values: FormValues, name: string): readonly string[] => {
  const value = values[name];
  if (typeof value === "string") return value === "" ? [] : [value];
  return Array.isArray(value) ? value : [];
};

export const isTicked = (values: FormValues, name: string): boolean => values[name] === true;
