/** The API over real HTTP: who may call, what is refused and how, one demande however many times it is sent. */
import { connect } from "node:net";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { demandeId } from "../../src/domain/ids.ts";
import { createApi } from "../../src/http/api/api.ts";
import { apiRoute } from "../../src/http/api/route.ts";
import type { HttpServer } from "../../src/http/server.ts";
import { startHttpServer } from "../../src/http/server.ts";
import { World } from "../demandes/world.ts";
import { ASKED, get, headersOf, post, SECRET, send } from "./client.ts";

const OTHER = "un-autre-secret-d-essai-de-plus-de-32-caracteres";
const OLD = "l-ancien-secret-d-essai-de-plus-de-32-caracteres";
let w: World;
let http: HttpServer;
let base: string;

beforeAll(async () => {
  w = await World.open();
  http = await startHttpServer(0, "127.0.0.1", w.context.log);
  const clients = [
    { id: "essai", secrets: [SECRET, OLD] },
    { id: "autre", secrets: [OTHER] },
  ];
  http.add(apiRoute(createApi(w.context, clients), { bodyMs: 400 }));
  base = `http://127.0.0.1:${http.port}`;
});
afterAll(async () => {
  await http.close();
  await w.close();
});

const count = () => w.db.demandes.model.countDocuments({});

/** Refused, in French, as a problem, and nothing stored. */
async function refused(answer: ReturnType<typeof send>, status: number, kind: string) {
  const before = await count();
  const { body, headers, text } = await answer;
  expect({ status: body?.status, type: body?.type, content: headers["content-type"] }).toEqual({
    status,
    type: `urn:aplus-bot:probleme:${kind}`,
    content: "application/problem+json; charset=utf-8",
  });
  expect(text).not.toMatch(/Canari|at .*\.ts|node_modules/);
  expect(await count()).toBe(before);
  return body;
}

test("stored as by the form, answered 201 with its number and its address; the aidant's thread waits for any platform", async () => {
  const { status, headers, body } = await post(base, ASKED);
  expect(status).toBe(201);
  expect(body).toEqual({ id: expect.any(String), ref: expect.stringMatching(/^D-\d{6}$/), url: `/api/demandes/${body.id}` });
  expect(headers.location).toBe(body.url);
  const demande = await w.load(demandeId(body.id));
  expect(demande.state.usager).toEqual(ASKED.usager);
  expect(demande.state).toMatchObject({ description: ASKED.description, sujet: ASKED.sujet, shared: false });
  expect(demande.state.opener).toMatchObject({ agentId: "camille", groupeId: "fs", role: "aidant" });
  expect(demande.threads.map(({ side, groupeId, agentId, platform }) => [side, groupeId, agentId, platform])).toEqual([
    ["aidant", null, "camille", null],
    ["instructeurs", "caf", null, null],
  ]);
  expect(w.kicked).toContain(body.id);
});

test("its state, for the system that asked for it, and nothing of the usager", async () => {
  const { body } = await post(base, { ...ASKED, groupes: ["CPAM", "caf"] });
  const { status, body: state, text } = await get(base, body.url);
  expect(status).toBe(200);
  expect(state).toMatchObject({ id: body.id, ref: body.ref, statut: "nouvelle", territoire: "01", traiteeLe: null });
  expect(state.groupes.map(({ id, etat }: { id: string; etat: string }) => [id, etat])).toEqual([
    ["cpam", "saisi"],
    ["caf", "saisi"],
  ]);
  expect(text).not.toMatch(/Canari|camille|Droits/);
  await refused(get(base, body.url, { client: "autre", secret: OTHER }), 404, "adresse");
  await refused(get(base, "/api/demandes/inconnue"), 404, "adresse");
  await refused(get(base, body.url, { secret: OTHER }), 401, "signature");
  const people = await w.demande({ groupes: ["caf"] });
  await refused(get(base, `/api/demandes/${people.id}`), 404, "adresse");
});

