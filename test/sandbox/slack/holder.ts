// A process that holds a sandbox in the folder it is given, says so in one line of JSON, and waits to be killed.
import { startSlackSandbox } from "../../../sandbox/slack/server.ts";

const sandbox = await startSlackSandbox({
  folder: String(process.argv[2]),
  rateLimits: false,
  retryDelays: [600_000, 600_000, 600_000],
});
const { control } = sandbox;
const [known] = control.workspaces();
const teamId = known?.id ?? (await control.createWorkspace({ name: "Durable" })).teamId;
if (!known) {
  await control.createUser({ workspace: teamId, name: "camille", realName: "Camille Exemple", email: "camille@exemple.fr" });
  await control.createChannel({ workspace: teamId, name: "caf-ain", members: ["bot", "camille"] });
}
process.stdout.write(
  `${JSON.stringify({ url: sandbox.url, apiUrl: sandbox.apiUrl, channel: control.channels()[0]?.id, ...control.installation(teamId) })}\n`,
);
