/** At rest: what lies in the database is read as raw bytes, as whoever steals the disk would. */
import { BSON } from "mongodb";
import mongoose from "mongoose";
import { Demandes } from "../../models/demandes.ts";
import { createSealer } from "../../models/sealing.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import { richText } from "../../src/domain/richtext.ts";
import { PermanentError } from "../../src/errors.ts";
import { say } from "../../src/presentation/message.ts";
import { DESCRIPTION, USAGER } from "../domain/histories.ts";
import type { Store } from "./store.ts";
import { ADA, AT, append, CAMILLE, keyNumber, openStore, SEARCH_KEY, store } from "./store.ts";

const SECRETS = [
  ...Object.values(USAGER),
  "Sujetsecret",
  DESCRIPTION,
  "Motsecret",
  "Corrigésecret",
  "fichier-secret.pdf",
  "+33499887766",
];
let s: Store;

beforeAll(async () => {
  s = await openStore();
  await store(s.db, "d1", {
    sujet: "Sujetsecret",
    description: DESCRIPTION,
    next: [
      {
        by: ADA,
        events: [{ type: "message", audience: "instructeurs", text: richText("Motsecret"), signature: "Signaturesecrete" }],
      },
      { by: CAMILLE, events: [{ type: "infoAdded", audience: "tous", usager: { telephone: "+33499887766" } }] },
      { by: CAMILLE, events: [{ type: "fileShared", audience: "tous", file: FILE }] },
    ],
  });
  const loaded = await s.db.demandes.load("d1" as never);
  const target = loaded?.state.utterances[0]?.id;
  if (!loaded || !target) throw new Error("no message");
  await append(
    s.db,
    loaded,
    ADA,
    [{ type: "edited", audience: "instructeurs", target, text: richText("Corrigésecret") }],
    "edit",
  );
  const notice = {
    id: "n1",
    to: { kind: "agent", agentId: agentId("ada") },
    content: { kind: "message", message: say(richText("Motsecret")) },
  } as const;
  await s.db.notices.add(notice, AT);
  await s.db.notices.addDraft("n2", { kind: "groupe", groupeId: groupeId("caf") }, {}, AT);
  const list = { title: "Sujetsecret", lines: [], empty: "", footer: null, pages: [] };
  await s.db.notices.finishDraft("n2", { kind: "list", list }, AT);
});
afterAll(() => s.close());

const FILE = {
  name: "fichier-secret.pdf",
  mimetype: "application/pdf",
  size: 1,
  platform: "slack",
  workspace: "T1",
  file: "F1",
} as const;

const raw = (collection: string) => s.db.connection.collection(collection);
/** Whatever the encoding: the bytes of the document, and its text with the binary parts read as base64. */
async function* stored(): AsyncGenerator<[string, Buffer]> {
  for (const { name } of await s.db.connection.listCollections())
    for await (const document of raw(name).find()) yield [`${name}/${document._id}`, Buffer.from(BSON.serialize(document))];
}

test("no personal text is anywhere in the raw documents, as it is, folded or in base64", async () => {
  let seen = 0;
  for await (const [where, bytes] of stored()) {
    seen += 1;
    for (const secret of [...SECRETS, "Signaturesecrete"])
      for (const form of [
        secret,
        secret.toLowerCase(),
        secret.toUpperCase(),
        Buffer.from(secret).toString("base64").slice(0, -4),
      ])
        if (bytes.includes(form)) throw new Error(`« ${form} » is in clear in ${where}`);
  }
  expect(seen).toBeGreaterThanOrEqual(3);
});

test("what may be in clear is: ids, dates, status and names of agents", async () => {
  const document = await raw("demandes").findOne({ _id: "d1" as never });
  expect(document).toMatchObject({ status: "en_cours", openerName: "Camille Exemple", asked: ["caf"], territoire: "01" });
  expect(document?.events.map((e: { type: string }) => e.type)).toEqual([
    "opened",
    "message",
    "infoAdded",
    "fileShared",
    "edited",
  ]);
});

test("all of it reads back", async () => {
  const demande = await s.db.demandes.load("d1" as never);
  expect(demande?.state.usager).toEqual({ ...USAGER, telephone: "+33499887766" });
  expect(demande?.state).toMatchObject({ sujet: "Sujetsecret", description: DESCRIPTION });
  expect(demande?.events.map((e) => ("file" in e ? e.file : "text" in e ? e.text : null)).filter(Boolean)).toEqual([
    richText("Motsecret"),
    FILE,
    richText("Corrigésecret"),
  ]);
});

/** The demande with one field replaced, put back as it was afterwards. */
async function withField(field: string, value: unknown, check: () => Promise<void>): Promise<void> {
  const before = await raw("demandes").findOne({ _id: "d1" as never });
  await raw("demandes").updateOne({ _id: "d1" as never }, { $set: { [field]: value } });
  await check();
  if (before) await raw("demandes").replaceOne({ _id: "d1" as never }, before);
}

test("ciphertext that was changed, or moved to another event or demande, does not open; the refusal tells nothing of it", async () => {
  await store(s.db, "d2", { ref: 2 });
  const [one, two] = await Promise.all(["d1", "d2"].map((id) => raw("demandes").findOne({ _id: id as never })));
  const changed = Buffer.from(one?.events[0].secret.buffer);
  changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
  for (const value of [changed, one?.events[1].secret, two?.events[0].secret])
    await withField("events.0.secret", value, async () => {
      const error = await s.db.demandes.load("d1" as never).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(PermanentError);
      for (const secret of SECRETS) expect(String(error)).not.toContain(secret);
    });
  await withField("sujet", two?.sujet, async () => {
    await expect(s.db.demandes.page({ _id: "d1" }, 0, 10)).rejects.toThrow(PermanentError);
  });
  expect((await s.db.demandes.load("d1" as never))?.state.sujet).toBe("Sujetsecret");
});

test("a wiped secret reads as nothing, and the events still add up", async () => {
  await withField("events.$[].secret", null, async () => {
    const demande = await s.db.demandes.load("d1" as never);
    expect(demande?.state).toMatchObject({ sujet: "", description: "", usager: null, seq: 5 });
    expect(demande?.events[2]).toMatchObject({ type: "infoAdded", usager: {} });
  });
});

test("after a rotation, old demandes are read, changed ones bear the new key", async () => {
  await store(s.db, "d3", { ref: 3 });
  const rotated = createSealer([keyNumber(2), keyNumber(1)], SEARCH_KEY);
  const connection = await mongoose.createConnection(s.uri).asPromise();
  try {
    const db = { demandes: new Demandes(connection, rotated) };
    const demandes = new Demandes(connection, createSealer([keyNumber(2)], SEARCH_KEY));
    const loaded = await db.demandes.load("d3" as never);
    if (!loaded) throw new Error("not loaded");
    await append(db, loaded, ADA, [{ type: "message", audience: "tous", text: richText("Nouveau") }], "c9");
    const keys = (await raw("demandes").findOne({ _id: "d3" as never }))?.events.map((e: { secret: { buffer: Buffer } }) =>
      Buffer.from(e.secret.buffer).subarray(2, 7).toString(),
    );
    expect(keys).toEqual(["cle-1", "cle-2"]);
    await expect(demandes.load("d3" as never)).rejects.toThrow("cle-1");
  } finally {
    await connection.close();
  }
});
