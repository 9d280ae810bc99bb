/** A Slack workspace of the sandbox and a database, as an administrator who begins has them. */
import type { Database } from "../../models/database.ts";
import { openDatabase } from "../../models/database.ts";
import { createSealer } from "../../models/sealing.ts";
import { type SlackSandbox, startSlackSandbox } from "../../sandbox/slack/server.ts";
import { testDatabase } from "../support/mongo.ts";
import { KEYS } from "./command.ts";

export interface Workspace {
  readonly slack: SlackSandbox;
  readonly teamId: string;
  /** Ids by name. */
  readonly channels: Readonly<Record<string, string>>;
  readonly db: Database;
  /** What makes the command use both. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export const sealer = () => {
  const [id = "", key = ""] = KEYS.ENCRYPTION_KEYS.split(":");
  return createSealer([{ id, key: Buffer.from(key, "base64") }], Buffer.from(KEYS.SEARCH_KEY, "base64"));
};

export async function startWorkspace(names: readonly string[]): Promise<Workspace> {
  const slack = await startSlackSandbox({ rateLimits: false });
  const { teamId, botToken, appToken } = await slack.control.createWorkspace({ name: "Exemple" });
  const channels: Record<string, string> = {};
  for (const name of names)
    channels[name] = (await slack.control.createChannel({ workspace: teamId, name, members: ["bot"] })).id;
  const mongo = await testDatabase();
  const db = await openDatabase(mongo.uri, sealer());
  return {
    slack,
    teamId,
    channels,
    db,
    env: {
      ...KEYS,
      MONGODB_URI: mongo.uri,
      SLACK_BOT_TOKEN: botToken,
      SLACK_APP_TOKEN: appToken,
      SLACK_API_URL: slack.apiUrl,
    },
    async close() {
      await db.close();
      await mongo.close();
      await slack.close();
    },
  };
}
