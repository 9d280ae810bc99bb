/** People who come to and leave channels and the workspace, as Slack tells it; and who is there, after a time without news. */
import { z } from "zod";
import { DeliveryFault, type Place } from "../../src/delivery/port.ts";
import type { PresenceDesk } from "../../src/groupes/presence.ts";
import { faultFields, type Log } from "../log.ts";
import { deliveryFault } from "./faults.ts";
import { type Patience, patiently } from "./patience.ts";
import { hasEnded, type SlackPeople } from "./people.ts";
import { person, placeIn } from "./receive/inbox.ts";
import { persevering } from "./receive/persevere.ts";
import type { Workspace } from "./workspaces.ts";

export interface PresenceOptions {
  readonly desk: PresenceDesk;
  readonly people: SlackPeople;
  readonly log: Log;
  /** When the program stops. */
  readonly signal: AbortSignal;
}

/** `member_joined_channel` and `member_left_channel`: https://docs.slack.dev/reference/events/member_left_channel */
const movement = z.object({
  type: z.enum(["member_joined_channel", "member_left_channel"]),
  user: z.string(),
  channel: z.string(),
  event_ts: z.string().optional(),
});
const about = z.object({ user: z.looseObject({ id: z.string() }) });
const page = z.object({
  members: z.array(z.string()),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

const PAGE = 200;

export class Presence {
  readonly #with: PresenceOptions;
  readonly #patience: Patience;

  constructor(options: PresenceOptions) {
    this.#with = options;
    this.#patience = { longestMs: 120_000, tries: 20, signal: options.signal };
  }

  /** Slack tells of events in any order, and more than once: their dates decide. @param id of the event */
  async moved(workspace: Workspace, given: unknown, id: string): Promise<void> {
    const { type, user, channel, event_ts: ts } = movement.parse(given);
    if (user === workspace.botUserId) return;
    const at = ts === undefined ? null : Math.round(Number(ts) * 1000);
    const told = { person: person(workspace, user), place: placeIn(workspace, channel), event: id, at };
    const { desk, signal } = this.#with;
    await persevering(() => (type === "member_left_channel" ? desk.left(told) : desk.came(told)), signal);
  }

  /** Somebody's profile changed. What Slack says now counts, not an event that may have come late. */
  async changed(workspace: Workspace, given: unknown): Promise<void> {
    const { user } = about.parse(given);
    if (!hasEnded(user, workspace)) return;
    await persevering(async () => {
      const who = person(workspace, user.id);
      if (await this.#with.people.ended(who)) await this.#with.desk.accountEnded(who);
    }, this.#with.signal);
  }

  async arrived(workspace: Workspace, given: unknown): Promise<void> {
    const { user } = about.parse(given);
    await persevering(() => this.#with.desk.accountBegan(person(workspace, user.id)), this.#with.signal);
  }

  /** True when every channel was compared; one that could not be is logged, and left to the next time. */
  async compare(workspace: Workspace): Promise<boolean> {
    const places = await this.#with.desk.channels({ platform: "slack", workspace: workspace.id });
    const done = await Promise.all(places.map((place) => this.#compareOne(workspace, place)));
    return done.every((whole) => whole);
  }

  async #compareOne(workspace: Workspace, place: Place): Promise<boolean> {
    try {
      await this.#with.desk.compare(place, () => this.#members(workspace, place));
      return true;
    } catch (error) {
      const fault = deliveryFault(error);
      this.#with.log.warn({ channel: place.channel, ...faultFields(fault) }, "The members of a channel could not be read");
      // A channel that is gone, or closed to the bot, says nothing of who left it: there is nothing to try again.
      return fault instanceof DeliveryFault && fault.kind === "place";
    }
  }

  /** Null where the bot is not: Slack then says nothing of who comes and leaves, and nobody has left. */
  async #members(workspace: Workspace, { channel }: Place): Promise<ReadonlySet<string> | null> {
    const found = new Set<string>();
    let cursor: string | undefined;
    do {
      const more = cursor === undefined ? {} : { cursor };
      const ask = () => workspace.client.conversations.members({ channel, limit: PAGE, ...more });
      const { members, response_metadata: next } = page.parse(await patiently(ask, this.#patience));
      for (const user of members) found.add(user);
      cursor = next?.next_cursor || undefined;
    } while (cursor !== undefined);
    return found.delete(workspace.botUserId) ? found : null;
  }
}
