/** An export that is imported again: whatever is stored, it changes nothing where it comes from, and gives the same elsewhere. */
import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import type { AgentRecord } from "../../models/agent.ts";
import type { Groupe } from "../../models/groupe.ts";
import { OPENING_DAYS } from "../../models/groupe.ts";
import { cleanLine, cleanText } from "../../src/domain/cleaning.ts";
import { fold } from "../../src/domain/folding.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import { ORGANISMES } from "../../src/domain/organismes.ts";
import { normaliseTelephone } from "../../src/domain/telephone.ts";
import { TERRITOIRES } from "../../src/domain/territoires.ts";
import { CSV_FORM } from "../../src/groupes/csvCells.ts";
import { agentLines, agentTitles, groupeCells, groupeTitles } from "../../src/groupes/exportRows.ts";
import { planAgents } from "../../src/groupes/importAgents.ts";
import { planGroupes } from "../../src/groupes/importGroupes.ts";
import { agentColumns, checkAgentRows, checkGroupeRows, groupeColumns } from "../../src/groupes/importRows.ts";
import { readTable } from "../../src/groupes/importTable.ts";

const piece = fc.constantFrom(
  "=",
  "+",
  "-",
  "@",
  "'",
  "\t",
  "\n",
  "aucun",
  "Aucun",
  ";",
  ",",
  '"',
  "é",
  "’",
  "1",
  "fermé",
  " ",
  "😀",
);
const raw = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
);
/** What a form could have stored. */
const cleaned = (clean: typeof cleanLine) =>
  raw
    .map((text) => clean(text, 200))
    .filter((text) => text.ok)
    .map((text) => (text.ok ? text.value : ""));
const line = cleaned(cleanLine);
const block = cleaned(cleanText);
const telephone = fc.constantFrom("", "06 12 34 56 78", "0612345678", "+33 6 12 34 56 78", "+68940000000", "39 49", "poste 12");
const email = fc.constantFrom("+b@exemple.test", "c@exemple.test", "-d@exemple.test", "'e@exemple.test");
const orNull = (text: string): string | null => text || null;

const place: fc.Arbitrary<Groupe["place"]> = fc.constantFrom<Groupe["place"][]>(
  null,
  { platform: "slack", workspace: "T0EXEMPLE", channel: "C0EXEMPLE" },
  { platform: "matrix", workspace: "exemple.test", channel: "!salon:exemple.test" },
);

const groupe: fc.Arbitrary<Groupe> = fc.record({
  id: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,9}$/).map(groupeId),
  name: line.filter((text) => fold(text) !== ""),
  description: block,
  organisme: fc.constantFrom(...ORGANISMES.map(({ sigle }) => sigle as string)),
  territoires: fc.uniqueArray(fc.constantFrom(...TERRITOIRES.map(({ code }) => code as string)), { minLength: 1, maxLength: 4 }),
  franceServices: fc.boolean(),
  place,
  details: fc.record({
    bal: fc.option(email),
    telephone: telephone.map(orNull),
    adresse: line.map(orNull),
    hours: fc
      .record(Object.fromEntries(OPENING_DAYS.map((day) => [day, line])))
      .map((hours) => Object.fromEntries(Object.entries(hours).filter(([, text]) => text !== ""))),
  }),
});

const memberships = fc.uniqueArray(
  fc.record({
    groupeId: fc.constantFrom("a", "b", "c").map(groupeId),
    aidant: fc.boolean(),
    instructeur: fc.boolean(),
    responsable: fc.boolean(),
  }),
  { selector: ({ groupeId: id }) => id, maxLength: 3 },
);

const agent: fc.Arbitrary<AgentRecord> = fc.record({
  id: fc.uuid().map(agentId),
  email,
  name: line.filter((text) => text !== ""),
  admin: fc.boolean(),
  disabled: fc.boolean(),
  shared: fc.boolean(),
  memberships,
  identities: fc.constantFrom<AgentRecord["identities"][]>(
    [],
    [{ platform: "slack", workspace: "T0EXEMPLE", user: "U0EXEMPLE" }],
    [{ platform: "matrix", workspace: "exemple.test", user: "@alix:exemple.test" }],
    [
      { platform: "matrix", workspace: "exemple.test", user: "@un:exemple.test" },
      { platform: "matrix", workspace: "exemple.test", user: "@deux:exemple.test" },
    ],
  ),
  profile: fc.record({ qualite: line.map((text) => text.slice(0, 30).trim().toWellFormed()), telephone, digest: fc.boolean() }),
});

const file = (titles: readonly string[], lines: readonly (readonly string[])[]) => ({
  name: "export.csv",
  bytes: Buffer.from(stringify(lines as string[][], { ...CSV_FORM, columns: [...titles] })),
});

const titles = Object.fromEntries(Object.entries(groupeColumns).map(([name, { title }]) => [name, title])) as never;
const platforms = { channels: null, rooms: { workspace: "exemple.test", idOf: async (room: string) => room } };

describe("an export imported again", () => {
  test("changes no groupe where it comes from, and makes the same groupe elsewhere", async () => {
    await fc.assert(
      fc.asyncProperty(groupe, async (stored) => {
        fc.pre([...stored.name].length <= 100);
        const checked = checkGroupeRows("export.csv", readTable(file(groupeTitles, [groupeCells(stored)]), groupeColumns));
        expect(checked.faults).toEqual([]);
        const lines = checked.rows.map((row) => ({ ...row, file: "export.csv", titles }));
        const same = await planGroupes(lines, [stored], platforms);
        expect([same.faults, same.changes.flatMap(({ details }) => details)]).toEqual([[], []]);
        const { saves } = await planGroupes(lines, [], platforms);
        const number = stored.details.telephone;
        expect(saves).toEqual([
          {
            ...stored,
            territoires: [...stored.territoires].sort(),
            details: { ...stored.details, telephone: number && (normaliseTelephone(number) ?? number) },
          },
        ]);
      }),
      { numRuns: 300 },
    );
  });

  test("changes no agent, roles and accounts included", () => {
    fc.assert(
      fc.property(agent, (stored) => {
        fc.pre([...stored.name].length <= 100);
        const checked = checkAgentRows("export.csv", readTable(file(agentTitles, agentLines(stored)), agentColumns));
        expect(checked.faults).toEqual([]);
        const matrix = { workspace: "exemple.test", owners: [stored] };
        const plan = planAgents("export.csv", checked, new Map([[stored.email, stored]]), new Set(["a", "b", "c"]), matrix);
        expect([plan.faults, plan.saves, plan.changes.flatMap(({ details }) => details)]).toEqual([[], [], []]);
      }),
      { numRuns: 300 },
    );
  });
});
