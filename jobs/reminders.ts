/** Reminds the groupes of what is en souffrance, in the opening hours of each territoire, and shows it on the cards. */
import { sweepCards } from "../src/demandes/refreshCards.ts";
import { sweepReminders } from "../src/demandes/remind.ts";
import type { JobDefinition } from "./definition.ts";

export const remindersJob: JobDefinition = {
  name: "reminders",
  every: "1 minute",
  async run({ useCases, delivery }) {
    await sweepCards(useCases);
    await sweepReminders(useCases);
    await delivery.notices.takeUp();
  },
};
