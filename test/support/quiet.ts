/** Waiting until everything that people did has been handed over, written and shown. */
import type { Database } from "../../models/database.ts";
import type { SlackSandbox } from "../../sandbox/slack/server.ts";
import { until } from "./until.ts";

/** What still waits to be delivered. */
async function waiting(db: Database): Promise<string[]> {
  const demandes = await db.demandes.model
    .find({ $or: [{ deliverAt: { $ne: null } }, { lease: { $ne: null } }] }, { ref: 1, deliverAt: 1, lease: 1 })
    .lean<{ ref: number; deliverAt: Date | null; lease: unknown }[]>();
  const notices = await db.notices.model
    .find({ state: { $in: ["draft", "pending"] } }, { state: 1 })
    .lean<{ _id: string; state: string }[]>();
  return [
    ...demandes.map(({ ref, deliverAt, lease }) => `demande ${ref} at ${deliverAt?.toISOString()} ${JSON.stringify(lease)}`),
    ...notices.map(({ _id, state }) => `notice ${_id} ${state}`),
  ];
}

/** Resolves once Slack has nothing to hand over, and the bots nothing to write or post. */
export async function untilQuiet(db: Database, slack: Pick<SlackSandbox, "settled">, within = 150_000): Promise<void> {
  let last: string[] = [];
  await until(
    () => `everything delivered; what waits: ${last.join("; ") || "Slack itself"}`,
    async () => {
      if (
        !(await slack.settled(1_000).then(
          () => true,
          () => false,
        ))
      )
        return false;
      last = await waiting(db);
      return last.length === 0;
    },
    within,
  );
}
