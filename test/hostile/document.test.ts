/** docs/securite.md against the tests: each threat names one that there is, and each of those here is in the document. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

const DOCUMENT = readFileSync("docs/securite.md", "utf8");

interface Threat {
  readonly id: string;
  /** The fourth cell: how it is tried. */
  readonly trial: string;
}

const threats: readonly Threat[] = DOCUMENT.split("\n")
  .filter((line) => /^\| T-\d\d /.test(line))
  .map((line) => line.split(" | "))
  .map(([id = "", , , trial = ""]) => ({ id: id.replace("| ", ""), trial }));

const titles = new Set(
  readdirSync("test/hostile")
    .filter((name) => name.endsWith(".test.ts"))
    .flatMap((name) => [...readFileSync(`test/hostile/${name}`, "utf8").matchAll(/\(\s*"(T-\d\d) /g)].map(([, id]) => id)),
);

/** Why a row is wrong; null for one that is right. */
function faultOf({ id, trial }: Threat): string | null {
  if (trial.startsWith("non essayée")) return titles.has(id) ? "is tried, and says that it is not" : null;
  const files = [...trial.matchAll(/`(test\/[\w/.-]+)`(?: « ([^»]+) »)?/g)];
  if (files.length === 0) return "names no test";
  for (const [, file = "", words] of files) {
    if (!existsSync(file)) return `names ${file}, which is not there`;
    const wanted = words ?? `"${id} `;
    if (!readFileSync(file, "utf8").includes(wanted)) return `${file} has no test « ${wanted} »`;
  }
  return null;
}

test("each threat of the document names a test that there is, or says that none tries it", () => {
  const faults = threats.flatMap((threat) => faultOf(threat) ?? []).map(String);
  expect(faults).toEqual([]);
  expect(threats.length).toBeGreaterThan(45);
  expect(new Set(threats.map(({ id }) => id)).size).toBe(threats.length);
});

test("each threat that is tried here is in the document", () => {
  const known = new Set(threats.map(({ id }) => id));
  expect([...titles].filter((id) => !known.has(id ?? ""))).toEqual([]);
});
