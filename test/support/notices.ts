/** What a worker that looks for notices does, by hand. */
import type { Database } from "../../models/database.ts";
import type { NoticeLane, StoredNotice } from "../../models/notices.ts";

/** Takes the notice of this lane that waits longest, if any; until then (system time) nobody else does. */
export async function claimOldest(
  { notices }: Pick<Database, "notices">,
  owner: string,
  now: Date,
  until: Date,
  lane: NoticeLane = "prompt",
): Promise<StoredNotice | null> {
  const [oldest] = await notices.due(lane, now, 1);
  return oldest ? notices.claim(oldest.id, owner, now, until) : null;
}
