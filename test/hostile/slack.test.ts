/**
 * Slack's address, from outside: what Slack sends, changed in every way and properly signed; and what is not Slack's at all. Each threat
 * is named as in docs/securite.md.
 */
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { groupeId } from "../../src/domain/ids.ts";
import { encodeTarget } from "../../src/presentation/buttons.ts";
import { demandeOf, openDemande, threadOf } from "../support/demandes.ts";
import { untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { edited, edits } from "./edits.ts";
import { runs } from "./runs.ts";
import { expectDiscreet, Site } from "./site.ts";
import { nameOf, type Recorded, recordStory, sendSigned, signed, written } from "./slackTraffic.ts";

let site: Site;
let story: readonly Recorded[];
let slow: Socket[];
let drip: NodeJS.Timeout;

const HEAD = "POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";

function opened(words: string): Socket {
  const socket = site.socket();
  socket.on("error", () => undefined);
  socket.write(words);
  return socket;
}

const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => (socket.closed ? resolve() : void socket.once("close", () => resolve())));

/** Twenty that never end their head, twenty that never end their body. */
function dripping(): void {
  slow = Array.from({ length: 40 }, (_, n) => opened(n % 2 ? `${HEAD}content-length: 100000\r\n\r\n` : `${HEAD}x-slow: `));
  drip = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write("x");
  }, 200);
}

beforeAll(async () => {
  site = await Site.open();
  story = await recordStory(site);
  dripping();
});
afterEach(async () => site.unharmed());
afterAll(async () => {
  clearInterval(drip);
  await site.close();
});

const JSON_TYPE = { "content-type": "application/json" };
const events = () => site.world.db.demandes.model.find({}, { events: 1 }).lean<{ events: unknown[] }[]>();
/** How many demandes, and how many events they have. */
const counted = async () => (await events()).map((demande) => demande.events.length);

/** Somebody opens a demande, and an instructeur takes it: told as ever. */
async function honestAct(): Promise<void> {
  const people = slackPeople(site.world);
  const ref = await openDemande(people, { sujet: "Après la tempête" });
  await untilQuiet(site.world.db, site.world.slack);
  await people.click("alix.modele", threadOf(await demandeOf(site.world.db, ref), "caf-01"), "prendre");
  await untilQuiet(site.world.db, site.world.slack);
  expect((await demandeOf(site.world.db, ref)).events.map(({ type }) => type)).toEqual(["opened", "taken"]);
}

const firstOf = (name: string): Recorded => {
  const found = story.find((recorded) => nameOf(recorded) === name);
  if (!found) throw new Error(`nothing like ${name} was recorded: ${story.map(nameOf).join(", ")}`);
  return found;
};

