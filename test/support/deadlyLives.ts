/**
 * One world whose bot lives many short lives under a stream of commands, clicks, forms and messages: each ends with SIGKILL, by
 * chance or at a chosen instant. At the end the database is compared with what the platforms show.
 */
import { BotProcess } from "./bot.ts";
import { compareWorlds } from "./compareWorlds.ts";
import { ACROSS, type Cast, Crowd, doneFaults, everyDemande, TOGETHER } from "./crowd.ts";
import { Chooser, series, watchInstants } from "./instants.ts";
import { matrixPeople } from "./matrixPeople.ts";
import type { PlatformUnderTest } from "./platformUnderTest.ts";
import { sitesOf, untilQuiet } from "./quiet.ts";
import { slackPeople } from "./slackPeople.ts";
import { until } from "./until.ts";
import { openWorld, type World } from "./world.ts";

/** A bound on each life, so that an instant that does not come is not awaited for ever. */
const LONGEST_LIFE_MS = 4_000;
/** A start that lasts longer, on a machine that has much else to do, ends as violently. */
const LONGEST_START_MS = 20_000;
/** What is compared at the end must be worth it. */
const LEAST_ACTS = 40;
const NAME = "tuable";

/** Where the people of a world are. */
export interface Where {
  readonly on: string;
  readonly matrix?: "everybody" | "seed";
  readonly cast: Cast;
}

export const PLATFORMS: readonly Where[] = [
  { on: "Slack", cast: TOGETHER },
  { on: "Matrix", matrix: "everybody", cast: TOGETHER },
  { on: "both at once", matrix: "seed", cast: ACROSS },
];

export interface Lives {
  readonly kills: number;
  readonly acts: number;
  readonly demandes: number;
  readonly threads: number;
  readonly messages: number;
  readonly faults: readonly string[];
  /** Every kind of instant that was seen, and how often the bot was killed there. */
  readonly kinds: ReadonlyMap<string, number>;
  readonly slowestStartMs: number;
  /** From the end of the acts until everything was delivered. */
  readonly caughtUpMs: number;
}

export interface LivesOptions {
  readonly where: Where;
  readonly kills: number;
  /** The same choices are made for the same seed. */
  readonly seed: number;
  /** Told of each kill. */
  readonly killed?: (kills: number) => void;
  /** How often bots of earlier worlds were killed at each kind of instant. */
  readonly before?: ReadonlyMap<string, number>;
  /** How long each person rests between two acts, in milliseconds; without it, nobody rests. */
  readonly restMs?: number;
}

/** The platforms on which people are, and which of them is somebody's. */
function platformsOf(world: World, { matrix }: Where) {
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

class DeadlyLives {
  readonly chooser: Chooser;
  isUp = false;
  kills = 0;
  slowest = 0;
  private bot: BotProcess;
  private spare: BotProcess;
  private readonly world: World;
  private readonly random: () => number;
  private readonly killed: (kills: number) => void;

  constructor(world: World, { seed, before, killed = () => undefined }: LivesOptions) {
    this.world = world;
    this.killed = killed;
    this.random = series(seed);
    this.chooser = new Chooser(this.random, before);
    this.bot = BotProcess.spawn(world, NAME);
    this.spare = BotProcess.spare(world, NAME);
  }

  /** Kills whenever the chosen instant comes; gives the end of it. */
  watch(): () => void {
    return watchInstants(this.world, async (label, phase) => {
      if (!this.bot.running || !this.chooser.isIt(label, phase)) return undefined;
      await this.kill();
      return phase === "before" && this.random() < 0.5 ? "lost" : undefined;
    });
  }

  /** One life, from its start to its violent end: by chance, or at an instant chosen at its birth or once it is up. */
  async one(): Promise<void> {
    const { bot, chooser, random } = this;
    const end = random();
    if (end > 0.8 && this.kills > 0) chooser.choose();
    const born = performance.now();
    const killsBefore = this.kills;
    await atMost(
      LONGEST_START_MS,
      bot.ready.then((up) => {
        this.isUp = up;
      }),
    );
    if (!this.isUp && !bot.running && this.kills === killsBefore) throw new Error(`the bot does not start:\n${bot.log()}`);
    if (this.isUp) this.slowest = Math.max(this.slowest, performance.now() - born);
    if (end < 0.2 || this.kills === 0) await atMost(random() * 1_500 + (this.kills === 0 ? 2_500 : 0), bot.exited);
    else {
      if (end <= 0.8) chooser.choose();
      await atMost(LONGEST_LIFE_MS / 2, bot.exited);
      if (bot.running) chooser.relent();
      await atMost(LONGEST_LIFE_MS / 2, bot.exited);
    }
    if (bot.running) await this.kill();
    this.bot = this.spare.begin();
    this.spare = BotProcess.spare(this.world, NAME);
  }

  /** The last one lives. */
  async survive(): Promise<void> {
    await this.spare.kill();
    this.isUp = await this.bot.ready;
  }

  async end(): Promise<void> {
    this.chooser.forget();
    await Promise.all([this.spare.kill(), this.bot.stop()]);
  }

  private async kill(): Promise<void> {
    this.isUp = false;
    this.chooser.forget();
    this.kills += 1;
    await this.bot.kill();
    this.killed(this.kills);
  }
}

/** Lives and dies `kills` times, then compares. @throws when the bot does not start, or somebody was refused what nobody should be */
export async function liveAndDie(options: LivesOptions): Promise<Lives> {
  const { where } = options;
  const world = await openWorld(where.matrix ? { matrix: where.matrix } : {});
  const { people, views } = platformsOf(world, where);
  const lives = new DeadlyLives(world, options);
  const endWatch = lives.watch();
  const crowd = new Crowd({
    people,
    cast: where.cast,
    db: world.db,
    random: Math.random,
    isUp: () => lives.isUp,
    mostDemandes: 12,
    ...(options.restMs === undefined ? {} : { restMs: options.restMs }),
  });
  let unexpected: unknown = null;
  const living = crowd.live().catch((error: unknown) => {
    unexpected = error;
  });
  try {
    while (lives.kills < options.kills && unexpected === null) await lives.one();
    await lives.survive();
    await until("enough done", () => crowd.acts >= LEAST_ACTS || unexpected !== null);
    crowd.rest();
    await living;
    if (unexpected !== null) throw unexpected;
    const rested = performance.now();
    await untilQuiet(world.db, sitesOf(world));
    const caughtUpMs = performance.now() - rested;
    endWatch();
    const compared = await compareWorlds({ db: world.db, views, now: world.clock.now() });
    return {
      ...compared,
      faults: [...compared.faults, ...doneFaults(crowd.done, await everyDemande(world.db))],
      kills: lives.kills,
      acts: crowd.acts,
      kinds: lives.chooser.kinds,
      slowestStartMs: lives.slowest,
      caughtUpMs,
    };
  } finally {
    crowd.rest();
    lives.isUp = true;
    await lives.end();
    await living;
    await world.close();
  }
}
