/** Files that people share, as references; the bytes stay with Slack. */
import type { FileRef } from "../../../src/domain/demande.ts";
import { type RichText, richText } from "../../../src/domain/richtext.ts";
import { slackTexts } from "../../../src/texts.ts";
import { cut, LIMITS } from "../limits.ts";
import { patiently } from "../patience.ts";
import type { Workspace } from "../workspaces.ts";
import { type SlackFile, slackFile } from "./payloads.ts";

/** Slack's own composer takes no more. */
const MOST_FILES = 10;
/** Kept elsewhere (Drive…), hidden by the workspace's plan, or deleted: Slack has no bytes to give. */
const UNREADABLE_MODES: ReadonlySet<string> = new Set(["external", "hidden_by_limit", "tombstone"]);

const nameOf = (file: SlackFile): string => cut(file.name || file.title || slackTexts.unnamedFile, LIMITS.fileName);

/** Files of another organisation's channel come without their facts. */
async function whole(file: SlackFile, workspace: Workspace): Promise<SlackFile> {
  if (file.file_access !== "check_file_info") return file;
  const answer = await patiently(() => workspace.client.files.info({ file: file.id }));
  return slackFile.parse(answer.file);
}

export interface SharedFiles {
  readonly files: readonly FileRef[];
  /** Said in the message's own words for each file that cannot follow, so that nobody waits for it. */
  readonly missing: RichText;
}

export async function readFiles(given: readonly SlackFile[], workspace: Workspace): Promise<SharedFiles> {
  const known = await Promise.all(given.slice(0, MOST_FILES).map((file) => whole(file, workspace)));
  const readable = (file: SlackFile) => file.is_external !== true && !UNREADABLE_MODES.has(file.mode ?? "");
  return {
    files: known.filter(readable).map((file) => ({
      name: nameOf(file),
      mimetype: file.mimetype || "application/octet-stream",
      size: file.size ?? 0,
      platform: "slack",
      workspace: workspace.id,
      file: file.id,
    })),
    missing: known.filter((file) => !readable(file)).flatMap((file) => richText(slackTexts.fileNotRelayed(nameOf(file)))),
  };
}