describe("signed as by Slack", () => {
  test("every kind of payload was recorded", () => {
    expect(new Set(story.map(nameOf))).toEqual(
      new Set([
        "command /demande",
        "command /demandes",
        "command /groupe",
        "view_submission",
        "block_actions",
        "message_action",
        "event app_home_opened",
        "event message",
        "event message bot_message",
        "event message file_share",
        "event message message_changed",
        "event message message_deleted",
      ]),
    );
  });

  test("T-10 payloads with fields gone, doubled, mistyped or far too long are answered, and change nothing or a whole act", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(10_000), edits, async (at, changes) => {
        const recorded = story[at % story.length] as Recorded;
        const answer = await sendSigned(site, written({ ...recorded, content: edited(recorded.content, changes) }));
        expect(answer.status).toBeLessThan(600);
        expectDiscreet(answer);
      }),
      runs(4),
    );
    await untilQuiet(site.world.db, site.world.slack);
    await site.unharmed();
    await honestAct();
  });

  test.each([
    ["null", "null"],
    ["a number", "1"],
    ["a text", '"x"'],
    ["a list", "[]"],
    ["an empty object", "{}"],
    ["nothing", ""],
    ["no JSON", '{"type":'],
    ["a body a hundred thousand brackets deep", "[".repeat(100_000)],
    ["an object fifty thousand deep", `${`{"a":`.repeat(50_000)}1${"}".repeat(50_000)}`],
    ["a prototype", '{"__proto__":{"type":"event_callback"},"constructor":{"prototype":{"x":1}}}'],
    ["an event without anything", '{"type":"event_callback"}'],
    ["an event that is a list", '{"type":"event_callback","event":[],"team_id":"TAIN00001"}'],
    ["bytes that are no UTF-8", Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
  ])("T-11 a signed body that is %s ends nothing", async (_, body) => {
    const before = await counted();
    for (const type of ["application/json", "application/x-www-form-urlencoded"]) {
      const bytes = type === "application/json" ? body : `payload=${encodeURIComponent(body.toString())}`;
      const answer = await site.send("/slack/events", { headers: { "content-type": type, ...signed(site, bytes) }, body: bytes });
      expect(answer.status).toBeLessThan(600);
      expectDiscreet(answer);
    }
    expect(await counted()).toEqual(before);
  });

  test("T-12 what was sent once and comes again is the same act, whatever came in between", async () => {
    const before = await counted();
    for (const recorded of story.filter(({ kind, content }) => kind !== "fields" && content.type !== "message_action"))
      await sendSigned(site, written(recorded));
    await untilQuiet(site.world.db, site.world.slack);
    expect(await counted()).toEqual(before);
  });

  test("T-13 what a button bears may be forged by nobody's means but Slack's: another demande, groupe or action gives no right", async () => {
    const people = slackPeople(site.world);
    const ref = await openDemande(people, { groupes: ["msa-01"], sujet: "Hors de la CAF" });
    await untilQuiet(site.world.db, site.world.slack);
    const target = await demandeOf(site.world.db, ref);
    const click = story.find(({ content }) => content.actions?.[0]?.action_id === "prendre");
    const [action] = click?.content.actions ?? [];
    if (!click || !action) throw new Error("nobody clicked « prendre »");
    const before = await counted();
    for (const groupe of ["msa-01", "caf-01", "", "x"].map(groupeId))
      for (const id of [
        action.action_id,
        action.action_id.replace("prendre", "traitee"),
        action.action_id.replace("prendre", "voir"),
      ]) {
        const value = encodeTarget({ demande: target.id, groupe, more: null });
        expect(value).not.toBe(action.value);
        const forged = { ...action, action_id: id, value, action_ts: `${Date.now() / 1000}`, block_id: "x" };
        const answer = await sendSigned(site, written({ kind: "payload", content: { ...click.content, actions: [forged] } }));
        expectDiscreet(answer);
        expect(answer.text).not.toContain("Hors de la CAF");
      }
    await untilQuiet(site.world.db, site.world.slack);
    expect(await counted()).toEqual(before);
  });

  test("T-14 a form’s private_metadata with another demande in it gives no right on that demande", async () => {
    const submission = story.filter((recorded) => nameOf(recorded) === "view_submission").at(-1) as Recorded;
    const { view } = submission.content;
    if (!view) throw new Error("the submission bears no view");
    const own: string = JSON.parse(view.private_metadata).context.demande;
    const others = await site.world.db.demandes.model.find({ asked: "msa-01" }, { _id: 1 }).lean<{ _id: string }[]>();
    const before = await counted();
    expect(others.length).toBeGreaterThan(0);
    for (const [n, id] of [...others.map(({ _id }) => _id), "inconnue", "", "__proto__"].entries()) {
      const metadata = view.private_metadata.replaceAll(own, id);
      const content = { ...submission.content, view: { ...view, id: `${view.id}${n}`, private_metadata: metadata } };
      const answer = await sendSigned(site, written({ kind: "payload", content }));
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain("Hors de la CAF");
    }
    expect(await counted()).toEqual(before);
  });

  test("T-18 no message of the bot asks Slack to call the addresses that people write in it", async () => {
    const link = "https://piege.exemple.test/suivi?qui=vous";
    const posted: Record<string, unknown>[] = [];
    const end = site.world.slack.onCall(async (phase, method, args) => {
      if (phase === "before" && method.startsWith("chat.")) posted.push({ method, ...args });
    });
    const people = slackPeople(site.world);
    const ref = await openDemande(people, { sujet: `Voir ${link}`, description: `Tout est sur ${link}` });
    await untilQuiet(site.world.db, site.world.slack);
    const { threads } = await demandeOf(site.world.db, ref);
    for (const thread of threads) await people.say(thread.groupeId ? "alix.modele" : "camille.exemple", thread, `Lisez ${link}`);
    await untilQuiet(site.world.db, site.world.slack);
    end();
    const bearing = posted.filter((args) => JSON.stringify(args).includes(link));
    const asking = posted.filter(({ method }) => method === "chat.postMessage");
    expect(bearing.length).toBeGreaterThan(threads.length);
    for (const { unfurl_links, unfurl_media } of asking)
      expect([unfurl_links, unfurl_media].map(String)).toEqual(["false", "false"]);
    expect(asking.filter((args) => bearing.includes(args)).length).toBeGreaterThan(threads.length);
  });

  test("T-15 another workspace’s events are nobody’s here", async () => {
    const before = await counted();
    for (const recorded of story) {
      const text = JSON.stringify(recorded.content)
        .replaceAll("TAIN00001", "TAUTRE0001")
        .replace(/"event_id":"[^"]*"/, '"event_id":"Ev0"');
      expectDiscreet(await sendSigned(site, written({ ...recorded, content: JSON.parse(text) })));
    }
    expect(await counted()).toEqual(before);
  });
});

