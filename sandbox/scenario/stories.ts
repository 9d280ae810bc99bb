/** The stories that `npm run scenario` plays, in this order. */
import { bothStory } from "./both/story.ts";
import { slackStory } from "./slack/story.ts";
import type { Story } from "./story.ts";

export const STORIES: readonly Story[] = [slackStory, bothStory];
