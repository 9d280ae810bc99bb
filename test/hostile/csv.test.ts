/** The files that an administrator imports, made by somebody else: whatever their bytes, a sentence and nothing, or all of it. */
import { readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { type Database, openDatabase } from "../../models/database.ts";
import { createSealer } from "../../models/sealing.ts";
import type { ImportFiles, ImportPlan } from "../../src/groupes/import.ts";
import { applyImport, kindOfFile, planImport } from "../../src/groupes/import.ts";
import type { Finders } from "../../src/groupes/importPlaces.ts";
import { type Desktop, KEYS, startDesktop } from "../cli/command.ts";
import { type TestDatabase, testDatabase } from "../support/mongo.ts";
import { runs } from "./runs.ts";
import { INNARDS } from "./site.ts";

/** Generous: a machine that does much else. What has to be refused takes a tenth of it. */
const TOLD_MS = 60_000;
/** What a terminal would obey, or show in another order than it is. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
const OBEYED = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

const noPlatform: Finders = { channels: null, rooms: null };
let stored: TestDatabase;
let db: Database;
beforeAll(async () => {
  stored = await testDatabase();
  db = await openDatabase(stored.uri, createSealer([{ id: "essai", key: Buffer.alloc(32, 7) }], Buffer.alloc(32, 9)));
});
afterAll(async () => {
  await db.close();
  await stored.close();
});

const everything = async (): Promise<string> =>
  JSON.stringify([
    await db.groupes.model.find({}).sort({ _id: 1 }).lean(),
    await db.agents.model.find({}).sort({ _id: 1 }).lean(),
  ]);

const plan = (files: ImportFiles): Promise<ImportPlan> => planImport(db, files, noPlatform);

/** Sentences, each short enough to be read, that tell nothing of the program and that a terminal only shows. */
function expectSentences(told: readonly { readonly line: number; readonly reason: string }[]): void {
  for (const { line, reason } of told) {
    expect(line).toBeGreaterThan(0);
    expect(reason).toMatch(/[.»…]$/);
    expect(reason).not.toMatch(OBEYED);
    expect(reason).not.toMatch(INNARDS);
    expect(reason.length).toBeLessThan(10_000);
  }
}

/** Refused, and nothing is written; or written whole, so that the same files change nothing more. */
async function allOrNothing(files: ImportFiles): Promise<void> {
  const before = await everything();
  const planned = await plan(files);
  if (planned.kind === "refused") {
    expect(planned.faults.length).toBeGreaterThan(0);
    expectSentences(planned.faults);
    expect(await everything()).toBe(before);
    return;
  }
  expectSentences([...planned.warnings, ...planned.aside]);
  await applyImport(db, planned);
  const again = await plan(files);
  expect(again.kind === "ready" && [again.groupes.saves, again.agents.saves]).toEqual([[], []]);
}

const GROUPES =
  "identifiant;nom;organisme;territoires;description;bal;horaires lundi\n" +
  'caf-01;CAF de l’Ain;CAF;01;Accueil;caf@exemple.test;9h–12h\ncpam-2a;"CPAM ; Corse";CPAM;2A 2B;;;\n';
const AGENTS =
  "email;nom;groupe;roles;qualite;telephone\n" +
  "camille@exemple.test;Camille Exemple;caf-01;instructeur, responsable;Conseillère;0612345678\nalix@exemple.test;Alix Modèle;;admin;;\n";
const LISTE = "matricule;lib_fs;code_departement_fs;code_insee_fs\n1;Exemple;01;01001\n";

/** What is put among the bytes of a file, or in place of them. */
const PIECES: readonly Buffer[] = [
  ...[
    ";", ",", '"', '""', "\n", "\r", "\r\n", "\t", "\0", "\u001b[2J\u0007", "\u202e\u2066", "\u2028", "\ufeff", "\u200b",
    "__proto__", "constructor", "aucun", "'aucun", "=cmd|' /C calc'!A0", "@SUM(1)", "+33", "-1", "\uff1d1+1", "'=1",
    "é".repeat(3_000), "x;".repeat(500), "\n;;;;;;\n", "🫠", "e\u0301".repeat(50),
  ].map((text) => Buffer.from(text)),
  Buffer.from("€é", "latin1"),
  Buffer.of(0xff, 0xfe),
  Buffer.of(0xc3),
  Buffer.of(0xed, 0xa0, 0x80),
  Buffer.of(0xef, 0xbb, 0xbf),
  Buffer.from(AGENTS, "utf16le"),
]; // biome-ignore format: one a line would hide the rest.

interface Cut {
  readonly at: number;
  readonly drop: number;
  readonly piece: number;
}
const cuts = fc.array(fc.record({ at: fc.nat(), drop: fc.constantFrom(0, 0, 1, 3, 40), piece: fc.nat(PIECES.length - 1) }), {
  minLength: 1,
  maxLength: 4,
});

const spoilt = (text: string, made: readonly Cut[]): Buffer =>
  made.reduce((bytes, { at, drop, piece }) => {
    const place = at % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, place), PIECES[piece] ?? Buffer.of(), bytes.subarray(place + drop)]);
  }, Buffer.from(text));

