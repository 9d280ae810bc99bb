/** The page for those who connect another system: its commands are run as they stand, and answer what it says. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { DEMONSTRATION_CLIENT } from "../../sandbox/api.ts";
import type { Stage } from "../../sandbox/scenario/stage.ts";
import { startStage } from "../../sandbox/scenario/stage.ts";
import { webhookEvent } from "../../src/delivery/webhooks/payload.ts";
import { sendWebhook } from "../../src/delivery/webhooks/send.ts";
import { apiTexts } from "../../src/texts/api.ts";
import { draft } from "../models/store.ts";
import { until } from "../support/until.ts";

const run = promisify(execFile);
const MARK = "--- réponse ---";
const SECRET = "un-secret-de-votre-choix-de-32-caracteres";

let page: string;
let folder: string;

beforeAll(async () => {
  page = await readFile(join(import.meta.dirname, "../../docs/api.md"), "utf8");
  folder = await mkdtemp(join(tmpdir(), "aplus-api-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const blocksOf = (kind: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, text = ""]) => text);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

describe("the sandbox", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await startStage();
  });
  afterAll(() => stage.close());

  test("every command of the page works as it stands there, and answers what the page says", async () => {
    const scripts = blocksOf("sh");
    const answers = blocksOf("json").map((text) => JSON.parse(text) as object);
    const whole = `set -euo pipefail\ncurl() { command curl --silent --show-error --fail-with-body "$@"; }\n${scripts.join(`\necho; echo '${MARK}'\n`)}`;
    const script = whole.replaceAll("http://127.0.0.1:3000", stage.url).replaceAll("/tmp/", `${folder}/`);
    const { stdout } = await run("bash", ["-c", script]);
    const given = stdout.split(MARK).slice(1);
    expect(given).toHaveLength(answers.length);
    for (const [n, answer] of answers.entries()) expect(JSON.parse(given[n] ?? "")).toMatchObject(answer);
    expect(JSON.parse(given[1] ?? "")).toEqual(JSON.parse(given[0] ?? ""));
  });

  test("nothing but this machine is answered: another name for it is not", async () => {
    const { stdout } = await run("curl", ["-s", "-H", "Host: ailleurs.exemple.fr", `${stage.url}/api/openapi.json`]);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false });
  });
});

test("names the demonstration's system, and every kind of problem", () => {
  expect(page).toContain(`NOM=${DEMONSTRATION_CLIENT.id}\nSECRET=${DEMONSTRATION_CLIENT.secrets[0]}\n`);
  expect(Object.keys(apiTexts.titles).filter((kind) => !page.includes(`\`${kind}\``))).toEqual([]);
});

test("the receiver of the page takes what is signed, says each event once, and refuses the rest", async () => {
  const program = join(folder, "recepteur.mjs");
  await writeFile(program, blocksOf("js")[0] ?? "");
  const port = await freePort();
  const child = spawn(process.execPath, [program], {
    env: { ...process.env, SECRET, PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  try {
    const { id, events, state } = draft("exemple");
    const [event] = events;
    if (!event) throw new Error("no event");
    const told = webhookEvent(event, state);
    const to = (secret: string) =>
      sendWebhook({ id: "essai", url: `http://127.0.0.1:${port}/`, secrets: [secret] }, told.id, told, { allowPrivate: false });
    await until("the receiver takes it", async () => (await to(SECRET)).ok);
    expect(await to(SECRET)).toEqual({ ok: true });
    expect(await to("pas-le-bon-secret-de-32-caracteres-au-moins")).toEqual({ ok: false, code: "http_401", afterMs: 0 });
    await until("it says so", () => lines.length > 0);
    expect(lines).toEqual(["demande.ouverte D-000001 nouvelle"]);
    expect(id).toBe(told.demande.id);
  } finally {
    child.kill();
  }
});
