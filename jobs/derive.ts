/** After a new version: what a former one derived from events is derived anew, some at a time, while the bot works. */
import type { JobDefinition } from "./definition.ts";

/** A run of some seconds, so that a stop does not wait for long. */
const MOST_A_RUN = 2000;

export const deriveJob: JobDefinition = {
  name: "derive",
  every: "1 minute",
  async run({ useCases: { db, log } }) {
    const { done, unreadable, complete } = await db.derivation.run(MOST_A_RUN);
    if (done > 0) log.info({ done, complete }, "derived anew what a former version derived");
    if (unreadable > 0) log.error({ unreadable }, "some demandes do not open: no board shows them");
  },
};
