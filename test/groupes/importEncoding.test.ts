import { decode } from "../../src/groupes/importEncoding.ts";

const read = (bytes: readonly number[]) => decode(Uint8Array.from(bytes));
const latin = (text: string) => [...Buffer.from(text, "latin1")];

describe("the encoding of a file", () => {
  test("is UTF-8, with or without its mark, with the line ends of any system", () => {
    expect(decode(Buffer.from("\uFEFFnom;é\r\nl’œuvre\rfin", "utf8"))).toEqual({
      ok: true,
      text: "nom;é\nl’œuvre\nfin",
      guessed: null,
    });
  });

  test("or Windows-1252 as Excel writes it, curly apostrophes and ligatures included, with a word to check", () => {
    const bytes = [...latin("nom\r\nC"), 0x9c, ...latin("ur de l"), 0x92, ...latin("Ain "), 0x80, ...latin(" caf\xe9 \xab")];
    expect(read(bytes)).toEqual({ ok: true, text: "nom\nCœur de l’Ain € café «", guessed: "Cœur" });
  });

  test("or is told, never guessed wrong: UTF-16, other systems, damaged files", () => {
    const damaged = [...Buffer.from("nom\ncafé ", "utf8"), 0xe9];
    const marked = [0xef, 0xbb, 0xbf, ...latin("caf\xe9")];
    for (const bytes of [
      [...Buffer.from("\uFEFFnom\nx", "utf16le")],
      damaged,
      marked,
      // « è » of Mac OS.
      [...latin("Fr"), 0x8f, ...latin("re")],
      [...latin("caf\xe9"), 0],
    ])
      expect(read(bytes)).toEqual({ ok: false, reason: expect.stringContaining("UTF-8") });
  });
});
