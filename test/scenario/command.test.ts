/** `npm run scenario` as a process: its exit status is what a stranger's script looks at. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { access } from "node:fs/promises";
import { join } from "node:path";

const built = join(import.meta.dirname, "../../dist/sandbox/scenario/main.js");

/** Runs the built program, which `npm test` builds before the tests. */
async function run(env: NodeJS.ProcessEnv = {}) {
  await access(built);
  const child = spawn(process.execPath, [built], { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.resume();
  const [status] = await once(child, "exit");
  return { status, out };
}

test("exit status 0 once every step of both stories has left what it should", async () => {
  const { status, out } = await run();
  expect(out).toContain("Sur Slack : ");
  expect(out).toContain("✓ 15 étapes sur 15 ont laissé ce qu’elles devaient");
  expect(out).toContain("De Matrix à Slack : ");
  expect(out).toContain("✓ 24 étapes sur 24 ont laissé ce qu’elles devaient");
  expect(status).toBe(0);
});

test("no temporary folder, no success", async () => {
  const { status, out } = await run({ TMPDIR: "/nulle-part" });
  expect(out).not.toContain("✓");
  expect(status).toBe(1);
});
