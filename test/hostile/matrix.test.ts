/** Matrix, from outside: events of any content that a client may send, and answers of a homeserver that makes no sense. */
import fc from "fast-check";
import { demandeOf, openDemande, threadOf } from "../support/demandes.ts";
import { matrixPeople } from "../support/matrixPeople.ts";
import type { MatrixSite } from "../support/matrixSite.ts";
import type { PlatformUnderTest } from "../support/platformUnderTest.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { edited, edits } from "./edits.ts";
import { runs } from "./runs.ts";
import { Site } from "./site.ts";

let site: Site;
let matrix: MatrixSite;
let people: PlatformUnderTest;
let ref: number;
let room: string;
let root: string;

const quiet = () => untilQuiet(site.world.db, sitesOf(site.world));

beforeAll(async () => {
  site = await Site.open({ matrix: "seed" });
  if (!site.world.matrix) throw new Error("no Matrix in this world");
  matrix = site.world.matrix;
  people = matrixPeople(site.world);
  ref = await openDemande(people, { groupes: ["prefecture-01"] }, { who: "andrea.essai" });
  await quiet();
  const thread = threadOf(await demandeOf(site.world.db, ref), "prefecture-01");
  room = thread.channel ?? "";
  root = thread.root ?? "";
});
afterEach(async () => site.unharmed());
afterAll(async () => site.close());

const events = async () => (await demandeOf(site.world.db, ref)).events;

/** Sent as it stands: a homeserver may refuse it, which is as good. @returns the event's id */
const raw = (content: object, type = "m.room.message", who = "morgan.fictif"): Promise<string | null> =>
  matrix
    .person(who)
    .send(room, content, type)
    .catch(() => null);

const relation = (rel_type: string, event_id: string) => ({ rel_type, event_id });
const inThread = () => ({ ...relation("m.thread", root), is_falling_back: true, "m.in_reply_to": { event_id: root } });

/** What clients send, as [type, content]. */
function templates(): [string, object][] {
  const file = {
    msgtype: "m.file",
    body: "note.txt",
    url: "mxc://ain.exemple.test/abc",
    info: { mimetype: "text/plain", size: 12 },
  };
  const sealed = { url: "mxc://ain.exemple.test/abc", key: { kty: "oct", k: "x" }, iv: "x", hashes: { sha256: "x" }, v: "v2" };
  const message = { msgtype: "m.text", body: "bonjour", format: "org.matrix.custom.html", formatted_body: "<b>bonjour</b>" };
  return [
    ["m.room.message", { ...message, "m.mentions": { room: true, user_ids: ["@x:y"] }, "m.relates_to": inThread() }],
    ["m.room.message", { ...file, "m.relates_to": inThread() }],
    ["m.room.message", { ...file, url: undefined, file: sealed, "m.relates_to": inThread() }],
    ["m.room.message", { ...message, "m.new_content": message, "m.relates_to": relation("m.replace", root) }],
    ["m.reaction", { "m.relates_to": { ...relation("m.annotation", root), key: "✋ Je m’en occupe" } }],
    ["m.room.encrypted", { algorithm: "m.megolm.v1.aes-sha2", ciphertext: "x", session_id: "x", "m.relates_to": inThread() }],
    ["m.room.message", { ...message, body: "!prendre", "m.relates_to": inThread() }],
  ];
}

test("T-30 events with fields gone, doubled, mistyped or far too long are dropped, or are a whole act", async () => {
  const all = templates();
  await fc.assert(
    fc.asyncProperty(fc.nat(all.length - 1), edits, async (at, changes) => {
      const [type, content] = all[at] ?? ["m.room.message", {}];
      await raw(edited(content, changes), type);
    }),
    runs(3),
  );
  await quiet();
});

test("T-31 nobody edits or deletes another’s words, nor clicks for another", async () => {
  const said = await people.say(
    "morgan.fictif",
    threadOf(await demandeOf(site.world.db, ref), "prefecture-01"),
    "Mes mots à moi",
  );
  await quiet();
  const before = await events();
  const content = { msgtype: "m.text", body: "Les mots d’un autre" };
  const changed = { ...content, "m.new_content": content, "m.relates_to": relation("m.replace", said.id) };
  await raw(changed, "m.room.message", "maxime.fictif");
  await matrix.bot.redact(room, said.id).catch(() => null);
  // The sender is the homeserver's to say: what an event claims in its content counts for nothing.
  await raw({ ...changed, sender: matrix.person("morgan.fictif").user }, "m.room.message", "maxime.fictif");
  await quiet();
  const kept = (await events()).filter(({ type }) => type === "edited" || type === "deleted");
  expect(kept).toEqual(before.filter(({ type }) => type === "edited" || type === "deleted"));
});

