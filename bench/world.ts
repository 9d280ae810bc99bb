/** What both apps are measured on: the sandbox's Slack, in the bench's own process, and one database server beside it. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WORKSPACE } from "../sandbox/seed/slack.ts";
import type { SlackSandbox } from "../sandbox/slack/server.ts";
import { startSlackSandbox } from "../sandbox/slack/server.ts";
import type { Child } from "./child.ts";
import { startChild } from "./child.ts";
import { crowdOnSlack } from "./crowd.ts";

const KEY_BYTES = 32;

export interface BenchWorld {
  readonly slack: SlackSandbox;
  readonly keys: { readonly encryption: { readonly id: string; readonly key: Buffer }; readonly search: Buffer };
  /** A database of that name. */
  uri(name: string): string;
  /** What an app's process is given. */
  env(database: string): Record<string, string>;
  close(): Promise<void>;
}

/** @param mongodb the address of a real server, without a database name; null: the embedded one, in a process of its own */
export async function startWorld(mongodb: string | null): Promise<BenchWorld> {
  const folder = await mkdtemp(join(tmpdir(), "aplus-bench-"));
  const server: Child | null = mongodb ? null : startChild("bench/database.js", [join(folder, "mongo")], {});
  const address = mongodb ?? (await server?.line(/^mongodb:\S+/))?.[0] ?? "";
  const slack = await startSlackSandbox({ rateLimits: false, folder: join(folder, "slack") });
  await crowdOnSlack(slack);
  const { botToken, appToken } = slack.control.installation(WORKSPACE);
  const keys = { encryption: { id: "bench", key: randomBytes(KEY_BYTES) }, search: randomBytes(KEY_BYTES) };
  const uri = (name: string) => address.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)\/?/, `$1/${name}`);
  return {
    slack,
    keys,
    uri,
    env: (database) => ({
      PORT: "0",
      DATA_DIR: join(folder, "data"),
      LOG_LEVEL: "error",
      INSTANCE: `bench-${database}`,
      MONGODB_URI: uri(database),
      ENCRYPTION_KEYS: `${keys.encryption.id}:${keys.encryption.key.toString("base64")}`,
      SEARCH_KEY: keys.search.toString("base64"),
      // Few people do what hundreds would.
      ACTS_PER_MINUTE: "0",
      SLACK_BOT_TOKEN: botToken,
      SLACK_APP_TOKEN: appToken,
      SLACK_API_URL: slack.apiUrl,
    }),
    async close() {
      await slack.close();
      await server?.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