test("T-54 files of any bytes are imported whole or not at all, and what is wrong is told in sentences", async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string({ unit: "binary", maxLength: 300 }).map((s) => Buffer.from(s)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, fc.constantFrom("groupes", "agents", "franceServices" as const), async (content, kind) => {
      await allOrNothing({ [kind]: { name: "essai.csv", bytes: content } });
    }),
    runs(5),
  );
  await fc.assert(
    fc.asyncProperty(cuts, cuts, cuts, fc.nat(7), async (groupes, agents, liste, which) => {
      const file = (text: string, made: readonly Cut[], spoil: boolean) => ({
        name: "essai.csv",
        bytes: spoil ? spoilt(text, made) : Buffer.from(text),
      });
      const files = {
        groupes: { ...file(GROUPES, groupes, which % 2 === 1), name: "groupes.csv" },
        agents: { ...file(AGENTS, agents, which % 4 > 1), name: "agents.csv" },
        franceServices: { ...file(LISTE, liste, which > 3), name: "liste.csv" },
      };
      for (const each of Object.values(files)) kindOfFile(each);
      await allOrNothing(files);
    }),
    runs(8),
  );
});

test.each<[string, ImportFiles]>([
  ["a hundred thousand columns", { agents: table(`email;nom;groupe;roles${";x".repeat(100_000)}\n`) }],
  [
    "a cell of eight million letters",
    { agents: table(`email;nom;groupe;roles\na@exemple.test;${"é".repeat(4_000_000)};;admin\n`) },
  ],
  ["a quote that is never closed", { agents: table(`email;nom;groupe;roles\na@exemple.test;"${"x\n".repeat(4_000_000)}`) }],
  ["one address again and again", { agents: table(`email;nom;groupe;roles\n${"a@exemple.test;A;g-1;aidant\n".repeat(20_000)}`) }],
  ["more lines than there are agents", { agents: table(`email;nom;groupe;roles\n${"a\n".repeat(100_001)}`) }],
  ["zeros only", { groupes: { name: "essai.csv", bytes: new Uint8Array(32 * 1024 * 1024) } }],
  [
    "a word of sixteen million letters that is not UTF-8",
    { groupes: { name: "essai.csv", bytes: Buffer.alloc(16_000_000, 0xe9) } },
  ],
])("T-55 %s: refused within seconds, with a sentence", async (_what, files) => {
  const began = performance.now();
  const planned = await plan(files);
  if (planned.kind !== "refused") throw new Error("it was not refused");
  expectSentences(planned.faults.slice(0, 100));
  expect(performance.now() - began).toBeLessThan(TOLD_MS);
});

function table(text: string) {
  return { name: "essai.csv", bytes: Buffer.from(text) };
}

describe("the command", () => {
  let desktop: Desktop;
  beforeAll(async () => {
    desktop = await startDesktop();
  });
  afterAll(() => desktop.close());

  const run = (...args: string[]) => desktop.run(args, { ...KEYS, MONGODB_URI: stored.uri });

  test("T-56 a file without end, a folder, and thousands of faults are told in a few lines", async () => {
    await symlink("/dev/zero", join(desktop.folder, "sans-fin.csv"));
    const endless = await run("importer", "sans-fin.csv");
    expect(endless).toMatchObject({ status: 1, err: expect.stringContaining("le fichier dépasse 32 Mo") });
    expect(await run("importer", ".")).toMatchObject({ status: 1, err: expect.stringContaining("ne peut pas être lu") });
    await desktop.file("fautes.csv", `email;nom;groupe;roles\n${"=1;\u001b[2J;\u202e;\n".repeat(3_000)}`);
    const faulty = await run("importer", "fautes.csv");
    expect(faulty.status).toBe(1);
    expect(faulty.err.split("\n").length).toBeLessThan(600);
    expect(faulty.err).toMatch(/… et \d+ autres, à voir[\s\S]*rien n’a été importé/);
    for (const { err, out } of [endless, faulty]) expect(`${out}${err}`.replaceAll("\n", "")).not.toMatch(OBEYED);
  });

  test("T-57 no cell of what is exported is a formula, and what comes back in is what was there", async () => {
    const names = ["=1+1", "@SUM(1)", "+cmd|' /C calc'!A0", "-2+3", "\uff1d1", "'=1", '"=1"', "a;=1", "aucun"];
    const lines = names.map((name, n) => `formule-${n};"${name.replaceAll('"', '""')} n° ${n}";CAF;01`);
    await desktop.file("formules.csv", `identifiant;nom;organisme;territoires\n${lines.join("\n")}\n`);
    expect(await run("importer", "formules.csv")).toMatchObject({ status: 0 });
    expect(await run("exporter", "export")).toMatchObject({ status: 0 });
    const written = ["groupes.csv", "agents.csv"].map((name) => join(desktop.folder, "export", name));
    for (const path of written) {
      const cells = (parse(await readFile(path), { bom: true, delimiter: ";" }) as string[][]).flat();
      expect(cells.filter((cell) => /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell))).toEqual([]);
    }
    const again = await run("importer", "export/groupes.csv", "export/agents.csv", "--essai");
    expect(again).toMatchObject({ status: 0, out: expect.stringMatching(/0 nouveau, 0 modifié[\s\S]*0 nouveau, 0 modifié/) });
  });
});
