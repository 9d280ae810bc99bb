/** Wipes, once a day, the data of the demandes archived six months ago. What is left on the platforms, delivery takes away. */
import { sweepWipes } from "../src/demandes/wipe.ts";
import type { JobDefinition } from "./definition.ts";

export const wipeJob: JobDefinition = {
  name: "wipe",
  every: "1 day",
  async run({ useCases }) {
    await sweepWipes(useCases);
  },
};