describe("signatures", () => {
  const body = JSON.stringify(ASKED);
  test.each([
    ["of another's secret", { secret: OTHER }, 401, "signature"],
    ["of an unknown system", { client: "inconnu" }, 401, "signature"],
    ["of five minutes ago", { age: 302 }, 401, "horodatage"],
    ["of five minutes ahead", { age: -302 }, 401, "horodatage"],
    ["with no date", { headers: { "aplus-timestamp": undefined } }, 401, "horodatage"],
    ["with a date that is none", { headers: { "aplus-timestamp": "1e9" } }, 401, "horodatage"],
    ["missing", { headers: { "aplus-signature": undefined } }, 401, "signature"],
    ["empty", { headers: { "aplus-signature": "v1=" } }, 401, "signature"],
    ["in capitals", { headers: { "aplus-signature": `v1=${"A".repeat(64)}` } }, 401, "signature"],
    ["with no client", { headers: { "aplus-client": undefined } }, 401, "signature"],
  ] as const)("one %s is refused", async (_, more, status, kind) => {
    await refused(send(base, { body, key: "k", ...more }), status, kind);
  });

  test("each part is signed: another body, path, method or key is refused with the same signature", async () => {
    const headers = headersOf({ body, key: "une" });
    const length = { "content-length": undefined };
    await refused(send(base, { body: body.replace("caf", "cpam"), headers: { ...headers, ...length } }), 401, "signature");
    await refused(send(base, { body, headers: { ...headers, "idempotency-key": "deux" } }), 401, "signature");
    const { body: made } = await post(base, ASKED);
    await refused(get(base, made.url, { headers: headersOf({ method: "GET", path: "/api/demandes/x" }) }), 401, "signature");
    await refused(get(base, made.url, { headers: headersOf({ method: "POST", path: made.url }) }), 401, "signature");
  });

  test("replayed within its five minutes, it is the same demande", async () => {
    const headers = headersOf({ body, key: "rejouee" });
    const [first, second] = [await send(base, { body, headers }), await send(base, { body, headers })];
    expect(second.body).toEqual(first.body);
    expect([first.status, second.status]).toEqual([201, 201]);
  });

  test("both secrets serve while one replaces the other, and one of several signatures is enough", async () => {
    expect((await post(base, ASKED, { secret: OLD })).status).toBe(201);
    const headers = headersOf({ body, key: "double" });
    const both = { ...headers, "aplus-signature": `v1=${"0".repeat(64)}, ${headers["aplus-signature"]}` };
    expect((await send(base, { body, headers: both })).status).toBe(201);
  });
});

describe("idempotency", () => {
  test("the same key: the same answer, also with the fields in another order; another body is refused, whoever else has the key", async () => {
    const first = await post(base, ASKED, { key: "cle-1" });
    const before = await count();
    const turned = Object.fromEntries(Object.entries(ASKED).reverse());
    expect((await post(base, turned, { key: "cle-1" })).body).toEqual(first.body);
    await refused(post(base, { ...ASKED, sujet: "Autre sujet" }, { key: "cle-1" }), 422, "cle-reutilisee");
    expect(await count()).toBe(before);
    const others = await post(base, ASKED, { key: "cle-1", client: "autre", secret: OTHER });
    expect(others.body.id).not.toBe(first.body.id);
  });

  test("ten at once are one demande; two bodies at once under one key are one demande and a refusal", async () => {
    const before = await count();
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(base, ASKED, { key: "ensemble" })));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const two = await Promise.all([ASKED, { ...ASKED, sujet: "Autre sujet" }].map((asked) => post(base, asked, { key: "deux" })));
    expect(two.map(({ status }) => status).sort()).toEqual([201, 422]);
    expect(await count()).toBe(before + 2);
  });

  test("a refused body leaves the key free; a key is required", async () => {
    await refused(post(base, { ...ASKED, sujet: "" }, { key: "libre" }), 422, "champs");
    expect((await post(base, ASKED, { key: "libre" })).status).toBe(201);
    await refused(post(base, ASKED, { key: "" }), 400, "cle");
    await refused(post(base, ASKED, { key: "x".repeat(201) }), 400, "cle");
    await refused(post(base, ASKED, { key: "a b" }), 400, "cle");
  });
});

const without = (name: keyof typeof ASKED) => ({ ...ASKED, [name]: undefined });

test.each<[string, unknown, string, string]>([
  ["no sujet", without("sujet"), "sujet", "obligatoire"],
  ["a sujet with the name", { ...ASKED, sujet: "Dossier de Canarinom" }, "sujet", "identifie l’usager"],
  ["a sujet that is a number", { ...ASKED, sujet: 3 }, "sujet", "type attendu"],
  ["an object in place of a text", { ...ASKED, territoire: { $gt: "" } }, "territoire", "type attendu"],
  ["no authorisation", { ...ASKED, autorisation: false }, "autorisation", "l’autorisation"],
  ["« oui »", { ...ASKED, autorisation: "oui" }, "autorisation", "type attendu"],
  [
    "a birth date to come",
    { ...ASKED, usager: { ...ASKED.usager, dateDeNaissance: "03/04/2055" } },
    "usager.dateDeNaissance",
    "pas encore",
  ],
  ["a usager's field that there is not", { ...ASKED, usager: { ...ASKED.usager, surnom: "Canari" } }, "usager", "Champ inconnu"],
  ["a groupe elsewhere", { ...ASKED, groupes: ["caf67"] }, "groupes", "n’est pas de ce territoire"],
  ["an organisme that has no groupe there", { ...ASKED, groupes: ["MSA"] }, "groupes", "n’est pas de ce territoire"],
  ["nobody's address", { ...ASKED, aidant: { email: "personne@exemple.test" } }, "aidant.email", "Aucun compte"],
  ["a disabled account", { ...ASKED, aidant: { email: "parti@exemple.test" } }, "aidant.email", "Aucun compte"],
  ["an instructeur", { ...ASKED, aidant: { email: "ada@exemple.test" } }, "aidant.email", "Aucun compte"],
  ["an injected address", { ...ASKED, aidant: { email: { $ne: null } } }, "aidant.email", "type attendu"],
  [
    "a groupe of which they are no aidant",
    { ...ASKED, aidant: { email: "camille@exemple.test", groupe: "fs2" } },
    "aidant.groupe",
    "pas, ou plus",
  ],
  ["a shared account without signature", { ...ASKED, aidant: { email: "guichet@exemple.test" } }, "signature", "signez"],
  ["nothing", null, "", "type attendu"],
  ["a list", [], "", "type attendu"],
])("%s is refused at its field", async (_, asked, champ, sentence) => {
  const { erreurs } = await refused(post(base, asked), 422, "champs");
  expect(erreurs).toEqual([{ champ, message: expect.stringContaining(sentence) }]);
});

