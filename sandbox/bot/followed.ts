/** What the sandbox asks of the bot that runs in it: in this process, or in one of its own that can be killed. */
import type { Desk } from "../../src/demandes/desk.ts";
import type { Runtime } from "../../src/runtime.ts";
import { runDue } from "./due.ts";

export interface FollowedBot {
  readonly desk: Pick<Desk, "click" | "submitForm">;
  /** Resolves once nothing that came in is under way, nor anything to be posted; at once while it does not run. */
  idle(): Promise<void>;
  /** Everything that is due now is delivered when it resolves; nothing is done while it does not run. */
  runDue(): Promise<void>;
}

/** A bot in this very process. */
export const botHere = (runtime: Runtime): FollowedBot => ({
  desk: runtime.desk,
  idle: () => runtime.idle(),
  runDue: () => runDue(runtime),
});
