/**
 * `aplus exporter-demandes`, as administrators run it; hostile names, and as many rows as a région has in years with a memory that
 * they would not fit in. ROWS=… writes as many.
 */
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse";
import { parse as parseWhole } from "csv-parse/sync";
import type { Database } from "../../models/database.ts";
import type { DemandeDocument } from "../../models/demande.ts";
import { groupeId } from "../../src/domain/ids.ts";
import { richText } from "../../src/domain/richtext.ts";
import { ADA, CAMILLE, store } from "../models/store.ts";
import type { Desktop } from "./command.ts";
import { type Office, openOffice } from "./office.ts";

const ROWS = Number(process.env.ROWS ?? 20_000);
const BATCH = 1000;
const MINUTE = 60_000;
/** In megabytes: most of it is the program’s own, and the rows as they are read are several times that. */
const HEAP = 64;

let office: Office;
let desktop: Desktop;
let db: Database;
let env: Readonly<Record<string, string>>;

beforeEach(async () => {
  office = await openOffice();
  ({ desktop, db, env } = office);
  env = { ...env, NODE_OPTIONS: `--max-old-space-size=${HEAP}` };
  await office.groupe("caf", "CAF de l’Ain", "CAF");
  await office.groupe("cpam", '=CPAM;"de" l’Ain', "CPAM");
});
afterEach(() => office.close());

const exporting = (...args: string[]) => desktop.run(["exporter-demandes", ...args], env);
const rowsOf = async (name: string) =>
  parseWhole(await readFile(join(desktop.folder, name)), { bom: true, delimiter: ";", columns: true }) as Record<
    string,
    string
  >[];

describe("what people typed", () => {
  test.each(["=1+1", "+33 6", "-2", "@SOMME(A1)", "\t=1", "\r=1", "a;b", 'dit "oui"', "deux\nlignes"])(
    "the name « %j » is no formula, and splits no cell",
    async (name) => {
      const by = { ...CAMILLE, name };
      await store(db, "d1", { ref: 1, by, next: [{ by: { ...ADA, name }, events: [{ type: "taken", audience: "tous" }] }] });
      const done = await exporting("tout.csv", "--periode", "03/2026");
      expect(done).toMatchObject({ status: 0, err: "" });
      const [row] = await rowsOf("tout.csv");
      const defused = /^[=+\-@\t\r]/.test(name) ? `'${name}` : name;
      expect(row).toMatchObject({ Créateur: defused, Invités: defused, "Groupes sollicités": "CAF de l’Ain" });
    },
  );
});

test("of one groupe or of all; nothing that was sealed; only its owner reads the file", async () => {
  await store(db, "d1", { ref: 1 });
  await store(db, "d2", {
    ref: 2,
    groupes: [groupeId("cpam")],
    next: [{ by: ADA, events: [{ type: "message", audience: "tous", text: richText("mot secret") }] }],
  });
  expect(await exporting("tout.csv", "--periode", "03/2026")).toMatchObject({ status: 0 });
  expect((await rowsOf("tout.csv")).map((row) => row["Groupes sollicités"])).toEqual(["CAF de l’Ain", `'=CPAM;"de" l’Ain`]);
  expect(await exporting("caf.csv", "--groupe", "caf de l'ain", "--periode", "03/2026")).toMatchObject({ status: 0 });
  expect((await rowsOf("caf.csv")).map((row) => row.Numéro)).toEqual(["D-000001"]);
  const text = await readFile(join(desktop.folder, "tout.csv"), "utf8");
  for (const secret of ["Droits suspendus", "Blocage", "mot secret"]) expect(text).not.toContain(secret);
  expect((await stat(join(desktop.folder, "tout.csv"))).mode & 0o777).toBe(0o600);
});

test("what is wrong is said, and writes nothing", async () => {
  const wrong = async (...args: string[]) => (await exporting(...args)).err;
  expect(await wrong("x.csv", "--periode", "31/02/2026")).toContain("n’existe pas");
  expect(await wrong("x.csv", "--groupe", "MSA")).toContain("« MSA »");
  await desktop.file("x.csv", "à moi");
  expect(await exporting("x.csv")).toMatchObject({ status: 1, err: expect.stringContaining("existe déjà") });
  expect(await readFile(join(desktop.folder, "x.csv"), "utf8")).toBe("à moi");
});

/** Copies of one demande as it is stored: what is sealed in them is never opened. */
async function fill(): Promise<void> {
  const at = new Date("2026-01-05T08:00:00Z");
  await store(db, "modele", {
    at,
    next: [
      { by: ADA, events: [{ type: "message", audience: "tous", text: richText("mot ".repeat(50)) }] },
      { by: CAMILLE, events: [{ type: "message", audience: "tous", text: richText("merci") }] },
      { by: ADA, events: [{ type: "processed", audience: "tous" }] },
    ],
  });
  const model = await db.demandes.model.collection.findOne({ _id: "modele" as never });
  if (!model) throw new Error("no model");
  await db.demandes.model.deleteOne({ _id: "modele" });
  const [opened, ...others] = model.events as DemandeDocument["events"];
  if (!opened) throw new Error("no event");
  for (let n = 0; n < ROWS; n += BATCH) {
    const some = Array.from({ length: Math.min(BATCH, ROWS - n) }, (_, k) => {
      const ref = n + k + 1;
      const events = [{ ...opened, data: { ...opened.data, ref } }, ...others];
      return { ...model, _id: `d${ref}`, ref, events, openedAt: new Date(at.getTime() + ref), threads: [] };
    });
    await db.demandes.model.collection.insertMany(some as never);
  }
}

test(
  `${ROWS} rows, with ${HEAP} MB`,
  async () => {
    await fill();
    const from = performance.now();
    const done = await exporting("grand.csv", "--groupe", "caf", "--periode", "01/2026");
    expect(done).toMatchObject({ status: 0, err: "" });
    process.stderr.write(`${ROWS} rows in ${Math.round(performance.now() - from)} ms\n`);
    let next = 1;
    const path = join(desktop.folder, "grand.csv");
    for await (const row of createReadStream(path).pipe(parse({ bom: true, delimiter: ";", columns: true }))) {
      const { Numéro: ref, Messages: messages } = row as Record<string, string>;
      if (ref !== `D-${String(next).padStart(6, "0")}` || messages !== "3") throw new Error(`row ${next}: ${ref}, ${messages}`);
      next += 1;
    }
    expect(next - 1).toBe(ROWS);
  },
  20 * MINUTE,
);
