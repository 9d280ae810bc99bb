/** Somebody, or some system, that does far more than people do: told to wait, and nobody else waits; what was taken is whole. */
import { randomUUID } from "node:crypto";
import { haste } from "../../src/demandes/haste.ts";
import { Paces } from "../../src/demandes/paces.ts";
import { ASKED, headersOf, SECRET } from "../http/client.ts";
import { demandeOf, type Name, openDemande, threadOf } from "../support/demandes.ts";
import { matrixPeople } from "../support/matrixPeople.ts";
import type { PlatformUnderTest } from "../support/platformUnderTest.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { type Answer, Site } from "./site.ts";

const OTHER = "un-autre-secret-d-essai-de-plus-de-32-caracteres";
/** A minute, with three times as many at once; and five times as many of the API. */
const ACTS = 2;
const OPENINGS = 2;
const SENT = 20;
let site: Site;
const quiet = () => untilQuiet(site.world.db, sitesOf(site.world));

beforeAll(async () => {
  const clients = `essai:${SECRET},autre:${OTHER}`;
  const paces = { ACTS_PER_MINUTE: String(ACTS), API_DEMANDES_PER_MINUTE: String(OPENINGS) };
  site = await Site.open({ matrix: "seed" }, { API_CLIENTS: clients, ...paces });
});
afterEach(async () => {
  await quiet();
  await site.unharmed();
});
afterAll(async () => site.close());

/** Nobody waits for what follows from each message: floods do not. */
async function flooded(people: PlatformUnderTest, who: string, ref: number, name: Name): Promise<number> {
  const thread = threadOf(await demandeOf(site.world.db, ref), name);
  for (let n = 0; n < SENT; n++) await people.say(who, thread, `message n° ${n}`);
  await quiet();
  const words = (await demandeOf(site.world.db, ref)).events.filter(({ type }) => type === "message");
  return words.length;
}

test("T-69 a person who writes twenty messages in a row is told once to wait; the others go on, on both platforms", async () => {
  const onSlack = slackPeople(site.world);
  const flood = { slack: slackPeople(site.world, "ack"), matrix: matrixPeople(site.world, "ack") };
  const ref = await openDemande(onSlack, { groupes: ["caf-01", "prefecture-01"] });
  await quiet();
  const fromSlack = await flooded(flood.slack, "alix.modele", ref, "caf-01");
  // What fills the store while the test lasts comes on top: a few, and never all.
  expect(fromSlack).toBeGreaterThanOrEqual(3 * ACTS);
  expect(fromSlack).toBeLessThan(SENT);
  const all = await flooded(flood.matrix, "morgan.fictif", ref, "prefecture-01");
  expect(all - fromSlack).toBeGreaterThanOrEqual(3 * ACTS);
  expect(all - fromSlack).toBeLessThan(SENT);
  const { channel, root } = threadOf(await demandeOf(site.world.db, ref), "caf-01");
  const as = site.world.account("alix.modele").user;
  const { messages } = await site.world.slack.control.messages({ channel: channel ?? "", thread: root ?? "", as });
  const told = messages.filter((message) => JSON.stringify(message).includes("Vous allez trop vite"));
  expect(told.length).toBeGreaterThanOrEqual(1);
  expect(told.length).toBeLessThan(4);
  await onSlack.say("camille.exemple", threadOf(await demandeOf(site.world.db, ref), "aidant"), "Et moi, je suis entendue.");
  await quiet();
  expect((await demandeOf(site.world.db, ref)).events.filter(({ type }) => type === "message")).toHaveLength(all + 1);
});

test("T-28 a system that opens demandes without end is told when to come back; what is there is answered, and others are served", async () => {
  const body = JSON.stringify({ ...ASKED, aidant: { email: "camille.exemple@exemple.test" }, groupes: ["caf-01"] });
  const post = (key: string, secret?: string): Promise<Answer> =>
    site.send("/api/demandes", {
      headers: secret === undefined ? headersOf({ body, key }) : headersOf({ body, key, client: "autre", secret }),
      body,
    });
  const count = () => site.world.db.demandes.model.countDocuments({});
  const before = await count();
  const keys = Array.from({ length: 30 }, () => randomUUID());
  const answers: Answer[] = [];
  for (const key of keys) answers.push(await post(key));
  const taken = answers.filter(({ status }) => status === 201).length;
  expect(taken).toBeGreaterThanOrEqual(5 * OPENINGS);
  expect(taken).toBeLessThan(keys.length / 2);
  expect(await count()).toBe(before + taken);
  const refused = answers.filter(({ status }) => status !== 201);
  for (const { status, headers, text } of refused) {
    expect([status, JSON.parse(text).type]).toEqual([429, "urn:aplus-bot:probleme:debit"]);
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(headers["retry-after"])).toBeLessThanOrEqual(30);
  }
  expect((await post(keys[0] ?? "")).status).toBe(201);
  expect((await post(randomUUID(), OTHER)).status).toBe(201);
});

test("what was said while the bot was away is no haste, nor is what comes twice, nor is a removal, a form that is sent or the home", () => {
  const now = new Date();
  const paces = Paces.of("acts", 1);
  if (!paces) throw new Error("no limit");
  const context = { paces, clock: { now: () => now } } as unknown as Parameters<typeof haste>[0];
  const person = { platform: "slack", workspace: "T0EXEMPLE", user: "U0EXEMPLE" } as const;
  const act = (kind: string, saidAt = now) => haste(context, { person, saidAt }, kind);
  // Sent again, tried again, found again by the catch-up: it is one act.
  for (let n = 0; n < 5; n++) expect(haste(context, { id: "e1", person, saidAt: now }, "message")).toBeNull();
  for (let n = 0; n < 2; n++) expect(act("click")).toBeNull();
  expect(act("click")).toMatchObject({ kind: "tell", refused: true });
  expect(act("message")).toEqual({ kind: "nothing" });
  expect(act("message", new Date(now.getTime() - 3_600_000))).toBeNull();
  for (const kind of ["deletion", "form", "home"]) expect(act(kind)).toBeNull();
  expect(haste(context, { person: { ...person, user: "U1EXEMPLE" } }, "click")).toBeNull();
  expect(Paces.of("acts", 0)).toBeNull();
});
