/** The inbound API, from outside: bodies changed in every way and properly signed. What test/http tells of single faults is not told again. */
import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { ASKED, headersOf, SECRET } from "../http/client.ts";
import { untilQuiet } from "../support/quiet.ts";
import { edited, edits } from "./edits.ts";
import { runs } from "./runs.ts";
import { type Answer, expectDiscreet, Site } from "./site.ts";

const OWN = { ...ASKED, aidant: { email: "camille.exemple@exemple.test" }, groupes: ["caf-01"] };
const OTHER = "un-autre-secret-d-essai-de-plus-de-32-caracteres";
let site: Site;

beforeAll(async () => {
  site = await Site.open({}, { API_CLIENTS: `essai:${SECRET},autre:${OTHER}` });
});
afterEach(async () => site.unharmed());
afterAll(async () => site.close());

const count = () => site.world.db.demandes.model.countDocuments({});

function post(body: string | Buffer, key: string = randomUUID(), more: Record<string, string> = {}): Promise<Answer> {
  return site.send("/api/demandes", { headers: { ...headersOf({ body, key }), ...more }, body });
}

test("T-20 bodies with fields gone, doubled, mistyped or far too long are refused at their field, or are one demande", async () => {
  await fc.assert(
    fc.asyncProperty(edits, async (changes) => {
      const before = await count();
      const answer = await post(JSON.stringify(edited(OWN, changes)));
      expectDiscreet(answer);
      expect([201, 400, 413, 422]).toContain(answer.status);
      expect(await count()).toBe(before + (answer.status === 201 ? 1 : 0));
    }),
    runs(4),
  );
  await untilQuiet(site.world.db, site.world.slack);
});

test("T-21 bytes of any kind, properly signed, are refused", async () => {
  const before = await count();
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json(), fc.string({ unit: "binary" })), async (bytes) => {
      const body = Buffer.from(bytes as string);
      const answer = await post(body);
      expectDiscreet(answer);
      expect([400, 415, 422]).toContain(answer.status);
    }),
    runs(2),
  );
  expect(await count()).toBe(before);
});

test("T-22 fields that are nobody’s to give are refused: number, status, opener, prototype", async () => {
  const before = await count();
  const text = JSON.stringify(OWN).slice(0, -1);
  for (const more of [
    '"_id":"x"',
    '"ref":1',
    '"status":"archivee"',
    '"revision":9',
    '"shared":true',
    '"opener":{"agentId":"claude.admin"}',
    '"source":{"client":"autre"}',
    '"events":[]',
    '"threads":[]',
    '"$set":{"status":"traitee"}',
    '"__proto__":{"autorisation":true}',
    '"constructor":{"prototype":{"admin":true}}',
  ]) {
    const answer = await post(`${text},${more}}`);
    expectDiscreet(answer);
    expect({ more, status: answer.status }).toEqual({ more, status: 422 });
  }
  expect(await count()).toBe(before);
});

test("T-23 an address made up says the same of a demande that is there, of one that is not, and of none", async () => {
  const [one] = await site.world.db.demandes.model.find({}, { _id: 1 }).limit(1).lean<{ _id: string }[]>();
  const answers = new Set<string>();
  for (const id of [
    one?._id ?? "",
    "inconnue",
    "__proto__",
    "constructor",
    "x".repeat(64),
    "x".repeat(65),
    "D-000001",
    "%00",
    "..%2f",
  ]) {
    const path = `/api/demandes/${id}`;
    const answer = await site.send(path, {
      method: "GET",
      headers: headersOf({ method: "GET", path, client: "autre", secret: OTHER }),
    });
    answers.add(`${answer.status} ${answer.text}`);
  }
  expect([...answers]).toEqual([expect.stringMatching(/^404 .*urn:aplus-bot:probleme:adresse/)]);
});

test("T-24 signatures in every form but the right one take no body in", async () => {
  const before = await count();
  const body = JSON.stringify(OWN);
  const good = headersOf({ body, key: "k" });
  const signature = good["aplus-signature"] ?? "";
  for (const forged of [
    "",
    ",",
    "v1=",
    "v0=".padEnd(67, "0"),
    signature.slice(0, -1),
    `${signature}0`,
    signature.toUpperCase(),
    signature.replace("v1=", "v1 ="),
    "v1=".padEnd(15_000, "f"),
    `${"v1=x,".repeat(5)}${signature}`,
  ]) {
    const answer = await post(body, "k", { "aplus-signature": forged });
    expect([forged, answer.status]).toEqual([forged, 401]);
  }
  for (const [name, value] of [
    ["aplus-timestamp", "99999999999"],
    ["aplus-timestamp", "-1"],
    ["aplus-client", "__proto__"],
  ] as const)
    expect((await post(body, "k", { [name]: value })).status).toBe(401);
  expect(await count()).toBe(before);
});

test("an honest demande is taken as ever", async () => {
  const answer = await post(JSON.stringify(OWN));
  expect(answer.status).toBe(201);
  await untilQuiet(site.world.db, site.world.slack);
});
