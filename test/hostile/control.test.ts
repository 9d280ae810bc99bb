/** The demonstration's own server, from outside: its control calls, its page, its API. It is for this machine, and for its own page. */
import fc from "fast-check";
import { startSite } from "../web/browser.ts";
import { edited, edits } from "./edits.ts";
import { runs } from "./runs.ts";
import { expectDiscreet, sendTo } from "./site.ts";

let site: { readonly url: string; close(): Promise<void> };

beforeAll(async () => {
  site = await startSite();
});
afterEach(async () => {
  const health = await sendTo(`${site.url}/sante`, { method: "GET" });
  expect([health.status, health.text]).toEqual([200, '{"status":"ok"}']);
});
afterAll(async () => site.close());

/** Each call as docs/sandbox.md has it; those that restart or stop the bot apart. */
const CALLS: readonly [string, object][] = [
  ["/sandbox/slack/command", { as: "camille.exemple", channel: "dm", command: "/demandes", text: "", wait: "ack" }],
  ["/sandbox/slack/message", { as: "alix.modele", channel: "caf-ain", text: "bonjour", wait: "ack", files: [] }],
  ["/sandbox/slack/click", { as: "alix.modele", channel: "caf-ain", message: "1.000001", action: "Voir", wait: "ack" }],
  ["/sandbox/slack/submit", { as: "alix.modele", values: { texte: "x" }, wait: "ack" }],
  ["/sandbox/matrix/message", { as: "andrea.essai", channel: "dm", text: "bonjour", html: "<b>x</b>", wait: "ack", files: [] }],
  ["/sandbox/matrix/react", { as: "morgan.fictif", channel: "prefecture-ain", message: "$x", key: "✋", wait: "ack" }],
  ["/sandbox/clock", { advance: "PT1M" }],
  ["/sandbox/bot", { do: "rien" }],
];

test("T-40 control calls with fields gone, doubled, mistyped or far too long are refused with a sentence, or done", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(CALLS.length - 1), edits, async (at, changes) => {
      const [path, body] = CALLS[at] ?? ["/sandbox/clock", {}];
      const answer = await sendTo(`${site.url}${path}`, { body: JSON.stringify(edited(body, changes)) });
      expect([200, 400, 403, 404, 409, 413]).toContain(answer.status);
      expectDiscreet(answer);
    }),
    runs(4),
  );
});

test("T-41 another site’s page, a rebound name and other hosts get nothing, not even the page", async () => {
  const paths = ["/", "/sandbox/world", "/sandbox/events", "/sandbox/file?platform=slack&file=F1", "/api/openapi.json"];
  const { port } = new URL(site.url);
  const foreign: Record<string, string>[] = [
    { host: `ailleurs.exemple:${port}` },
    { host: `127.0.0.1.ailleurs.exemple:${port}` },
    { host: `localhost.:${port}` },
    { host: "127.0.0.1@ailleurs.exemple" },
    { origin: "http://ailleurs.exemple" },
    { origin: "null" },
    { origin: "http://localhost.ailleurs.exemple" },
    { origin: `https://127.0.0.1@ailleurs.exemple:${port}` },
    { origin: "file://" },
  ];
  for (const headers of foreign)
    for (const path of paths)
      for (const method of path === "/sandbox/world" ? ["GET", "POST", "OPTIONS"] : ["GET"]) {
        const answer = await sendTo(`${site.url}${path}`, { method, headers });
        expect({ path, headers, refused: answer.status === 403 || answer.status === 404 }).toEqual({
          path,
          headers,
          refused: true,
        });
        expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      }
});

test("T-42 bodies that are no JSON, too deep or too long, and methods that there are not, are refused", async () => {
  const url = `${site.url}/sandbox/slack/message`;
  for (const body of ["", "{", "null", "[]", "1", "\0", "[".repeat(100_000), `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`]) {
    const answer = await sendTo(url, { body });
    expect({ body: body.slice(0, 20), status: answer.status }).toEqual({ body: body.slice(0, 20), status: 400 });
    expectDiscreet(answer);
  }
  for (const method of ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
    expect((await sendTo(url, { method })).status).toBe(405);
  const long = await sendTo(url, { headers: { "content-length": 40 * 1024 * 1024 }, body: Buffer.alloc(40 * 1024 * 1024, 0x20) });
  expect(long.status).toBe(413);
});
