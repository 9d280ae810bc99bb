/** The machine: Node.js, the data folder, the keys kept there, the clock. */
import { constants } from "node:fs";
import { access, mkdtemp, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Config } from "../../config.ts";
import { doctorTexts as texts } from "../texts.ts";
import type { Finding } from "./finding.ts";
import { fine, wrong } from "./finding.ts";

/** As package.json says under « engines ». */
export const MINIMUM_NODE = "20.19";
/** Bytes under which a database that grows will soon stop. */
const LEAST_FREE = 500e6;
/** Milliseconds; Slack refuses requests older than five minutes, and people see the hour. */
const MOST_OFFSET = 5000;

export function checkNode(version = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = MINIMUM_NODE.split(".").map(Number);
  const recent = major > leastMajor || (major === leastMajor && minor >= leastMinor);
  return recent ? fine(texts.node, version) : wrong(texts.node, version, texts.nodeRemedy(MINIMUM_NODE));
}

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function nearestThere(folder: string): Promise<string> {
  return (await exists(folder)) || dirname(folder) === folder ? folder : nearestThere(dirname(folder));
}

/** A true write where the folder is there: rights alone do not tell of a full or a failing disk. */
async function tryWriting(folder: string, isThere: boolean): Promise<void> {
  if (!isThere) return access(folder, constants.W_OK);
  const draft = await mkdtemp(join(folder, ".doctor-"));
  try {
    await writeFile(join(draft, "essai"), "essai");
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Without MONGODB_URI, the database is there; without any platform, the sandbox. */
export async function checkFolder({ dataDir, mongodbUri, slack, matrix }: Config): Promise<Finding> {
  if (mongodbUri !== null && (slack !== null || matrix !== null)) return fine(texts.folder, texts.folderUnused);
  const folder = resolve(dataDir);
  const there = await nearestThere(folder);
  try {
    await tryWriting(there, there === folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "?";
    return wrong(texts.folder, texts.folderReadOnly(folder, code), texts.folderRemedy);
  }
  const { bavail, bsize } = await statfs(there);
  const free = texts.size(bavail * bsize);
  if (bavail * bsize < LEAST_FREE) return wrong(texts.folder, texts.folderFull(folder, free), texts.folderFullRemedy);
  return fine(texts.folder, there === folder ? texts.folderOk(folder, free) : texts.folderMissing(folder, free));
}

/** @param offsetMs the reference's time less ours */
export function clockFinding(reference: string, offsetMs: number): Finding {
  const seconds = (Math.abs(offsetMs) / 1000).toLocaleString("fr-FR", { maximumFractionDigits: 1 });
  return Math.abs(offsetMs) > MOST_OFFSET
    ? wrong(texts.clock, texts.clockOff(reference, seconds), texts.clockRemedy)
    : fine(texts.clock, texts.clockOk(reference, seconds));
}
