import { elementsOf } from "../blocks/values.ts";
import type { Json, ViewRecord } from "../state/model.ts";

/** Whether the element holds nothing. */
function isEmpty(value: Json | undefined): boolean {
  if (!value) return true;
  const [held] = Object.entries(value)
    .filter(([name]) => name !== "type")
    .map(([, inner]) => inner);
  if (typeof held === "string") return held.trim() === "";
  return held === null || held === undefined || (Array.isArray(held) && held.length === 0);
}

function checkText(element: Json, typed: string): string | undefined {
  const { min_length: min, max_length: max } = element as { min_length?: number; max_length?: number };
  const most = max ?? 3000;
  if (min !== undefined && typed.length < min) return `Saisissez au moins ${min} caractères.`;
  if (typed.length > most) return `Pas plus de ${most} caractères.`;
  return undefined;
}

function checkNumber(element: Json, typed: string): string | undefined {
  const { is_decimal_allowed: decimal, min_value: min, max_value: max } = element as Record<string, string | boolean | undefined>;
  const shape = decimal ? /^-?\d+([.,]\d+)?$/ : /^-?\d+$/;
  if (!shape.test(typed.trim())) return decimal ? "Saisissez un nombre." : "Saisissez un nombre entier.";
  const number = Number(typed.replace(",", "."));
  if (min !== undefined && number < Number(min)) return `Saisissez un nombre supérieur ou égal à ${String(min)}.`;
  if (max !== undefined && number > Number(max)) return `Saisissez un nombre inférieur ou égal à ${String(max)}.`;
  return undefined;
}

/** What Slack's client refuses before it sends a form to the app, by block_id. */
export function clientErrors(view: ViewRecord): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const { block, blockId, actionId, element } of elementsOf(view.blocks)) {
    if (block.type !== "input") continue;
    const value = view.values[blockId]?.[actionId];
    if (isEmpty(value)) {
      if (block.optional !== true) errors[blockId] = "Veuillez renseigner ce champ obligatoire.";
      continue;
    }
    const error = checkOne(element, String(value?.value ?? ""));
    if (error !== undefined) errors[blockId] = error;
  }
  return errors;
}

function checkOne(element: Json, typed: string): string | undefined {
  switch (element.type) {
    case "plain_text_input":
      return checkText(element, typed);
    case "number_input":
      return checkNumber(element, typed);
    case "email_text_input":
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(typed.trim()) ? undefined : "Saisissez une adresse électronique valide.";
    case "url_text_input":
      return URL.canParse(typed.trim()) ? undefined : "Saisissez une adresse web valide.";
    default:
      return undefined;
  }
}
