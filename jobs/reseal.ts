/** After a new key: what a former one sealed is sealed anew, some at a time, while the bot works. */
import type { JobDefinition } from "./definition.ts";

/** A run of some seconds, so that a stop does not wait for long. */
const MOST_A_RUN = 2000;

export const resealJob: JobDefinition = {
  name: "reseal",
  every: "1 minute",
  async run({ useCases: { db, log } }) {
    const { done, unreadable } = await db.resealing.run(MOST_A_RUN);
    if (done > 0) log.info({ done, key: db.sealer.currentKeyId }, "sealed anew with the current key");
    if (unreadable > 0) log.error({ unreadable }, "some documents open with no key that is given");
  },
};
