/** Threats of docs/securite.md that no other test tries, one by one. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { startMongoServer } from "../../sandbox/mongo/server.ts";
import { readConfig, VARIABLES } from "../../src/config.ts";
import { PermanentError } from "../../src/errors.ts";
import { healthRoute } from "../../src/http/health.ts";
import { startHttpServer } from "../../src/http/server.ts";
import { createLog } from "../../src/log.ts";
import { sendTo } from "./site.ts";

/** The regular expressions of the program's own files, as they are written there. */
function* expressions(folder: string): Generator<{ readonly where: string; readonly expression: RegExp }> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
    const where = join(entry.parentPath, entry.name);
    for (const line of readFileSync(where, "utf8").split("\n")) {
      if (/^\s*(\*|\/\*|\/\/)/.test(line)) continue;
      for (const [, source = "", flags = ""] of line.matchAll(
        /(?<=[=(,:[?&|!\s])\/((?![*/\s])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\[\n])+)\/([dgimsuvy]*)/g,
      ))
        try {
          yield { where, expression: new RegExp(source, flags.replace("y", "")) };
        } catch {
          // A division, or the path of an address: no expression.
        }
    }
  }
}

const MOST_MS = 250;

/** Texts that make an expression try again and again: what it looks for, repeated, and an end that it does not want. */
function pumped({ source }: RegExp): string[] {
  const LENGTH = 20_000;
  const literal = source.replace(/\\[dswDSWbB]|[()[\]{}|*+?^$.\\]/g, "");
  const signs = [...new Set([..."a1 -.,:/<>\n@'\"_é\t", ...literal])];
  const pairs = [...literal].slice(0, -1).map((sign, n) => `${sign}${literal[n + 1]}`);
  return [...signs, ...new Set(pairs)].flatMap((unit) => {
    const long = unit.repeat(LENGTH / unit.length);
    return [`${long}\0`, `${literal.slice(0, 12)}${long}\0`];
  });
}

test("T-50 no expression of ours takes long over any text that is made to keep it busy", () => {
  const slow: string[] = [];
  const apart = createContext({});
  let tried = 0;
  for (const folder of ["src", "bots", "models", "sandbox/mongo"])
    for (const { where, expression } of expressions(folder)) {
      tried += 1;
      for (const text of pumped(expression)) {
        try {
          // In a world of its own, where even an expression that never ends is stopped.
          Object.assign(apart, { text, expression });
          runInContext("text.replace(expression, '')", apart, { timeout: MOST_MS });
        } catch {
          slow.push(`${where} ${expression} ${JSON.stringify(text.slice(0, 16))}`);
          break;
        }
      }
    }
  expect(slow).toEqual([]);
  expect(tried).toBeGreaterThan(80);
});

test("T-51 every answer forbids the browser to guess what it is", async () => {
  const http = await startHttpServer(0, "127.0.0.1", createLog("silent"));
  http.add(healthRoute(() => null));
  try {
    for (const path of ["/sante", "/inconnu", "/", "/%0d%0ax-forge:1", "/<script>"]) {
      const { headers, text } = await sendTo(`http://127.0.0.1:${http.port}${path}`, { method: "GET" });
      expect([path, headers["x-content-type-options"], headers["x-forge"], headers.server]).toEqual([
        path,
        "nosniff",
        undefined,
        undefined,
      ]);
      expect(text).not.toContain("<");
    }
  } finally {
    await http.close();
  }
});

test("T-52 a setting that is empty, or of spaces, is refused at the start, and no value is repeated", () => {
  for (const name of VARIABLES.filter((one) => /TOKEN|SECRET|KEY|CLIENTS|WEBHOOKS$|URI/.test(one)))
    for (const value of ["", " ", "\t"]) expect(() => readConfig({ [name]: value })).toThrow(PermanentError);
  for (const [name, value] of [
    ["API_CLIENTS", "essai:canari"],
    ["API_CLIENTS", "essai:"],
    ["WEBHOOKS", "essai:canari:https://exemple.test/"],
    ["WEBHOOKS", `essai:${"c".repeat(32)}:http://canari.test/`],
    ["SEARCH_KEY", "canari"],
    ["ENCRYPTION_KEYS", "a:canari"],
  ] as const) {
    expect(() => readConfig({ [name]: value })).toThrow(PermanentError);
    expect(() => readConfig({ [name]: value })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("canari") }),
    );
  }
});

test("T-72 whatever is written in it, a line of the log is one object, and no other", () => {
  const forged = '\r\n{"level":60,"msg":"forged"}\u2028\u0000\u001b[2J';
  const program = `
    const { createLog } = await import(${JSON.stringify(new URL("../../dist/src/log.js", import.meta.url).href)});
    const forged = ${JSON.stringify(forged)};
    createLog("info").info({ id: forged, [forged]: forged, error: Object.assign(new Error(forged), { code: forged }) }, forged);`;
  const { stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8", timeout: 60_000 });
  const lines = stderr.trimEnd().split(/\r|\n/);
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: 30, id: forged, msg: forged });
  // A terminal that shows the log obeys nothing in it.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
  expect(lines[0]).not.toMatch(/[\x00-\x1f]/);
});

/** Whether somebody answers there, and what is said to a browser that asks. */
function spokenTo(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2_000 });
    const chunks: Buffer[] = [];
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("connect", () => socket.write(`POST / HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 2\r\n\r\n{}`));
    socket.on("timeout", () => socket.destroy());
    socket.on("error", () => resolve("refused"));
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}

test("T-53 on a port, the embedded database answers on this machine’s own interface only, and nothing to a browser", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aplus-threat-"));
  const server = await startMongoServer({ folder });
  try {
    const port = Number(new URL(server.uri.replace("mongodb:", "http:")).port);
    expect(await spokenTo("127.0.0.1", port)).toBe("");
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of others) expect(await spokenTo(address, port)).toBe("refused");
  } finally {
    await server.close();
    await rm(folder, { recursive: true });
  }
});
