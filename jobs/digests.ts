/** The weekly digest: writes down whose Monday morning it is, then tells each. */
import { planDigests } from "../src/groupes/digest/plan.ts";
import type { JobDefinition } from "./definition.ts";

export const digestsJob: JobDefinition = {
  name: "digests",
  every: "1 minute",
  async run({ useCases, reports }) {
    await planDigests(useCases);
    await reports.digest.takeUp();
  },
};
