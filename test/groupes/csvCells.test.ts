import fc from "fast-check";
import { clears, defused, undefused } from "../../src/groupes/csvCells.ts";

const piece = fc.constantFrom("'", "=", "+", "-", "@", "\t", "\n", "＝", "aucun", " ", "AUCUN", "1", "é", ";", '"');
const texts = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")),
);

describe("a cell of our CSV files", () => {
  test("is no formula, does not clear, and gives its text again", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const cell = defused(text);
        expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/);
        expect(clears(cell)).toBe(false);
        expect(undefused(cell)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  test("that people typed is left as they typed it", () => {
    for (const text of ["L’été", "'hui", "''", "06 12 34 56 78", "a=1"]) expect(undefused(text)).toBe(text);
    expect([defused("=1+1"), defused("aucun"), defused("'=1"), defused("'hui")]).toEqual(["'=1+1", "'aucun", "''=1", "'hui"]);
    expect([" Aucun ", "AUCUN"].map(clears)).toEqual([true, true]);
    expect(["", "'aucun", "aucune", "#aucun"].some(clears)).toBe(false);
  });
});
