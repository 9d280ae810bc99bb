import { App, LogLevel } from "@slack/bolt";
import type { Installation } from "../../../sandbox/slack/control/build.ts";
import { type SlackSandbox, type SlackSandboxOptions, startSlackSandbox } from "../../../sandbox/slack/server.ts";

/** A sandbox with one workspace, three people, a public and a private channel. */
export interface Bench {
  sandbox: SlackSandbox;
  installation: Installation;
  /** Ids of the people and channels. */
  camille: string;
  dominique: string;
  sacha: string;
  caf: string;
  secret: string;
}

/** Starts a sandbox without rate limits unless asked for, and furnishes it. */
export async function furnished(options: SlackSandboxOptions = {}, botScopes?: string[]): Promise<Bench> {
  const sandbox = await startSlackSandbox({ rateLimits: false, retryDelays: [20, 60, 120], ...options });
  const { control } = sandbox;
  const installation = await control.createWorkspace({ name: "Espace Exemple", ...(botScopes && { botScopes }) });
  const workspace = installation.teamId;
  const person = async (name: string, realName: string) =>
    (await control.createUser({ workspace, name, realName, email: `${name}@exemple.fr` })).id;
  const camille = await person("camille", "Camille Exemple");
  const dominique = await person("dominique", "Dominique Modèle");
  const sacha = await person("sacha", "Sacha Témoin");
  const caf = await control.createChannel({ workspace, name: "caf-ain", members: ["bot", camille, dominique] });
  const secret = await control.createChannel({ workspace, name: "entre-nous", private: true, members: [camille, dominique] });
  return { sandbox, installation, camille, dominique, sacha, caf: caf.id, secret: secret.id };
}

/** An unmodified Bolt app in Socket Mode on that sandbox, not started yet. */
export function socketApp({ sandbox, installation }: Bench): App {
  return new App({
    token: installation.botToken,
    appToken: installation.appToken,
    socketMode: true,
    clientOptions: { slackApiUrl: sandbox.apiUrl },
    installerOptions: { clientOptions: { slackApiUrl: sandbox.apiUrl } },
    logLevel: LogLevel.ERROR,
  });
}

/** The Socket Mode client inside a Bolt app, where envelopes are seen as they come. */
export function socketClient(app: App): {
  on(name: string, listener: (args: Record<string, unknown>) => void): void;
  disconnect(): Promise<void>;
} {
  return (app as unknown as { receiver: { client: ReturnType<typeof socketClient> } }).receiver.client;
}

/** Calls a method as a form, without the library's retries and warnings; objects go as JSON. Returns the body. */
export async function callApi(apiUrl: string, method: string, args: Record<string, unknown>, token: string) {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(args))
    if (value !== undefined) form.set(name, typeof value === "string" ? value : JSON.stringify(value));
  const headers: Record<string, string> = token === "" ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${apiUrl}${method}`, { method: "POST", headers, body: form });
  return (await response.json()) as Record<string, unknown>;
}

/** Waits for a condition; fails with `what` when it does not come. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, bound = 60_000): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > bound) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
