import { existsSync, readFileSync } from "node:fs";
import { SLACK_SCOPES } from "../../bots/slack/manifest.ts";
import { ACTION_IDS, actionOf, COMMANDS, SHORTCUTS } from "../../src/actions.ts";
import { VARIABLES } from "../../src/config.ts";
import { agentColumns, groupeColumns } from "../../src/groupes/importRows.ts";
import { Metrics } from "../../src/metrics.ts";
import { registerGauges } from "../../src/watch/gauges.ts";

const fileAt = (path: string) => new URL(`../../${path}`, import.meta.url);
const read = (path: string) => readFileSync(fileAt(path), "utf8");

/** The rows of the table that has this heading, cell by cell. */
function table(text: string, heading: string): string[][] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  expect(start).toBeGreaterThan(-1);
  const rows = lines.slice(start + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith("|")),
    )
    .map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll("\\|", "|").replaceAll("`", "")),
    );
}

describe("README.md", () => {
  const readme = read("README.md");

  test("begins with the two commands", () => {
    const [first, second] = readme.split("\n").filter((line) => line.startsWith("npm "));
    expect([first, second]).toEqual([
      expect.stringMatching(/^npm ci && npm start\b/),
      expect.stringMatching(/^npm ci && npm test\b/),
    ]);
  });

  test("has the commands, the shortcuts and the buttons of the registry", () => {
    expect(table(readme, "Commande")).toEqual(COMMANDS.map(({ command, usage, help }) => [`/${command} ${usage}`, help]));
    expect(table(readme, "Raccourci sur un message")).toEqual(SHORTCUTS.map(({ label, help }) => [label, help]));
    const offered = ACTION_IDS.map(actionOf).filter(({ capability }) => capability !== null);
    expect(table(readme, "Bouton")).toEqual(offered.map(({ emoji, label, help }) => [`${emoji} ${label}`, help]));
  });

  test("names scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json"));
    for (const [, name = ""] of readme.matchAll(/npm run (?:--silent )?([\w:]+)/g)) expect(scripts).toHaveProperty([name]);
  });
});

describe("docs", () => {
  test("say what each scope of the manifest is for, and every column of an import", () => {
    const slack = read("docs/slack.md");
    expect(table(slack, "Droit")).toEqual(Object.entries(SLACK_SCOPES));
    const described = [...read("docs/import.md").matchAll(/^\| Colonne \| \|\n\| --- \| --- \|\n((?:\|.*\n)+)/gm)].map(
      ([, rows = ""]) => [...rows.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name),
    );
    const titles = [groupeColumns, agentColumns].map((columns) => Object.values(columns).map(({ title }) => title));
    expect(described).toEqual(titles);
    const own = table(read("docs/matrix.md"), "Colonne").map(([name]) => name);
    expect(own).toEqual([groupeColumns.salon.title, agentColumns.matrix.title]);
  });

  test("say what each setting of Matrix is for", () => {
    const settings = table(read("docs/matrix.md"), "variable").map(([name]) => name);
    expect(settings.sort()).toEqual(VARIABLES.filter((name) => name.startsWith("MATRIX_")).sort());
  });

  test("name the metrics that there are", async () => {
    const named = new Set(read("docs/operations.md").match(/aplus_\w+/g));
    const { registry } = new Metrics();
    registerGauges(registry);
    const metrics = await registry.getMetricsAsJSON();
    const own = metrics.map(({ name }) => name).filter((name) => name.startsWith("aplus_"));
    expect([...named].sort()).toEqual(own.sort());
  });

  test("link to files that exist", () => {
    for (const page of ["README.md", "docs/slack.md", "docs/matrix.md", "docs/import.md", "docs/operations.md", "docs/api.md"]) {
      const folder = page.includes("/") ? "docs/" : "";
      for (const [, target = ""] of read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
        expect({ page, target, found: existsSync(fileAt(folder + target)) }).toEqual({ page, target, found: true });
    }
  });
});
