/** Words that stand nowhere but where a person wrote them, and looking for them in whatever may hold them. */
import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BSON } from "mongodb";
import type { Database } from "../../models/database.ts";

/** In every planted text. */
export const CANARY = "zqcanari";
/** Of the fields that take figures only. */
const keyOf = (number: string): string => String(97 - Number(BigInt(number) % 97n)).padStart(2, "0");
const NIR = "1550401987612";
export const FIGURES = {
  numeroSecuriteSociale: `${NIR}${keyOf(NIR)}`,
  telephone: "0498769871",
  numeroAllocataire: "8361947",
} as const;

/** The characters of base64 that depend on the word alone, wherever it begins among three bytes. */
const inBase64 = (word: string): string[] =>
  [0, 1, 2].map((before) => {
    const text = Buffer.from(" ".repeat(before) + word).toString("base64");
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + word.length) * 8) / 6));
  });

const WORDS = [CANARY, FIGURES.numeroSecuriteSociale, FIGURES.telephone.slice(1)];
const SHAPES = WORDS.flatMap((word) => [
  { as: "text", bytes: Buffer.from(word) },
  { as: "UTF-16", bytes: Buffer.from(word, "utf16le") },
  { as: "hexadecimal", bytes: Buffer.from(Buffer.from(word).toString("hex")) },
  ...inBase64(word).map((text) => ({ as: "base64", bytes: Buffer.from(text) })),
]);

const AROUND = 80;

const around = (bytes: Buffer, at: number): string =>
  bytes
    .subarray(Math.max(0, at - AROUND), at + AROUND)
    .toString("latin1")
    .replace(/[^\x20-\x7e]/g, ".");

/** Where a canary stands in it, in whatever case and coding, with what is around; none is right. */
export function canariesIn(what: string | Uint8Array): string[] {
  const bytes = Buffer.from(what as string);
  const lower = Buffer.from(bytes.toString("latin1").toLowerCase(), "latin1");
  return SHAPES.flatMap(({ as, bytes: shape }) => {
    const within = as === "base64" ? bytes : lower;
    const at = within.indexOf(shape);
    return at < 0 ? [] : [`${as}: ${around(bytes, at)}`];
  });
}

/** Every document of every collection, as its bytes. */
export async function canariesInDatabase({ connection }: Database): Promise<{ documents: number; found: string[] }> {
  const found: string[] = [];
  let documents = 0;
  const collections = (await connection.db?.listCollections().toArray()) ?? [];
  for (const { name } of collections)
    for (const document of await connection.collection(name).find({}).toArray()) {
      documents += 1;
      found.push(...canariesIn(BSON.serialize(document)).map((trace) => `${name}: ${trace}`));
    }
  return { documents, found };
}

/** The bytes of all files of a folder and of those within it. */
export async function bytesUnder(folder: string): Promise<Buffer> {
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  return Buffer.concat(await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))));
}
