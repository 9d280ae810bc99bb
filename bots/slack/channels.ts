/** The channels of a workspace by their names, for those who write « #caf-ain » and not an id. */
import { type ClientOptions, SlackClient } from "./client.ts";
import { deliveryFault } from "./faults.ts";
import { patiently } from "./patience.ts";

/** As Slack recommends: at most 200 a page. */
const PAGE = 200;
/** conversations.list is limited to some twenty calls a minute: a wait of a minute is to be expected. */
const PATIENCE = { longestMs: 90_000, tries: 5 };

export interface SlackChannels {
  /** Slack's team id: `T…`. */
  readonly workspace: string;
  /** The channel's id by its name without `#`: public ones, and the private ones in which the bot is. Archived ones are left out. */
  byName(): Promise<ReadonlyMap<string, string>>;
}

/** @throws DeliveryFault when Slack refuses the token or does not answer */
export async function slackChannels(botToken: string, options: ClientOptions): Promise<SlackChannels> {
  const client = new SlackClient(botToken, options);
  const ask = <T>(call: () => Promise<T>): Promise<T> =>
    patiently(call, PATIENCE).catch((error: unknown) => {
      throw deliveryFault(error);
    });
  const { team_id: workspace = "" } = await ask(() => client.auth.test());
  return {
    workspace,
    async byName() {
      const ids = new Map<string, string>();
      let cursor: string | undefined;
      do {
        const page = await ask(() =>
          client.conversations.list({
            types: "public_channel,private_channel",
            exclude_archived: true,
            limit: PAGE,
            ...(cursor && { cursor }),
          }),
        );
        for (const { id, name } of page.channels ?? []) if (id && name) ids.set(name, id);
        cursor = page.response_metadata?.next_cursor;
      } while (cursor);
      return ids;
    },
  };
}
