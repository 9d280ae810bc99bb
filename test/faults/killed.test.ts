/**
 * The bot as a process under a stream of commands, clicks, forms and messages, killed with SIGKILL at chosen and at random
 * instants and started again, on Slack, on Matrix, and on both at once. Whatever a platform took is in the database once, and in
 * every thread once, in order.
 *
 * KILLS=500 kills as many times on each; SEED=… plays the same choices again. Thousands of kills: `npm run kills`.
 */
import { liveAndDie, PLATFORMS } from "../support/deadlyLives.ts";

const KILLS = Number(process.env.KILLS ?? 10);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const PER_KILL_MS = 30_000;

test.each(PLATFORMS)(
  `nothing lost, nothing twice, over ${KILLS} kills on $on`,
  async (where) => {
    const { faults, demandes, messages, threads, kinds, ...lives } = await liveAndDie({ where, kills: KILLS, seed: SEED });
    if (process.env.KILLS !== undefined || faults.length > 0) {
      const [never, struck] = [0, 1].map((n) => [...kinds].filter(([, times]) => Math.min(times, 1) === n).map(([kind]) => kind));
      process.stderr.write(
        `${where.on}, seed ${SEED}: ${lives.kills} kills, ${lives.acts} acts, ${messages} messages in ${threads} threads, ` +
          `${struck?.length} of ${kinds.size} kinds of instants, started within ${Math.round(lives.slowestStartMs)} ms, ` +
          `last catch-up ${Math.round(lives.caughtUpMs)} ms\n  never: ${never?.join(", ")}\n`,
      );
    }
    expect({ seed: SEED, faults }).toEqual({ seed: SEED, faults: [] });
    expect(demandes).toBeGreaterThan(3);
    expect(messages).toBeGreaterThan(10);
  },
  KILLS * PER_KILL_MS + 300_000,
);