describe("not signed as by Slack", () => {
  test("T-01 forged, stale, dated ahead, cut, doubled and missing signatures are refused alike, and nothing is read", async () => {
    const before = await counted();
    const { type, body } = written(firstOf("block_actions"));
    const good = signed(site, body);
    const stamp = good["x-slack-request-timestamp"] ?? "";
    const signature = good["x-slack-signature"] ?? "";
    const forged: Record<string, string | string[]>[] = [
      {},
      { "x-slack-signature": signature },
      { "x-slack-request-timestamp": stamp },
      { ...good, "x-slack-signature": "" },
      { ...good, "x-slack-signature": "v0=" },
      { ...good, "x-slack-signature": signature.slice(0, -1) },
      { ...good, "x-slack-signature": signature.toUpperCase() },
      { ...good, "x-slack-signature": signature.replace("v0", "v1") },
      { ...good, "x-slack-signature": [signature, signature] },
      { ...good, "x-slack-request-timestamp": [stamp, stamp] },
      { ...good, "x-slack-request-timestamp": `${stamp}.0` },
      { ...good, "x-slack-request-timestamp": `0x${Number(stamp).toString(16)}` },
      { ...good, "x-slack-request-timestamp": "NaN" },
      signed(site, body, { age: 301 }),
      signed(site, body, { age: -301 }),
      signed(site, body, { secret: "" }),
      signed(site, body, { secret: "0".repeat(32) }),
      signed(site, `${body} `),
    ];
    for (const headers of forged) {
      const answer = await site.send("/slack/events", { headers: { "content-type": type, ...headers }, body });
      expect({ headers, status: answer.status, text: answer.text }).toEqual({ headers, status: 401, text: "" });
    }
    expect(await counted()).toEqual(before);
  });

  test("T-02 the unsigned check of the address carries nothing in", async () => {
    const before = await counted();
    const { body } = written(firstOf("block_actions"));
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await site.send("/slack/events", { headers: type, body: `ssl_check=1&${body}` });
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect(await counted()).toEqual(before);
  });

  test("T-03 other methods, types and encodings, compressed bombs included, are refused before their body is read", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    for (const [status, sent] of [
      [405, { method: "GET" }],
      [405, { method: "DELETE" }],
      [405, { method: "PUT", headers: JSON_TYPE, body: "{}" }],
      [415, { headers: { "content-type": "text/plain" }, body: "{}" }],
      [415, { headers: { "content-type": "multipart/form-data; boundary=x" }, body: "--x--" }],
      [415, { body: "{}" }],
      [415, { headers: { ...JSON_TYPE, "content-encoding": "gzip", ...signed(site, bomb) }, body: bomb }],
      [415, { headers: { ...JSON_TYPE, "content-encoding": "br" }, body: "x" }],
      [413, { headers: { ...JSON_TYPE, "content-length": 3_000_000_000 } }],
      [413, { headers: { ...JSON_TYPE, "transfer-encoding": "chunked" }, body: Buffer.alloc(3_000_000, 0x20) }],
    ] as const) {
      const answer = await site.send("/slack/events", sent);
      expect([answer.status, answer.text]).toEqual([status, ""]);
    }
  });

  test("T-04 a body that never ends is cut off, and those that come a byte at a time hold nobody else up", async () => {
    const endless = opened(`${HEAD}transfer-encoding: chunked\r\n\r\n`);
    const answered = new Promise<Buffer>((resolve) => endless.once("data", resolve));
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const flood = setInterval(() => endless.writable && endless.write(chunk), 5);
    expect((await answered).toString()).toMatch(/^HTTP\/1.1 413 /);
    await closed(endless);
    clearInterval(flood);
  });

  test("T-05 requests that are no HTTP, or two in one, get no further", async () => {
    for (const bytes of [
      "\0\0\0\0",
      "GET /sante HTTP/9.9\r\n\r\n",
      "POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /slack/events HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nxxxxx",
      `GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(100_000)}\r\n\r\n`,
      "GET //[ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
      "GET /slack/events?\0 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
      "GET http://[::1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    ]) {
      const socket = opened(bytes);
      const chunks: Buffer[] = [];
      socket.on("data", (given) => chunks.push(given));
      await closed(socket);
      expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 4\d\d /);
    }
  });

  test("T-06 who sent a head or a body a byte at a time from the beginning has been cut off by now", async () => {
    expect(slow).toHaveLength(40);
    await Promise.all(slow.map(closed));
  });
});
