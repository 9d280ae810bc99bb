/** Files that people share, as references; the bytes stay with the homeserver. */
import { z } from "zod";
import type { FileRef } from "../../../src/domain/demande.ts";
import { matrixTexts } from "../../../src/texts/matrix.ts";
import type { MatrixEvent } from "../events.ts";
import { encryptedFile } from "../files.ts";
import { line, NAME_LENGTH } from "../limits.ts";

const FILE_TYPES: ReadonlySet<unknown> = new Set(["m.file", "m.image", "m.audio", "m.video"]);

const shared = z.object({
  body: z.string().catch(""),
  filename: z.string().optional().catch(undefined),
  url: z.string().optional().catch(undefined),
  file: encryptedFile.optional().catch(undefined),
  info: z
    .object({
      mimetype: z.string().optional().catch(undefined),
      size: z.number().int().nonnegative().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

export const isFile = (event: Pick<MatrixEvent, "content">): boolean => FILE_TYPES.has(event.content.msgtype);

/** The file of a message; null when it has none that could be fetched. */
export function fileOf(event: Pick<MatrixEvent, "content">, workspace: string): FileRef | null {
  if (!isFile(event)) return null;
  const { body, filename, url, file, info } = shared.parse(event.content);
  const address = file === undefined ? url : JSON.stringify(file);
  if (address === undefined) return null;
  return {
    name: line(filename ?? (body || matrixTexts.unnamedFile), NAME_LENGTH),
    mimetype: info?.mimetype || "application/octet-stream",
    size: info?.size ?? 0,
    platform: "matrix",
    workspace,
    file: address,
  };
}

/** Whether the message has words of its own beside its file: otherwise its body is the file's name. */
export const hasCaption = ({ content }: Pick<MatrixEvent, "content">): boolean =>
  typeof content.filename === "string" && typeof content.body === "string" && content.body !== content.filename;
