import fc from "fast-check";
import type { Columns } from "../../src/groupes/importTable.ts";
import { quotable, readTable } from "../../src/groupes/importTable.ts";

const columns = { nom: { title: "nom" }, note: { title: "Numéro d’ordre", optional: true } } as const satisfies Columns<string>;

const read = (content: string | Uint8Array) =>
  readTable({ name: "essai.csv", bytes: typeof content === "string" ? Buffer.from(content) : content }, columns);
const reasons = (content: string | Uint8Array) => read(content).faults.map(({ line, reason }) => `${line} ${reason}`);

describe("a CSV file", () => {
  test("gives cells by column, with the line where each row begins", () => {
    expect(read('nom;numero d\'ordre\r\n"à la\nligne ; ""oui""";1\n\n;\nfin;2')).toEqual({
      faults: [],
      warnings: [],
      rows: [
        { line: 2, cells: { nom: 'à la\nligne ; "oui"', note: "1" } },
        { line: 6, cells: { nom: "fin", note: "2" } },
      ],
    });
    expect(read("nom\nseul\n").rows).toEqual([{ line: 2, cells: { nom: "seul", note: "" } }]);
  });

  test("with a fault of form is refused with its line and a sentence", () => {
    expect(reasons("")).toEqual([expect.stringMatching(/^1 le fichier est vide/)]);
    expect(reasons(Buffer.from("\uFEFFnom\nx", "utf16le"))).toEqual([expect.stringContaining("UTF-8")]);
    expect(reasons('nom\na\n"b\n')).toEqual([expect.stringMatching(/^\d+ un guillemet ouvert/)]);
    expect(reasons('nom\na\nb"c"\n')).toEqual([expect.stringMatching(/^3 un guillemet est mal placé/)]);
    expect(reasons("nom;nom;__proto__\na;b;c")).toEqual([
      expect.stringMatching(/^1 la colonne figure deux fois/),
      expect.stringMatching(/^1 la colonne « __proto__ » n’est pas connue/),
    ]);
    expect(reasons("numéro d’ordre\n1")).toEqual([expect.stringMatching(/^1 la colonne « nom » manque/)]);
    expect(reasons("nom;numéro d’ordre\na;b;c\nd")).toEqual([
      expect.stringMatching(/^2 3 cases au lieu de 2/),
      expect.stringMatching(/^3 1 case au lieu de 2/),
    ]);
    expect(reasons(new Uint8Array(33 * 1024 * 1024))).toEqual([expect.stringContaining("32 Mo")]);
  });

  test("of Excel is read as it was written, and this is told", () => {
    expect(read(Buffer.from("nom\nélan", "latin1"))).toEqual({
      faults: [],
      rows: [{ line: 2, cells: { nom: "élan", note: "" } }],
      warnings: [{ file: "essai.csv", line: 1, column: null, reason: expect.stringMatching(/Windows-1252.*« élan »/) }],
    });
  });

  test("never throws, whatever its bytes, and every row has all columns", () => {
    const piece = fc.constantFrom(";", ",", '"', "\n", "\r\n", "nom", "=1+1", "\u0000", "\u202e", "é", "😀", "numéro d’ordre");
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(piece, { maxLength: 40 }).map((pieces) => new Uint8Array(Buffer.from(`nom;numéro d’ordre\n${pieces.join("")}`))),
    );
    fc.assert(
      fc.property(bytes, (content) => {
        const { rows, faults } = read(content);
        for (const { line, cells } of rows) {
          expect(line).toBeGreaterThan(1);
          expect(Object.keys(cells).sort()).toEqual(["nom", "note"]);
        }
        for (const { line, reason } of faults) {
          expect(line).toBeGreaterThan(0);
          expect(reason).toMatch(/\.$/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

test("a value quoted in a fault is short and harmless to a terminal", () => {
  expect(quotable("\u001b[2J\u0000a\u202eb\n c")).toBe("[2Jab c");
  expect([...quotable("😀".repeat(100))]).toHaveLength(61);
});
