/** A process that serves a folder (its first argument) and writes its address to the standard output. */
import { startMongoServer } from "../../../sandbox/mongo/server.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("which folder?");
const server = await startMongoServer({ folder });
process.stdout.write(`${server.uri}\n`);
