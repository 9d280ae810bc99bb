import type { Activity } from "../../slack/web-api/activity.ts";
import type { Polls } from "../client-api/polls.ts";
import type { World } from "../state/world.ts";

/** The bot, where it runs in this process and can say when it is done. */
export interface BotFollowed {
  /** Resolves once everything that follows from the acts so far has been sent. */
  idle?: () => Promise<void>;
}

/** What acting as a person needs. */
export interface Stage {
  world: World;
  polls: Polls;
  activity: Activity;
  app: BotFollowed;
}

/** The ids of the bots of this homeserver. */
export function botsOf(world: World): ReadonlySet<string> {
  return new Set([...world.accounts.values()].filter((account) => account.isBot).map((account) => account.id));
}
