/** One process at a time on a folder: two would each believe their own view of the collections. */
import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const FILE = "serveur.lock";

/** The folders that this very process has open: its own pid in a lock file says nothing about them. */
const held = new Set<string>();

/**
 * Takes the folder (made if need be) for this process and returns what gives it back. The lock of a process that is no
 * longer there is taken over.
 * @throws {Error} when a living process, or this one, has the folder.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, FILE);
  if (held.has(path)) throw new Error(`the folder ${folder} is already open in this process`);
  held.add(path);
  try {
    await acquire(path, folder);
  } catch (error) {
    held.delete(path);
    throw error;
  }
  return async () => {
    held.delete(path);
    await rm(path, { force: true });
  };
}

/** The file appears with its content at once (a link to a finished one): nobody reads a lock that is half written. */
async function acquire(path: string, folder: string): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify({ pid: process.pid, started: await startOf(process.pid) }));
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (await linked(draft, path)) return;
      const holder = await readHolder(path);
      if (holder !== undefined && (await isAlive(holder))) {
        throw new Error(`the folder ${folder} is in use by process ${holder.pid}; stop it, or choose another folder`);
      }
      await removeStale(path, `${draft}.stale`);
    }
    throw new Error(`the folder ${folder} cannot be locked: other processes keep taking it`);
  } finally {
    await rm(draft, { force: true });
  }
}

async function linked(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
}

/** Two processes may find the same stale lock: the slower one must not remove the lock that the faster one has just made. */
async function removeStale(path: string, aside: string): Promise<void> {
  try {
    await rename(path, aside);
  } catch (error) {
    if (isCode(error, "ENOENT")) return;
    throw error;
  }
  const holder = await readHolder(aside);
  if (holder !== undefined && (await isAlive(holder))) await linked(aside, path);
  await rm(aside, { force: true });
}

interface Holder {
  readonly pid: number;
  readonly started: string;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(path, "utf8"));
    if (typeof found !== "object" || found === null || !("pid" in found) || typeof found.pid !== "number") return undefined;
    return { pid: found.pid, started: "started" in found && typeof found.started === "string" ? found.started : "" };
  } catch (error) {
    if (isCode(error, "ENOENT") || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A pid is given again after a restart of the machine (or of a container): the start time tells the two apart. */
async function isAlive(holder: Holder): Promise<boolean> {
  // Not held by this process (see `held`), so a file with its pid was left by a predecessor that had the same one.
  if (holder.pid === process.pid) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    return isCode(error, "EPERM");
  }
  const started = await startOf(holder.pid);
  return started === "" || holder.started === "" || started === holder.started;
}

/** When a process began, in clock ticks since the start of the machine; empty where /proc does not exist. */
async function startOf(pid: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The second field is the name in parentheses, which may hold spaces; the start time is the 22nd.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

const isCode = (error: unknown, code: string): boolean =>
  typeof error === "object" && error !== null && "code" in error && error.code === code;
