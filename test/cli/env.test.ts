import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { MINIMUM_NODE } from "../../src/cli/doctor/machine.ts";
import { readConfig, VARIABLES } from "../../src/config.ts";

const text = readFileSync(new URL("../../.env.example", import.meta.url), "utf8");
const lines = text.split("\n").filter((line) => /^#?[A-Z_]+=/.test(line));
const named = lines.map((line) => line.replace(/^#/, "").split("=", 1)[0] ?? "");

describe(".env.example", () => {
  test("names every variable of the configuration, and no other", () => {
    expect([...named].sort()).toEqual([...VARIABLES].sort());
  });

  test("changes nothing as it stands, and shows the defaults where there are some", () => {
    expect(readConfig(parseEnv(text))).toEqual(readConfig({}));
    const shown = parseEnv(lines.map((line) => line.replace(/^#/, "")).join("\n"));
    const { PORT, DATA_DIR, MAX_FILE_MB } = shown;
    expect(readConfig({ PORT, DATA_DIR, MAX_FILE_MB })).toEqual(readConfig({}));
  });
});

test("doctor asks for the Node.js that package.json asks for", () => {
  const { engines } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(engines.node).toBe(`>=${MINIMUM_NODE}`);
});
