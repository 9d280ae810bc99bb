/** Opening hours as people write them, and days since when. */
import { normaliseOpeningHours } from "../../src/domain/openingHours.ts";
import { parseSince } from "../../src/domain/sinceDate.ts";

test.each([
  ["9:00 - 12:00 / 13:30 - 17:00", "9:00 - 12:00 / 13:30 - 17:00"],
  ["9h-12h30, 14h-18h", "9:00 - 12:30 / 14:00 - 18:00"],
  ["de 9h à 12h et de 13h30 à 17h", "9:00 - 12:00 / 13:30 - 17:00"],
  ["08:30–17:30", "8:30 - 17:30"],
  ["9 - 12", "9:00 - 12:00"],
  ["0:00 - 24:00", "0:00 - 24:00"],
  ["Fermé", "fermé"],
  ["fermee", "fermé"],
  ["-", "fermé"],
  ["", undefined],
  ["le matin", undefined],
  ["9:00", undefined],
  ["12:00 - 9:00", undefined],
  ["9:00 - 12:00 / 11:00 - 17:00", undefined],
  ["9:00 - 12:00 - 17:00", undefined],
  ["9:60 - 12:00", undefined],
  ["9:00 - 25:00", undefined],
  ["1er mercredi du mois : 9:00 - 12:00", undefined],
])("hours « %s »", (typed, expected) => {
  expect(normaliseOpeningHours(typed)).toBe(expected);
  if (expected !== undefined) expect(normaliseOpeningHours(expected)).toBe(expected);
});

test.each([
  ["01/09/2026", "2026-09-01"],
  ["1/9/2026", "2026-09-01"],
  ["2026-09-01", "2026-09-01"],
  ["30 jours", "2026-10-26"],
  ["1 jour", "2026-11-24"],
  ["2 semaines", "2026-11-11"],
  ["3 mois", "2026-08-27"],
  ["31/02/2026", undefined],
  ["01/13/2026", undefined],
  ["26/11/2026", undefined],
  ["hier", undefined],
  ["", undefined],
])("since « %s »", (typed, expected) => {
  expect(parseSince(typed, "2026-11-25")).toBe(expected);
});
