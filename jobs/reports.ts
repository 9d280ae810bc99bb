/** Makes and posts the exports and statistics that were asked for: a job of its own, since a long one keeps nothing else waiting. */
import type { JobDefinition } from "./definition.ts";

export const reportsJob: JobDefinition = {
  name: "reports",
  every: "3 seconds",
  async run({ reports }) {
    await reports.report.takeUp();
  },
};
