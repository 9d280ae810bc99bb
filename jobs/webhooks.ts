/** Tells other systems what they were not told yet: after a refusal, a crash, a process that went away. */
import type { JobDefinition } from "./definition.ts";

export const webhooksJob: JobDefinition = {
  name: "webhooks",
  every: "5 seconds",
  // Its leases are its own: the job ends at once, and holds back nobody while an endpoint is slow.
  run: async ({ deliveries }) => deliveries.webhooks?.kick(),
};
