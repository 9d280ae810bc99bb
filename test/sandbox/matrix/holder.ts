// A process that holds a sandbox in the folder it is given, says so in one line of JSON, and waits to be killed.
import { startMatrixSandbox } from "../../../sandbox/matrix/server.ts";

const sandbox = await startMatrixSandbox({ folder: String(process.argv[2]), rateLimits: false });
const { control } = sandbox;
if (control.users().length === 0) {
  await control.createBot();
  await control.createUser({ localpart: "camille", displayName: "Camille Exemple" });
  await control.createRoom({ name: "CAF de l’Ain", creator: "camille", members: ["bot", "camille"] });
}
const [bot, camille] = [control.session("bot"), control.session("camille")];
process.stdout.write(`${JSON.stringify({ url: sandbox.url, bot, camille, room: control.rooms()[0]?.id })}\n`);
