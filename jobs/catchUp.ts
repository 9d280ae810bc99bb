/** Reads what was said in open threads and never came in: a platform gives up sending an event again after a while. */
import type { JobDefinition } from "./definition.ts";

export const catchUpJob: JobDefinition = {
  name: "catch-up",
  every: "30 minutes",
  run: ({ catchUp }) => catchUp(),
};
