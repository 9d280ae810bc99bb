/**
 * The bot as a process under a stream of commands, clicks, forms and messages, killed with SIGKILL at chosen and at random
 * instants and started again, on Slack, on Matrix, and on both at once. Whatever a platform took is in the database once, and in
 * every thread once, in order.
 *
 * KILLS=500 kills as many times on each; SEED=… plays the same choices again.
 */
import { BotProcess } from "../support/bot.ts";
import { compareWorlds } from "../support/compareWorlds.ts";
import { ACROSS, type Cast, Crowd, doneFaults, everyDemande, TOGETHER } from "../support/crowd.ts";
import { Chooser, series, watchInstants } from "../support/instants.ts";
import { matrixPeople } from "../support/matrixPeople.ts";
import type { PlatformUnderTest } from "../support/platformUnderTest.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

const KILLS = Number(process.env.KILLS ?? 10);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
/** A bound on each life, so that an instant that does not come is not awaited for ever. */
const LONGEST_LIFE_MS = 4_000;
const PER_KILL_MS = 30_000;
const LEAST_ACTS = 40;

interface Case {
  readonly on: string;
  readonly matrix?: "everybody" | "seed";
  readonly cast: Cast;
}

const CASES: readonly Case[] = [
  { on: "Slack", cast: TOGETHER },
  { on: "Matrix", matrix: "everybody", cast: TOGETHER },
  { on: "both at once", matrix: "seed", cast: ACROSS },
];

/** The platforms on which people are, and which of them is somebody's. */
function platformsOf(world: World, { matrix }: Case) {
  const onMatrix = matrix ? matrixPeople(world, "ack") : null;
  const onSlack = matrix === "everybody" ? null : slackPeople(world, "ack");
  const all = [onSlack, onMatrix].filter((platform) => platform !== null);
  const people = (who: string): PlatformUnderTest => {
    const found = all.find(({ name }) => name === world.account(who).platform);
    if (!found) throw new Error(`${who} is on no platform of this case`);
    return found;
  };
  return { people, views: all.map(({ view }) => view) };
}

/** Resolves after that long, or as soon as `early` does. */
async function atMost(ms: number, early: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([early, late]);
  clearTimeout(timer);
}

test.each(CASES)(
  `nothing lost, nothing twice, over ${KILLS} kills on $on`,
  async (one) => {
    const world = await openWorld(one.matrix ? { matrix: one.matrix } : {});
    const { people, views } = platformsOf(world, one);
    const random = series(SEED);
    const chooser = new Chooser(random);
    let bot = BotProcess.spawn(world, "tuable");
    let isUp = false;
    let kills = 0;
    let slowest = 0;
    const kill = async () => {
      isUp = false;
      chooser.forget();
      kills += 1;
      await bot.kill();
    };
    const end = watchInstants(world, async (label, phase) => {
      if (!bot.running || !chooser.isIt(label, phase)) return undefined;
      await kill();
      return phase === "before" && random() < 0.5 ? "lost" : undefined;
    });
    /** One life, from its start to its violent end: by chance, or at an instant chosen at its birth or once it is up. */
    const live = async () => {
      const end = random();
      if (end > 0.8 && kills > 0) chooser.choose();
      const born = performance.now();
      const killsBefore = kills;
      isUp = await bot.ready;
      if (!isUp && kills === killsBefore) throw new Error(`the bot does not start:\n${bot.log()}`);
      if (isUp) slowest = Math.max(slowest, performance.now() - born);
      if (end < 0.2 || kills === 0) await atMost(random() * 1_500 + (kills === 0 ? 2_500 : 0), bot.exited);
      else {
        if (end <= 0.8) chooser.choose();
        await atMost(LONGEST_LIFE_MS / 2, bot.exited);
        if (bot.running) chooser.relent();
        await atMost(LONGEST_LIFE_MS / 2, bot.exited);
      }
      if (bot.running) await kill();
      bot = BotProcess.spawn(world, "tuable");
    };
    const { cast } = one;
    const crowd = new Crowd({ people, cast, db: world.db, random: Math.random, isUp: () => isUp, mostDemandes: 12 });
    let unexpected: unknown = null;
    const living = crowd.live().catch((error: unknown) => {
      unexpected = error;
    });
    try {
      while (kills < KILLS && unexpected === null) await live();
      isUp = await bot.ready;
      // Lives may have been too short for much: what is compared must be worth it.
      await until("enough done", () => crowd.acts >= LEAST_ACTS || unexpected !== null);
      crowd.rest();
      await living;
      if (unexpected !== null) throw unexpected;
      const rested = performance.now();
      await untilQuiet(world.db, sitesOf(world));
      const caughtUp = performance.now() - rested;
      end();
      const demandes = await everyDemande(world.db);
      const compared = await compareWorlds({ db: world.db, views, now: world.clock.now() });
      const faults = [...compared.faults, ...doneFaults(crowd.done, demandes)];
      const kinds = [...chooser.kinds].filter(([, times]) => times > 0).map(([kind]) => kind);
      if (process.env.KILLS !== undefined || faults.length > 0)
        process.stderr.write(
          `${one.on}, seed ${SEED}: ${kills} kills, ${crowd.acts} acts, ${compared.messages} messages in ${compared.threads} threads, ` +
            `${kinds.length} of ${chooser.kinds.size} kinds of instants, started within ${Math.round(slowest)} ms, ` +
            `last catch-up ${Math.round(caughtUp)} ms\n` +
            `  never: ${[...chooser.kinds]
              .filter(([, times]) => times === 0)
              .map(([kind]) => kind)
              .join(", ")}\n`,
        );
      expect({ seed: SEED, faults }).toEqual({ seed: SEED, faults: [] });
      expect(compared.demandes).toBeGreaterThan(3);
      expect(compared.messages).toBeGreaterThan(LEAST_ACTS / 4);
    } finally {
      crowd.rest();
      chooser.forget();
      isUp = true;
      await living;
      await bot.stop();
      await world.close();
    }
  },
  KILLS * PER_KILL_MS + 300_000,
);
