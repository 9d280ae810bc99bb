import type { Struck } from "../faults.ts";
import { MatrixError } from "../state/error.ts";
import type { Json } from "../state/model.ts";
import { namedFilter } from "../sync/filter.ts";
import type { SyncInput } from "../sync/input.ts";
import { buildSync, type SyncOutput } from "../sync/sync.ts";
import { positionOf } from "../sync/tokens.ts";
import { type Call, endpoint, integer } from "./endpoint.ts";

/** The connection is to be cut without an answer. */
export class Cut extends Error {}

/** What a sync waits for at most, whatever it asks. */
const MOST_WAIT_MS = 600_000;

/** Forgets the messages that a client shows to have had by coming back with a later token. */
function forgetReceived({ world, actor }: Call, since: number): void {
  for (const message of [...world.toDevice.values()])
    if (message.userId === actor.userId && message.deviceId === actor.deviceId && message.position <= since)
      world.toDevice.delete(`${String(message.position).padStart(14, "0")} ${message.deviceId}`);
}

async function sync(call: Call): Promise<Json> {
  const { world, actor, polls, faults } = call;
  const since = call.query.since === undefined ? undefined : positionOf(call.query.since);
  const timeout = Math.min(integer(call, "timeout", 0), MOST_WAIT_MS);
  const filter = namedFilter(world, actor.userId, call.query.filter);
  const fullState = call.query.full_state === "true";
  const input: SyncInput = { world, actor, since, fullState, filter };
  const key = `${actor.userId} ${actor.deviceId}`;
  const again = faults.takeAgain(key);
  if (since !== undefined) forgetReceived(call, since);
  const deadline = performance.now() + timeout;
  const cut = polls.cuttable();
  const stop = AbortSignal.any([call.signal, cut.signal]);
  try {
    for (;;) {
      const output = buildSync(again ? { ...input, again } : input);
      const left = deadline - performance.now();
      if (since === undefined || fullState || again || !output.isEmpty || left <= 0) return finish(call, input, output, key);
      polls.began(key, actor.userId, output.position);
      await world.feed.wait(actor.userId, left, stop);
      if (stop.aborted) throw new Cut();
      // What a logout or a reset took away is not waited for to the end.
      if (!world.tokens.get(call.token))
        throw new MatrixError(401, "M_UNKNOWN_TOKEN", "Invalid access token passed.", { soft_logout: false });
    }
  } catch (error) {
    polls.gone(key);
    throw error;
  } finally {
    cut.release();
  }
}

/** Plays the faults that touch what a sync holds, and notes that it is answered. */
function finish(call: Call, input: SyncInput, output: SyncOutput, key: string): Json {
  const { polls, faults, actor } = call;
  const struck: Struck = { name: "GET sync", path: "GET sync", user: actor.userId };
  polls.began(key, actor.userId, input.since ?? 0);
  polls.answered(key);
  if (output.timeline.length === 0) return output.body;
  if (faults.strike("redeliver", struck)) faults.giveAgain(key, output.timeline);
  const limited = faults.strike("limitTimeline", struck);
  return limited ? buildSync({ ...input, keep: limited.keep ?? 0 }).body : output.body;
}

export const syncEndpoints = [endpoint("GET", "sync", sync)];
