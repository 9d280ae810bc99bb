/** Programs run beside the bench, each in a process of its own. */
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";

const KILOBYTE = 1024;
const MEGABYTE = 1024 * 1024;
const STOP_MS = 15_000;
/** Linux tells processor time in hundredths of a second. */
const TICK_MS = 10;

export interface Child {
  readonly pid: number;
  /** Resolves with the first line of output that matches. @throws when the program ends before */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** The same with lines yet to come only. */
  next(pattern: RegExp): Promise<RegExpExecArray>;
  /**
   * Memory held now, its own children's included and what they share counted once (Pss), and the most that each ever had resident,
   * added up (MB). Linux only.
   */
  memory(): Promise<{ readonly resident: number; readonly most: number }>;
  /** Processor time used so far, in all its threads (ms). Linux only. */
  processor(): Promise<number>;
  stop(): Promise<void>;
}

const built = join(import.meta.dirname, "..");

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/**
 * @param program relative to the build: `src/main.js`; its errors go to the bench's own
 * @param node options of Node.js itself
 */
export function startChild(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  node: readonly string[] = [],
): Child {
  const options = [...(process.env.BENCH_NODE_OPTIONS?.split(" ") ?? []), ...node];
  const child = spawn(process.execPath, [...options, join(built, program), ...args], {
    env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { stdout, pid } = child;
  if (!stdout || pid === undefined) throw new Error(`${program} could not be started`);
  const seen: string[] = [];
  const lines = createInterface({ input: stdout });
  lines.on("line", (line) => seen.push(line));
  const comes = (pattern: RegExp, known: readonly string[]) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const ended = (code: number | null) => reject(new Error(`${program} ended with ${code} before « ${pattern.source} »`));
      const look = (line: string) => {
        const found = pattern.exec(line);
        if (!found) return;
        lines.off("line", look);
        child.off("exit", ended);
        resolve(found);
      };
      lines.on("line", look);
      child.once("exit", ended);
      for (const line of known) look(line);
    });
  return {
    pid,
    line: (pattern) => comes(pattern, seen),
    next: (pattern) => comes(pattern, []),
    async memory() {
      const children = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(" ").filter(Boolean);
      const pids = [String(pid), ...children];
      const read = async (file: string, field: string) => {
        const texts = await Promise.all(pids.map((one) => readFile(`/proc/${one}/${file}`, "utf8")));
        const kilobytes = texts.map((text) => Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(text)?.[1] ?? Number.NaN));
        return (kilobytes.reduce((sum, value) => sum + value, 0) * KILOBYTE) / MEGABYTE;
      };
      return { resident: await read("smaps_rollup", "Pss"), most: await read("status", "VmHWM") };
    },
    async processor() {
      const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /, "").split(" ");
      return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
    },
    async stop() {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
      await ended(child);
      clearTimeout(late);
    },
  };
}
