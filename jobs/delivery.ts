/** Delivers what was cut short: by a crash, a refusal of the platform, a process that went away. */
import type { JobDefinition } from "./definition.ts";

export const deliveryJob: JobDefinition = {
  name: "delivery",
  every: "5 seconds",
  async run({ delivery }) {
    await delivery.takeUp();
    await delivery.notices.takeUp();
  },
};