test("T-32 relations that lead nowhere, in circles or into another room change nothing", async () => {
  const elsewhere = await matrix.person("morgan.fictif").createRoom({ name: "ailleurs" });
  const foreign = await matrix.person("morgan.fictif").say(elsewhere, "ailleurs");
  const before = await events();
  for (const target of ["$inconnu", "", "__proto__", foreign, "../../..", `$${"x".repeat(250)}`])
    for (const type of ["m.replace", "m.annotation", "m.reference"]) {
      const content = { msgtype: "m.text", body: "x", "m.new_content": { msgtype: "m.text", body: "y" } };
      const reaction = type === "m.annotation";
      await raw(
        { ...content, "m.relates_to": { ...relation(type, target), key: "✋ Je m’en occupe" } },
        reaction ? "m.reaction" : "m.room.message",
      );
    }
  const own = await raw({ msgtype: "m.text", body: "hors fil" });
  await raw({ msgtype: "m.text", body: "cercle", "m.relates_to": relation("m.thread", own ?? "") });
  await quiet();
  expect(await events()).toEqual(before);
});

test("T-33 a file whose address is no address, leads elsewhere or climbs is fetched from nowhere", async () => {
  const info = { mimetype: "text/plain", size: 12 };
  for (const url of [
    "mxc://127.0.0.1:22/../../../_synapse/admin",
    "mxc://../../x",
    "mxc://a/b/c",
    "mxc://a/%2e%2e%2f",
    "http://127.0.0.1:1/",
    "file:///etc/passwd",
    "mxc://",
    '{"url":"mxc://a/b","key":{},"iv":""}',
  ])
    await raw({ msgtype: "m.file", body: "x.txt", url, info, "m.relates_to": inThread() });
  await quiet();
  const asked = matrix.proxy.calls.map(({ url }) => url).filter((url) => /\/media\//.test(url));
  for (const url of asked) {
    expect(url).not.toMatch(/\.\.|_synapse|%2e/i);
    expect(url).toMatch(/^\/_matrix\/(client\/v1\/media\/download|media\/v3\/(download|upload))/);
  }
});

test("T-86 a file of another length or kind than its event says is told as missing, and what is said after it arrives", async () => {
  const from = threadOf(await demandeOf(site.world.db, ref), "aidant");
  const place = { channel: from.channel ?? "", root: from.root ?? "" };
  const bytes = Buffer.from(`MZ\0${"x".repeat(2_000)}`);
  const url = await matrix.person("andrea.essai").upload(bytes, "avis.pdf", "application/pdf");
  const relates = { ...relation("m.thread", place.root), is_falling_back: true, "m.in_reply_to": { event_id: place.root } };
  for (const size of [1, bytes.length, 10 * bytes.length, undefined]) {
    const file = {
      msgtype: "m.file",
      body: "avis.pdf",
      url,
      info: { mimetype: "application/pdf", size },
      "m.relates_to": relates,
    };
    await matrix.person("andrea.essai").send(place.channel, file);
  }
  await people.say("andrea.essai", from, "Et ceci arrive après.");
  await quiet();
  const shown = (await people.view.thread({ ...site.world.account("morgan.fictif"), channel: room }, root)).map((message) =>
    JSON.stringify(message),
  );
  const at = shown.findLastIndex((message) => message.includes("Et ceci arrive après."));
  expect(at).toBeGreaterThan(0);
  expect(shown.filter((message) => message.includes("n’a pas pu être transmis")).length).toBe(4);
});

test("T-34 answers of the homeserver with fields gone, doubled, mistyped or far too long stop nobody", async () => {
  await fc.assert(
    fc.asyncProperty(edits, async (changes) => {
      let changed = false;
      matrix.proxy.judge = ({ path }) =>
        changed || !path.includes("/sync")
          ? undefined
          : {
              kind: "change",
              change: (answer) => {
                if (answer.rooms === undefined) return answer;
                changed = true;
                return { ...answer, rooms: edited(answer.rooms, changes) };
              },
            };
      await raw({ msgtype: "m.text", body: "hors fil" });
      await quiet();
    }),
    runs(1),
  );
  matrix.proxy.judge = () => undefined;
});

test("an honest demande lives as ever", async () => {
  const next = await openDemande(people, { groupes: ["prefecture-01"], sujet: "Après la tempête" }, { who: "andrea.essai" });
  await quiet();
  await people.click("morgan.fictif", threadOf(await demandeOf(site.world.db, next), "prefecture-01"), "prendre");
  await quiet();
  expect((await demandeOf(site.world.db, next)).events.map(({ type }) => type)).toEqual(["opened", "taken"]);
});
