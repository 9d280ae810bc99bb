/** The page that explains the sandbox: its calls are made as they stand, in its order, and answer what it says. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Stage } from "../../sandbox/scenario/stage.ts";
import { startStage } from "../../sandbox/scenario/stage.ts";

const run = promisify(execFile);
const PAGE = join(import.meta.dirname, "../../docs/sandbox.md");
const MARK = "--- réponse ---";

interface Example {
  readonly script: string;
  /** What the last call of the script answers, at least. */
  readonly answer: object | null;
}

/** Each `sh` block of the page, with the `json` block that follows it. */
function examplesOf(page: string): Example[] {
  const blocks = [...page.matchAll(/^```(sh|json)\n([\s\S]*?)^```$/gm)].map(([, kind, text = ""]) => ({ kind, text }));
  return blocks.flatMap(({ kind, text }, n) => {
    if (kind !== "sh") return [];
    const next = blocks[n + 1];
    return [{ script: text, answer: next?.kind === "json" ? (JSON.parse(next.text) as object) : null }];
  });
}

/** One shell for the whole page, as a reader has: a variable set in one block serves in the next. A refused call ends it. */
async function answersOf(examples: readonly Example[], stage: Stage): Promise<unknown[]> {
  const whole = examples.map(({ script }) => `${script}\necho '${MARK}'`).join("\n");
  const script = `set -euo pipefail\ncurl() { command curl --silent --show-error --fail-with-body "$@" && echo; }\n${whole}`;
  const { stdout } = await run("bash", ["-c", script.replaceAll("http://127.0.0.1:3000", stage.url)], { maxBuffer: 50_000_000 });
  const parts = stdout.split(MARK).slice(0, -1);
  return parts.map((part) => JSON.parse(part.trim().split("\n").at(-1) ?? ""));
}

describe("docs/sandbox.md", () => {
  let stage: Stage;
  let examples: Example[];

  beforeAll(async () => {
    examples = examplesOf(await readFile(PAGE, "utf8"));
    stage = await startStage();
  });

  afterAll(() => stage.close());

  test("every call of the page works as it stands, and answers what the page says", async () => {
    expect(examples.length).toBeGreaterThan(30);
    const answers = await answersOf(examples, stage);
    expect(answers).toHaveLength(examples.length);
    for (const [n, { answer }] of examples.entries()) if (answer) expect(answers[n]).toMatchObject(answer);
  });

  test("a page that lies is found out", async () => {
    const lie = [{ script: "curl -X POST http://127.0.0.1:3000/sandbox/slack/clic -d '{}'", answer: null }];
    await expect(answersOf(lie, stage)).rejects.toThrow();
  });

  test("every control call is on the page", async () => {
    const page = await readFile(PAGE, "utf8");
    const slack = await import("../../sandbox/slack/control/shapes.ts");
    const matrix = await import("../../sandbox/matrix/control/shapes.ts");
    const calls = [
      ...Object.keys(slack.shapes).map((name) => `/sandbox/slack/${name}`),
      ...Object.keys(matrix.shapes).map((name) => `/sandbox/matrix/${name}`),
    ];
    const missing = calls.filter((call) => !page.includes(call));
    expect(missing).toEqual([]);
  });

  test("the people and channels of the page are those of the world", async () => {
    const page = await readFile(PAGE, "utf8");
    const { SEED_AGENTS, SEED_GROUPES, STRANGER } = await import("../../sandbox/seed/world.ts");
    const handles = [...SEED_AGENTS, STRANGER].map(({ handle }) => `\`${handle}\``);
    const platforms = { slack: "Slack", matrix: "Matrix" };
    const groupes = SEED_GROUPES.map(({ name, platform, channel }) => `| ${name} | ${platforms[platform]}, \`#${channel}\` |`);
    expect([...handles, ...groupes].filter((word) => !page.includes(word))).toEqual([]);
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    for (const { handle, memberships } of SEED_AGENTS) {
      const own = SEED_GROUPES.find(({ id }) => id === memberships[0]?.groupeId);
      expect(rows.find((row) => row.includes(`\`${handle}\``))).toContain(own?.name ?? "aucun");
    }
  });
});
