import { contradicts, isRelayed } from "../../src/domain/fileTypes.ts";

const WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const latin = (text: string) => Buffer.from(text, "latin1");

test("what administrations exchange is relayed, whatever dots its name has", () => {
  for (const [name, mimetype] of [
    ["attestation.pdf", "application/pdf"],
    ["dossier n.2 du 12.03.2026", "application/pdf"],
    ["photo", "image/heic"],
    ["courrier.docx", WORD],
    ["tableau.ods", "application/vnd.oasis.opendocument.spreadsheet"],
    ["liste.xls", "application/vnd.ms-excel"],
    ["mise.sh.txt", "text/plain"],
  ] as const)
    expect({ name, relayed: isRelayed({ name, mimetype }) }).toEqual({ name, relayed: true });
});

test("what runs on the reader’s machine is not, by its type or by the end of its name", () => {
  for (const [name, mimetype] of [
    ["a.pdf", "application/x-msdownload"],
    ["a.svg", "image/svg+xml"],
    ["a.xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12"],
    ["facture.pdf.exe", "application/pdf"],
    ["facture.EXE. .", "application/pdf"],
    ["page.html", "text/plain"],
    ["raccourci.lnk", "image/png"],
    ["a.docm", WORD],
  ] as const)
    expect({ name, relayed: isRelayed({ name, mimetype }) }).toEqual({ name, relayed: false });
});

test.each<[string, Buffer, boolean]>([
  ["application/pdf", latin("\r\n%PDF-1.4"), false],
  ["application/pdf", latin("MZ\x90\0"), true],
  [WORD, latin("PK\x03\x04"), false],
  [WORD, latin("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), false],
  [WORD, latin("#!/bin/sh"), true],
  ["application/vnd.ms-excel", latin("<html><table>"), false],
  ["application/vnd.ms-excel", latin("nom;prénom"), false],
  ["image/jpeg", latin("\x89PNG\r\n\x1a\n"), false],
  ["image/heic", latin("\0\0\0\x18ftypheic"), false],
  ["image/jpeg", latin("PK\x03\x04"), true],
  ["image/png", latin("\xef\xbb\xbf <svg onload=x>"), true],
  ["text/plain", latin("MZ : liste du matin"), false],
  ["text/plain", latin("MZ\x90\0\x03"), true],
  ["text/csv", latin(""), false],
])("%s that begins so contradicts itself or not", (mimetype, head, contradiction) => {
  expect(contradicts(mimetype, head)).toBe(contradiction);
});
