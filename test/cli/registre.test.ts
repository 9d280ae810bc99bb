/** `aplus registre`, as administrators run it, on viewings of a real life. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { Database } from "../../models/database.ts";
import type { RegisterEntry } from "../../models/register.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import type { Desktop } from "./command.ts";
import { type Office, openOffice } from "./office.ts";

let office: Office;
let desktop: Desktop;
let db: Database;
let env: Readonly<Record<string, string>>;

beforeEach(async () => {
  office = await openOffice();
  ({ desktop, db, env } = office);
  await office.groupe("caf", "CAF de l’Ain", "CAF");
});
afterEach(() => office.close());

const seen = (id: string, at: string, more: Partial<RegisterEntry> = {}): Promise<void> =>
  db.register.add({
    id,
    act: "consultation",
    ref: 1,
    at: new Date(at),
    agentId: agentId("ada"),
    name: "Ada Exemple",
    groupeId: groupeId("caf"),
    from: "slack",
    reason: null,
    ...more,
  });

const registre = (...args: string[]) => desktop.run(["registre", ...args], env);
const lines = ({ out }: { readonly out: string }) => out.split("\n").filter((line) => line.includes("D-"));

test("who saw which demande, when, for which groupe and from where: all, of one demande, of one person, of a period; the earliest first", async () => {
  await seen("e2", "2026-03-11T09:00:00Z", { ref: 2, agentId: agentId("alix"), name: "Alix Modèle", from: "matrix" });
  await seen("e1", "2026-03-10T09:00:00Z");
  await seen("e1", "2026-03-10T09:00:00Z");
  await seen("e3", "2026-04-02T09:00:00Z", { act: "purge", agentId: null, name: "aplus-bot", groupeId: null, from: "aplus-bot" });
  const all = await registre("--periode", "depuis 01/03/2026");
  expect(all).toMatchObject({ status: 0, err: "" });
  expect(lines(all).map((line) => /D-\d+ · [^·]+/.exec(line)?.[0].trim())).toEqual([
    "D-000001 · Ada Exemple",
    "D-000002 · Alix Modèle",
    "D-000001 · aplus-bot",
  ]);
  expect(lines(all)[0]).toContain("consultation · D-000001 · Ada Exemple · ada · CAF de l’Ain · slack");
  expect(lines(await registre("--periode", "03/2026"))).toHaveLength(2);
  expect(lines(await registre("--periode", "03/2026", "--demande", "D-000002"))).toHaveLength(1);
  expect(lines(await registre("--periode", "depuis 01/03/2026", "--demande", "d-1"))).toHaveLength(2);
});

test("as CSV, which only its owner reads; more than are read at a time, each once", async () => {
  const at = new Date("2026-03-10T09:00:00Z").getTime();
  // Many at the same instant: a stretch ends among them.
  for (let n = 0; n < 1_201; n += 1)
    await seen(`e${n}`, new Date(at + Math.floor(n / 700)).toISOString(), { ref: n + 1, name: n === 0 ? "=1+1" : "Ada Exemple" });
  expect(await registre("registre.csv", "--periode", "03/2026")).toMatchObject({ status: 0, err: "" });
  const path = join(desktop.folder, "registre.csv");
  const rows = parse(await readFile(path), { bom: true, delimiter: ";", columns: true }) as Record<string, string>[];
  expect(new Set(rows.map(({ Demande }) => Demande)).size).toBe(1_201);
  expect(rows).toHaveLength(1_201);
  expect(rows.find(({ Demande }) => Demande === "D-000001")).toMatchObject({
    Par: "'=1+1",
    Groupe: "CAF de l’Ain",
    Depuis: "slack",
  });
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("what is wrong is said, and writes nothing", async () => {
  expect((await registre("--demande", "douze")).err).toContain("« douze »");
  expect((await registre("--agent", "personne@exemple.fr")).err).toContain("personne@exemple.fr");
  expect((await registre("--periode", "31/02/2026")).err).toContain("n’existe pas");
  await desktop.file("x.csv", "à moi");
  expect(await registre("x.csv")).toMatchObject({ status: 1, err: expect.stringContaining("existe déjà") });
  expect(await readFile(join(desktop.folder, "x.csv"), "utf8")).toBe("à moi");
});