test("bodies that are no JSON in UTF-8, of other types, encoded or too long; methods and addresses that there are not", async () => {
  for (const body of ["{", '{"sujet": "Canari"', Buffer.from([0x22, 0xff, 0x22]), "[".repeat(100_000)])
    await refused(send(base, { body, key: "k" }), 400, "json");
  const body = JSON.stringify(ASKED);
  for (const type of [
    "text/plain",
    "application/x-www-form-urlencoded",
    "application/json; charset=latin1",
    "multipart/form-data",
  ])
    await refused(send(base, { body, key: "k", headers: { "content-type": type } }), 415, "type");
  await refused(send(base, { body, key: "k", headers: { "content-encoding": "gzip" } }), 415, "type");
  const long = "x".repeat(256 * 1024 + 1);
  await refused(send(base, { body: long, key: "k" }), 413, "taille");
  const chunked = { "content-length": undefined, "transfer-encoding": "chunked" };
  await refused(send(base, { body: "x".repeat(1_000_000), key: "k", headers: chunked }), 413, "taille");
  await refused(send(base, { method: "PUT", body, key: "k" }), 405, "methode");
  await refused(send(base, { method: "DELETE", path: "/api/demandes/x" }), 405, "methode");
  await refused(get(base, "/api/autre"), 404, "adresse");
  await refused(get(base, "/api/demandes/../demandes/x?y=1"), 404, "adresse");
});

test("who sends a body a byte at a time is answered 408 and cut off", async () => {
  const socket = connect(http.port, "127.0.0.1");
  const chunks: Buffer[] = [];
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => undefined);
  socket.write("POST /api/demandes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{");
  const drip = setInterval(() => socket.write(" "), 50);
  await closed;
  clearInterval(drip);
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 408 [\s\S]*urn:aplus-bot:probleme:delai/);
});

test("a fault of our own is told as such, without a trace of what was sent", async () => {
  const nextRef = w.db.nextRef.bind(w.db);
  w.db.nextRef = () => Promise.reject(new Error("the database is away"));
  await refused(post(base, ASKED, { key: "panne" }), 500, "incident");
  w.db.nextRef = nextRef;
  expect((await post(base, ASKED, { key: "panne" })).status).toBe(201);
});

test("the OpenAPI description is valid, and says what requests and answers are", async () => {
  const { status, body: document } = await send(base, { method: "GET", path: "/api/openapi.json", headers: {} });
  expect(status).toBe(200);
  expect(await new Validator().validate(structuredClone(document))).toMatchObject({ valid: true });
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "api");
  const check = (name: string, value: unknown) => {
    const validate = ajv.compile({ $ref: `api#/components/schemas/${name}` });
    return { valid: validate(value), errors: validate.errors };
  };
  const fine = { valid: true, errors: null };
  expect(check("DemandeASaisir", ASKED)).toEqual(fine);
  expect(check("DemandeASaisir", { ...ASKED, inconnu: 1 }).valid).toBe(false);
  expect(check("DemandeASaisir", { ...ASKED, sujet: 3 }).valid).toBe(false);
  const made = await post(base, ASKED);
  expect(check("DemandeSaisie", made.body)).toEqual(fine);
  expect(check("Demande", (await get(base, made.body.url)).body)).toEqual(fine);
  const wrong = await post(base, { ...ASKED, sujet: "" });
  expect(check("Probleme", wrong.body)).toEqual(fine);
  const { responses } = document.paths["/api/demandes"].post;
  for (const answer of [made, wrong, await post(base, ASKED, { secret: OTHER })])
    expect(responses).toHaveProperty([answer.status]);
});

test("neither logs nor metrics hold what was sent", async () => {
  expect(JSON.stringify(w.logged)).not.toMatch(/Canari|camille/);
  const figures = await w.context.metrics.registry.metrics();
  expect(figures).toContain('aplus_api_seconds_count{call="open",status="201"}');
  expect(figures).not.toMatch(/Canari|camille/);
});
