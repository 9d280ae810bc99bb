/** Periods as people type them, and where their days begin. */
import { boundsOf, readPeriod } from "../../src/domain/period.ts";

const NOW = new Date("2026-11-25T12:00:00Z");
const PARIS = "Europe/Paris";
const read = (text: string, now = NOW, zone = PARIS) => {
  const found = readPeriod(text, now, zone);
  return found.ok ? `${found.period.first} ${found.period.last}` : found.fault;
};

test.each([
  ["", "2026-08-01 2026-11-25"],
  ["01/09/2026", "2026-09-01 2026-11-25"],
  ["depuis le 1/9/2026", "2026-09-01 2026-11-25"],
  ["01/09/2026 30/09/2026", "2026-09-01 2026-09-30"],
  ["du 01.09.2026 au 30-09-2026", "2026-09-01 2026-09-30"],
  ["2026-09-01 2026-09-30", "2026-09-01 2026-09-30"],
  ["Depuis 01/09/2026 jusqu’à 30/09/2026.", "2026-09-01 2026-09-30"],
  ["jusqu’au 15/05/2026", "2026-02-01 2026-05-15"],
  ["jusqu'a 15/01/2026", "2025-10-01 2026-01-15"],
  ["09/2026", "2026-09-01 2026-09-30"],
  ["depuis 09/2026", "2026-09-01 2026-11-25"],
  ["2/2024", "2024-02-01 2024-02-29"],
  ["09/2026 10/2026", "2026-09-01 2026-10-31"],
  ["25/11/2026 25/11/2026", "2026-11-25 2026-11-25"],
  ["01/11/2026 31/12/2026", "2026-11-01 2026-12-31"],
])("« %s »", (text, expected) => {
  expect(read(text)).toBe(expected);
});

test.each([
  ["hier", { kind: "notADate", word: "hier" }],
  ["01/09/26", { kind: "notADate", word: "01/09/26" }],
  ["31/02/2026", { kind: "noSuchDay", word: "31/02/2026" }],
  ["29/02/2026", { kind: "noSuchDay", word: "29/02/2026" }],
  ["13/2026", { kind: "noSuchDay", word: "13/2026" }],
  ["01/01/0026", { kind: "noSuchDay", word: "01/01/0026" }],
  ["30/09/2026 01/09/2026", { kind: "backwards" }],
  ["01/01/2027", { kind: "future" }],
  ["01/01/2026 01/02/2026 01/03/2026", { kind: "tooMany" }],
])("« %s » is refused", (text, fault) => {
  expect(read(text)).toEqual(fault);
});

test("today and the midnights are those of the place, changes of hour included", () => {
  const late = new Date("2026-11-25T21:30:00Z");
  expect(read("", late, "Indian/Reunion")).toBe("2026-08-01 2026-11-26");
  expect(read("", late)).toBe("2026-08-01 2026-11-25");
  const october = { first: "2026-10-01", last: "2026-10-31" };
  expect(boundsOf(october, PARIS)).toEqual({ from: new Date("2026-09-30T22:00:00Z"), before: new Date("2026-10-31T23:00:00Z") });
  expect(boundsOf(october, "Indian/Reunion")).toEqual({
    from: new Date("2026-09-30T20:00:00Z"),
    before: new Date("2026-10-31T20:00:00Z"),
  });
});
