/** A post found again by the delivery id that its metadata bears. https://docs.slack.dev/messaging/message-metadata */
import { z } from "zod";
import type { DeliveryId } from "../../src/delivery/port.ts";
import { slackCode } from "./faults.ts";
import { patiently } from "./patience.ts";
import { type SlackMessage, slackMessage } from "./receive/payloads.ts";
import type { Workspace } from "./workspaces.ts";

export const DELIVERY_EVENT = "aplus_delivery";

/** Between this machine's clock and Slack's. */
const MARGIN_S = 300;
const PAGE = 200;

const page = z.object({
  messages: z.array(slackMessage),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** The messages of a thread, or of the channel itself, since then; page by page. */
export async function* messagesSince(
  { client }: Workspace,
  channel: string,
  root: string | null,
  since: Date,
): AsyncGenerator<SlackMessage[]> {
  const oldest = Math.max(since.getTime() / 1000 - MARGIN_S, 0).toFixed(6);
  let cursor = "";
  do {
    const args = { channel, oldest, limit: PAGE, include_all_metadata: true, ...(cursor === "" ? {} : { cursor }) };
    const answer = await patiently(() =>
      root === null ? client.conversations.history(args) : client.conversations.replies({ ...args, ts: root }),
    );
    const read = page.parse(answer);
    yield read.messages;
    cursor = read.response_metadata?.next_cursor ?? "";
  } while (cursor !== "");
}

/** The id of the bot's own message that bears this delivery id; null where there is none, the thread itself gone included. */
export async function findDelivery(
  workspace: Workspace,
  channel: string,
  root: string | null,
  delivery: DeliveryId,
  since: Date,
): Promise<string | null> {
  try {
    for await (const messages of messagesSince(workspace, channel, root, since)) {
      const found = messages.find(
        ({ bot_id, metadata }) =>
          bot_id === workspace.botId && metadata?.event_type === DELIVERY_EVENT && metadata.event_payload.id === delivery,
      );
      if (found !== undefined) return found.ts;
    }
    return null;
  } catch (error) {
    if (slackCode(error) === "thread_not_found") return null;
    throw error;
  }
}

/** How many messages of people stand below the root. */
export async function countOthers(workspace: Workspace, channel: string, root: string): Promise<number> {
  let count = 0;
  try {
    for await (const messages of messagesSince(workspace, channel, root, new Date(0)))
      count += messages.filter(({ ts, bot_id: bot, subtype }) => ts !== root && !bot && subtype !== "tombstone").length;
  } catch (error) {
    if (slackCode(error) !== "thread_not_found") throw error;
  }
  return count;
}
