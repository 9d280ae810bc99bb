/** What is left to show of a demande, for those who watch: since when, and where nothing can be shown at all. */
import type { Remains } from "../../models/deliveries.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import type { Progress } from "./progress.ts";

/** As it is given back. What is broken waits for a person to mend it, and does not count as late. @param now system time */
export function remainsOf({ behindSince }: LoadedDemande, progresses: readonly Pick<Progress, "thread">[], now: Date): Remains {
  const threads = progresses.map(({ thread }) => thread);
  const broken = threads.filter((thread) => thread.broken !== null);
  const late = threads.some(({ retryAt, broken: why }) => retryAt !== null && why === null);
  return { behindSince: late ? (behindSince ?? now) : null, brokenOn: [...new Set(broken.map((t) => t.platform ?? "none"))] };
}

/**
 * Since when this thread did not show all that it shows now (domain time); null when it showed it before. A groupe that was invited
 * has nothing to see before it was.
 * @param thread as it was before the delivery
 */
export function waitingSince({ state, events }: LoadedDemande, { delivered, groupeId }: Thread): Date | null {
  const first = events.find(({ seq }) => seq > delivered);
  if (!first) return null;
  const asked = state.groupes.find((groupe) => groupe.groupeId === groupeId)?.askedAt ?? first.at;
  return asked > first.at ? asked : first.at;
}
