/** The embedded database of a real bot, opened by the command line while the bot is stopped. */
import { join } from "node:path";
import { PermanentError } from "../errors.ts";
import { cliTexts } from "./texts.ts";

export interface Embedded {
  /** With the name of the bot's database. */
  readonly uri: string;
  close(): Promise<void>;
}

export const embeddedFolder = (dataDir: string): string => join(dataDir, "mongo");

/** @throws PermanentError when the folder does not open: another program has it, most often */
export async function openEmbedded(dataDir: string): Promise<Embedded> {
  const folder = embeddedFolder(dataDir);
  // Loaded only here: with MongoDB, nothing of the embedded one is needed.
  const { startMongoServer } = await import("../../sandbox/mongo/server.ts");
  const server = await startMongoServer({ folder, socket: true }).catch((cause: unknown) => {
    throw new PermanentError(cliTexts.embeddedBusy(folder), { cause });
  });
  return { uri: server.uri.replace("/?", "/aplus?"), close: () => server.close() };
}
