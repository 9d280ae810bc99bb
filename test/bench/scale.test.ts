/** The bench at scale in miniature: it fills two databases, asks both the same things, and tells each ratio. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const BUILT = join(import.meta.dirname, "../../dist/bench/main.js");

async function bench(...args: string[]): Promise<{ readonly code: number; readonly out: string; readonly errors: string }> {
  const child = spawn(process.execPath, [BUILT, "--quick", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code: Number(code), out, errors };
}

test("npm run bench -- --only scale, with 400 demandes", async () => {
  const { code, out, errors } = await bench("--only", "scale", "--size", "400", "--ask", "registre");
  expect({ code, errors: errors.split("\n").filter((line) => /error/i.test(line)) }).toEqual({ code: 0, errors: [] });
  expect(out).toContain("200 → 400 demandes");
  const asked = [...out.matchAll(/^ {2}(registre [^\d]+?) {2,}([\d,]+) ×.*p50 ([\d,]+) → ([\d,]+) ms/gm)];
  expect(asked.map(([, name]) => name)).toEqual(["registre d’une demande", "registre d’une personne", "registre d’une période"]);
}, 120_000);
