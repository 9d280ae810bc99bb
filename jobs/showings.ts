/** Looks again at what was shown outside threads: for a demande wiped while it was being posted, or never opened after all. */
import { sweepShowings } from "../src/delivery/lookAgain.ts";
import type { JobDefinition } from "./definition.ts";

export const showingsJob: JobDefinition = {
  name: "showings",
  every: "10 minutes",
  async run({ deliveries }) {
    await sweepShowings(deliveries);
  },
};
