/** Waiting until everything that people did has been handed over, written and shown. */
import type { Database } from "../../models/database.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

/** A chat platform that can tell when nothing is under way between it and its bots. */
export interface Site {
  settled(timeout?: number): Promise<void>;
}

/** All platforms of a world. */
export const sitesOf = ({ slack, matrix }: World): readonly Site[] => (matrix === null ? [slack] : [slack, matrix]);

/** What still waits to be delivered. */
async function waiting(db: Database): Promise<string[]> {
  const demandes = await db.demandes.model
    .find({ $or: [{ deliverAt: { $ne: null } }, { lease: { $ne: null } }] }, { ref: 1, deliverAt: 1, lease: 1 })
    .lean<{ ref: number; deliverAt: Date | null; lease: unknown }[]>();
  const notices = await db.notices.model
    .find({ state: { $in: ["draft", "pending"] } }, { state: 1 })
    .lean<{ _id: string; state: string }[]>();
  const pills = await db.prompts.model.find({ stale: true }, { _id: 1 }).lean<{ _id: string }[]>();
  const questions = await db.dialogues.model.find({ open: true, unshown: true }, { user: 1 }).lean<{ user: string }[]>();
  return [
    ...demandes.map(({ ref, deliverAt, lease }) => `demande ${ref} at ${deliverAt?.toISOString()} ${JSON.stringify(lease)}`),
    ...notices.map(({ _id, state }) => `notice ${_id} ${state}`),
    ...pills.map(({ _id }) => `pills of ${_id}`),
    ...questions.map(({ user }) => `a question to ${user}`),
  ];
}

const SETTLED_WITHIN_MS = 1_000;

const isSettled = (site: Site): Promise<boolean> =>
  site.settled(SETTLED_WITHIN_MS).then(
    () => true,
    () => false,
  );

/** Resolves once these platforms have nothing to hand over, and the bots nothing to write or post. */
export async function untilQuiet(db: Database, sites: Site | readonly Site[], within = 150_000): Promise<void> {
  let last: string[] = [];
  await until(
    () => `everything delivered; what waits: ${last.join("; ") || "a platform itself"}`,
    async () => {
      for (const site of [sites].flat()) if (!(await isSettled(site))) return false;
      last = await waiting(db);
      return last.length === 0;
    },
    within,
  );
}
