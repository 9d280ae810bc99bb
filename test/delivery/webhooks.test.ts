/** Webhooks over real HTTP: order, faults, dead letters, several processes, and nothing personal. */
import { createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { LoadedDemande } from "../../models/demandes.ts";
import { isPublic } from "../../src/delivery/webhooks/address.ts";
import { webhookEventSchema } from "../../src/delivery/webhooks/payload.ts";
import { sendWebhook } from "../../src/delivery/webhooks/send.ts";
import { Webhooks } from "../../src/delivery/webhooks/webhooks.ts";
import { Metrics } from "../../src/metrics.ts";
import type { World as Desk } from "../demandes/world.ts";
import { World } from "../demandes/world.ts";
import { until } from "../support/until.ts";

const SECRET = "un-secret-d-essai-de-plus-de-32-caracteres";
const SECOND = "le-nouveau-secret-de-plus-de-32-caracteres";

interface Arrival {
  readonly key: string;
  readonly signed: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: what a stranger sends
  readonly event: any;
  readonly text: string;
}

/** A system that is told, which checks signatures with code of its own. */
class Receiver {
  readonly arrivals: Arrival[] = [];
  /** How it answers the next ones. */
  answer: (response: ServerResponse, arrival: Arrival) => void = (response) => response.writeHead(204).end();
  private readonly server = createServer((request, response) => void this.receive(request, response));

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/evenements?de=aplus`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString("utf8");
    const { "aplus-timestamp": at, "idempotency-key": key = "", "aplus-signature": given = "" } = request.headers;
    const parts = `v1\n${at}\nPOST\n${request.url}\n${key}\n${text}`;
    const expected = [SECRET, SECOND].map((secret) => `v1=${createHmac("sha256", secret).update(parts).digest("hex")}`);
    const arrival = { key: String(key), signed: given === expected.join(","), event: JSON.parse(text), text };
    this.arrivals.push(arrival);
    this.answer(response, arrival);
  }
}

let w: Desk;
let receiver: Receiver;
let senders: Webhooks[] = [];
let metrics: Metrics;

const ENDPOINT = "essai";
const cursors = () => w.db.webhooks.model.find({}).lean();
const seqs = () => receiver.arrivals.map(({ event }) => event.numero);

function sender(options: { deadAfterMs?: number; url?: string; owner?: string } = {}): Webhooks {
  const { url = receiver.url, owner = "test/1", ...more } = options;
  const endpoints = [{ id: ENDPOINT, url, secrets: [SECRET, SECOND] }];
  const settings = { endpoints, allowPrivate: false };
  const made = new Webhooks({ db: w.db, log: w.context.log, metrics, owner, settings, timeoutMs: 1_000, ...more });
  senders.push(made);
  return made;
}

/** As if the wait after a refusal were over. */
const hurry = () => w.db.webhooks.model.updateMany({ sendAt: { $ne: null } }, { $set: { sendAt: new Date(0) } });

beforeAll(async () => {
  w = await World.open();
});
afterAll(() => w.close());
beforeEach(async () => {
  await w.db.webhooks.model.deleteMany({});
  metrics = new Metrics();
  receiver = new Receiver();
  await receiver.open();
});
afterEach(async () => {
  await Promise.all(senders.map((one) => one.stop()));
  senders = [];
  receiver.close();
});

/** A demande with a whole life: eight events, some between instructeurs. */
async function lived(): Promise<LoadedDemande> {
  const { id } = await w.demande({ description: "Canari-description", prenom: "Canariprénom", nomDeFamille: "Canarinom" });
  await w.click("ada", "voir", id);
  await w.click("ada", "prendre", id);
  await w.say("ada", id, "caf", "Canari-entre-nous");
  await w.say("camille", id, "aidant", "Canari-parole");
  return w.load(id);
}

test("every event, in order, signed with each secret, once; and nothing personal in any of them", async () => {
  const demande = await lived();
  const webhooks = sender();
  await webhooks.note(demande);
  await webhooks.sweep();
  expect(seqs()).toEqual(demande.events.map(({ seq }) => seq));
  expect(receiver.arrivals.map(({ key }) => key)).toEqual(demande.events.map(({ seq }) => `${demande.id}.${seq}`));
  expect(receiver.arrivals.every(({ signed }) => signed)).toBe(true);
  for (const { event } of receiver.arrivals) expect(webhookEventSchema.safeParse(event).error).toBeUndefined();
  expect(receiver.arrivals.map(({ event }) => event.type).slice(0, 3)).toEqual([
    "demande.ouverte",
    "demande.consultee",
    "demande.prise_en_charge",
  ]);
  expect(receiver.arrivals[0]?.event.demande).toMatchObject({ statut: "nouvelle", groupes: [{ id: "caf", etat: "saisi" }] });
  expect(receiver.arrivals[2]?.event.demande).toMatchObject({ statut: "en_cours", groupes: [{ id: "caf", etat: "en_charge" }] });
  const everything = `${receiver.arrivals.map(({ text }) => text).join()}${JSON.stringify(await cursors())}${JSON.stringify(w.logged)}`;
  expect(everything).not.toMatch(/Canari|Exemple|camille|"ada|Droits/);
  await webhooks.note(demande);
  await webhooks.sweep();
  expect(seqs()).toHaveLength(demande.events.length);
});

test("an endpoint is told what comes after it was configured, not the years before", async () => {
  const demande = await lived();
  const webhooks = sender();
  await webhooks.note({ ...demande, noticed: demande.revision - 2 });
  await webhooks.sweep();
  expect(seqs()).toEqual([demande.revision - 1, demande.revision]);
});

test.each<[string, (response: ServerResponse) => void, string]>([
  ["fails", (response) => response.writeHead(500).end(), "http_500"],
  ["redirects", (response) => response.writeHead(302, { location: "/ailleurs" }).end(), "http_302"],
  ["hangs", () => undefined, "timeout"],
  ["cuts the connection", (response) => response.destroy(), "ECONNRESET"],
])("one that %s is tried again later, from the same event, and nothing overtakes it", async (_, answer, code) => {
  const demande = await lived();
  const webhooks = sender();
  await webhooks.note(demande);
  const well = receiver.answer;
  receiver.answer = (response, arrival) => (arrival.event.numero === 2 ? answer(response) : well(response, arrival));
  await webhooks.sweep();
  expect(seqs()).toEqual([1, 2]);
  const [cursor] = await cursors();
  expect(cursor).toMatchObject({ sent: 1, attempts: 1, reason: code, lease: null });
  receiver.answer = well;
  await hurry();
  await webhooks.sweep();
  expect(seqs()).toEqual([1, 2, ...demande.events.slice(1).map(({ seq }) => seq)]);
  expect(new Set(receiver.arrivals.slice(1, 3).map(({ text }) => text)).size).toBe(1);
  expect((await cursors())[0]).toMatchObject({ sendAt: null, failingSince: null, attempts: 0 });
});

test("Retry-After is respected, an hour at most", async () => {
  const webhooks = sender();
  await webhooks.note(await lived());
  for (const [asked, least, most] of [
    ["120", 110_000, 130_000],
    ["999999", 3_500_000, 3_700_000],
  ] as const) {
    receiver.answer = (response) => response.writeHead(429, { "retry-after": asked }).end();
    await hurry();
    await webhooks.sweep();
    const [cursor] = await cursors();
    const wait = (cursor?.sendAt?.getTime() ?? 0) - Date.now();
    expect(wait).toBeGreaterThan(least);
    expect(wait).toBeLessThan(most);
  }
});

test("what nothing takes for days becomes a dead letter, told and kept; « rejouer » sends it again, in order", async () => {
  const demande = await lived();
  const webhooks = sender({ deadAfterMs: 1 });
  await webhooks.note(demande);
  receiver.answer = (response) => response.writeHead(503).end();
  await webhooks.sweep();
  await hurry();
  await until("everything is buried", async () => {
    await hurry();
    await webhooks.sweep();
    return (await cursors())[0]?.sendAt === null;
  });
  const { dead } = await w.db.webhooks.troubles(ENDPOINT);
  expect([...dead]).toEqual([["http_503", demande.events.length]]);
  receiver.answer = (response) => response.writeHead(200).end("merci");
  receiver.arrivals.length = 0;
  expect(await w.db.webhooks.replay(ENDPOINT, new Date())).toEqual({ letters: demande.events.length, busy: 0 });
  await webhooks.sweep();
  expect(seqs()).toEqual(demande.events.map(({ seq }) => seq));
  expect((await w.db.webhooks.troubles(ENDPOINT)).dead.size).toBe(0);
  expect(await metrics.registry.metrics()).toContain(
    `aplus_webhooks_total{endpoint="essai",result="dead"} ${demande.events.length}`,
  );
});

test("several processes share the demandes: each event once, in order within its demande", async () => {
  const demandes = [];
  for (let n = 0; n < 12; n += 1) demandes.push(await lived());
  const three = ["a/1", "b/1", "c/1"].map((owner) => sender({ owner }));
  for (const demande of demandes) await Promise.all(three.map((one) => one.note(demande)));
  await Promise.all(three.map((one) => one.sweep()));
  for (const { id, events } of demandes) {
    const own = receiver.arrivals.filter(({ event }) => event.demande.id === id).map(({ event }) => event.numero);
    expect(own).toEqual(events.map(({ seq }) => seq));
  }
});

test("a process that dies after the receiver took it, before it was saved: it arrives again, under the same id", async () => {
  const demande = await lived();
  const dying = sender({ owner: "morte/1" });
  await dying.note(demande);
  const { sent } = w.db.webhooks;
  w.db.webhooks.sent = () => Promise.reject(new Error("killed"));
  await dying.sweep().catch(() => undefined);
  w.db.webhooks.sent = sent;
  expect(seqs()).toEqual([1]);
  await w.db.webhooks.freeInstance("morte");
  await sender({ owner: "suivante/1" }).sweep();
  expect(receiver.arrivals.map(({ key }) => key)).toEqual(
    [1, ...demande.events.map(({ seq }) => seq)].map((seq) => `${demande.id}.${seq}`),
  );
});

test("private addresses are refused, as written and as looked up, in all their disguises", async () => {
  for (const address of [
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "127.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
  ])
    expect([address, isPublic(address)]).toEqual([address, false]);
  for (const address of [
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "ff02::1",
    "pas une adresse",
  ])
    expect([address, isPublic(address)]).toEqual([address, false]);
  for (const address of ["8.8.8.8", "2001:4860:4860::8888"]) expect([address, isPublic(address)]).toEqual([address, true]);
  const to = (url: string, allowPrivate = false) =>
    sendWebhook({ id: ENDPOINT, url, secrets: [SECRET] }, "cle", {}, { allowPrivate, timeoutMs: 2_000 });
  const refused = { ok: false, code: "private_address", afterMs: 0 };
  expect(await to("https://10.0.0.1/")).toEqual(refused);
  expect(await to("https://[fd00::1]/")).toEqual(refused);
  expect(await to("https://[::ffff:10.0.0.1]/")).toEqual(refused);
  expect(await to("https://2130706434/")).toMatchObject({ ok: false });
  expect(await to(receiver.url)).toEqual({ ok: true });
  expect(await to(receiver.url.replace("127.0.0.1", "localhost"))).toEqual({ ok: true });
});
