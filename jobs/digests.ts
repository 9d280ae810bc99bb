/** The weekly digest: writes down whose Monday morning it is, then tells each. */
import { sweepReports } from "../src/delivery/reports.ts";
import { planDigests } from "../src/groupes/digest/plan.ts";
import type { JobDefinition } from "./definition.ts";

export const digestsJob: JobDefinition = {
  name: "digests",
  every: "1 minute",
  async run({ useCases, reports }) {
    await planDigests(useCases);
    await sweepReports(reports, "digest");
  },
};
