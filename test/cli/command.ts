/** The compiled command, run as its users run it: a process of its own, in a folder of its own, with only this environment. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../dist/src/cli/main.js", import.meta.url));

export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Desktop {
  readonly folder: string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
  /** As `run`; `kill` ends it with no notice, and its status is then null. */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): { readonly ended: Promise<Ran>; kill(): void };
  /** Writes a file there and gives its name. */
  file(name: string, content: string | Uint8Array): Promise<string>;
  close(): Promise<void>;
}

export async function startDesktop(): Promise<Desktop> {
  if (!existsSync(MAIN)) throw new Error("the command is not compiled: npm run build");
  const folder = await mkdtemp(join(tmpdir(), "aplus-cli-"));
  const start: Desktop["start"] = (args, env = {}) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: { PATH: process.env.PATH ?? "", ...env } });
    const ended = new Promise<Ran>((resolve, reject) => {
      let out = "";
      let err = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        err += text;
      });
      child.once("error", reject);
      child.once("close", (status) => resolve({ status, out, err }));
    });
    return { ended, kill: () => child.kill("SIGKILL") };
  };
  return {
    folder,
    start,
    run: (args, env) => start(args, env).ended,
    file: async (name, content) => {
      await writeFile(join(folder, name), content);
      return name;
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Keys that serve in these tests only. */
export const KEYS = {
  ENCRYPTION_KEYS: `essai-1:${Buffer.alloc(32, 7).toString("base64")}`,
  SEARCH_KEY: Buffer.alloc(32, 9).toString("base64"),
};
