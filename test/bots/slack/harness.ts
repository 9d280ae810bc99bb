/** The adapter as it is, on the real Bolt, over the wire to the sandbox's Slack; behind it a desk that writes down what it is given. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { SlackCall } from "../../../bots/slack/client.ts";
import { createSlackPlatform, type SlackDependencies, type SlackPlatform } from "../../../bots/slack/platform.ts";
import { type SlackSandbox, type SlackSandboxOptions, startSlackSandbox } from "../../../sandbox/slack/server.ts";
import type { Trail } from "../../../src/delivery/showing.ts";
import { RecordingDesk, recordingLog } from "../desk.ts";

export type Bench = Awaited<ReturnType<typeof startBench>>;

export interface BenchOptions {
  readonly mode?: "socket" | "http";
  readonly sandbox?: SlackSandboxOptions;
  readonly botScopes?: string[];
  readonly agentOf?: SlackDependencies["agentOf"];
  readonly start?: boolean;
}

async function listening(platform: () => SlackPlatform, came: (retry: number) => void) {
  const server = createServer((request, response) => {
    came(Number(request.headers["x-slack-retry-num"] ?? 0));
    platform().requestListener?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events` };
}

/** The adapter alone, on no database: what it shows outside threads is written down nowhere. */
export const NO_TRAIL: Trail = {
  showings: { announce: async () => {}, posted: async () => true, extend: async () => {}, replace: async () => {} },
};

/** A workspace with a channel, two people and the bot, and the adapter connected to it. */
export async function startBench(options: BenchOptions = {}) {
  const mode = options.mode ?? "socket";
  const slack: SlackSandbox = await startSlackSandbox({
    retryDelays: [50, 100, 200, 400, 800],
    rateLimits: false,
    ackTimeout: 1000,
    ...options.sandbox,
  });
  const workspace = await slack.control.createWorkspace({
    name: "Exemple",
    ...(options.botScopes && { botScopes: options.botScopes }),
  });
  const [camille, dominique] = await Promise.all([
    slack.control.createUser({
      workspace: workspace.teamId,
      name: "camille",
      realName: "Camille Exemple",
      email: "camille@exemple.fr",
    }),
    slack.control.createUser({
      workspace: workspace.teamId,
      name: "dominique",
      realName: "Dominique Modèle",
      email: "dominique@exemple.fr",
    }),
  ]);
  const channel = await slack.control.createChannel({
    workspace: workspace.teamId,
    name: "caf-ain",
    members: ["bot", camille.id, dominique.id],
  });
  const desk = new RecordingDesk();
  const log = recordingLog();
  const called: SlackCall[] = [];
  const config = {
    mode,
    botToken: workspace.botToken,
    appToken: workspace.appToken,
    signingSecret: workspace.signingSecret,
    apiUrl: slack.apiUrl,
  };
  const create = () =>
    createSlackPlatform({
      config,
      desk,
      log,
      trail: NO_TRAIL,
      onCall: (call) => called.push(call),
      ...(options.agentOf && { agentOf: options.agentOf }),
    });
  const bench = {
    slack,
    control: slack.control,
    workspace,
    camille,
    dominique,
    channel,
    desk,
    log,
    called,
    config,
    place: { platform: "slack" as const, workspace: workspace.teamId, channel: channel.id },
    platform: create(),
    /** Where Slack's requests come, over HTTP. */
    requestUrl: undefined as string | undefined,
    /** How often Slack had tried what it sent over HTTP, request by request. */
    tries: [] as number[],
    /** Another process on the same workspace, once the first is gone. */
    async restart() {
      await bench.platform.stop();
      bench.platform = create();
      await bench.platform.start();
    },
    async close() {
      await bench.platform.stop();
      http?.server.closeAllConnections();
      http?.server.close();
      await slack.close();
    },
  };
  const http =
    mode === "http"
      ? await listening(
          () => bench.platform,
          (retry) => bench.tries.push(retry),
        )
      : undefined;
  slack.followApp(() => bench.platform.idle());
  bench.requestUrl = http?.url;
  if (http) await slack.control.setRequestUrl(workspace.teamId, http.url);
  if (options.start !== false) await bench.platform.start();
  return bench;
}
