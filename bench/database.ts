/** The embedded database as a process of its own: `database.js FOLDER` prints its address. */
import { startMongoServer } from "../sandbox/mongo/server.ts";

const [folder] = process.argv.slice(2);
if (!folder) throw new Error("the folder of the data is missing");
const server = await startMongoServer({ folder });
process.on("SIGTERM", () => void server.close().then(() => process.exit(0)));
console.log(server.uri);
