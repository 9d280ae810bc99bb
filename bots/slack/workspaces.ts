/**
 * All that depends on the workspace: its client, its bot. One comes from the configuration; an installation store gives
 * several behind the same interface.
 */
import { PermanentError, RetryError } from "../../src/errors.ts";
import { type ClientOptions, SlackClient } from "./client.ts";
import { deliveryFault, notInstalled, slackCode, TOKEN_CODES } from "./faults.ts";

export interface Workspace {
  /** Slack's team id: `T…`. */
  readonly id: string;
  readonly client: SlackClient;
  readonly botToken: string;
  readonly botUserId: string;
  readonly botId: string;
}

export interface Workspaces {
  /** Those in which the bot is installed, once `load` has resolved. */
  all(): readonly Workspace[];
  get(id: string): Workspace | undefined;
  /** As `get`, once what other processes may have installed meanwhile is known too. */
  find(id: string): Promise<Workspace | undefined>;
  /** Learns who the bot is, and where. @throws PermanentError when the token is refused, RetryError when Slack does not answer */
  load(): Promise<void>;
}

/** @throws DeliveryFault of kind `place` for a workspace in which the bot is not installed */
export function workspaceOf(workspaces: Workspaces, id: string): Workspace {
  const found = workspaces.get(id);
  if (found === undefined) throw notInstalled();
  return found;
}

async function identify(client: SlackClient, botToken: string): Promise<Workspace> {
  try {
    const { team_id: id, user_id: botUserId, bot_id: botId } = await client.auth.test();
    if (id === undefined || botUserId === undefined || botId === undefined)
      throw new PermanentError("The Slack token is not a bot's: it must begin with xoxb-.");
    return { id, client, botToken, botUserId, botId };
  } catch (error) {
    if (error instanceof PermanentError) throw error;
    const code = slackCode(error);
    if (code !== null && TOKEN_CODES.has(code))
      throw new PermanentError(`Slack refuses the bot's token (${code}).`, { cause: error });
    throw new RetryError("Slack does not say who the bot is.", { cause: deliveryFault(error) });
  }
}

/** The one workspace to which this token gives access. */
export function singleWorkspace(botToken: string, options: ClientOptions): Workspaces {
  const client = new SlackClient(botToken, options);
  let only: Workspace | undefined;
  return {
    all: () => (only === undefined ? [] : [only]),
    get: (id) => (only?.id === id ? only : undefined),
    find: async (id) => (only?.id === id ? only : undefined),
    load: async () => {
      only = await identify(client, botToken);
    },
  };
}
