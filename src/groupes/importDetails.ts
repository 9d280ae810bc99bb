/** What the optional cells of a line change in what is stored: how a groupe or an agent is reached, and when. */
import type { GroupeDetails, OpeningDay, OpeningHours } from "../../models/groupe.ts";
import { OPENING_DAYS } from "../../models/groupe.ts";
import { normaliseTelephone } from "../domain/telephone.ts";
import type { GroupeRow, OptionalCell } from "./importRows.ts";
import { importChanges } from "./importTexts.ts";

/** What is stored once this cell is applied. */
export const applyCell = (before: string, cell: OptionalCell): string => cell ?? before;

/** As `applyCell`; a number that was stored in another form stays in it. */
export const applyTelephone = (before: string, cell: OptionalCell): string =>
  cell !== null && normaliseTelephone(before) === cell ? before : applyCell(before, cell);

/** What to say of a text that an optional cell changes; nothing when it stays. */
export function describeText(what: string, before: string, after: string): string[] {
  if (before === after) return [];
  if (before === "") return [importChanges.told(what, after)];
  return [after === "" ? importChanges.cleared(what, before) : importChanges.changed(what, before, after)];
}

function applyHours(before: OpeningHours, row: GroupeRow): OpeningHours {
  const after: Partial<Record<OpeningDay, string>> = {};
  for (const day of OPENING_DAYS) {
    const told = applyCell(before[day] ?? "", row[day]);
    if (told !== "") after[day] = told;
  }
  return after;
}

export const applyDetails = (before: GroupeDetails, row: GroupeRow): GroupeDetails => ({
  bal: applyCell(before.bal ?? "", row.bal) || null,
  telephone: applyTelephone(before.telephone ?? "", row.telephone) || null,
  adresse: applyCell(before.adresse ?? "", row.adresse) || null,
  hours: applyHours(before.hours, row),
});

/** Days that change in the same way are told together. */
function describeHours(before: OpeningHours, after: OpeningHours): string[] {
  const alike = new Map<string, OpeningDay[]>();
  for (const day of OPENING_DAYS) {
    const [told] = describeText("", before[day] ?? "", after[day] ?? "");
    if (told !== undefined) alike.set(told, [...(alike.get(told) ?? []), day]);
  }
  return [...alike.values()].flatMap((days) => {
    const [day] = days;
    return day ? describeText(importChanges.hours(days), before[day] ?? "", after[day] ?? "") : [];
  });
}

export const describeDetails = (before: GroupeDetails, after: GroupeDetails): string[] => [
  ...(["bal", "telephone", "adresse"] as const).flatMap((field) =>
    describeText(importChanges.fields[field], before[field] ?? "", after[field] ?? ""),
  ),
  ...describeHours(before.hours, after.hours),
];
