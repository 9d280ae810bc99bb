/** What is left to show of a demande, for those who watch: since when, and where nothing can be shown at all. */
import type { Remains } from "../../models/deliveries.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import type { Progress } from "./progress.ts";

type HowFar = Pick<Progress, "thread" | "inLine">;

/** As it is given back. What is broken waits for a person to mend it, and does not count as late. @param now system time */
export function remainsOf({ behindSince }: LoadedDemande, progresses: readonly HowFar[], now: Date): Remains {
  const threads = progresses.map(({ thread }) => thread);
  const broken = threads.filter((thread) => thread.broken !== null);
  const late = progresses.some(({ thread, inLine }) => thread.broken === null && (inLine || thread.retryAt !== null));
  return { behindSince: late ? (behindSince ?? now) : null, brokenOn: [...new Set(broken.map((t) => t.platform ?? "none"))] };
}

/**
 * When there is more to do (system time); null when all is in step. What stands in line keeps its age: a sweep takes the oldest first.
 */
export function nextLook({ behindSince }: LoadedDemande, progresses: readonly HowFar[], now: Date): Date | null {
  const moments = progresses.flatMap(({ thread: { retryAt }, inLine }) => [
    ...(inLine ? [behindSince ?? now] : []),
    ...(retryAt === null ? [] : [retryAt]),
  ]);
  return moments.length === 0 ? null : new Date(Math.min(...moments.map((at) => at.getTime())));
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
